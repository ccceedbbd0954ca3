//! A scenario: one cluster, played exactly as it is written.

use std::collections::BTreeMap;

use serde::Serialize;

use super::arguments::DemandFile;
use super::arithmetic::rounded;
use super::codes;
use super::question::place;
use crate::capacity::simulate::ScenarioOutcome;
use crate::capacity::simulate::scenario::Scenario;
use crate::diag::Diagnostic;
use crate::text::Span;

/// A scenario with what happened.
#[derive(Debug, Clone)]
pub struct ScenarioAnswer {
    pub(super) title: String,
    pub(super) outcome: OutcomeAnswer,
}

/// What happened until the end. Times are in seconds.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct OutcomeAnswer {
    /// When nodes were ordered, and how many.
    pub(super) scale_ups: Vec<ScaleUp>,
    /// When nodes were deleted.
    pub(super) deleted: Vec<DeletedNode>,
    /// Registered nodes at the end, by pool.
    pub(super) nodes_at_end: BTreeMap<String, usize>,
    /// Pending pods at the end, by name with `*` for the number.
    pub(super) pending_at_end: BTreeMap<String, usize>,
    /// Running pods at the end, without those of `DaemonSets`.
    pub(super) running_at_end: BTreeMap<String, usize>,
    /// How long users waited for a node.
    pub(super) users: ScenarioUsers,
    /// Why the autoscaler last kept a node of the start, by name.
    pub(super) kept_because: BTreeMap<String, &'static str>,
}

/// Nodes that were ordered.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct ScaleUp {
    pub(super) t: f64,
    pub(super) pool: String,
    pub(super) nodes: usize,
}

/// A node that was deleted.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct DeletedNode {
    pub(super) t: f64,
    pub(super) node: String,
}

/// How long users waited for a node, from creation to binding; those who never got one are in no quantile.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct ScenarioUsers {
    pub(super) count: usize,
    #[serde(rename = "waitedOver10s")]
    pub(super) waited_over_10s: usize,
    pub(super) never_bound: usize,
    pub(super) p50: Option<f64>,
    pub(super) p95: Option<f64>,
    pub(super) max: Option<f64>,
}

/// Plays a scenario.
///
/// # Errors
/// A file that is no scenario, with its place.
pub fn play(file: DemandFile<'_>) -> Result<ScenarioAnswer, Diagnostic> {
    let help = "`dunnage rule PN002` shows what a scenario is made of";
    let scenario = Scenario::read(file.text).map_err(|error| {
        let message = error.to_string();
        let message = message
            .rsplit_once(" at line ")
            .map_or(message.as_str(), |(message, _)| message);
        let at = place(file.text, error.line(), error.column());
        Diagnostic::new(
            &codes::BAD_FILE,
            format!("the scenario cannot be read: {message}"),
        )
        .at(Span::new(file.source, at), "")
        .help(help)
    })?;
    let outcome = scenario.play().map_err(|message| {
        let message = format!("the scenario cannot be played: {message}");
        Diagnostic::new(&codes::BAD_FILE, message)
            .at(Span::new(file.source, 0..0), "")
            .help(help)
    })?;
    let title = [scenario.id, scenario.title].join(" ").trim().to_owned();
    Ok(ScenarioAnswer {
        title,
        outcome: of(outcome),
    })
}

fn of(outcome: ScenarioOutcome) -> OutcomeAnswer {
    let orders = outcome.orders.into_iter().map(|order| ScaleUp {
        t: rounded(order.at),
        pool: order.pool,
        nodes: order.nodes,
    });
    let deletions = outcome.deletions.into_iter().map(|deletion| DeletedNode {
        t: rounded(deletion.at),
        node: deletion.node,
    });
    let users = outcome.users;
    let at = |share| users.quantile(share).map(rounded);
    OutcomeAnswer {
        scale_ups: orders.collect(),
        deleted: deletions.collect(),
        nodes_at_end: outcome.nodes,
        pending_at_end: outcome.pending,
        running_at_end: outcome.running,
        users: ScenarioUsers {
            count: users.count,
            waited_over_10s: users.waited_over_10s,
            never_bound: users.never_bound,
            p50: at(0.5),
            p95: at(0.95),
            max: at(1.0),
        },
        kept_because: outcome.kept_because,
    }
}
