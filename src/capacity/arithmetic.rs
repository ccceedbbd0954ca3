//! The arithmetic of headroom: seats on a node, seats for a lead time, what the hub and the budget allow.

use super::counts::Counts;
use super::delay::Delay;
use super::resources::{Resource, Resources};

/// So many boots, equally probable, stand for a boot time that varies.
const BOOTS: u32 = 32;

/// How many users a node takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seats {
    /// The number of seats.
    pub per_node: u64,
    /// The resources of which there is no more for one more user.
    pub bound_by: Vec<Resource>,
    /// What each resource alone would allow; nothing for one that users do not request.
    pub by: Vec<(Resource, u64)>,
}

/// Seats on a node for users who request `user`, where `free` is what `DaemonSets` leave of what is allocatable.
pub fn seats(free: Resources, user: Resources) -> Seats {
    let by: Vec<(Resource, u64)> = Resource::ALL
        .into_iter()
        .filter_map(|resource| {
            let seats = free.get(resource).checked_div(user.get(resource))?;
            Some((resource, seats))
        })
        .collect();
    let per_node = by.iter().map(|(_, seats)| *seats).min().unwrap_or_default();
    let bound = by.iter().filter(|(_, seats)| *seats == per_node);
    Seats {
        per_node,
        bound_by: bound.map(|(resource, _)| *resource).collect(),
        by,
    }
}

/// The number that operators compute on paper: rate times boot time, without any delay of the autoscaler.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a number of users, which is not negative"
)]
pub fn mean_rule(rate: f64, boot: f64) -> u64 {
    // What binary fractions add to a whole number is no seat.
    (rate * boot - 1e-9).ceil().max(0.0) as u64
}

/// The expected time from the first user without a seat to the order of a node: the autoscaler looks every 10 seconds,
/// and the users who come meanwhile are with it. With placeholders it takes a second longer: their pods come again.
pub fn expected_reaction(rate: f64, has_placeholders: bool) -> f64 {
    let own = if rate > 0.0 {
        2.0 + (1.0 - libm::exp(-8.0 * rate)) / rate
    } else {
        10.0
    };
    own + if has_placeholders { 1.0 } else { 0.0 }
}

/// How many users arrive at a constant rate until a new node takes them.
pub fn arrivals(rate: f64, reaction: f64, boot: Delay, dispersion: f64) -> Counts {
    let means = if boot.is_constant() {
        vec![rate * (reaction + boot.median)]
    } else {
        boot.samples(BOOTS).map(|boot| rate * (reaction + boot)).collect()
    };
    Counts::mixed(means, dispersion)
}

/// How many users of a burst of `users` within `window` seconds can fall into a lead time.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a number of users, which is not negative"
)]
pub fn of_burst(users: u64, window: f64, lead: f64) -> u64 {
    let share = if window > 0.0 {
        (lead / window).min(1.0)
    } else {
        1.0
    };
    (users as f64 * share - 1e-9).ceil().max(0.0) as u64
}

/// The seats with which a user waits with at most this probability: one more than the number of arrivals that is not
/// exceeded, as the user that triggers the next node takes a seat too.
pub fn seats_for(arrivals: &Counts, risk: f64) -> u64 {
    1 + arrivals.quantile(risk)
}

/// An upper bound of the share of users who meet a node that has no image yet: nodes pull for `pull` seconds while
/// `rate` users a second fill `seats` seats a node.
#[expect(clippy::cast_precision_loss, reason = "a number of seats")]
pub fn cold_bound(rate: f64, pull: f64, seats: u64) -> f64 {
    if seats == 0 {
        return 1.0;
    }
    (rate * pull / seats as f64).min(1.0)
}

/// The probability that more memory is used on a full node than it has, for users of several sizes.
///
/// `shares` are sizes in bytes with the share of users of that size; they are rounded up to whole steps of `step` bytes.
pub fn overflow(users: u64, shares: &[(u64, f64)], memory: u64, step: u64) -> f64 {
    let step = step.max(1);
    let capacity = usize::try_from(memory / step).unwrap_or(usize::MAX);
    let sizes: Vec<(usize, f64)> = shares
        .iter()
        .map(|(size, share)| {
            (
                usize::try_from(size.div_ceil(step)).unwrap_or(usize::MAX),
                *share,
            )
        })
        .collect();
    // The distribution of what is used; what is above the capacity is lost and never comes back.
    let mut used = vec![1.0];
    for _ in 0..users {
        let mut next = vec![0.0; used.len()];
        for (amount, probability) in used.iter().enumerate() {
            for (size, share) in &sizes {
                let Some(sum) = amount.checked_add(*size).filter(|sum| *sum <= capacity) else {
                    continue;
                };
                if sum >= next.len() {
                    next.resize(sum + 1, 0.0);
                }
                next[sum] += probability * share;
            }
        }
        used = next;
    }
    (1.0 - used.iter().sum::<f64>()).clamp(0.0, 1.0)
}

/// The most users on a node of whom more memory is used than there is with a probability of at most `risk`.
pub fn users_for(risk: f64, shares: &[(u64, f64)], memory: u64, step: u64) -> u64 {
    let smallest = shares.iter().map(|(size, _)| *size).min().unwrap_or(1).max(1);
    let (mut enough, mut most) = (0, memory / smallest + 1);
    // More users never use less.
    while most - enough > 1 {
        let middle = enough + (most - enough) / 2;
        if overflow(middle, shares, memory, step) <= risk {
            enough = middle;
        } else {
            most = middle;
        }
    }
    enough
}

#[cfg(test)]
mod tests {
    use super::*;

    const GI: u64 = 1 << 30;
    const MI: u64 = 1 << 20;

    fn pod(cpu: u64, memory: u64) -> Resources {
        Resources {
            cpu,
            memory,
            pods: 1,
        }
    }

    #[test]
    fn memory_binds_where_there_is_least_of_it() {
        let node = Resources {
            cpu: 4000,
            memory: 26 * GI,
            pods: 110,
        };
        let seats = seats(node, pod(50, 512 * MI));
        assert_eq!(
            (seats.per_node, seats.bound_by),
            (52, vec![Resource::Memory])
        );
        assert_eq!(
            seats.by,
            [
                (Resource::Cpu, 80),
                (Resource::Memory, 52),
                (Resource::Pods, 110)
            ]
        );
    }

    #[test]
    fn a_resource_that_nobody_requests_does_not_bind() {
        let node = Resources {
            cpu: 4000,
            memory: 26 * GI,
            pods: 58,
        };
        let seats = seats(node, pod(0, 26 * GI / 58));
        assert_eq!(seats.bound_by, [Resource::Memory, Resource::Pods]);
        assert_eq!(seats.by.len(), 2);
    }

    #[test]
    fn the_rule_on_paper_is_rate_times_boot() {
        assert_eq!(mean_rule(100.0 / 600.0, 120.0), 20);
        assert_eq!(mean_rule(60.0 / 180.0, 600.0), 200);
        assert_eq!(mean_rule(0.1, 125.0), 13);
    }

    #[test]
    fn the_reaction_of_the_autoscaler_needs_seats_too() {
        let rate = 100.0 / 600.0;
        let boot = Delay::constant(120.0);
        let waits = |reaction, seats| arrivals(rate, reaction, boot, 1.0).at_least(seats);
        for (reaction, seats, expected) in [
            (0.0, 20, 0.530),
            (0.0, 25, 0.157),
            (7.0, 20, 0.629),
            (7.0, 25, 0.229),
        ] {
            let found: f64 = waits(reaction, seats);
            assert!(
                (found - expected).abs() < 6e-4,
                "{reaction}, {seats}: {found}"
            );
        }
        let reaction = expected_reaction(rate, true);
        assert!((reaction - 7.42).abs() < 5e-3, "{reaction}");
        let found = arrivals(rate, reaction, Delay::constant(125.0), 1.0).at_least(20);
        assert!((found - 0.699).abs() < 6e-4, "{found}");
    }

    #[test]
    fn seats_for_five_and_one_percent() {
        let of = |rate, boot, dispersion| {
            let arrivals = arrivals(rate, 0.0, Delay::constant(boot), dispersion);
            (seats_for(&arrivals, 0.05), seats_for(&arrivals, 0.01))
        };
        assert_eq!(of(100.0 / 600.0, 120.0, 1.0), (29, 32));
        assert_eq!(of(100.0 / 600.0, 120.0, 5.0), (40, 51));
        assert_eq!(of(60.0 / 180.0, 600.0, 1.0), (225, 235));
    }

    #[test]
    fn a_boot_that_varies_needs_more_seats_than_its_median() {
        let rate = 1.0 / 3.0;
        let varying = Delay {
            median: 150.0,
            p95: 240.0,
        };
        let of = |boot| seats_for(&arrivals(rate, 0.0, boot, 1.0), 0.01);
        assert!(of(varying) > of(Delay::constant(150.0)));
    }

    #[test]
    fn a_burst_counts_as_far_as_it_falls_into_a_lead_time() {
        assert_eq!(of_burst(40, 60.0, 120.0), 40);
        assert_eq!(of_burst(40, 240.0, 120.0), 20);
        assert_eq!(of_burst(40, 0.0, 120.0), 40);
        assert_eq!(of_burst(10, 300.0, 100.0), 4);
    }

    #[test]
    fn users_who_meet_a_cold_node_are_bounded() {
        let found = cold_bound(20.0 / 60.0, 420.0, 64);
        assert!((found - 1.0).abs() < 1e-12, "{found}");
        let found = cold_bound(0.05, 300.0, 60);
        assert!((found - 0.25).abs() < 1e-12, "{found}");
    }

    #[test]
    fn some_large_users_overflow_a_node() {
        let shares = [(GI, 0.8), (10 * GI, 0.2)];
        let found = overflow(50, &shares, 100 * GI, GI);
        assert!((found - 0.952).abs() < 6e-4, "{found}");
        assert_eq!(users_for(0.01, &shares, 100 * GI, GI), 20);
        assert!(overflow(10, &shares, 100 * GI, GI) < 1e-12);
    }
}
