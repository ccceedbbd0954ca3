//! What happens in a cluster, event by event. At equal times events come before the autoscaler looks.

mod machines;

use std::cmp::Reverse;

use super::autoscaler::AutoscalerState;
use super::events::{Agenda, Event, HubEvent};
use super::outcome::{Deletion, Order};
use super::scheduler::{Decision, Pod, Profile, SimulatedCluster, SimulatedNode};
use crate::capacity::draws::NodeDraws;
use crate::capacity::resources::Resources;
use crate::k8s::{Effect, NodeLabels, Taint};

/// The time in which the controller of a pod that left makes another one.
const RECREATED_AFTER: f64 = 1.0;

/// Nodes that are ordered from a cloud.
#[derive(Debug, Clone)]
pub(super) struct NodePool {
    pub(super) name: String,
    pub(super) allocatable: Resources,
    pub(super) labels: NodeLabels,
    pub(super) min: usize,
    pub(super) max: usize,
    /// Seconds from the order to the node object.
    pub(super) register: f64,
    /// Seconds from the node object to Ready.
    pub(super) ready: f64,
    /// A taint of new nodes, and how many seconds after Ready it goes.
    pub(super) startup_taint: Option<(Taint, f64)>,
}

/// What keeps the autoscaler from moving a pod.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Blocker {
    /// Nothing makes it again.
    Bare,
    /// `safe-to-evict: "false"`.
    NotSafeToEvict,
    /// It has files on the node.
    LocalStorage,
    /// It is a pod of kube-system without a budget, which counts for an hour.
    System,
}

/// What all pods of a kind have in common, beside what the scheduler knows of them.
#[derive(Debug, Clone, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "facts of a pod, each of its own"
)]
pub(super) struct PodKind {
    pub(super) name: String,
    pub(super) is_daemon: bool,
    pub(super) is_user: bool,
    /// Whether it is a placeholder of a hub, whose number is followed.
    pub(super) is_placeholder: bool,
    /// Whether a controller makes it again.
    pub(super) comes_again: bool,
    pub(super) blockers: Vec<Blocker>,
}

/// A pod in time.
#[derive(Debug, Clone)]
pub(super) struct Life {
    pub(super) created: f64,
    pub(super) node: Option<usize>,
    pub(super) is_gone: bool,
    /// When it was bound for the first time.
    pub(super) bound: Option<f64>,
    /// The user of a hub whose server it is; nothing for one who was there at the start.
    pub(super) user: Option<u32>,
    /// Whether it was said to be unschedulable.
    is_unschedulable: bool,
    /// Whether a budget allows one more disruption once it is bound: it is made again for one that was evicted.
    restores_budget: bool,
}

impl Life {
    pub(super) fn new(created: f64) -> Self {
        Self {
            created,
            node: None,
            is_gone: false,
            bound: None,
            user: None,
            is_unschedulable: false,
            restores_budget: false,
        }
    }
}

/// A node beside what the scheduler knows of it.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "facts of a node, each of its own"
)]
pub(super) struct Machine {
    pub(super) pool: usize,
    pub(super) ordered: f64,
    /// When it was deleted.
    pub(super) deleted: Option<f64>,
    pub(super) is_registered: bool,
    pub(super) is_ready: bool,
    pub(super) is_gone: bool,
    /// Whether the autoscaler no longer counts on it.
    pub(super) is_given_up: bool,
    pub(super) is_draining: bool,
    pub(super) unneeded_since: Option<f64>,
    /// Until when it is not looked at again.
    pub(super) ignored_until: f64,
    /// Why the autoscaler last kept it.
    pub(super) kept_because: Option<&'static str>,
    /// Seconds from the node object to Ready.
    ready: f64,
    /// Seconds in which it pulls the image, where that is simulated.
    pull: Option<f64>,
    /// When it was Ready.
    pub(super) ready_at: Option<f64>,
    /// When it has the image, once that is known.
    pub(super) image_at: Option<f64>,
}

/// The image of user servers.
#[derive(Debug, Clone)]
pub(super) struct UserImage {
    pub(super) name: String,
    pub(super) bytes: u64,
    /// Whether a node pulls it as soon as it is Ready, and not for the first user.
    pub(super) has_puller: bool,
}

/// How many placeholders run, in time.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct HeldSeats {
    pub(super) running: usize,
    /// When one was evicted for the first time.
    pub(super) first_eviction: Option<f64>,
    /// When none ran for the first time.
    pub(super) drained: Option<f64>,
    /// When one ran again after that.
    pub(super) back: Option<f64>,
}

/// A cluster in time.
#[derive(Debug, Clone)]
pub(super) struct World {
    pub(super) now: f64,
    pub(super) cluster: SimulatedCluster,
    /// What pods are like, by their kinds in the cluster.
    pub(super) kinds: Vec<PodKind>,
    pub(super) lives: Vec<Life>,
    pub(super) machines: Vec<Machine>,
    /// The nodes that are ordered and not deleted.
    pub(super) alive: Vec<usize>,
    pub(super) pools: Vec<NodePool>,
    /// A new node of each pool.
    pub(super) templates: Vec<SimulatedNode>,
    /// What `DaemonSets` request on each node.
    pub(super) daemons: Resources,
    pub(super) orders: Vec<Order>,
    pub(super) deletions: Vec<Deletion>,
    /// Pods that wait, in the order in which they came.
    pub(super) pending: Vec<usize>,
    /// How many pods of each kind wait.
    pub(super) waiting: Vec<u64>,
    /// User pods that were bound since somebody looked.
    pub(super) bound: Vec<usize>,
    pub(super) held: HeldSeats,
    pub(super) image: Option<UserImage>,
    /// Where boots and pulls of nodes come from, in place of what pools say.
    pub(super) draws: Option<NodeDraws>,
    /// Pools whose minimum changes, with the new one.
    pub(super) minimums: Vec<(usize, usize)>,
    pub(super) agenda: Agenda,
    pub(super) at_start: usize,
    /// Counts changes, so that the autoscaler knows whether there is anything new.
    pub(super) changes: u64,
    daemon_kinds: Vec<usize>,
    profile: Profile,
    /// Pods of this prefix leave: the first so many, or all.
    removals: Vec<(String, Option<usize>)>,
    /// Places of pods that are gone for ever.
    free: Vec<usize>,
    /// Whether a pod was said to be unschedulable, which wakes the autoscaler.
    is_signalled: bool,
}

impl World {
    pub(super) fn new(
        profile: Profile,
        pools: Vec<NodePool>,
        daemons: Vec<Pod>,
        budgets: Vec<i64>,
    ) -> Self {
        let templates = pools.iter().map(|pool| {
            let mut node = SimulatedNode::new(&pool.name, pool.allocatable);
            node.labels = pool.labels.clone();
            node
        });
        let requests = daemons.iter().map(|pod| pod.requests);
        let mut world = Self {
            now: 0.0,
            cluster: SimulatedCluster::new(budgets),
            kinds: Vec::new(),
            lives: Vec::new(),
            machines: Vec::new(),
            alive: Vec::new(),
            templates: templates.collect(),
            daemons: requests.fold(Resources::default(), Resources::plus),
            pools,
            orders: Vec::new(),
            deletions: Vec::new(),
            pending: Vec::new(),
            waiting: Vec::new(),
            bound: Vec::new(),
            held: HeldSeats::default(),
            image: None,
            draws: None,
            minimums: Vec::new(),
            agenda: Agenda::default(),
            at_start: 0,
            changes: 0,
            daemon_kinds: Vec::new(),
            profile,
            removals: Vec::new(),
            free: Vec::new(),
            is_signalled: false,
        };
        for daemon in daemons {
            let kind = PodKind {
                name: "daemon".to_owned(),
                is_daemon: true,
                ..PodKind::default()
            };
            let kind = world.add_kind(daemon, kind);
            world.daemon_kinds.push(kind);
        }
        world
    }

    /// Adds pods that are alike; returns their kind.
    pub(super) fn add_kind(&mut self, pod: Pod, kind: PodKind) -> usize {
        self.kinds.push(kind);
        self.waiting.push(0);
        self.cluster.add_kind(pod)
    }

    /// What a pod has in common with the others of its kind.
    pub(super) fn kind(&self, pod: usize) -> &PodKind {
        &self.kinds[self.cluster.kind(pod)]
    }

    /// Adds a pod that runs on a node from the start.
    pub(super) fn add_running(&mut self, kind: usize, created: f64, node: usize) {
        let pod = self.add_pod(kind, Life::new(created));
        self.lives[pod].bound = Some(created);
        self.put(pod, node);
    }

    /// Adds a pod that is created later.
    pub(super) fn add_arriving(&mut self, kind: usize, at: f64) {
        // Until it arrives there is no such pod.
        let life = Life {
            is_gone: true,
            ..Life::new(at)
        };
        let pod = self.add_pod(kind, life);
        self.agenda.plan(at, Event::Arrive(pod));
    }

    /// Creates a pod now.
    pub(super) fn create(&mut self, kind: usize, life: Life) -> usize {
        let pod = self.add_pod(kind, life);
        self.arrive(pod);
        pod
    }

    fn add_pod(&mut self, kind: usize, life: Life) -> usize {
        let Some(pod) = self.free.pop() else {
            let pod = self.cluster.add_of_kind(kind, life.created);
            self.lives.push(life);
            return pod;
        };
        self.cluster.replace(pod, kind, life.created);
        self.lives[pod] = life;
        pod
    }

    /// Removes pods at a time whose names begin with `prefix`: the first ones, or all.
    pub(super) fn add_deletion(&mut self, at: f64, prefix: &str, first: Option<usize>) {
        self.removals.push((prefix.to_owned(), first));
        self.agenda.plan(at, Event::Delete(self.removals.len() - 1));
    }

    /// Changes the minimum of a pool at a time.
    pub(super) fn add_minimum(&mut self, at: f64, pool: usize, nodes: usize) {
        self.minimums.push((pool, nodes));
        self.agenda.plan(at, Event::Minimum(self.minimums.len() - 1));
    }

    /// Plays until the end; `hub` is told what happens in a hub, and each time after something has happened.
    pub(super) fn run(
        &mut self,
        autoscaler: &mut AutoscalerState,
        until: f64,
        mut hub: impl FnMut(&mut Self, Option<HubEvent>),
    ) {
        let mut look = autoscaler.first_look();
        loop {
            let next = self.agenda.next_at();
            let is_look = next.is_none_or(|at| at > look);
            let at = if is_look { look } else { next.unwrap_or(look) };
            if at > until {
                break;
            }
            self.now = at;
            if is_look {
                self.is_signalled = false;
                look = autoscaler.look(self);
                if !self.bound.is_empty() {
                    hub(self, None);
                }
                continue;
            }
            let happened = match self.agenda.pop() {
                Some(Event::Hub(event)) => Some(event),
                Some(event) => {
                    self.happen(event);
                    None
                }
                None => None,
            };
            if happened.is_some() || !self.bound.is_empty() {
                hub(self, happened);
            }
            // What is to happen at this very time comes before the autoscaler looks.
            let is_last = self.agenda.next_at().is_none_or(|next| next > self.now);
            if is_last && std::mem::take(&mut self.is_signalled) {
                look = autoscaler.wake(look, self.now);
            }
        }
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Delete(removal) => self.delete(removal),
            Event::Register(node) => self.register(node),
            Event::Ready(node) => {
                if !self.machines[node].is_gone {
                    self.become_ready(node);
                    self.begin_pull(node);
                    self.taint_at_start(node);
                    self.schedule_all();
                }
            }
            Event::TaintGone(node) => {
                self.cluster.nodes[node].taints.clear();
                self.schedule_all();
            }
            Event::ImageThere(node) => self.note_image(node),
            Event::Arrive(pod) => {
                self.lives[pod].is_gone = false;
                self.arrive(pod);
            }
            Event::Drain(node) => self.drain(node),
            Event::Minimum(entry) => {
                let (pool, nodes) = self.minimums[entry];
                self.pools[pool].min = nodes;
                let of_pool = |node: &&usize| self.machines[**node].pool == pool;
                let missing = nodes.saturating_sub(self.alive.iter().filter(of_pool).count());
                self.order(pool, missing, self.now);
            }
            Event::Hub(_) => {}
        }
        self.changes += 1;
    }

    fn delete(&mut self, removal: usize) {
        let (prefix, first) = self.removals[removal].clone();
        let named = (0..self.lives.len())
            .filter(|pod| !self.lives[*pod].is_gone && self.kind(*pod).name.starts_with(&prefix));
        let leaving: Vec<usize> = named.take(first.unwrap_or(usize::MAX)).collect();
        for pod in leaving {
            self.leave(pod);
        }
        self.schedule_all();
    }

    /// A pod leaves for ever, and others may take its place.
    pub(super) fn end(&mut self, pod: usize) {
        // It may have gone with its node.
        if self.lives[pod].is_gone {
            return;
        }
        self.leave(pod);
        self.free.push(pod);
        self.schedule_all();
    }

    /// A pod leaves; its controller makes another one.
    pub(super) fn leave(&mut self, pod: usize) {
        self.changes += 1;
        let life = &mut self.lives[pod];
        life.is_gone = true;
        if let Some(node) = life.node.take() {
            self.cluster.remove(pod, node);
            self.note_held(pod, false);
        } else {
            self.pending.retain(|other| *other != pod);
            self.waiting[self.cluster.kind(pod)] -= 1;
        }
        if !self.kind(pod).comes_again {
            return;
        }
        let at = self.now + RECREATED_AFTER;
        let life = &mut self.lives[pod];
        *life = Life {
            is_gone: true,
            restores_budget: life.restores_budget,
            ..Life::new(at)
        };
        self.agenda.plan(at, Event::Arrive(pod));
    }

    /// Lets every pending pod try again, by priority and by its last attempt.
    fn schedule_all(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        // Pods of one priority are in the order of their last attempts, because whoever waits is tried with all others.
        if self.waiting.iter().filter(|count| **count > 0).count() > 1 {
            let priority = |pod: &usize| self.cluster.pod(*pod).priority;
            self.pending.sort_by_key(|pod| Reverse(priority(pod)));
        }
        // Where there is no place for a pod, there is none for those that are alike.
        let mut without_place = None;
        let mut kept = 0;
        for at in 0..self.pending.len() {
            let pod = self.pending[at];
            let kind = self.cluster.kind(pod);
            if without_place != Some(kind) {
                if self.schedule(pod) {
                    self.waiting[kind] -= 1;
                    continue;
                }
                without_place = Some(kind);
            }
            self.pending[kept] = pod;
            kept += 1;
        }
        self.pending.truncate(kept);
    }

    fn arrive(&mut self, pod: usize) {
        self.changes += 1;
        if !self.schedule(pod) {
            self.pending.push(pod);
            self.waiting[self.cluster.kind(pod)] += 1;
        }
    }

    /// Whether a pod is bound now.
    fn schedule(&mut self, pod: usize) -> bool {
        match self.cluster.decide(pod, self.profile) {
            Decision::Bind(node) => {
                self.bind(pod, node);
                true
            }
            Decision::Pending => {
                self.say_unschedulable(pod);
                false
            }
            Decision::Preempt { node, victims } => {
                self.say_unschedulable(pod);
                for victim in victims {
                    self.leave(victim);
                }
                self.bind(pod, node);
                true
            }
        }
    }

    fn say_unschedulable(&mut self, pod: usize) {
        let life = &mut self.lives[pod];
        if !std::mem::replace(&mut life.is_unschedulable, true) {
            self.is_signalled = true;
        }
    }

    fn bind(&mut self, pod: usize, node: usize) {
        self.cluster.start(pod, self.now);
        self.put(pod, node);
        if std::mem::take(&mut self.lives[pod].restores_budget) {
            for budget in self.cluster.pod(pod).budgets.clone() {
                self.cluster.budgets[budget] += 1;
            }
        }
        let life = &mut self.lives[pod];
        life.bound.get_or_insert(self.now);
        if life.user.is_some() {
            self.bound.push(pod);
        }
    }

    fn put(&mut self, pod: usize, node: usize) {
        self.changes += 1;
        self.cluster.bind(pod, node);
        self.lives[pod].node = Some(node);
        self.note_held(pod, true);
    }

    /// Counts placeholders that run.
    fn note_held(&mut self, pod: usize, is_bound: bool) {
        if !self.kind(pod).is_placeholder {
            return;
        }
        let held = &mut self.held;
        if is_bound {
            held.running += 1;
            if held.drained.is_some() {
                held.back.get_or_insert(self.now);
            }
            return;
        }
        held.running -= 1;
        held.first_eviction.get_or_insert(self.now);
        if held.running == 0 {
            held.drained.get_or_insert(self.now);
        }
    }
}

/// A taint that no pod tolerates.
pub(super) fn no_schedule(key: &str) -> Taint {
    Taint {
        key: key.to_owned(),
        value: String::new(),
        effect: Effect::NoSchedule,
    }
}
