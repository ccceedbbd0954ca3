//! The cluster autoscaler: when it looks, which nodes it orders, which it deletes.
//!
//! The rules are those of cluster-autoscaler for Kubernetes 1.36. Pods that wait are put on the nodes that there are and on
//! those that are ordered; only for the rest nodes are ordered.

use super::scheduler::{Pod, SimulatedNode};
use super::world::{Blocker, Life, Order, World};
use crate::capacity::resources::Resources;

/// What the flags of the autoscaler say; the defaults are its own.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct AutoscalerFlags {
    /// `expendable-pods-priority-cutoff`
    pub(super) cutoff: i64,
    /// `scan-interval`
    pub(super) interval: f64,
    /// `scale-down-utilization-threshold`
    pub(super) threshold: f64,
    /// `scale-down-unneeded-time` and `scale-down-delay-after-add`
    pub(super) unneeded: f64,
    /// `max-node-provision-time`
    pub(super) provision: f64,
    /// `frequent-loops-enabled`
    pub(super) is_woken: bool,
}

impl Default for AutoscalerFlags {
    fn default() -> Self {
        Self {
            cutoff: -10,
            interval: 10.0,
            threshold: 0.5,
            unneeded: 600.0,
            provision: 900.0,
            is_woken: true,
        }
    }
}

/// How long one look takes.
const LOOK: f64 = 0.1;

/// A pod is new for so many seconds after the whole second in which it was created.
const NEW: f64 = 2.0;

/// A node that cannot be emptied is not looked at again for so long (`unremovable-node-recheck-timeout`).
const RECHECK: f64 = 300.0;

/// A pod of kube-system without a budget keeps its node for an hour after it was created.
const SYSTEM_POD: f64 = 3600.0;

/// At most so many empty nodes are deleted at once.
const MOST_EMPTY: usize = 10;

/// Pods that hold nothing, for which there is to be room: a `CapacityBuffer`.
#[derive(Debug, Clone)]
pub(super) struct Buffer {
    pub(super) pod: Pod,
    pub(super) replicas: usize,
}

/// The state of the autoscaler.
#[derive(Debug, Clone)]
pub(super) struct AutoscalerState {
    settings: AutoscalerFlags,
    buffers: Vec<Buffer>,
    last_order: f64,
    last_deletion: f64,
    /// Until when each pool is not asked for nodes, and for how long the next time.
    backoff: Vec<(f64, f64)>,
    /// Looks that start at once, after one that ordered or deleted nodes.
    at_once: u32,
}

/// A node as the autoscaler sees it.
struct NodeView<'w> {
    /// Its index; nothing for one that is ordered and not there yet.
    node: Option<usize>,
    template: &'w SimulatedNode,
    used: Resources,
}

impl NodeView<'_> {
    fn takes(&self, pod: &Pod) -> bool {
        self.template.allows(pod) && self.template.has_room(self.used, pod)
    }
}

impl AutoscalerState {
    pub(super) fn new(settings: AutoscalerFlags, pools: usize, buffers: Vec<Buffer>) -> Self {
        Self {
            settings,
            buffers,
            last_order: f64::NEG_INFINITY,
            last_deletion: f64::NEG_INFINITY,
            backoff: vec![(f64::NEG_INFINITY, 300.0); pools],
            at_once: 0,
        }
    }

    /// When it looks for the first time.
    pub(super) fn first_look(&self) -> f64 {
        self.settings.interval
    }

    /// When it looks next, where a pod is said to be unschedulable now. During a look the word is kept.
    pub(super) fn wake(&self, next: f64, now: f64) -> f64 {
        if !self.settings.is_woken {
            return next;
        }
        let busy = next - self.settings.interval;
        next.min(now.max(busy))
    }

    /// Looks at the cluster, orders or deletes nodes, and says when it looks next.
    pub(super) fn look(&mut self, world: &mut World) -> f64 {
        let has_acted = self.act(world);
        if has_acted {
            self.at_once = 2;
        }
        let end = world.now + LOOK;
        if self.at_once > 0 && self.settings.is_woken {
            self.at_once -= 1;
            return end;
        }
        end + self.settings.interval
    }

    fn act(&mut self, world: &mut World) -> bool {
        self.give_up(world);
        let left = self.left_over(world);
        let is_new = |pod: &usize| world.lives[*pod].created.floor() + NEW > world.now;
        let (pods, buffers) = left;
        if !pods.is_empty() && buffers.is_empty() && pods.iter().all(is_new) {
            return false;
        }
        let mut waiting: Vec<Pod> = pods
            .iter()
            .map(|pod| world.cluster.pods[*pod].clone())
            .collect();
        waiting.extend(buffers);
        let has_ordered = !waiting.is_empty() && self.order(world, &waiting);
        let has_deleted = self.delete(world);
        has_ordered || has_deleted
    }

    /// Orders that take too long: a node that has not registered is ordered again, one that is not Ready is given up and
    /// its pool is not asked for a while.
    fn give_up(&mut self, world: &mut World) {
        const LONGEST: f64 = 1800.0;
        for node in 0..world.machines.len() {
            let machine = &world.machines[node];
            let is_late = world.now - machine.ordered > self.settings.provision;
            if machine.is_ready || machine.is_gone || machine.is_given_up || !is_late {
                continue;
            }
            let pool = machine.pool;
            if machine.is_registered {
                world.machines[node].is_given_up = true;
                let (until, next) = &mut self.backoff[pool];
                *until = world.now + *next;
                *next = (*next * 2.0).min(LONGEST);
            } else {
                world.delete_node(node, world.now + LOOK);
                world.order(pool, 1, world.now + LOOK);
                self.note_order(world, pool, 1);
            }
        }
    }

    fn note_order(&mut self, world: &mut World, pool: usize, nodes: usize) {
        self.last_order = world.now;
        world.orders.push(Order {
            at: world.now + LOOK,
            pool: world.pools[pool].name.clone(),
            nodes,
        });
    }

    fn is_expendable(&self, pod: &Pod, life: &Life) -> bool {
        !life.has_no_priority && pod.priority < self.settings.cutoff
    }

    /// What is requested on a node by pods that are not expendable.
    fn used(&self, world: &World, node: usize) -> Resources {
        let pods = world.cluster.nodes[node].pods.iter();
        let counted =
            pods.filter(|pod| !self.is_expendable(&world.cluster.pods[**pod], &world.lives[**pod]));
        counted.fold(Resources::default(), |used, pod| {
            used.plus(world.cluster.pods[*pod].requests)
        })
    }

    /// Nodes on which pods can run.
    fn usable<'w>(&self, world: &'w World) -> Vec<NodeView<'w>> {
        let nodes = 0..world.machines.len();
        let usable = nodes.filter(|node| is_usable(world, *node));
        usable
            .map(|node| NodeView {
                node: Some(node),
                template: &world.cluster.nodes[node],
                used: self.used(world, node),
            })
            .collect()
    }

    /// The pods, and those of buffers, that fit neither on a node that there is nor on one that is ordered.
    fn left_over(&self, world: &World) -> (Vec<usize>, Vec<Pod>) {
        let templates = templates(world);
        let daemons = daemons(world);
        let mut seen = self.usable(world);
        for (node, machine) in world.machines.iter().enumerate() {
            let is_late = world.now - machine.ordered > self.settings.provision;
            let is_backed_off = self.backoff[machine.pool].0 > world.now;
            let is_there = machine.is_gone || machine.is_given_up || is_usable(world, node);
            if !is_there && !is_late && !is_backed_off {
                seen.push(NodeView {
                    node: None,
                    template: &templates[machine.pool],
                    used: daemons,
                });
            }
        }
        let mut put = |pod: &Pod| {
            let place = seen.iter_mut().find(|seen| seen.takes(pod));
            place
                .map(|place| place.used = place.used.plus(pod.requests))
                .is_some()
        };
        let mut pending: Vec<usize> = (0..world.lives.len())
            .filter(|pod| {
                let life = &world.lives[*pod];
                life.is_pending() && !self.is_expendable(&world.cluster.pods[*pod], life)
            })
            .collect();
        // The newest first: where older ones wait too, one of those is left over nearly always.
        pending.sort_by(|one, other| {
            let priority = |pod: &usize| world.cluster.pods[*pod].priority;
            let created = |pod: &usize| world.lives[*pod].created;
            priority(other)
                .cmp(&priority(one))
                .then(created(other).total_cmp(&created(one)))
        });
        pending.retain(|pod| !put(&world.cluster.pods[*pod]));
        let of_buffers = self
            .buffers
            .iter()
            .flat_map(|buffer| std::iter::repeat_n(&buffer.pod, buffer.replicas));
        let of_buffers = of_buffers.filter(|pod| !put(pod)).cloned();
        (pending, of_buffers.collect())
    }

    /// Orders nodes of the pool that would waste least.
    fn order(&mut self, world: &mut World, pods: &[Pod]) -> bool {
        let daemons = daemons(world);
        let mut best: Option<(f64, usize, usize)> = None;
        for (pool, template) in templates(world).iter().enumerate() {
            let target = world
                .machines
                .iter()
                .filter(|machine| machine.pool == pool && !machine.is_gone && !machine.is_given_up);
            let room = world.pools[pool].max.saturating_sub(target.count());
            if self.backoff[pool].0 > world.now || room == 0 {
                continue;
            }
            let (nodes, waste) = needed(pods, template, daemons);
            if nodes > 0 && best.is_none_or(|(least, ..)| waste < least) {
                best = Some((waste, pool, nodes.min(room)));
            }
        }
        let Some((_, pool, nodes)) = best else {
            return false;
        };
        world.order(pool, nodes, world.now + LOOK);
        self.note_order(world, pool, nodes);
        true
    }

    /// Deletes nodes that nobody has needed for a while.
    fn delete(&mut self, world: &mut World) -> bool {
        self.judge(world);
        let AutoscalerFlags { unneeded, .. } = self.settings;
        let is_time =
            world.now - self.last_order >= unneeded && world.now - self.last_deletion >= 10.0;
        if !is_time {
            return false;
        }
        let due: Vec<usize> = (0..world.machines.len())
            .filter(|node| {
                let machine = &world.machines[*node];
                let since = machine.unneeded_since;
                !machine.is_draining && since.is_some_and(|since| world.now - since > unneeded)
            })
            .collect();
        let (empty, others): (Vec<usize>, Vec<usize>) = due
            .into_iter()
            .partition(|node| self.movable(world, *node).is_empty());
        let mut has_deleted = false;
        for node in empty.into_iter().take(MOST_EMPTY) {
            if above_minimum(world, node) {
                world.delete_node(node, world.now + LOOK);
                has_deleted = true;
            }
        }
        let drained = others.first().copied().filter(|_| !has_deleted);
        if let Some(node) = drained.filter(|node| above_minimum(world, *node)) {
            world.drain(node);
            has_deleted = true;
        }
        if has_deleted {
            self.last_deletion = world.now;
        }
        has_deleted
    }

    /// Pods that have to move before a node can go.
    fn movable(&self, world: &World, node: usize) -> Vec<usize> {
        let pods = world.cluster.nodes[node].pods.iter().copied();
        pods.filter(|pod| {
            let life = &world.lives[*pod];
            !life.is_daemon && !self.is_expendable(&world.cluster.pods[*pod], life)
        })
        .collect()
    }

    /// Notes which nodes nobody needs, and why the others are kept.
    fn judge(&self, world: &mut World) {
        for node in 0..world.machines.len() {
            let machine = &world.machines[node];
            if !is_usable(world, node) || machine.is_draining {
                continue;
            }
            if !above_minimum(world, node) {
                world.machines[node].unneeded_since = None;
                continue;
            }
            if machine.ignored_until > world.now {
                continue;
            }
            match self.keeps(world, node) {
                None => {
                    let now = world.now;
                    world.machines[node].unneeded_since.get_or_insert(now);
                    world.machines[node].kept_because = None;
                }
                Some(reason) => {
                    let machine = &mut world.machines[node];
                    machine.unneeded_since = None;
                    machine.kept_because = Some(reason);
                    if reason != UTILIZATION {
                        machine.ignored_until = world.now + RECHECK;
                    }
                }
            }
        }
    }

    /// Why a node is kept.
    #[expect(clippy::cast_precision_loss, reason = "a share of a node")]
    fn keeps(&self, world: &World, node: usize) -> Option<&'static str> {
        let used = self.used(world, node);
        let all = world.cluster.nodes[node].allocatable;
        let share = |used: u64, all: u64| {
            if all == 0 {
                0.0
            } else {
                used as f64 / all as f64
            }
        };
        let utilization = share(used.cpu, all.cpu).max(share(used.memory, all.memory));
        if utilization > self.settings.threshold {
            return Some(UTILIZATION);
        }
        let pods = self.movable(world, node);
        let blocked = pods.iter().find_map(|pod| {
            let life = &world.lives[*pod];
            life.blockers.iter().find_map(|blocker| match blocker {
                Blocker::Bare => Some("bare-pod"),
                Blocker::NotSafeToEvict => Some("safe-to-evict-false"),
                Blocker::LocalStorage => Some("local-storage"),
                Blocker::System if world.now - life.created < SYSTEM_POD => Some("kube-system"),
                Blocker::System => None,
            })
        });
        if blocked.is_some() {
            return blocked;
        }
        let mut budgets = pods
            .iter()
            .flat_map(|pod| &world.cluster.pods[*pod].budgets);
        if budgets.any(|budget| world.cluster.budgets[*budget] <= 0) {
            return Some("pdb");
        }
        let mut seen = self.usable(world);
        seen.retain(|seen| seen.node != Some(node));
        let have_room = pods.iter().all(|pod| {
            let pod = &world.cluster.pods[*pod];
            let place = seen.iter_mut().find(|seen| seen.takes(pod));
            place
                .map(|place| place.used = place.used.plus(pod.requests))
                .is_some()
        });
        (!have_room).then_some("no-room")
    }
}

const UTILIZATION: &str = "utilization";

/// Whether the autoscaler counts with what runs on a node: it is Ready and has no taint of its start.
fn is_usable(world: &World, node: usize) -> bool {
    let machine = &world.machines[node];
    let is_there = machine.is_ready && !machine.is_gone;
    is_there && (machine.is_draining || world.cluster.nodes[node].taints.is_empty())
}

/// Whether the pool of a node may lose one.
fn above_minimum(world: &World, node: usize) -> bool {
    let pool = world.machines[node].pool;
    let target = world.machines.iter().filter(|machine| {
        machine.pool == pool && !machine.is_gone && !machine.is_given_up && !machine.is_draining
    });
    target.count() > world.pools[pool].min
}

/// A new node of each pool.
fn templates(world: &World) -> Vec<SimulatedNode> {
    let pools = world.pools.iter();
    pools
        .map(|pool| {
            let mut node = SimulatedNode::new(&pool.name, pool.allocatable);
            node.labels = pool.labels.clone();
            node
        })
        .collect()
}

/// What `DaemonSets` request on each node.
fn daemons(world: &World) -> Resources {
    let daemons = world.daemons.iter();
    daemons.fold(Resources::default(), |used, pod| used.plus(pod.requests))
}

/// How many new nodes pods need, the largest first on the first node that has room, and the share of them that is wasted.
#[expect(clippy::cast_precision_loss, reason = "a share of a node")]
fn needed(pods: &[Pod], template: &SimulatedNode, daemons: Resources) -> (usize, f64) {
    let all = template.allocatable;
    let share = |amount: u64, all: u64| {
        if all == 0 {
            0.0
        } else {
            amount as f64 / all as f64
        }
    };
    let size = |used: Resources| share(used.cpu, all.cpu) + share(used.memory, all.memory);
    let mut fitting: Vec<&Pod> = pods
        .iter()
        .filter(|pod| template.allows(pod) && template.has_room(daemons, pod))
        .collect();
    fitting.sort_by(|one, other| size(other.requests).total_cmp(&size(one.requests)));
    let mut nodes: Vec<Resources> = Vec::new();
    for pod in fitting {
        let place = nodes.iter_mut().find(|used| template.has_room(**used, pod));
        match place {
            Some(used) => *used = used.plus(pod.requests),
            None => nodes.push(daemons.plus(pod.requests)),
        }
    }
    let wasted: f64 = nodes.iter().map(|used| 2.0 - size(*used)).sum();
    (nodes.len(), wasted / nodes.len().max(1) as f64)
}
