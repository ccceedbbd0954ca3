//! Pods that wait, and the nodes that they are put on in thought.

use crate::capacity::resources::{Resource, Resources};
use crate::capacity::simulate::scheduler::{Pod, SimulatedNode};
use crate::capacity::simulate::world::World;

/// A node as the autoscaler sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct NodeView {
    pub(super) node: SeenNode,
    pub(super) used: Resources,
}

/// Which node it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SeenNode {
    /// One that is there.
    There(usize),
    /// One of a pool that is ordered and not there yet.
    Ordered(usize),
}

/// Pods of a kind that wait, one after another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct WaitingPods {
    pub(super) kind: usize,
    pub(super) count: u64,
    /// When the oldest was created; nothing for pods of buffers, which never are new.
    pub(super) oldest: Option<f64>,
}

/// Nodes on which pods are put one after another, each on the first that has room.
#[derive(Debug, Clone, Default)]
pub(super) struct Places {
    pub(super) seen: Vec<NodeView>,
}

impl Places {
    /// Puts pods of a kind on nodes; returns how many there is no room for.
    pub(super) fn put(&mut self, world: &World, kind: usize, mut count: u64) -> u64 {
        let pod = world.cluster.of_kind(kind);
        for view in &mut self.seen {
            if count == 0 {
                break;
            }
            let node = match view.node {
                SeenNode::There(node) => &world.cluster.nodes[node],
                SeenNode::Ordered(pool) => &world.templates[pool],
            };
            if node.has_room(view.used, pod) && node.allows(pod) {
                let fitting = room_for(node.allocatable.minus(view.used), pod).min(count);
                view.used = view.used.plus(pod.requests.times(fitting));
                count -= fitting;
            }
        }
        count
    }
}

/// How many pods like one fit into what is free.
fn room_for(free: Resources, pod: &Pod) -> u64 {
    let of_each = Resource::ALL.map(|resource| {
        let wanted = pod.requests.get(resource);
        free.get(resource).checked_div(wanted).unwrap_or(u64::MAX)
    });
    of_each.into_iter().min().unwrap_or_default()
}

/// When the oldest pod of a kind that waits was created.
pub(super) fn oldest(world: &World, kind: usize) -> f64 {
    let pods = world.pending.iter().filter(|pod| world.cluster.kind(**pod) == kind);
    let created = pods.map(|pod| world.lives[*pod].created);
    created.fold(f64::INFINITY, f64::min)
}

/// Pods that wait, each for itself.
pub(super) fn one_by_one(world: &World, mut pods: Vec<usize>) -> Vec<WaitingPods> {
    pods.sort_by(|one, other| {
        let priority = |pod: &usize| world.cluster.pod(*pod).priority;
        let created = |pod: &usize| world.lives[*pod].created;
        priority(other)
            .cmp(&priority(one))
            .then(created(other).total_cmp(&created(one)))
    });
    let waiting = pods.into_iter().map(|pod| WaitingPods {
        kind: world.cluster.kind(pod),
        count: 1,
        oldest: Some(world.lives[pod].created),
    });
    waiting.collect()
}

/// How many new nodes pods need, the largest first on the first node that has room, and the share of the nodes that is
/// wasted.
#[expect(clippy::cast_precision_loss, reason = "a share of a node")]
pub(super) fn needed(
    world: &World,
    waiting: &[WaitingPods],
    template: &SimulatedNode,
) -> (usize, f64) {
    let (all, daemons) = (template.allocatable, world.daemons);
    let share = |amount: u64, all: u64| {
        if all == 0 {
            0.0
        } else {
            amount as f64 / all as f64
        }
    };
    let size = |used: Resources| share(used.cpu, all.cpu) + share(used.memory, all.memory);
    let mut fitting: Vec<(&Pod, u64)> = waiting
        .iter()
        .map(|pods| (world.cluster.of_kind(pods.kind), pods.count))
        .filter(|(pod, _)| template.has_room(daemons, pod) && template.allows(pod))
        .collect();
    fitting.sort_by(|(one, _), (other, _)| size(other.requests).total_cmp(&size(one.requests)));
    let mut nodes: Vec<Resources> = Vec::new();
    for (pod, mut count) in fitting {
        for used in &mut nodes {
            let fitting = room_for(all.minus(*used), pod).min(count);
            *used = used.plus(pod.requests.times(fitting));
            count -= fitting;
        }
        while count > 0 {
            // A new node has room for one.
            let fitting = room_for(all.minus(daemons), pod).clamp(1, count);
            nodes.push(daemons.plus(pod.requests.times(fitting)));
            count -= fitting;
        }
    }
    let wasted: f64 = nodes.iter().map(|used| 2.0 - size(*used)).sum();
    (nodes.len(), wasted / nodes.len().max(1) as f64)
}
