//! The node that users get, and what of it is theirs.

use super::amounts::Amounts;
use crate::capacity::nodes::{self, Cloud};
use crate::capacity::resources::Resources;
use crate::capacity::simulate::PodRequest;

/// The default number of pods on a node, which is the kubelet's.
const PODS: u64 = 110;

/// A node. An amount that is not known does not bind.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PlanNode {
    /// The type, where it has one.
    pub node_type: Option<String>,
    /// The cloud of the type.
    pub cloud: Option<Cloud>,
    /// What pods can request.
    pub allocatable: Amounts,
    /// What `DaemonSets` request of it.
    pub daemons: Resources,
}

impl PlanNode {
    /// A node of a type.
    ///
    /// # Errors
    /// A type that is not known, with what to write.
    pub(super) fn of_type(name: &str) -> Result<(Self, bool), String> {
        let known = nodes::by_name(name).map_err(|unknown| {
            match unknown.near.filter(|near| *near != name) {
                Some(near) => format!("did you mean `{near}`? otherwise give `--allocatable`"),
                None => "give what pods can request on it with `--allocatable`".to_owned(),
            }
        })?;
        let node = Self {
            node_type: Some(known.name),
            cloud: Some(known.cloud),
            allocatable: Amounts {
                cpu: Some(known.allocatable.cpu),
                memory: Some(known.allocatable.memory),
                pods: Some(known.allocatable.pods),
            },
            daemons: Resources::default(),
        };
        Ok((node, known.is_measured))
    }

    /// A node of which only some amounts are known.
    pub(super) fn of_amounts(allocatable: Amounts) -> Self {
        Self {
            node_type: None,
            cloud: None,
            allocatable: Amounts {
                pods: Some(allocatable.pods.unwrap_or(PODS)),
                ..allocatable
            },
            daemons: Resources::default(),
        }
    }

    /// What `DaemonSets` leave; nothing for an amount that is not known.
    pub(super) fn free(&self) -> Amounts {
        Amounts {
            cpu: (self.allocatable.cpu).map(|cpu| cpu.saturating_sub(self.daemons.cpu)),
            memory: (self.allocatable.memory)
                .map(|memory| memory.saturating_sub(self.daemons.memory)),
            pods: (self.allocatable.pods).map(|pods| pods.saturating_sub(self.daemons.pods)),
        }
    }

    /// The same for the simulation: an amount that is not known is as much as users can request on all seats.
    pub(super) fn bounded(&self, user: PodRequest) -> Resources {
        let pods = self.allocatable.pods.unwrap_or(PODS);
        let enough = |user: Option<u64>, daemons: u64| user.unwrap_or(1) * pods + daemons;
        Resources {
            cpu: (self.allocatable.cpu).unwrap_or_else(|| enough(user.cpu, self.daemons.cpu)),
            memory: (self.allocatable.memory)
                .unwrap_or_else(|| enough(user.memory, self.daemons.memory)),
            pods,
        }
    }
}
