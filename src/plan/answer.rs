//! The answer to a question.

use serde::Serialize;

use super::amounts;
use super::arguments::PlanAssumption;
use super::arithmetic::{
    self, AmountsAnswer, ArithmeticAnswer, LeadAnswer, SeatsAnswer, arithmetic, mebibytes,
};
use super::codes;
use super::question::PlanQuestion;
use super::result::{ResultAnswer, result};
use super::terminal::{percent, time};
use crate::capacity::nodes::Cloud;
use crate::capacity::simulate::{HubQuestion, simulate};
use crate::diag::Diagnostic;

/// The answer to a question.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PlanAnswer {
    /// What all random numbers depend on.
    seed: u64,
    /// How many runs were simulated.
    runs: u64,
    /// What no option says.
    pub(super) assumptions: Vec<PlanAssumption>,
    /// The node.
    pub(super) node: NodeAnswer,
    /// Seats on a node.
    pub(super) seats: SeatsAnswer,
    /// The time until a seat on a new node is warm.
    pub(super) lead: LeadAnswer,
    /// The arithmetic.
    pub(super) arithmetic: ArithmeticAnswer,
    /// Settings that were simulated.
    pub(super) candidates: Vec<PlanCandidate>,
    #[serde(skip)]
    pub(super) findings: Vec<Diagnostic>,
}

/// A node. An amount that is not known is null.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct NodeAnswer {
    /// The type, where it has one.
    #[serde(rename = "type")]
    pub(super) node_type: Option<String>,
    /// The cloud of the type.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub(super) cloud: Option<Cloud>,
    /// What pods can request.
    pub(super) allocatable: AmountsAnswer,
    /// What `DaemonSets` leave of it.
    pub(super) free: AmountsAnswer,
}

/// What holds seats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) enum CandidateKind {
    /// Nothing.
    None,
    /// User placeholders.
    Placeholders,
    /// A `CapacityBuffer`.
    CapacityBuffer,
    /// A minimum of the node pool, or nodes that are warm at the start.
    PoolMinimum,
}

/// A setting that was simulated.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct PlanCandidate {
    /// Its name: `today`.
    pub(super) id: &'static str,
    /// What holds seats.
    pub(super) kind: CandidateKind,
    /// The seats that are held.
    pub(super) seats: u64,
    /// The number of placeholders, or of seats of a buffer.
    pub(super) replicas: u64,
    /// What a placeholder requests; null where there is none.
    pub(super) request: Option<RequestAnswer>,
    /// Whether a node takes users only once it has the image.
    pub(super) gate: bool,
    /// The least number of nodes.
    pub(super) min_nodes: usize,
    /// Whether the goal is met.
    pub(super) meets_goal: bool,
    /// What the simulation says.
    pub(super) result: ResultAnswer,
    /// The result with other times.
    pub(super) sensitivity: Vec<Sensitivity>,
}

/// What a pod requests; null where it requests nothing.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct RequestAnswer {
    /// Thousandths of a core.
    pub(super) cpu: Option<u64>,
    /// MiB.
    pub(super) memory: Option<f64>,
}

/// The share of users who wait with other times.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Sensitivity {
    /// The factor of the boot time.
    boot: f64,
    /// The factor of the pull time.
    pull: f64,
    /// The share of users who wait.
    waiting: f64,
}

/// Answers a question.
pub fn answer(question: &PlanQuestion) -> PlanAnswer {
    let seats = arithmetic::seats(question);
    let lead = arithmetic::lead(question);
    let runs = simulate(
        HubQuestion {
            model: &question.model,
            demand: &question.demand,
            horizon: question.horizon,
            seed: question.seed,
        },
        question.runs,
    );
    let result = result(question, &lead, &runs);
    let arithmetic = arithmetic(question, &seats, &lead, result.mean_wait);
    let findings = found(question, &lead, &result);
    PlanAnswer {
        seed: question.seed,
        runs: question.runs,
        assumptions: question.assumptions.clone(),
        node: NodeAnswer {
            node_type: question.node.node_type.clone(),
            cloud: question.node.cloud,
            allocatable: AmountsAnswer::of(question.node.allocatable),
            free: AmountsAnswer::of(question.node.free()),
        },
        candidates: vec![today(question, result)],
        seats,
        lead,
        arithmetic,
        findings,
    }
}

impl PlanAnswer {
    /// Whether today's settings meet the goal.
    pub fn meets_goal(&self) -> bool {
        self.today().meets_goal
    }

    /// Today's settings.
    pub(super) fn today(&self) -> &PlanCandidate {
        self.candidates.first().expect("today is always simulated")
    }
}

/// Today's settings, with what the simulation says.
fn today(question: &PlanQuestion, result: ResultAnswer) -> PlanCandidate {
    let model = &question.model;
    let headroom = &model.headroom;
    let kind = if headroom.placeholders.is_some() {
        CandidateKind::Placeholders
    } else if headroom.buffer > 0 {
        CandidateKind::CapacityBuffer
    } else if model.min > 0 || model.nodes.is_some() {
        CandidateKind::PoolMinimum
    } else {
        CandidateKind::None
    };
    PlanCandidate {
        id: "today",
        kind,
        seats: arithmetic::held_seats(question),
        replicas: headroom.placeholders.map_or(headroom.buffer, |held| held.count),
        request: headroom.placeholders.map(|held| RequestAnswer {
            cpu: held.request.cpu,
            memory: held.request.memory.map(mebibytes),
        }),
        gate: headroom.is_gated,
        min_nodes: model.min,
        meets_goal: result.waiting.share <= question.goal.share,
        result,
        sensitivity: Vec::new(),
    }
}

/// What is worth a change, whatever the goal.
fn found(question: &PlanQuestion, lead: &LeadAnswer, result: &ResultAnswer) -> Vec<Diagnostic> {
    let model = &question.model;
    let mut found = Vec::new();
    if let Some(max) = model.max.filter(|max| result.max_nodes >= *max)
        && result.pending > 0
    {
        let message = format!(
            "the node pool reaches its maximum of {max} nodes, and up to {} users stay pending",
            result.pending
        );
        let finding = Diagnostic::new(&codes::POOL_TOO_SMALL, message);
        found.push(finding.help("raise the maximum of the node pool"));
    }
    let timeout = model.hub.start_timeout;
    let late = lead.samples.iter().filter(|lead| **lead > timeout).count();
    let share = amounts::real(late as u64) / amounts::real(lead.samples.len() as u64);
    if share > 0.05 {
        let message = format!(
            "startTimeout {} is shorter than the lead time of {} of new nodes (HB004)",
            time(timeout),
            percent(share)
        );
        let enough = time((2.0 * lead.total.p95 / 60.0).ceil() * 60.0);
        let finding = Diagnostic::new(&codes::TIMEOUT_TOO_SHORT, message);
        found.push(finding.help(format!("set `singleuser.startTimeout` to about {enough}")));
    }
    if let Some(held) = model.headroom.placeholders {
        let free = model.allocatable.minus(model.daemons);
        let wanted = held.request.resources();
        if wanted.cpu > free.cpu || wanted.memory > free.memory {
            let message = format!(
                "a placeholder of {} does not fit on any node",
                amounts::request(held.request)
            );
            let most = format!("{}m CPU and {}", free.cpu, amounts::memory(free.memory));
            let finding = Diagnostic::new(&codes::PLACEHOLDER_TOO_LARGE, message);
            found.push(finding.help(format!("request at most {most}")));
        }
    }
    found
}
