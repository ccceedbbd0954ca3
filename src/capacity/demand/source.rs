//! What is known of demand, and the arrivals of one run.

use super::curve::{Curve, DAY};
use super::event::{Burst, EventShape};
use super::trace::Trace;
use crate::capacity::arithmetic::of_burst;
use crate::capacity::draws::{Draws, Purpose};

/// A question with more launches than this is refused.
pub const MOST_LAUNCHES: f64 = 5e6;

/// The least time that is simulated of an event or a trace, in seconds.
const LEAST_HORIZON: f64 = 7200.0;

/// So many lead times are simulated of a rate.
const LEAD_TIMES: f64 = 20.0;

/// Where demand comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum DemandSource {
    /// Users a second, always.
    Rate(f64),
    /// Users who come within a window of some seconds.
    Event {
        /// The number of users.
        users: u64,
        /// The length of the window in seconds.
        window: f64,
        /// How they are distributed over it.
        shape: EventShape,
    },
    /// Rates over a day.
    Curve(Curve),
    /// Launches that were recorded.
    Trace(Trace),
}

/// When users arrive.
#[derive(Debug, Clone, PartialEq)]
pub struct UserDemand {
    /// Where it comes from.
    pub source: DemandSource,
    /// Users who come on top of it.
    pub bursts: Vec<Burst>,
    /// Variance over mean of the counts of users; 1 where they come independently of each other.
    pub dispersion: f64,
}

/// A user who arrives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Arrival {
    /// The time in seconds.
    pub at: f64,
    /// How long the server ran, in seconds, where a trace says it.
    pub session: Option<f64>,
}

impl UserDemand {
    /// How long it is simulated, in seconds, with a lead time of new nodes.
    pub fn horizon(&self, lead: f64) -> f64 {
        match &self.source {
            DemandSource::Rate(_) => LEAD_TIMES * lead,
            DemandSource::Event { window, .. } => window.max(LEAST_HORIZON),
            DemandSource::Curve(_) => DAY,
            DemandSource::Trace(trace) => trace.length().max(LEAST_HORIZON),
        }
    }

    /// The expected number of users until a time.
    #[expect(clippy::cast_precision_loss, reason = "a number of users")]
    pub fn expected_users(&self, horizon: f64) -> f64 {
        let of_bursts: u64 = self.bursts.iter().map(|burst| burst.users).sum();
        let of_source = match &self.source {
            DemandSource::Rate(rate) => rate * horizon,
            DemandSource::Event { users, .. } => *users as f64,
            DemandSource::Curve(curve) => curve.users(),
            DemandSource::Trace(trace) => trace.starts.len() as f64,
        };
        of_source + of_bursts as f64
    }

    /// The largest mean number of arrivals within a window, without bursts.
    #[expect(clippy::cast_precision_loss, reason = "a number of users")]
    pub fn largest_mean(&self, window: f64) -> f64 {
        match &self.source {
            DemandSource::Rate(rate) => rate * window,
            DemandSource::Event {
                users,
                window: length,
                shape,
            } => *users as f64 * shape.largest_share(window / length),
            DemandSource::Curve(curve) => curve.largest_mean(window),
            DemandSource::Trace(trace) => trace.largest_count(window),
        }
    }

    /// The largest number of users of bursts who can come within a window.
    pub fn of_bursts(&self, window: f64) -> u64 {
        let overlapping = |first: &Burst| {
            let until = first.at + window;
            let within =
                self.bursts.iter().filter(move |burst| burst.at >= first.at && burst.at < until);
            within.map(|burst| of_burst(burst.users, burst.window, window)).sum()
        };
        self.bursts.iter().map(overlapping).max().unwrap_or_default()
    }

    /// The users who arrive in a run until the horizon, in order.
    pub fn arrivals(&self, seed: u64, run: u64, horizon: f64) -> Vec<Arrival> {
        let mut draws = Draws::new(seed, Purpose::Arrivals, run, 0);
        let at = |at| Arrival { at, session: None };
        let mut arrivals: Vec<Arrival> = match &self.source {
            DemandSource::Rate(rate) => {
                let times = self.stream(&mut draws, |users| Some(users / rate), horizon);
                times.into_iter().map(at).collect()
            }
            DemandSource::Curve(curve) => {
                let times = self.stream(&mut draws, |users| curve.when(users), horizon);
                times.into_iter().map(at).collect()
            }
            DemandSource::Event {
                users,
                window,
                shape,
            } => {
                let times = self.event(&mut draws, *users, *window, *shape);
                times.into_iter().map(at).collect()
            }
            DemandSource::Trace(trace) => trace.arrivals().collect(),
        };
        for (index, burst) in (1..).zip(&self.bursts) {
            let mut draws = Draws::new(seed, Purpose::Arrivals, run, index);
            let of_burst = (0..burst.users).map(|_| at(burst.at + burst.window * draws.share()));
            arrivals.extend(of_burst);
        }
        arrivals.retain(|arrival| arrival.at <= horizon);
        arrivals.sort_by(|one, other| one.at.total_cmp(&other.at));
        arrivals
    }

    /// Users who come one after another, or in groups; `when` says when so many are expected to have come.
    #[expect(clippy::cast_precision_loss, reason = "a number of users")]
    fn stream(
        &self,
        draws: &mut Draws,
        when: impl Fn(f64) -> Option<f64>,
        horizon: f64,
    ) -> Vec<f64> {
        let group = mean_group(self.dispersion);
        let mut times = Vec::new();
        let mut expected = 0.0;
        loop {
            expected += draws.gap() * group;
            let Some(at) = when(expected).filter(|at| *at < horizon) else {
                return times;
            };
            if times.len() as f64 > 2.0 * MOST_LAUNCHES {
                return times;
            }
            let size = if self.dispersion > 1.0 {
                draws.group(self.dispersion)
            } else {
                1
            };
            times.extend((0..size).map(|_| at));
        }
    }

    fn event(&self, draws: &mut Draws, users: u64, window: f64, shape: EventShape) -> Vec<f64> {
        let mut times = Vec::new();
        let mut left = users;
        while left > 0 {
            let at = window * shape.quantile(draws.share());
            let size = if self.dispersion > 1.0 {
                draws.group(self.dispersion).min(left)
            } else {
                1
            };
            times.extend((0..size).map(|_| at));
            left -= size;
        }
        times.sort_unstable_by(f64::total_cmp);
        times
    }
}

/// The mean size of groups of users who come at once, with this variance over mean of the counts.
fn mean_group(dispersion: f64) -> f64 {
    if dispersion > 1.0 {
        (dispersion - 1.0) / libm::log(dispersion)
    } else {
        1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn demand(source: DemandSource) -> UserDemand {
        UserDemand {
            source,
            bursts: Vec::new(),
            dispersion: 1.0,
        }
    }

    fn times(demand: &UserDemand, run: u64, horizon: f64) -> Vec<f64> {
        let arrivals = demand.arrivals(1, run, horizon);
        arrivals.iter().map(|arrival| arrival.at).collect()
    }

    #[test]
    fn an_event_has_its_users_in_its_window() {
        let event = demand(DemandSource::Event {
            users: 320,
            window: 600.0,
            shape: EventShape::Early,
        });
        let of_run = |run| times(&event, run, event.horizon(600.0));
        let times = of_run(0);
        assert_eq!(times.len(), 320);
        assert!(times.is_sorted() && times[0] >= 0.0 && times[319] <= 600.0);
        assert_ne!(times, of_run(1));
        assert_eq!(times, of_run(0));
        let before = times.iter().filter(|at| **at < 300.0).count();
        assert!((175..240).contains(&before), "{before}");
    }

    #[test]
    #[expect(clippy::cast_precision_loss, reason = "a small number")]
    fn counts_vary_as_the_dispersion_says() {
        let rate = UserDemand {
            dispersion: 5.0,
            ..demand(DemandSource::Rate(0.2))
        };
        let times = times(&rate, 0, 1e6);
        let mut counts = vec![0.0; 10_000];
        for at in &times {
            let window = format!("{}", (at / 100.0).floor());
            counts[window.parse::<usize>().expect("a number")] += 1.0;
        }
        let mean = times.len() as f64 / 10_000.0;
        let squares: f64 = counts.iter().map(|it| (it - mean) * (it - mean)).sum();
        let found = squares / 10_000.0 / mean;
        assert!((mean - 20.0).abs() < 0.5, "{mean}");
        assert!((found - 5.0).abs() < 0.4, "{found}");
    }

    #[test]
    fn a_burst_comes_on_top() {
        let burst = Burst {
            users: 40,
            window: 60.0,
            at: 100.0,
        };
        let with = UserDemand {
            bursts: vec![burst],
            ..demand(DemandSource::Rate(0.1))
        };
        let without = times(&demand(DemandSource::Rate(0.1)), 0, 1000.0);
        let times = times(&with, 0, 1000.0);
        assert_eq!(times.len(), without.len() + 40);
        assert!(without.iter().all(|at| times.contains(at)));
        assert_eq!(with.of_bursts(120.0), 40);
        assert_eq!(with.of_bursts(30.0), 20);
    }

    #[test]
    fn the_busiest_window_of_an_event_has_at_most_its_users() {
        let event = demand(DemandSource::Event {
            users: 60,
            window: 180.0,
            shape: EventShape::Uniform,
        });
        assert!((event.largest_mean(600.0) - 60.0).abs() < 1e-9);
        assert!((event.largest_mean(90.0) - 30.0).abs() < 1e-9);
    }
}
