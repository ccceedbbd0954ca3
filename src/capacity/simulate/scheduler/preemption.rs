//! Which pods have to leave for another one, and on which node (`DefaultPreemption`).

use super::{Decision, Pod, PriorityGroup, SimulatedCluster};
use crate::capacity::resources::Resources;

/// The pods that would have to leave a node.
struct PreemptionCandidate {
    node: usize,
    victims: Victims,
    violations: usize,
    /// The highest priority of a victim.
    highest: i64,
    /// The sum of priorities, each as a number that is not negative.
    sum: i64,
    /// The earliest start among the victims with the highest priority.
    earliest: f64,
}

/// Which pods have to leave.
enum Victims {
    /// These, the more important first.
    These(Vec<usize>),
    /// So many of the least important ones of the node.
    Last(usize),
}

impl Victims {
    fn count(&self) -> usize {
        match self {
            Self::These(pods) => pods.len(),
            Self::Last(count) => *count,
        }
    }
}

impl SimulatedCluster {
    /// Takes the place of less important pods, where that makes room.
    pub(super) fn preempt(&self, pod: &Pod) -> Decision {
        let is_least = self.kinds.iter().all(|other| other.priority >= pod.priority);
        if pod.never_preempts || is_least {
            return Decision::Pending;
        }
        let candidates = self.present.iter().filter_map(|node| self.candidate(pod, *node));
        let Some(best) = candidates.min_by(PreemptionCandidate::compare) else {
            return Decision::Pending;
        };
        let pods = &self.nodes[best.node].pods;
        Decision::Preempt {
            node: best.node,
            victims: match best.victims {
                Victims::These(victims) => victims,
                Victims::Last(count) => pods[pods.len() - count..].to_vec(),
            },
        }
    }

    /// The pods that have to leave a node for a pod: all that are less important go, then those come back, the more
    /// important first, with which there is still room (`SelectVictimsOnNode`).
    fn candidate(&self, pod: &Pod, index: usize) -> Option<PreemptionCandidate> {
        let node = &self.nodes[index];
        let mut less =
            (node.groups.iter()).filter(|group| group.count > 0 && group.priority < pod.priority);
        let first = less.next()?;
        let mut used = node.used.minus(first.requests);
        let mut is_single = true;
        for group in less {
            is_single = false;
            used = used.minus(group.requests);
        }
        if !node.has_room(used, pod) || !node.allows(pod) {
            return None;
        }
        match first.kind.filter(|_| is_single) {
            Some(kind) if self.kinds[kind].budgets.is_empty() => {
                self.alike_victims(pod, index, first)
            }
            _ => self.victims(pod, index, used),
        }
    }

    /// The youngest pods of a group in which all are alike.
    fn alike_victims(
        &self,
        pod: &Pod,
        index: usize,
        group: &PriorityGroup,
    ) -> Option<PreemptionCandidate> {
        let node = &self.nodes[index];
        let one = self.kinds[group.kind?].requests;
        let mut used = node.used;
        let mut count = 0;
        while count == 0 || !node.has_room(used, pod) {
            used = used.minus(one);
            count += 1;
        }
        let sum = (group.priority + (1 << 31)) * i64::try_from(count).ok()?;
        Some(PreemptionCandidate {
            node: index,
            victims: Victims::Last(count),
            violations: 0,
            highest: group.priority,
            sum,
            earliest: self.pods[node.pods[node.pods.len() - count]].started,
        })
    }

    /// The victims among pods of several kinds, where `used` is what the others request.
    fn victims(&self, pod: &Pod, index: usize, mut used: Resources) -> Option<PreemptionCandidate> {
        let node = &self.nodes[index];
        let priority = |other: usize| self.pod(other).priority;
        let is_more = |other: &usize| priority(*other) >= pod.priority;
        let less = &node.pods[node.pods.partition_point(is_more)..];
        let (violating, others) = self.violating(less);
        let mut victims = Vec::new();
        let mut violations = 0;
        for (other, violates) in violating
            .into_iter()
            .map(|other| (other, true))
            .chain(others.into_iter().map(|other| (other, false)))
        {
            let with = used.plus(self.pod(other).requests);
            if node.has_room(with, pod) {
                used = with;
            } else {
                victims.push(other);
                violations += usize::from(violates);
            }
        }
        let started = |pod: usize| self.pods[pod].started;
        victims.sort_by(|one, other| {
            let by_priority = priority(*other).cmp(&priority(*one));
            by_priority.then(started(*one).total_cmp(&started(*other)))
        });
        let highest = priority(*victims.first()?);
        let of_highest = victims.iter().filter(|pod| priority(**pod) == highest);
        Some(PreemptionCandidate {
            node: index,
            violations,
            highest,
            sum: (victims.iter()).map(|pod| priority(*pod) + (1 << 31)).sum(),
            earliest: (of_highest.map(|pod| started(*pod))).fold(f64::INFINITY, f64::min),
            victims: Victims::These(victims),
        })
    }

    /// Pods whose eviction a budget does not allow, when those before them go too, and the others.
    fn violating(&self, pods: &[usize]) -> (Vec<usize>, Vec<usize>) {
        let mut left = self.budgets.clone();
        pods.iter().partition(|pod| {
            let mut violates = false;
            for budget in &self.pod(**pod).budgets {
                left[*budget] -= 1;
                violates |= left[*budget] < 0;
            }
            violates
        })
    }
}

impl PreemptionCandidate {
    /// Which of two nodes is preferred (`pickOneNodeForPreemption`); the first for equals. Of nodes that are equal in all
    /// else it is the one where the earliest start is latest.
    fn compare(&self, other: &Self) -> std::cmp::Ordering {
        (self.violations.cmp(&other.violations))
            .then(self.highest.cmp(&other.highest))
            .then(self.sum.cmp(&other.sum))
            .then(self.victims.count().cmp(&other.victims.count()))
            .then(other.earliest.total_cmp(&self.earliest))
    }
}
