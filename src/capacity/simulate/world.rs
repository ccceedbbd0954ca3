//! What happens in a cluster, event by event.
//!
//! At equal times pods leave first, then nodes change, pods arrive, and the autoscaler looks.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BinaryHeap};

use super::autoscaler::AutoscalerState;
use super::scheduler::{Decision, Pod, Profile, SimulatedCluster, SimulatedNode};
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

/// A pod beside what the scheduler knows of it.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "facts of a pod, each of its own"
)]
pub(super) struct Life {
    pub(super) name: String,
    pub(super) created: f64,
    /// Whether it has no priority, so that no cutoff of the autoscaler concerns it.
    pub(super) has_no_priority: bool,
    pub(super) is_daemon: bool,
    pub(super) is_user: bool,
    /// Whether a controller makes it again.
    pub(super) comes_again: bool,
    pub(super) blockers: Vec<Blocker>,
    pub(super) node: Option<usize>,
    pub(super) is_gone: bool,
    /// When it was bound for the first time.
    bound: Option<f64>,
    last_attempt: f64,
    /// Whether it was said to be unschedulable.
    is_unschedulable: bool,
    /// Whether a budget allows one more disruption once it is bound: it is made again for one that was evicted.
    restores_budget: bool,
}

impl Life {
    pub(super) fn new(name: String, created: f64) -> Self {
        Self {
            name,
            created,
            has_no_priority: false,
            is_daemon: false,
            is_user: false,
            comes_again: false,
            blockers: Vec::new(),
            node: None,
            is_gone: false,
            bound: None,
            last_attempt: created,
            is_unschedulable: false,
            restores_budget: false,
        }
    }

    pub(super) fn is_pending(&self) -> bool {
        self.node.is_none() && !self.is_gone
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
}

/// Something that happens.
#[derive(Debug, Clone)]
enum Event {
    Delete(String, Option<usize>),
    Register(usize),
    Ready(usize),
    TaintGone(usize),
    Arrive(usize),
    Drain(usize),
}

impl Event {
    /// The order of events at one time.
    fn rank(&self) -> u8 {
        match self {
            Self::Delete(..) => 0,
            Self::Register(_) | Self::Ready(_) | Self::TaintGone(_) => 1,
            Self::Arrive(_) => 2,
            Self::Drain(_) => 3,
        }
    }
}

/// An event with its time; the number keeps the order in which events were planned.
#[derive(Debug, Clone)]
struct PlannedEvent {
    at: f64,
    number: u64,
    event: Event,
}

impl PartialEq for PlannedEvent {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for PlannedEvent {}

impl PartialOrd for PlannedEvent {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for PlannedEvent {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_time = self.at.total_cmp(&other.at);
        let by_rank = by_time.then(self.event.rank().cmp(&other.event.rank()));
        by_rank.then(self.number.cmp(&other.number))
    }
}

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
        self.waits
            .get((share * last as f64).floor() as usize)
            .copied()
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

/// A cluster in time.
#[derive(Debug, Clone)]
pub(super) struct World {
    pub(super) now: f64,
    pub(super) cluster: SimulatedCluster,
    pub(super) lives: Vec<Life>,
    pub(super) machines: Vec<Machine>,
    pub(super) pools: Vec<NodePool>,
    pub(super) daemons: Vec<Pod>,
    pub(super) orders: Vec<Order>,
    pub(super) deletions: Vec<Deletion>,
    profile: Profile,
    events: BinaryHeap<Reverse<PlannedEvent>>,
    planned: u64,
    at_start: usize,
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
        Self {
            now: 0.0,
            cluster: SimulatedCluster {
                budgets,
                ..SimulatedCluster::default()
            },
            lives: Vec::new(),
            machines: Vec::new(),
            pools,
            daemons,
            orders: Vec::new(),
            deletions: Vec::new(),
            profile,
            events: BinaryHeap::new(),
            planned: 0,
            at_start: 0,
            is_signalled: false,
        }
    }

    /// Adds a node that has been Ready for a day.
    pub(super) fn add_ready_node(&mut self, pool: usize, name: &str) {
        let node = self.add_node(pool, name, -86_400.0);
        self.machines[node].is_registered = true;
        self.cluster.nodes[node].is_absent = false;
        self.become_ready(node);
        self.at_start = self.machines.len();
    }

    fn add_node(&mut self, pool: usize, name: &str, ordered: f64) -> usize {
        let of_pool = &self.pools[pool];
        let mut node = SimulatedNode::new(name, of_pool.allocatable);
        let own = ("kubernetes.io/hostname".to_owned(), name.to_owned());
        node.labels = of_pool.labels.clone().into_iter().chain([own]).collect();
        node.is_absent = true;
        self.cluster.nodes.push(node);
        self.machines.push(Machine {
            pool,
            ordered,
            is_registered: false,
            is_ready: false,
            is_gone: false,
            is_given_up: false,
            is_draining: false,
            unneeded_since: None,
            ignored_until: f64::NEG_INFINITY,
            kept_because: None,
        });
        self.machines.len() - 1
    }

    /// Adds a pod that runs on a node from the start.
    pub(super) fn add_running(&mut self, pod: Pod, life: Life, node: usize) {
        let index = self.cluster.add(pod);
        self.lives.push(Life {
            node: Some(node),
            bound: Some(life.created),
            ..life
        });
        self.cluster.bind(index, node);
    }

    /// Adds a pod that is created later.
    pub(super) fn add_arriving(&mut self, pod: Pod, life: Life) {
        let at = life.created;
        let index = self.cluster.add(pod);
        // Until it arrives there is no such pod.
        self.lives.push(Life {
            is_gone: true,
            ..life
        });
        self.plan(at, Event::Arrive(index));
    }

    /// Takes pods away whose names begin with `prefix`: the first ones, or all.
    pub(super) fn add_deletion(&mut self, at: f64, prefix: &str, first: Option<usize>) {
        self.plan(at, Event::Delete(prefix.to_owned(), first));
    }

    fn plan(&mut self, at: f64, event: Event) {
        self.planned += 1;
        let number = self.planned;
        self.events
            .push(Reverse(PlannedEvent { at, number, event }));
    }

    /// Plays until the end.
    pub(super) fn run(mut self, autoscaler: &mut AutoscalerState, until: f64) -> ScenarioOutcome {
        let mut look = autoscaler.first_look();
        loop {
            let next = self.events.peek().map(|Reverse(planned)| planned.at);
            let is_look = next.is_none_or(|at| at > look);
            let at = if is_look { look } else { next.unwrap_or(look) };
            if at > until {
                break;
            }
            self.now = at;
            if is_look {
                self.is_signalled = false;
                look = autoscaler.look(&mut self);
                continue;
            }
            if let Some(Reverse(planned)) = self.events.pop() {
                self.happen(planned.event);
            }
            // What is to happen at this very time comes before the autoscaler looks.
            let is_last = self
                .events
                .peek()
                .is_none_or(|Reverse(next)| next.at > self.now);
            if is_last && std::mem::take(&mut self.is_signalled) {
                look = autoscaler.wake(look, self.now);
            }
        }
        self.outcome()
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Delete(prefix, first) => self.delete(&prefix, first),
            Event::Register(node) => {
                if !self.machines[node].is_gone {
                    let not_ready = "node.kubernetes.io/not-ready";
                    self.cluster.nodes[node].taints.push(no_schedule(not_ready));
                    self.cluster.nodes[node].is_absent = false;
                    self.machines[node].is_registered = true;
                    let ready = self.pools[self.machines[node].pool].ready;
                    self.plan(self.now + ready, Event::Ready(node));
                }
            }
            Event::Ready(node) => {
                if !self.machines[node].is_gone {
                    self.become_ready(node);
                    let pool = &self.pools[self.machines[node].pool];
                    if let Some((taint, seconds)) = pool.startup_taint.clone() {
                        self.cluster.nodes[node].taints.push(taint);
                        self.plan(self.now + seconds, Event::TaintGone(node));
                    }
                    self.schedule_all();
                }
            }
            Event::TaintGone(node) => {
                self.cluster.nodes[node].taints.clear();
                self.schedule_all();
            }
            Event::Arrive(pod) => {
                self.lives[pod].is_gone = false;
                self.schedule(pod);
            }
            Event::Drain(node) => self.drain(node),
        }
    }

    fn become_ready(&mut self, node: usize) {
        self.machines[node].is_ready = true;
        self.cluster.nodes[node].taints.clear();
        for daemon in self.daemons.clone() {
            let mut life = Life::new("daemon".to_owned(), self.now);
            life.is_daemon = true;
            self.add_running(daemon, life, node);
        }
    }

    fn delete(&mut self, prefix: &str, first: Option<usize>) {
        let named = (0..self.lives.len()).filter(|pod| {
            let life = &self.lives[*pod];
            !life.is_gone && life.name.starts_with(prefix)
        });
        let leaving: Vec<usize> = named.take(first.unwrap_or(usize::MAX)).collect();
        for pod in leaving {
            self.leave(pod);
        }
        self.schedule_all();
    }

    /// A pod leaves; its controller makes another one.
    pub(super) fn leave(&mut self, pod: usize) {
        let life = &mut self.lives[pod];
        life.is_gone = true;
        if let Some(node) = life.node {
            self.cluster.remove(pod, node);
        }
        if self.lives[pod].comes_again {
            let at = self.now + RECREATED_AFTER;
            let life = Life {
                node: None,
                is_gone: false,
                bound: None,
                last_attempt: at,
                is_unschedulable: false,
                created: at,
                ..self.lives[pod].clone()
            };
            let mut again = self.cluster.pods[pod].clone();
            again.started = at;
            self.add_arriving(again, life);
        }
    }

    /// Lets every pending pod try again, by priority and by its last attempt.
    fn schedule_all(&mut self) {
        let mut pending: Vec<usize> = (0..self.lives.len())
            .filter(|pod| self.lives[*pod].is_pending())
            .collect();
        pending.sort_by(|one, other| {
            let priority = |pod: &usize| self.cluster.pods[*pod].priority;
            let attempt = |pod: &usize| self.lives[*pod].last_attempt;
            priority(other)
                .cmp(&priority(one))
                .then(attempt(one).total_cmp(&attempt(other)))
        });
        for pod in pending {
            self.schedule(pod);
        }
    }

    fn schedule(&mut self, pod: usize) {
        self.lives[pod].last_attempt = self.now;
        match self.cluster.decide(pod, self.profile) {
            Decision::Bind(node) => self.bind(pod, node),
            Decision::Pending => self.say_unschedulable(pod),
            Decision::Preempt { node, victims } => {
                self.say_unschedulable(pod);
                for victim in victims {
                    self.leave(victim);
                }
                self.bind(pod, node);
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
        self.cluster.pods[pod].started = self.now;
        self.cluster.bind(pod, node);
        if std::mem::take(&mut self.lives[pod].restores_budget) {
            for budget in self.cluster.pods[pod].budgets.clone() {
                self.cluster.budgets[budget] += 1;
            }
        }
        let life = &mut self.lives[pod];
        life.node = Some(node);
        life.bound.get_or_insert(self.now);
    }

    /// Orders nodes of a pool.
    pub(super) fn order(&mut self, pool: usize, count: usize, at: f64) {
        for _ in 0..count {
            let name = format!("{}-{}", self.pools[pool].name, self.machines.len());
            let node = self.add_node(pool, &name, at);
            let register = self.pools[pool].register;
            self.plan(at + register, Event::Register(node));
        }
    }

    /// Deletes a node with what runs there.
    pub(super) fn delete_node(&mut self, node: usize, at: f64) {
        for pod in self.cluster.nodes[node].pods.clone() {
            self.leave(pod);
        }
        self.cluster.nodes[node].is_absent = true;
        self.machines[node].is_gone = true;
        self.machines[node].unneeded_since = None;
        let pool = &self.pools[self.machines[node].pool].name;
        let name = if node < self.at_start {
            self.cluster.nodes[node].name.clone()
        } else {
            format!("{pool}-*")
        };
        self.deletions.push(Deletion { at, node: name });
    }

    /// Evicts the pods of a node as far as budgets allow it, and deletes the node when none is left; tries again after
    /// ten seconds.
    pub(super) fn drain(&mut self, node: usize) {
        const RETRY: f64 = 10.0;
        self.machines[node].is_draining = true;
        if self.cluster.nodes[node].taints.is_empty() {
            let taint = no_schedule("ToBeDeletedByClusterAutoscaler");
            self.cluster.nodes[node].taints.push(taint);
        }
        for pod in self.cluster.nodes[node].pods.clone() {
            if self.lives[pod].is_daemon {
                continue;
            }
            let budgets = self.cluster.pods[pod].budgets.clone();
            if budgets
                .iter()
                .all(|budget| self.cluster.budgets[*budget] > 0)
            {
                for budget in budgets {
                    self.cluster.budgets[budget] -= 1;
                }
                self.lives[pod].restores_budget = true;
                self.leave(pod);
            }
        }
        let is_left = |pod: &&usize| !self.lives[**pod].is_daemon;
        if self.cluster.nodes[node]
            .pods
            .iter()
            .any(|pod| is_left(&pod))
        {
            self.plan(self.now + RETRY, Event::Drain(node));
        } else {
            self.delete_node(node, self.now + 0.1);
        }
    }

    fn outcome(self) -> ScenarioOutcome {
        let mut nodes = BTreeMap::new();
        for machine in &self.machines {
            if machine.is_registered && !machine.is_gone {
                *nodes
                    .entry(self.pools[machine.pool].name.clone())
                    .or_default() += 1;
            }
        }
        let (mut pending, mut running) = (BTreeMap::new(), BTreeMap::new());
        for life in self
            .lives
            .iter()
            .filter(|life| !life.is_gone && !life.is_daemon)
        {
            let counts = if life.node.is_some() {
                &mut running
            } else {
                &mut pending
            };
            *counts.entry(starred(&life.name)).or_default() += 1;
        }
        let users: Vec<&Life> = self.lives.iter().filter(|life| life.is_user).collect();
        let arrived: Vec<&&Life> = users
            .iter()
            .filter(|life| life.created <= self.now)
            .collect();
        let mut waits: Vec<f64> = arrived
            .iter()
            .filter_map(|life| Some(life.bound? - life.created))
            .collect();
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

/// A taint that no pod of a scenario tolerates.
fn no_schedule(key: &str) -> Taint {
    Taint {
        key: key.to_owned(),
        value: String::new(),
        effect: Effect::NoSchedule,
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
