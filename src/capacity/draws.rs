//! Random numbers: one stream for each purpose and run, so that all settings see the same users and nodes.
//!
//! Each draw takes one number and inverts a distribution. The same seed gives the same numbers on every platform.

use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::Rng;

use super::delay::Delay;

/// What random numbers are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::capacity) enum Purpose {
    /// When users arrive.
    Arrivals = 1,
    /// How long user servers run.
    Sessions = 2,
    /// How long nodes boot.
    Boots = 3,
    /// How long nodes pull the image.
    Pulls = 4,
    /// When users that were turned away come again.
    Retries = 5,
    /// How long the servers that run at the start still run.
    Running = 6,
}

/// A stream of random numbers.
#[derive(Debug, Clone)]
pub(in crate::capacity) struct Draws(Pcg64Mcg);

impl Draws {
    /// The stream of a purpose in a run; `of` tells apart streams of one purpose.
    pub(in crate::capacity) fn new(seed: u64, purpose: Purpose, run: u64, of: u64) -> Self {
        let words = [seed, purpose as u64, run, of];
        let low = words.iter().fold(0, |hash, word| mixed(hash ^ word));
        let high = mixed(low ^ seed.rotate_left(32));
        Self(Pcg64Mcg::new(u128::from(high) << 64 | u128::from(low)))
    }

    /// A number above 0 and below 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits are exact")]
    pub(in crate::capacity) fn share(&mut self) -> f64 {
        ((self.0.next_u64() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    /// A number between two.
    pub(in crate::capacity) fn between(&mut self, least: f64, most: f64) -> f64 {
        least + (most - least) * self.share()
    }

    /// A time from one event to the next of those that come independently of each other, 1 on average.
    pub(in crate::capacity) fn gap(&mut self) -> f64 {
        -libm::log(self.share())
    }

    /// A delay; a constant takes a number too, so that the others stay what they are.
    pub(in crate::capacity) fn delay(&mut self, delay: Delay) -> f64 {
        delay.quantile(self.share())
    }

    /// The size of a group of users who arrive at once, where the counts of users have this variance over their mean:
    /// logarithmically distributed.
    pub(in crate::capacity) fn group(&mut self, dispersion: f64) -> u64 {
        let mut left = self.share();
        if dispersion <= 1.0 {
            return 1;
        }
        let ratio = 1.0 - 1.0 / dispersion;
        let mut probability = ratio / libm::log(dispersion);
        let mut size = 1;
        while left > probability && size < LARGEST {
            left -= probability;
            probability *= ratio * f64::from(size) / f64::from(size + 1);
            size += 1;
        }
        u64::from(size)
    }
}

/// No group is larger than this.
const LARGEST: u32 = 100_000;

/// A fixed hash of a number (the finalizer of `SplitMix64`).
fn mixed(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The times of a node that was ordered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::capacity) struct NodeTimes {
    /// From the order to the node object.
    pub(in crate::capacity) register: f64,
    /// From the node object to Ready.
    pub(in crate::capacity) ready: f64,
    /// From Ready to the image.
    pub(in crate::capacity) pull: f64,
}

/// The times of the nodes of a run, in the order in which they are ordered.
#[derive(Debug, Clone)]
pub(in crate::capacity) struct NodeDraws {
    boot: Delay,
    pull: Delay,
    boots: Draws,
    pulls: Draws,
}

impl NodeDraws {
    pub(in crate::capacity) fn new(seed: u64, run: u64, boot: Delay, pull: Delay) -> Self {
        Self {
            boot,
            pull,
            boots: Draws::new(seed, Purpose::Boots, run, 0),
            pulls: Draws::new(seed, Purpose::Pulls, run, 0),
        }
    }

    /// The times of the next node.
    pub(in crate::capacity) fn next(&mut self) -> NodeTimes {
        // A kubelet reports Ready some seconds after its node object.
        const READY: f64 = 30.0;
        let boot = self.boots.delay(self.boot);
        let ready = READY.min(boot / 2.0);
        NodeTimes {
            register: boot - ready,
            ready,
            pull: self.pulls.delay(self.pull),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_numbers_everywhere() {
        let mut draws = Draws::new(1, Purpose::Arrivals, 0, 0);
        let numbers: Vec<u64> = (0..3).map(|_| draws.0.next_u64()).collect();
        let expected = [
            3_318_302_132_645_471_777,
            12_605_220_080_561_542_693,
            13_896_592_783_744_389_008,
        ];
        assert_eq!(numbers, expected);
    }

    #[test]
    fn purposes_and_runs_have_their_own_streams() {
        let first = |purpose, run, of| Draws::new(1, purpose, run, of).0.next_u64();
        let numbers = [
            first(Purpose::Arrivals, 0, 0),
            first(Purpose::Arrivals, 1, 0),
            first(Purpose::Retries, 0, 0),
            first(Purpose::Retries, 0, 1),
        ];
        let mut different = numbers.to_vec();
        different.sort_unstable();
        different.dedup();
        assert_eq!(different.len(), numbers.len());
    }

    #[test]
    #[expect(clippy::cast_precision_loss, reason = "a small number")]
    fn groups_have_the_mean_of_their_distribution() {
        let mut draws = Draws::new(1, Purpose::Arrivals, 0, 0);
        let count = 20_000;
        let sum: u64 = (0..count).map(|_| draws.group(5.0)).sum();
        let mean = sum as f64 / f64::from(count);
        let expected = 4.0 / libm::log(5.0);
        assert!((mean - expected).abs() < 0.06, "{mean} {expected}");
        assert_eq!(draws.group(1.0), 1);
    }
}
