//! What the simulation of `dunnage plan` costs.
//!
//! `scripts/bench` starts it with `DUNNAGE_BENCH_SETTINGS=40`: then it prints the seconds in which so many settings are
//! simulated, each with 200 runs of 400 users, on all cores.

#![allow(clippy::disallowed_methods, reason = "a benchmark meets the world")]
#![allow(clippy::print_stdout, reason = "the seconds are its output")]

use std::time::Instant;

use divan::{Bencher, black_box};
use dunnage::capacity::delay::Delay;
use dunnage::capacity::demand::{Curve, DemandSource, EventShape, Trace, UserDemand};
use dunnage::capacity::resources::Resources;
use dunnage::capacity::simulate::scheduler::Profile;
use dunnage::capacity::simulate::{
    Headroom, HubLimits, HubModel, HubQuestion, Placeholders, PodRequest, simulate,
};

const GI: u64 = 1 << 30;
const RUNS: u64 = 200;
const HOUR: f64 = 3600.0;
const DAY: f64 = 24.0 * HOUR;

fn main() {
    if let Ok(settings) = std::env::var("DUNNAGE_BENCH_SETTINGS") {
        println!(
            "{}",
            seconds_of_settings(settings.parse().expect("a number of settings"))
        );
        return;
    }
    divan::main();
}

/// A cluster whose nodes have 64 seats, with so many placeholders; every second setting has a gate.
fn model(setting: u64) -> HubModel {
    HubModel {
        profile: Profile::MostAllocated,
        allocatable: Resources {
            cpu: 64_000,
            memory: 64 * GI,
            pods: 110,
        },
        daemons: Resources::default(),
        user: PodRequest {
            cpu: None,
            memory: Some(GI),
        },
        boot: Delay {
            median: 150.0,
            p95: 240.0,
        },
        pull: Delay {
            median: 420.0,
            p95: 600.0,
        },
        start: 10.0,
        image: 4 * GI,
        has_puller: true,
        session: None,
        nodes: None,
        min: 0,
        max: None,
        running: Some(0),
        cutoff: -10,
        hub: HubLimits {
            concurrent_spawns: 0,
            start_timeout: 900.0,
            culler: None,
        },
        headroom: Headroom {
            placeholders: Some(Placeholders {
                count: 8 * setting,
                request: PodRequest {
                    cpu: None,
                    memory: Some(GI),
                },
                priority: -10,
            }),
            is_gated: setting % 2 == 1,
            ..Headroom::default()
        },
    }
}

/// 400 users in 20 minutes.
fn event() -> UserDemand {
    UserDemand {
        source: DemandSource::Event {
            users: 400,
            window: 1200.0,
            shape: EventShape::Early,
        },
        bursts: Vec::new(),
        dispersion: 1.0,
    }
}

fn seconds_of_settings(settings: u64) -> f64 {
    let demand = event();
    let begin = Instant::now();
    for setting in 0..settings {
        let model = model(setting);
        let question = HubQuestion {
            model: &model,
            demand: &demand,
            horizon: 2.0 * HOUR,
            seed: 1,
        };
        black_box(simulate(question, RUNS));
    }
    begin.elapsed().as_secs_f64()
}

/// One run of 400 users with so many placeholders.
#[divan::bench(args = [0, 112, 224, 320])]
fn an_event(bencher: Bencher<'_, '_>, placeholders: u64) {
    let (demand, model) = (event(), model(placeholders / 8));
    let question = HubQuestion {
        model: &model,
        demand: &demand,
        horizon: 2.0 * HOUR,
        seed: 1,
    };
    bencher.bench_local(|| black_box(simulate(question, 1)));
}

/// A week of 83,000 launches.
#[divan::bench(sample_count = 10)]
fn a_week(bencher: Bencher<'_, '_>) {
    let day = UserDemand {
        source: DemandSource::Curve(Curve::new(&[(0.0, 8.25 / 60.0)])),
        ..event()
    };
    let days = (0..7_u32).flat_map(|number| {
        let arrivals = day.arrivals(1, u64::from(number), DAY).into_iter();
        arrivals.map(move |arrival| arrival.at + DAY * f64::from(number))
    });
    let demand = UserDemand {
        source: DemandSource::Trace(Trace {
            starts: days.collect(),
            sessions: None,
        }),
        ..event()
    };
    let model = HubModel {
        session: Some(Delay {
            median: 1200.0,
            p95: 4800.0,
        }),
        ..model(2)
    };
    let question = HubQuestion {
        model: &model,
        demand: &demand,
        horizon: 7.0 * DAY,
        seed: 1,
    };
    bencher.bench_local(|| black_box(simulate(question, 1)));
}
