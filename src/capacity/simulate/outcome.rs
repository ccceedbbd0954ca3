//! What happened in a cluster that was written as a scenario.

use std::collections::BTreeMap;

use super::world::{Life, World};

/// Nodes that were ordered at once.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// The time in seconds.
    pub at: f64,
    /// The pool.
    pub pool: String,
    /// The number of nodes.
    pub nodes: usize,
}

/// A node that was deleted.
#[derive(Debug, Clone, PartialEq)]
pub struct Deletion {
    /// The time in seconds.
    pub at: f64,
    /// The name; `POOL-*` for a node that was ordered.
    pub node: String,
}

/// How long users waited for a node.
#[derive(Debug, Clone, PartialEq)]
pub struct Users {
    /// All of them.
    pub count: usize,
    /// Those who waited longer than 10 seconds, or for ever.
    pub waited_over_10s: usize,
    /// Those who never got a node.
    pub never_bound: usize,
    /// Seconds that each of the others waited, the shortest first.
    pub waits: Vec<f64>,
}

impl Users {
    /// The wait that a share of the users with a node do not exceed.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "an index"
    )]
    pub fn quantile(&self, share: f64) -> Option<f64> {
        let last = self.waits.len().checked_sub(1)?;
        self.waits.get((share * last as f64).floor() as usize).copied()
    }
}

/// What happened until the end.
#[derive(Debug, Clone, PartialEq)]
pub struct ScenarioOutcome {
    /// Orders of nodes.
    pub orders: Vec<Order>,
    /// Nodes that were deleted.
    pub deletions: Vec<Deletion>,
    /// Registered nodes at the end, by pool.
    pub nodes: BTreeMap<String, usize>,
    /// Pending pods at the end, by name with `*` for the number.
    pub pending: BTreeMap<String, usize>,
    /// Running pods at the end, without those of `DaemonSets`.
    pub running: BTreeMap<String, usize>,
    /// The users.
    pub users: Users,
    /// Why the autoscaler last kept a node that there was at the start, by name.
    pub kept_because: BTreeMap<String, &'static str>,
}

impl World {
    /// What happened until now.
    pub(super) fn outcome(self) -> ScenarioOutcome {
        let mut nodes = BTreeMap::new();
        for machine in &self.machines {
            if machine.is_registered && !machine.is_gone {
                *nodes.entry(self.pools[machine.pool].name.clone()).or_default() += 1;
            }
        }
        let (mut pending, mut running) = (BTreeMap::new(), BTreeMap::new());
        let pods = self.lives.iter().enumerate();
        let pods = || pods.clone().map(|(pod, life)| (self.kind(pod), life));
        for (kind, life) in pods().filter(|(kind, life)| !life.is_gone && !kind.is_daemon) {
            let counts = if life.node.is_some() {
                &mut running
            } else {
                &mut pending
            };
            *counts.entry(starred(&kind.name)).or_default() += 1;
        }
        let users = pods().filter(|(kind, _)| kind.is_user);
        let arrived: Vec<&Life> =
            users.map(|(_, life)| life).filter(|life| life.created <= self.now).collect();
        let mut waits: Vec<f64> =
            arrived.iter().filter_map(|life| Some(life.bound? - life.created)).collect();
        waits.sort_by(f64::total_cmp);
        let never_bound = arrived.len() - waits.len();
        let at_start = self.machines.iter().take(self.at_start).enumerate();
        let kept = at_start.filter(|(_, machine)| !machine.is_gone);
        let kept = kept.filter_map(|(node, machine)| {
            Some((self.cluster.nodes[node].name.clone(), machine.kept_because?))
        });
        ScenarioOutcome {
            users: Users {
                count: arrived.len(),
                waited_over_10s: never_bound + waits.iter().filter(|wait| **wait > 10.0).count(),
                never_bound,
                waits,
            },
            kept_because: kept.collect(),
            orders: self.orders,
            deletions: self.deletions,
            nodes,
            pending,
            running,
        }
    }
}

/// A name with `*` for the number at its end.
fn starred(name: &str) -> String {
    let end = name.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    if end == name.len() {
        name.to_owned()
    } else {
        format!("{}*", &name[..end])
    }
}
