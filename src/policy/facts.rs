//! What an operator knows of a cluster and its users beyond pools.

use std::time::Duration;

/// Facts that no manifest and no values file holds; rules that need them are silent without them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Facts {
    /// What adds nodes and takes them away.
    pub autoscaler: Option<Autoscaler>,
    /// How many users come at once.
    pub demand: Option<Demand>,
    /// How long a server takes to start where its node is still to come.
    pub lead: Option<Lead>,
}

/// What adds nodes and takes them away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Autoscaler {
    /// The cluster autoscaler of Kubernetes, also as clouds run it.
    ClusterAutoscaler {
        /// `--expendable-pods-priority-cutoff`: pods below it never bring a node.
        cutoff: i32,
    },
    /// Karpenter, which knows no cutoff.
    Karpenter,
    /// Nothing: the number of nodes is fixed.
    None,
}

/// A wave of users, as at the beginning of a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Demand {
    /// How many start a server.
    pub users: u32,
    /// In which time.
    pub within: Duration,
}

/// The parts of a start on a new node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lead {
    /// From the wish for a node until it is ready.
    pub boot: Duration,
    /// Until the image is there.
    pub pull: Duration,
    /// Until the server answers.
    pub start: Duration,
}
