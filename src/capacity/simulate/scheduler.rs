//! kube-scheduler: which node a pod gets, and which pods have to go for it.
//!
//! The rules are those of kube-scheduler 1.36: `NodeResourcesFit`, `NodeResourcesBalancedAllocation`, `ImageLocality`,
//! `TaintToleration`, `NodeAffinity` and `DefaultPreemption`. Not modeled: volumes, ports, spreading, affinity between pods,
//! and the search of only some nodes in clusters with more than 100.

use std::collections::BTreeMap;

use crate::capacity::resources::Resources;
use crate::k8s::{Demands, Effect, Fit, NodeLabels, Nodes, Taint};

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

    /// Whether it is kept before another pod of the same node (`MoreImportantPod`).
    fn is_before(&self, other: &Self) -> std::cmp::Ordering {
        let by_priority = other.priority.cmp(&self.priority);
        by_priority.then(self.started.total_cmp(&other.started))
    }
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
    /// The pods that are bound to it, by their indices.
    pub pods: Vec<usize>,
    /// Whether there is no such node yet, or no more.
    pub is_absent: bool,
    used: Resources,
    scored: Resources,
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

    /// Whether taints and labels let a pod come to it.
    pub fn allows(&self, pod: &Pod) -> bool {
        pod.demands.fit(self.known()) == Fit::Takes
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
        let free = self.allocatable.minus(used);
        let wanted = pod.requests;
        let fits = |wanted: u64, free: u64| wanted == 0 || wanted <= free;
        fits(wanted.cpu, free.cpu) && fits(wanted.memory, free.memory) && wanted.pods <= free.pods
    }
}

/// A cluster.
#[derive(Debug, Clone, Default)]
pub struct SimulatedCluster {
    /// The nodes, in the order in which they were added.
    pub nodes: Vec<SimulatedNode>,
    /// All pods that there ever were, by their indices.
    pub pods: Vec<Pod>,
    /// How many more disruptions each budget allows.
    pub budgets: Vec<i64>,
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

/// The pods that would have to leave a node.
struct PreemptionCandidate {
    node: usize,
    /// The more important first.
    victims: Vec<usize>,
    violations: usize,
}

impl SimulatedCluster {
    /// Adds a pod; returns its index.
    pub fn add(&mut self, pod: Pod) -> usize {
        self.pods.push(pod);
        self.pods.len() - 1
    }

    /// Binds a pod to a node.
    pub fn bind(&mut self, pod: usize, node: usize) {
        let (node, bound) = (&mut self.nodes[node], &self.pods[pod]);
        node.used = node.used.plus(bound.requests);
        node.scored = node.scored.plus(bound.scored);
        node.pods.push(pod);
    }

    /// Takes a pod off its node.
    pub fn remove(&mut self, pod: usize, node: usize) {
        let (node, bound) = (&mut self.nodes[node], &self.pods[pod]);
        node.used = node.used.minus(bound.requests);
        node.scored = node.scored.minus(bound.scored);
        node.pods.retain(|other| *other != pod);
    }

    /// What the scheduler decides about a pod, at one moment.
    pub fn decide(&self, pod: usize, profile: Profile) -> Decision {
        let pod = &self.pods[pod];
        let indices = 0..self.nodes.len();
        let allowed: Vec<usize> = indices
            .filter(|node| {
                let node = &self.nodes[*node];
                !node.is_absent && node.allows(pod)
            })
            .collect();
        let with_room = allowed.iter().copied().filter(|node| {
            let node = &self.nodes[*node];
            node.has_room(node.used, pod)
        });
        let feasible: Vec<usize> = with_room.collect();
        match feasible[..] {
            [] => self.preempt(pod, &allowed),
            [node] => Decision::Bind(node),
            _ => Decision::Bind(self.best(pod, &feasible, profile)),
        }
    }

    /// The total of the scores of each node that has room for a pod, in the order of `feasible`.
    pub fn scores(&self, pod: &Pod, feasible: &[usize], profile: Profile) -> Vec<i64> {
        let weights = profile.weights();
        let nodes: Vec<&SimulatedNode> = feasible.iter().map(|node| &self.nodes[*node]).collect();
        let preferences = nodes
            .iter()
            .map(|node| pod.demands.preference(node.known()));
        let preferences = normalized(preferences.collect(), false);
        let soft = nodes.iter().map(|node| soft_taints(pod, node));
        let soft = normalized(soft.collect(), true);
        let own = nodes.iter().map(|node| {
            weights.fit * fit_score(pod, node, profile)
                + weights.balance * balance_score(pod, node)
                + weights.image * self.image_score(pod, node)
        });
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

    /// Images on the node, by size and by how many nodes have them (`ImageLocality`).
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "sizes of images, computed as the scheduler does"
    )]
    fn image_score(&self, pod: &Pod, node: &SimulatedNode) -> i64 {
        const LEAST: i64 = 23 * 1024 * 1024;
        const MOST: i64 = 1000 * 1024 * 1024;
        let there = self.nodes.iter().filter(|node| !node.is_absent);
        let all = there.clone().count() as f64;
        let sizes = pod.images.iter().filter_map(|image| {
            let size = *node.images.get(image)?;
            let with = there.clone().filter(|node| node.images.contains_key(image));
            Some((size as f64 * (with.count() as f64 / all)) as i64)
        });
        let containers = i64::try_from(pod.images.len().max(1)).unwrap_or(i64::MAX);
        let most = MOST.saturating_mul(containers);
        let sum = sizes.sum::<i64>().clamp(LEAST, most);
        100 * (sum - LEAST) / (most - LEAST)
    }

    /// Takes the place of less important pods, where that makes room.
    fn preempt(&self, pod: &Pod, allowed: &[usize]) -> Decision {
        if pod.never_preempts {
            return Decision::Pending;
        }
        let candidates = allowed.iter().filter_map(|node| self.candidate(pod, *node));
        let best = candidates.min_by(|one, other| self.compare(one, other));
        best.map_or(Decision::Pending, |best| Decision::Preempt {
            node: best.node,
            victims: best.victims,
        })
    }

    /// The pods that have to leave a node for a pod: all that are less important go, then those come back, the more
    /// important first, with which there is still room (`SelectVictimsOnNode`).
    fn candidate(&self, pod: &Pod, index: usize) -> Option<PreemptionCandidate> {
        let node = &self.nodes[index];
        let is_less = |other: &&usize| self.pods[**other].priority < pod.priority;
        let mut less: Vec<usize> = node.pods.iter().filter(is_less).copied().collect();
        let mut used = node.used;
        for other in &less {
            used = used.minus(self.pods[*other].requests);
        }
        if less.is_empty() || !node.has_room(used, pod) {
            return None;
        }
        less.sort_by(|one, other| self.pods[*one].is_before(&self.pods[*other]));
        let (violating, others) = self.violating(&less);
        let mut victims = Vec::new();
        let mut violations = 0;
        for (other, violates) in violating
            .into_iter()
            .map(|other| (other, true))
            .chain(others.into_iter().map(|other| (other, false)))
        {
            let with = used.plus(self.pods[other].requests);
            if node.has_room(with, pod) {
                used = with;
            } else {
                victims.push(other);
                violations += usize::from(violates);
            }
        }
        victims.sort_by(|one, other| self.pods[*one].is_before(&self.pods[*other]));
        Some(PreemptionCandidate {
            node: index,
            victims,
            violations,
        })
    }

    /// Pods whose eviction a budget does not allow, when those before them go too, and the others.
    fn violating(&self, pods: &[usize]) -> (Vec<usize>, Vec<usize>) {
        let mut left = self.budgets.clone();
        pods.iter().partition(|pod| {
            let mut violates = false;
            for budget in &self.pods[**pod].budgets {
                left[*budget] -= 1;
                violates |= left[*budget] < 0;
            }
            violates
        })
    }

    /// Which of two nodes is preferred (`pickOneNodeForPreemption`); the first for equals.
    fn compare(
        &self,
        one: &PreemptionCandidate,
        other: &PreemptionCandidate,
    ) -> std::cmp::Ordering {
        let highest = |candidate: &PreemptionCandidate| self.pods[candidate.victims[0]].priority;
        let sum = |candidate: &PreemptionCandidate| {
            let priorities = candidate.victims.iter().map(|pod| self.pods[*pod].priority);
            priorities.map(|priority| priority + (1 << 31)).sum::<i64>()
        };
        // The earliest start among the victims with the highest priority; the node where that is latest.
        let earliest = |candidate: &PreemptionCandidate| {
            let of_highest = candidate.victims.iter().map(|pod| &self.pods[*pod]);
            let of_highest = of_highest.filter(|pod| pod.priority == highest(candidate));
            of_highest
                .map(|pod| pod.started)
                .fold(f64::INFINITY, f64::min)
        };
        one.violations
            .cmp(&other.violations)
            .then(highest(one).cmp(&highest(other)))
            .then(sum(one).cmp(&sum(other)))
            .then(one.victims.len().cmp(&other.victims.len()))
            .then(earliest(other).total_cmp(&earliest(one)))
    }
}

/// How full a node would be, from 0 to 100, the mean of CPU and memory.
fn fit_score(pod: &Pod, node: &SimulatedNode, profile: Profile) -> i64 {
    let share = |used: u64, wanted: u64, all: u64| {
        let requested = used + wanted;
        if all == 0 {
            return 0;
        }
        let of_all = |amount: u64| i64::try_from(amount * 100 / all).unwrap_or(100);
        match profile {
            Profile::LeastAllocated if requested > all => 0,
            Profile::LeastAllocated => of_all(all - requested),
            Profile::MostAllocated => of_all(requested.min(all)),
        }
    };
    let (used, all) = (node.scored, node.allocatable);
    let cpu = share(used.cpu, pod.scored.cpu, all.cpu);
    let memory = share(used.memory, pod.scored.memory, all.memory);
    i64::midpoint(cpu, memory)
}

/// Whether a pod makes the use of CPU and memory more equal: 75 where it changes nothing.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "shares of a node, computed as the scheduler does"
)]
fn balance_score(pod: &Pod, node: &SimulatedNode) -> i64 {
    if pod.requests.cpu == 0 && pod.requests.memory == 0 {
        return 0;
    }
    let deviation = |used: Resources| {
        let share = |used: u64, all: u64| {
            if all == 0 {
                0.0
            } else {
                (used as f64 / all as f64).min(1.0)
            }
        };
        let all = node.allocatable;
        (share(used.cpu, all.cpu) - share(used.memory, all.memory)).abs() / 2.0
    };
    let change = deviation(node.used) - deviation(node.used.plus(pod.requests));
    (75.0 + 50.0 * change) as i64
}

/// How many taints with `PreferNoSchedule` of a node a pod does not tolerate.
fn soft_taints(pod: &Pod, node: &SimulatedNode) -> i64 {
    let soft = node.taints.iter().filter(|taint| {
        let mut tolerations = pod.demands.tolerations.iter();
        taint.effect == Effect::PreferNoSchedule
            && !tolerations.any(|toleration| toleration.tolerates(taint))
    });
    i64::try_from(soft.count()).unwrap_or(i64::MAX)
}

/// Scores as shares of the highest one, from 0 to 100; reversed, the lowest is best (`DefaultNormalizeScore`).
fn normalized(mut scores: Vec<i64>, is_reversed: bool) -> Vec<i64> {
    let most = scores.iter().max().copied().unwrap_or_default();
    for score in &mut scores {
        let share = if most == 0 { 0 } else { 100 * *score / most };
        *score = if is_reversed { 100 - share } else { share };
    }
    scores
}
