//! What a simulation says about a setting, over all runs.

use serde::Serialize;

use super::amounts::real;
use super::arithmetic::{LeadAnswer, quantile, rounded};
use super::question::PlanQuestion;
use crate::capacity::simulate::{HubModel, HubRun, WaitCause};

/// Nodes that are to be warm are ordered so long before they are needed, beyond their lead time.
const MARGIN: f64 = 300.0;

/// What happened in all runs.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct ResultAnswer {
    /// The mean number of users of a run.
    pub(super) users: f64,
    /// Users who wait longer than the goal says.
    pub(super) waiting: WaitingShare,
    /// How long users wait, in seconds, beyond the normal start of a server.
    pub(super) wait: WaitQuantiles,
    /// Why users wait longer than the goal says, as shares of all users.
    pub(super) causes: Causes,
    /// The mean number of servers of a run that do not start in time.
    pub(super) failed_spawns: f64,
    /// How often users of a run are turned away (HTTP 429), on average.
    pub(super) throttled: f64,
    /// Node-hours of a run, from the beginning of the demand to the end of the simulated time.
    pub(super) node_hours: f64,
    /// Node-hours before the demand, of nodes that `--nodes` adds and that must be warm by then.
    pub(super) held_before: f64,
    /// The price of both; null without a price.
    pub(super) cost: Option<f64>,
    /// The largest number of nodes of any run.
    pub(super) max_nodes: usize,
    /// What becomes of placeholders; null where there are none.
    pub(super) placeholders: Option<PlaceholderTimes>,
    /// The mean wait in seconds.
    #[serde(skip)]
    pub(super) mean_wait: f64,
    /// The largest number of users of any run who never get a server.
    #[serde(skip)]
    pub(super) pending: u64,
}

/// A share over all runs.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct WaitingShare {
    /// The share of all users of all runs, from 0 to 1.
    pub(super) share: f64,
    /// In 5 of 100 runs the share is lower.
    pub(super) low: f64,
    /// In 5 of 100 runs the share is higher.
    pub(super) high: f64,
}

/// Quantiles of waits, in seconds.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct WaitQuantiles {
    pub(super) p50: f64,
    pub(super) p95: f64,
    pub(super) p99: f64,
    pub(super) max: f64,
}

/// Why users wait.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Causes {
    /// There was no seat on any node.
    pub(super) node: f64,
    /// The node had no image.
    pub(super) image: f64,
    /// The hub turned them away.
    pub(super) throttled: f64,
    /// Their server did not start in time.
    pub(super) timeout: f64,
}

/// Times of placeholders, in seconds.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct PlaceholderTimes {
    /// From the first eviction until none runs; null where that happens in no run.
    pub(super) drained_in: Option<Median>,
    /// From then until one runs again.
    pub(super) empty_for: Option<Median>,
}

/// A median over the runs in which something happens, in seconds.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Median {
    pub(super) p50: f64,
}

/// What all runs of a question say.
pub(super) fn result(question: &PlanQuestion, lead: &LeadAnswer, runs: &[HubRun]) -> ResultAnswer {
    let count = real(runs.len() as u64).max(1.0);
    let mean = |of: fn(&HubRun) -> f64| runs.iter().map(of).sum::<f64>() / count;
    let mut waits: Vec<f64> = Vec::new();
    for run in runs {
        waits.extend(run.waits.iter().map(|wait| wait.seconds));
    }
    let users = real(waits.len() as u64).max(1.0);
    let sum: f64 = waits.iter().sum();
    waits.sort_by(f64::total_cmp);
    let node_hours = mean(|run| run.node_seconds) / 3600.0;
    let held_before = held_before(&question.model, lead);
    let cost = question.price.map(|price| (node_hours + held_before) * price);
    let at = |share| rounded(quantile(&waits, share));
    ResultAnswer {
        users: rounded(mean(|run| real(run.waits.len() as u64))),
        waiting: waiting(question, runs),
        wait: WaitQuantiles {
            p50: at(0.5),
            p95: at(0.95),
            p99: at(0.99),
            max: at(1.0),
        },
        causes: causes(question, runs, users),
        failed_spawns: rounded(mean(|run| real(run.failed))),
        throttled: rounded(mean(|run| real(run.throttled))),
        node_hours: rounded(node_hours),
        held_before: rounded(held_before),
        cost: cost.map(rounded),
        max_nodes: runs.iter().map(|run| run.max_nodes).max().unwrap_or_default(),
        placeholders: question.model.headroom.placeholders.map(|_| PlaceholderTimes {
            drained_in: median(runs, |run| run.drained_in),
            empty_for: median(runs, |run| run.empty_for),
        }),
        mean_wait: sum / users,
        pending: runs.iter().map(never_served).max().unwrap_or_default(),
    }
}

/// The share of users who wait longer than the goal says.
fn waiting(question: &PlanQuestion, runs: &[HubRun]) -> WaitingShare {
    let is_long = |run: &HubRun| {
        let long = run.waits.iter().filter(|wait| wait.is_longer_than(question.goal.wait));
        real(long.count() as u64)
    };
    let users = |run: &HubRun| real(run.waits.len() as u64);
    let all: f64 = runs.iter().map(users).sum();
    let with_users = runs.iter().filter(|run| !run.waits.is_empty());
    let mut shares: Vec<f64> = with_users.map(|run| is_long(run) / users(run)).collect();
    shares.sort_by(f64::total_cmp);
    WaitingShare {
        share: rounded(runs.iter().map(is_long).sum::<f64>() / all.max(1.0)),
        low: rounded(quantile(&shares, 0.05)),
        high: rounded(quantile(&shares, 0.95)),
    }
}

fn causes(question: &PlanQuestion, runs: &[HubRun], users: f64) -> Causes {
    let mut causes = Causes::default();
    let waits = runs.iter().flat_map(|run| &run.waits);
    for wait in waits.filter(|wait| wait.is_longer_than(question.goal.wait)) {
        match wait.cause {
            WaitCause::Node => causes.node += 1.0,
            WaitCause::Image => causes.image += 1.0,
            WaitCause::Throttled => causes.throttled += 1.0,
            WaitCause::Timeout => causes.timeout += 1.0,
        }
    }
    let share = |count: f64| rounded(count / users);
    Causes {
        node: share(causes.node),
        image: share(causes.image),
        throttled: share(causes.throttled),
        timeout: share(causes.timeout),
    }
}

/// Node-hours before the demand of nodes beyond those that users and headroom need.
fn held_before(model: &HubModel, lead: &LeadAnswer) -> f64 {
    let Some(nodes) = model.nodes else {
        return 0.0;
    };
    let resting = HubModel {
        nodes: None,
        ..model.clone()
    };
    let added = nodes.saturating_sub(resting.start_plan().nodes);
    real(added as u64) * (lead.total.p99 + MARGIN) / 3600.0
}

/// Users of a run who never get a server.
fn never_served(run: &HubRun) -> u64 {
    run.waits.iter().filter(|wait| !wait.is_over).count() as u64
}

fn median(runs: &[HubRun], of: fn(&HubRun) -> Option<f64>) -> Option<Median> {
    let mut times: Vec<f64> = runs.iter().filter_map(of).collect();
    times.sort_by(f64::total_cmp);
    let is_empty = times.is_empty();
    (!is_empty).then(|| Median {
        p50: rounded(quantile(&times, 0.5)),
    })
}
