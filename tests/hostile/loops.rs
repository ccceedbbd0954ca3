//! How long the loops run, and what is said when one of them fails.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// A single case that takes longer hangs.
const HANGS_AFTER: Duration = Duration::from_mins(1);

/// For how long `scripts/fuzz` lets each loop run; not set in ordinary tests.
pub(crate) fn duration() -> Option<Duration> {
    number("DUNNAGE_FUZZ_SECONDS").map(Duration::from_secs)
}

/// A number in the environment.
fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name}: {text}")))
}

/// Asks `property` of a case a seed: the same few in tests, as many as there is time for in a long run,
/// and one alone where the environment names its seed.
pub(crate) fn each_seed(name: &str, few: u64, mut property: impl FnMut(u64)) {
    let mut watch = Watch::start(name);
    if let Some(seed) = number("DUNNAGE_FUZZ_SEED") {
        return watch.one(seed, &mut property);
    }
    let Some(duration) = duration() else {
        return (0..few).for_each(|seed| watch.one(seed, &mut property));
    };
    let first = RandomState::new().hash_one(name) >> 16;
    let (start, mut said) = (Instant::now(), Instant::now());
    let mut seed = first;
    while start.elapsed() < duration {
        watch.one(seed, &mut property);
        seed += 1;
        if said.elapsed().as_secs() >= 30 {
            said = Instant::now();
            eprintln!("{name}: {} cases, now at seed {seed}", seed - first);
        }
    }
    eprintln!("{name}: {} cases, seeds {first}..{seed}", seed - first);
}

/// Names the case that fails or hangs.
struct Watch {
    name: String,
    seed: Arc<AtomicU64>,
    is_done: Arc<AtomicBool>,
}

impl Watch {
    fn start(name: &str) -> Self {
        let seed = Arc::new(AtomicU64::new(0));
        let is_done = Arc::new(AtomicBool::new(false));
        let (name, watched, done) = (name.to_owned(), Arc::clone(&seed), Arc::clone(&is_done));
        let said = name.clone();
        std::thread::spawn(move || {
            let (mut last, mut since) = (0, Instant::now());
            while !done.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(50));
                let now = watched.load(Ordering::Relaxed);
                if now != last {
                    (last, since) = (now, Instant::now());
                } else if since.elapsed() > HANGS_AFTER {
                    eprintln!("{said}: seed {now} takes more than {HANGS_AFTER:?}");
                    std::process::abort();
                }
            }
        });
        Self {
            name,
            seed,
            is_done,
        }
    }

    fn one(&mut self, seed: u64, property: &mut impl FnMut(u64)) {
        self.seed.store(seed, Ordering::Relaxed);
        property(seed);
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.is_done.store(true, Ordering::Relaxed);
        if std::thread::panicking() {
            let (name, seed) = (&self.name, self.seed.load(Ordering::Relaxed));
            eprintln!("{name}: DUNNAGE_FUZZ_SEED={seed} repeats this case");
        }
    }
}
