//! The cluster autoscaler: when it looks, which nodes it orders, which it deletes.
//!
//! The rules are those of cluster-autoscaler for Kubernetes 1.36. Pods that wait are put on the nodes that there are and on
//! those that are ordered; only for the rest nodes are ordered.

mod waiting;

use super::outcome::Order;
use super::scheduler::Pod;
use super::world::{Blocker, World};
use crate::capacity::resources::Resources;
use waiting::{NodeView, Places, SeenNode, WaitingPods, needed, oldest, one_by_one};

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
    /// What the pods are like, as a kind of the cluster.
    pub(super) kind: usize,
    pub(super) replicas: u64,
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
    /// The last look, where it found nothing to do.
    idle: Option<IdleLook>,
    /// The nodes on which pods can run, with what pods request there that are not expendable.
    usable: Vec<NodeView>,
    /// Those that are ordered and will be there in time.
    ordered: Vec<NodeView>,
    /// Where pods that wait are put.
    places: Places,
}

/// A look that found nothing to do.
#[derive(Debug, Clone)]
struct IdleLook {
    /// The changes of the cluster until then.
    changes: u64,
    at: f64,
    /// Until when there is nothing to do without further changes; nothing before it is needed.
    until: Option<f64>,
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
            idle: None,
            usable: Vec::new(),
            ordered: Vec::new(),
            places: Places::default(),
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
        if self.is_idle(world) {
            return false;
        }
        self.give_up(world);
        self.note_nodes(world);
        let waiting = self.left_over(world);
        let is_new = |pods: &WaitingPods| {
            (pods.oldest).is_some_and(|created| created.floor() + NEW > world.now)
        };
        let has_waiting = !waiting.is_empty();
        if has_waiting && waiting.iter().all(is_new) {
            return false;
        }
        let has_ordered = has_waiting && self.order(world, &waiting);
        let has_deleted = self.delete(world);
        if !has_waiting && !has_deleted {
            self.idle = Some(IdleLook {
                changes: world.changes,
                at: world.now,
                until: None,
            });
        }
        has_ordered || has_deleted
    }

    /// Whether there is nothing to do because nothing has changed since there was nothing to do.
    fn is_idle(&mut self, world: &World) -> bool {
        let idle = self.idle.take().filter(|idle| idle.changes == world.changes);
        let Some(IdleLook { changes, at, until }) = idle else {
            return false;
        };
        let until = until.unwrap_or_else(|| self.idle_until(world, at));
        let is_idle = world.now < until;
        self.idle = is_idle.then_some(IdleLook {
            changes,
            at,
            until: Some(until),
        });
        is_idle
    }

    /// When something may be due although nothing has changed since a look.
    fn idle_until(&self, world: &World, look: f64) -> f64 {
        let AutoscalerFlags {
            unneeded,
            provision,
            ..
        } = self.settings;
        let machines = world.alive.iter().map(|node| &world.machines[*node]);
        let of_machines = machines.flat_map(|machine| {
            let late = (!machine.is_ready).then_some(machine.ordered + provision);
            let unneeded = machine.unneeded_since.map(|since| since + unneeded);
            [late, unneeded, Some(machine.ignored_until)]
        });
        let of_pools = self.backoff.iter().map(|(until, _)| Some(*until));
        let own = [self.last_order + unneeded, self.last_deletion + 10.0].map(Some);
        // Whether a pod of kube-system keeps a node depends on its age.
        let has_ages = world.kinds.iter().any(|kind| kind.blockers.contains(&Blocker::System));
        let ages = has_ages.then_some(look);
        (of_machines.chain(of_pools).chain(own).flatten())
            .filter(|at| *at >= look)
            .chain(ages)
            .fold(f64::INFINITY, f64::min)
    }

    /// Orders that take too long: a node that has not registered is ordered again, one that is not Ready is given up and
    /// its pool is not asked for a while.
    fn give_up(&mut self, world: &mut World) {
        const LONGEST: f64 = 1800.0;
        let late = world.alive.iter().copied().filter(|node| {
            let machine = &world.machines[*node];
            let is_late = world.now - machine.ordered > self.settings.provision;
            is_late && !machine.is_ready && !machine.is_given_up
        });
        for node in late.collect::<Vec<_>>() {
            let machine = &world.machines[node];
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

    fn is_expendable(&self, pod: &Pod) -> bool {
        !pod.has_no_priority && pod.priority < self.settings.cutoff
    }

    /// Notes the nodes that there are, and those that are ordered.
    fn note_nodes(&mut self, world: &World) {
        self.usable.clear();
        self.ordered.clear();
        for &node in &world.alive {
            let machine = &world.machines[node];
            if is_usable(world, node) {
                self.usable.push(NodeView {
                    node: SeenNode::There(node),
                    used: world.cluster.nodes[node].used_from(self.settings.cutoff),
                });
            } else if !machine.is_given_up
                && world.now - machine.ordered <= self.settings.provision
                && self.backoff[machine.pool].0 <= world.now
            {
                self.ordered.push(NodeView {
                    node: SeenNode::Ordered(machine.pool),
                    used: world.daemons,
                });
            }
        }
    }

    /// The pods, and those of buffers, that fit neither on a node that there is nor on one that is ordered.
    fn left_over(&mut self, world: &World) -> Vec<WaitingPods> {
        let mut waiting = self.pending(world);
        waiting.extend(self.buffers.iter().map(|buffer| WaitingPods {
            kind: buffer.kind,
            count: buffer.replicas,
            oldest: None,
        }));
        if waiting.is_empty() {
            return waiting;
        }
        self.places.seen.clone_from(&self.usable);
        self.places.seen.extend_from_slice(&self.ordered);
        for pods in &mut waiting {
            pods.count = self.places.put(world, pods.kind, pods.count);
        }
        waiting.retain(|pods| pods.count > 0);
        for pods in &mut waiting {
            if pods.oldest == Some(f64::NEG_INFINITY) {
                pods.oldest = Some(oldest(world, pods.kind));
            }
        }
        waiting
    }

    /// The pods that wait, by priority. Among pods of one priority the newest come first: where older ones wait too, one of
    /// those is left over nearly always.
    fn pending(&self, world: &World) -> Vec<WaitingPods> {
        let pod = |kind: usize| world.cluster.of_kind(kind);
        let kinds = world.waiting.iter().enumerate();
        let kinds = kinds.filter(|(kind, count)| **count > 0 && !self.is_expendable(pod(*kind)));
        let mut waiting: Vec<WaitingPods> = kinds
            .map(|(kind, count)| WaitingPods {
                kind,
                count: *count,
                // All of them, until it matters.
                oldest: Some(f64::NEG_INFINITY),
            })
            .collect();
        waiting.sort_by_key(|pods| std::cmp::Reverse(pod(pods.kind).priority));
        let is_mixed =
            |pair: &[WaitingPods]| pod(pair[0].kind).priority == pod(pair[1].kind).priority;
        if waiting.windows(2).any(is_mixed) {
            let pending = world.pending.iter().copied();
            let counted = pending.filter(|pod| !self.is_expendable(world.cluster.pod(*pod)));
            return one_by_one(world, counted.collect());
        }
        waiting
    }

    /// Orders nodes of the pool that would waste least.
    fn order(&mut self, world: &mut World, waiting: &[WaitingPods]) -> bool {
        let mut best: Option<(f64, usize, usize)> = None;
        for (pool, template) in world.templates.iter().enumerate() {
            let room = world.pools[pool].max.saturating_sub(target(world, pool));
            if self.backoff[pool].0 > world.now || room == 0 {
                continue;
            }
            let (nodes, waste) = needed(world, waiting, template);
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
        let due: Vec<usize> = (world.alive.iter().copied())
            .filter(|node| {
                let machine = &world.machines[*node];
                let since = machine.unneeded_since;
                !machine.is_draining && since.is_some_and(|since| world.now - since > unneeded)
            })
            .collect();
        let (empty, others): (Vec<usize>, Vec<usize>) =
            due.into_iter().partition(|node| self.movable(world, *node).is_empty());
        let mut has_deleted = false;
        for node in empty.into_iter().take(MOST_EMPTY) {
            if is_above_minimum(world, world.machines[node].pool) {
                world.delete_node(node, world.now + LOOK);
                has_deleted = true;
            }
        }
        let drained = others.first().copied().filter(|_| !has_deleted);
        let may_go = |node: &usize| is_above_minimum(world, world.machines[*node].pool);
        if let Some(node) = drained.filter(may_go) {
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
            !world.kind(*pod).is_daemon && !self.is_expendable(world.cluster.pod(*pod))
        })
        .collect()
    }

    /// Notes which nodes nobody needs, and why the others are kept.
    fn judge(&self, world: &mut World) {
        for pool in 0..world.pools.len() {
            let may_lose = is_above_minimum(world, pool);
            for view in &self.usable {
                let SeenNode::There(node) = view.node else {
                    continue;
                };
                let machine = &mut world.machines[node];
                if machine.pool != pool || machine.is_draining {
                    continue;
                }
                if !may_lose {
                    machine.unneeded_since = None;
                } else if machine.ignored_until <= world.now {
                    self.judge_node(world, node, view.used);
                }
            }
        }
    }

    fn judge_node(&self, world: &mut World, node: usize, used: Resources) {
        let all = world.cluster.nodes[node].allocatable;
        if self.is_utilized(used, all) {
            let machine = &mut world.machines[node];
            machine.unneeded_since = None;
            machine.kept_because = Some("utilization");
            return;
        }
        let reason = self.keeps(world, node);
        let machine = &mut world.machines[node];
        machine.kept_because = reason;
        if reason.is_some() {
            machine.unneeded_since = None;
            machine.ignored_until = world.now + RECHECK;
        } else {
            machine.unneeded_since.get_or_insert(world.now);
        }
    }

    /// Whether more is requested on a node than `scale-down-utilization-threshold` allows.
    #[expect(clippy::cast_precision_loss, reason = "a share of a node")]
    fn is_utilized(&self, used: Resources, all: Resources) -> bool {
        let is_above = |used: u64, all: u64| {
            let share = if all == 0 {
                0.0
            } else {
                used as f64 / all as f64
            };
            share > self.settings.threshold
        };
        is_above(used.memory, all.memory) || is_above(used.cpu, all.cpu)
    }

    /// Why a node is kept where little is requested.
    fn keeps(&self, world: &World, node: usize) -> Option<&'static str> {
        let pods = self.movable(world, node);
        let blocked = pods.iter().find_map(|pod| {
            let created = world.lives[*pod].created;
            let mut blockers = world.kind(*pod).blockers.iter();
            blockers.find_map(|blocker| match blocker {
                Blocker::Bare => Some("bare-pod"),
                Blocker::NotSafeToEvict => Some("safe-to-evict-false"),
                Blocker::LocalStorage => Some("local-storage"),
                Blocker::System if world.now - created < SYSTEM_POD => Some("kube-system"),
                Blocker::System => None,
            })
        });
        if blocked.is_some() {
            return blocked;
        }
        let mut budgets = pods.iter().flat_map(|pod| &world.cluster.pod(*pod).budgets);
        if budgets.any(|budget| world.cluster.budgets[*budget] <= 0) {
            return Some("pdb");
        }
        let others = self.usable.iter().filter(|other| other.node != SeenNode::There(node));
        let mut places = Places {
            seen: others.copied().collect(),
        };
        let mut pods = pods.iter().map(|pod| world.cluster.kind(*pod));
        let mut buffers = self.buffers.iter();
        let have_room = pods.all(|kind| places.put(world, kind, 1) == 0)
            && buffers.all(|buffer| places.put(world, buffer.kind, buffer.replicas) == 0);
        (!have_room).then_some("no-room")
    }
}

/// Whether the autoscaler counts with what runs on a node: it is Ready and has no taint of its start.
fn is_usable(world: &World, node: usize) -> bool {
    let machine = &world.machines[node];
    let is_there = machine.is_ready && !machine.is_gone;
    is_there && (machine.is_draining || world.cluster.nodes[node].taints.is_empty())
}

/// Whether a pool may lose a node.
fn is_above_minimum(world: &World, pool: usize) -> bool {
    let target = world.alive.iter().map(|node| &world.machines[*node]);
    let target = target
        .filter(|machine| machine.pool == pool && !machine.is_given_up && !machine.is_draining);
    target.count() > world.pools[pool].min
}

/// How many nodes a pool has or has ordered.
fn target(world: &World, pool: usize) -> usize {
    let machines = world.alive.iter().map(|node| &world.machines[*node]);
    let target = machines.filter(|machine| machine.pool == pool && !machine.is_given_up);
    target.count()
}
