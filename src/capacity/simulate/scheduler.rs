//! kube-scheduler: which node a pod gets, and which pods have to go for it.
//!
//! The rules are those of kube-scheduler 1.36: `NodeResourcesFit`, `NodeResourcesBalancedAllocation`, `ImageLocality`,
//! `TaintToleration`, `NodeAffinity` and `DefaultPreemption`. Not modeled: volumes, ports, spreading, affinity between pods,
//! and the search of only some nodes in clusters with more than 100.

mod preemption;
mod scores;

use std::collections::BTreeMap;

use crate::capacity::resources::Resources;
use crate::k8s::{Demands, Fit, NodeLabels, Nodes, Taint};
use scores::{normalized, own_score, soft_taints};

const MI: u64 = 1 << 20;

/// What a container without a request counts in scores; in filters it counts nothing.
const UNREQUESTED: Resources = Resources {
    cpu: 100,
    memory: 200 * MI,
    pods: 0,
};

/// How nodes with room are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// kube-scheduler's own profile: the node with most left.
    LeastAllocated,
    /// The user scheduler of z2jh: the node with least left.
    MostAllocated,
}

/// The weights of the plugins of a profile.
struct Weights {
    fit: i64,
    balance: i64,
    image: i64,
    taint: i64,
    affinity: i64,
}

impl Profile {
    fn weights(self) -> Weights {
        match self {
            Self::LeastAllocated => Weights {
                fit: 1,
                balance: 1,
                image: 1,
                taint: 3,
                affinity: 2,
            },
            Self::MostAllocated => Weights {
                fit: 121,
                balance: 0,
                image: 11,
                taint: 3,
                affinity: 14631,
            },
        }
    }
}

/// What a pod requests, and what decides about it.
#[derive(Debug, Clone, Default)]
pub struct Pod {
    /// The requests; `pods` is 1.
    pub requests: Resources,
    /// The requests as scores count them.
    pub scored: Resources,
    /// The priority.
    pub priority: i64,
    /// Whether it has none, which the scheduler counts as 0 and no cutoff of the autoscaler concerns.
    pub has_no_priority: bool,
    /// When it started, in seconds; the order of pods of one priority.
    pub started: f64,
    /// Taints, labels and names of nodes that it tolerates, requires and prefers.
    pub demands: Demands,
    /// The images of its containers, init containers included.
    pub images: Vec<String>,
    /// Whether it takes no other pod's place (`preemptionPolicy: Never`).
    pub never_preempts: bool,
    /// The disruption budgets that cover it, by their indices.
    pub budgets: Vec<usize>,
}

impl Pod {
    /// A pod with one container, and as many more with no requests (init containers count as such in scores).
    pub fn requesting(cpu: Option<u64>, memory: Option<u64>) -> Self {
        Self {
            requests: Resources {
                cpu: cpu.unwrap_or_default(),
                memory: memory.unwrap_or_default(),
                pods: 1,
            },
            scored: Resources {
                cpu: cpu.unwrap_or(UNREQUESTED.cpu),
                memory: memory.unwrap_or(UNREQUESTED.memory),
                pods: 0,
            },
            ..Self::default()
        }
    }

    /// Whether taints and labels of nodes do not matter, as long as a node has no taint.
    fn is_unrestricted(&self) -> bool {
        let Demands { affinity, .. } = &self.demands;
        affinity.node_selector.is_empty() && affinity.required.is_none()
    }
}

/// A pod of a cluster: one of those that are alike.
#[derive(Debug, Clone, Copy)]
struct PlacedPod {
    /// What it is like, as an index.
    kind: usize,
    started: f64,
}

/// The pods of one priority on a node.
#[derive(Debug, Clone)]
struct PriorityGroup {
    priority: i64,
    has_no_priority: bool,
    count: usize,
    requests: Resources,
    /// The kind of all of them; nothing where there are several.
    kind: Option<usize>,
}

/// A node with what runs there.
#[derive(Debug, Clone, Default)]
pub struct SimulatedNode {
    /// The name.
    pub name: String,
    /// What pods can request.
    pub allocatable: Resources,
    /// The labels.
    pub labels: NodeLabels,
    /// The taints.
    pub taints: Vec<Taint>,
    /// The images that are there, with their sizes in bytes.
    pub images: BTreeMap<String, u64>,
    /// The pods that are bound to it, by their indices, the more important first (`MoreImportantPod`).
    pub pods: Vec<usize>,
    used: Resources,
    scored: Resources,
    groups: Vec<PriorityGroup>,
}

impl SimulatedNode {
    /// A node with nothing on it.
    pub fn new(name: &str, allocatable: Resources) -> Self {
        Self {
            name: name.to_owned(),
            allocatable,
            ..Self::default()
        }
    }

    /// What is requested by the pods that are bound to it.
    pub fn used(&self) -> Resources {
        self.used
    }

    /// What is requested by its pods, without those of a priority below `cutoff`.
    pub fn used_from(&self, cutoff: i64) -> Resources {
        let below = |group: &&PriorityGroup| !group.has_no_priority && group.priority < cutoff;
        let below = self.groups.iter().filter(below);
        below.fold(self.used, |used, group| used.minus(group.requests))
    }

    /// Whether taints and labels let a pod come to it.
    pub fn allows(&self, pod: &Pod) -> bool {
        if self.taints.is_empty() && pod.is_unrestricted() {
            return true;
        }
        // The reason why it does not fit is of no interest, and costs memory.
        pod.demands.tolerates(&self.taints) && pod.demands.fit(self.known()) == Fit::Takes
    }

    fn known(&self) -> Nodes<'_> {
        Nodes {
            name: Some(&self.name),
            labels: &self.labels,
            taints: &self.taints,
            has_others: false,
        }
    }

    /// Whether there is room for a pod beside what is used.
    pub fn has_room(&self, used: Resources, pod: &Pod) -> bool {
        let (all, wanted) = (self.allocatable, pod.requests);
        let fits =
            |wanted: u64, used: u64, all: u64| wanted == 0 || used.saturating_add(wanted) <= all;
        fits(wanted.cpu, used.cpu, all.cpu)
            && fits(wanted.memory, used.memory, all.memory)
            && fits(wanted.pods, used.pods, all.pods)
    }
}

/// A cluster.
#[derive(Debug, Clone, Default)]
pub struct SimulatedCluster {
    /// The nodes, in the order in which they were added.
    pub nodes: Vec<SimulatedNode>,
    /// How many more disruptions each budget allows.
    pub budgets: Vec<i64>,
    /// What pods are like.
    kinds: Vec<Pod>,
    /// All pods, by their indices.
    pods: Vec<PlacedPod>,
    /// The nodes that are there, in their order.
    present: Vec<usize>,
}

/// What the scheduler decides about a pod.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It is bound to this node.
    Bind(usize),
    /// It waits for these pods to leave this node.
    Preempt {
        /// The node.
        node: usize,
        /// The pods that have to go.
        victims: Vec<usize>,
    },
    /// It stays pending.
    Pending,
}

impl SimulatedCluster {
    /// A cluster without nodes, and how many disruptions budgets allow.
    pub fn new(budgets: Vec<i64>) -> Self {
        Self {
            budgets,
            ..Self::default()
        }
    }

    /// Adds a node; returns its index.
    pub fn add_node(&mut self, node: SimulatedNode) -> usize {
        let index = self.add_absent_node(node);
        self.present.push(index);
        index
    }

    /// Adds a node that is not there yet; returns its index.
    pub fn add_absent_node(&mut self, node: SimulatedNode) -> usize {
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    /// Makes a node one that is there.
    pub fn show_node(&mut self, node: usize) {
        if let Err(at) = self.present.binary_search(&node) {
            self.present.insert(at, node);
        }
    }

    /// Makes a node one that is not there.
    pub fn hide_node(&mut self, node: usize) {
        self.present.retain(|other| *other != node);
    }

    /// Adds pods that are alike; returns their kind.
    pub fn add_kind(&mut self, pod: Pod) -> usize {
        self.kinds.push(pod);
        self.kinds.len() - 1
    }

    /// Adds a pod of a kind; returns its index.
    pub fn add_of_kind(&mut self, kind: usize, started: f64) -> usize {
        self.pods.push(PlacedPod { kind, started });
        self.pods.len() - 1
    }

    /// Makes a pod that is not bound another one.
    pub fn replace(&mut self, pod: usize, kind: usize, started: f64) {
        self.pods[pod] = PlacedPod { kind, started };
    }

    /// Adds a pod that is like no other; returns its index.
    pub fn add(&mut self, pod: Pod) -> usize {
        let started = pod.started;
        let kind = self.add_kind(pod);
        self.add_of_kind(kind, started)
    }

    /// What a pod is like.
    pub fn pod(&self, pod: usize) -> &Pod {
        &self.kinds[self.pods[pod].kind]
    }

    /// The kind of a pod.
    pub fn kind(&self, pod: usize) -> usize {
        self.pods[pod].kind
    }

    /// What pods of a kind are like.
    pub fn of_kind(&self, kind: usize) -> &Pod {
        &self.kinds[kind]
    }

    /// Notes when a pod that is not bound starts.
    pub fn start(&mut self, pod: usize, at: f64) {
        self.pods[pod].started = at;
    }

    /// Binds a pod to a node.
    pub fn bind(&mut self, pod: usize, node: usize) {
        let PlacedPod { kind, started } = self.pods[pod];
        let bound = &self.kinds[kind];
        let node = &mut self.nodes[node];
        let before = node.groups.iter().filter(|group| group.priority >= bound.priority);
        let mut at: usize = before.map(|group| group.count).sum();
        while at > 0 {
            let other = self.pods[node.pods[at - 1]];
            if other.started <= started || self.kinds[other.kind].priority > bound.priority {
                break;
            }
            at -= 1;
        }
        node.pods.insert(at, pod);
        node.used = node.used.plus(bound.requests);
        node.scored = node.scored.plus(bound.scored);
        let group = node.groups.iter_mut().find(|group| group.is_of(bound));
        match group {
            Some(group) => {
                if group.count == 0 {
                    group.kind = Some(kind);
                } else if group.kind != Some(kind) {
                    group.kind = None;
                }
                group.count += 1;
                group.requests = group.requests.plus(bound.requests);
            }
            None => node.groups.push(PriorityGroup {
                priority: bound.priority,
                has_no_priority: bound.has_no_priority,
                count: 1,
                requests: bound.requests,
                kind: Some(kind),
            }),
        }
    }

    /// Removes a pod from its node.
    pub fn remove(&mut self, pod: usize, node: usize) {
        let bound = &self.kinds[self.pods[pod].kind];
        let node = &mut self.nodes[node];
        let Some(at) = node.pods.iter().rposition(|other| *other == pod) else {
            return;
        };
        node.pods.remove(at);
        node.used = node.used.minus(bound.requests);
        node.scored = node.scored.minus(bound.scored);
        if let Some(group) = node.groups.iter_mut().find(|group| group.is_of(bound)) {
            group.count -= 1;
            group.requests = group.requests.minus(bound.requests);
        }
    }

    /// What the scheduler decides about a pod, at one moment.
    pub fn decide(&self, pod: usize, profile: Profile) -> Decision {
        let pod = self.pod(pod);
        let mut feasible = self.feasible(pod);
        let Some(first) = feasible.next() else {
            return self.preempt(pod);
        };
        let mut others = feasible.peekable();
        if others.peek().is_none() {
            return Decision::Bind(first);
        }
        let weights = profile.weights();
        let images = self.image_shares(pod);
        let is_plain = pod.demands.preferred.is_empty();
        let mut best: Option<(i64, usize)> = None;
        for index in std::iter::once(first).chain(others) {
            let node = &self.nodes[index];
            if !is_plain || !node.taints.is_empty() {
                return self.decide_by_all(pod, profile);
            }
            let score = own_score(pod, node, profile, &weights, &images);
            if best.is_none_or(|(most, _)| score > most) {
                best = Some((score, index));
            }
        }
        Decision::Bind(best.map_or(first, |(_, node)| node))
    }

    /// The nodes that are there with room for a pod, in their order.
    fn feasible(&self, pod: &Pod) -> impl Iterator<Item = usize> {
        self.present.iter().copied().filter(|node| {
            let node = &self.nodes[*node];
            node.has_room(node.used, pod) && node.allows(pod)
        })
    }

    /// The decision where preferences and soft taints of nodes are compared too.
    fn decide_by_all(&self, pod: &Pod, profile: Profile) -> Decision {
        let feasible: Vec<usize> = self.feasible(pod).collect();
        Decision::Bind(self.best(pod, &feasible, profile))
    }

    /// The total of the scores of each node that has room for a pod, in the order of `feasible`.
    pub fn scores(&self, pod: &Pod, feasible: &[usize], profile: Profile) -> Vec<i64> {
        let weights = profile.weights();
        let nodes: Vec<&SimulatedNode> = feasible.iter().map(|node| &self.nodes[*node]).collect();
        let preferences = nodes.iter().map(|node| pod.demands.preference(node.known()));
        let preferences = normalized(preferences.collect(), false);
        let soft = nodes.iter().map(|node| soft_taints(pod, node));
        let soft = normalized(soft.collect(), true);
        let images = self.image_shares(pod);
        let own = nodes.iter().map(|node| own_score(pod, node, profile, &weights, &images));
        own.zip(preferences.into_iter().zip(soft))
            .map(|(own, (preference, soft))| {
                own + weights.affinity * preference + weights.taint * soft
            })
            .collect()
    }

    /// The first of the nodes with the highest score.
    fn best(&self, pod: &Pod, feasible: &[usize], profile: Profile) -> usize {
        let scores = self.scores(pod, feasible, profile);
        let most = scores.iter().max().copied().unwrap_or_default();
        let at = scores.iter().position(|score| *score == most);
        feasible[at.unwrap_or_default()]
    }

    /// The images of a pod with the share of all nodes that have them, where one has.
    #[expect(clippy::cast_precision_loss, reason = "a number of nodes")]
    fn image_shares<'p>(&self, pod: &'p Pod) -> Vec<(&'p str, f64)> {
        let nodes = || self.present.iter().map(|node| &self.nodes[*node]);
        let shares = pod.images.iter().map(|image| {
            let with = nodes().filter(|node| node.images.contains_key(image));
            let share = with.count() as f64 / self.present.len() as f64;
            (image.as_str(), share)
        });
        shares.collect()
    }
}

impl PriorityGroup {
    fn is_of(&self, pod: &Pod) -> bool {
        self.priority == pod.priority && self.has_no_priority == pod.has_no_priority
    }
}
