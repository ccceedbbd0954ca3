//! Scores of nodes, from 0 to 100 for each plugin.

use super::{Pod, Profile, SimulatedNode, Weights};
use crate::capacity::resources::Resources;
use crate::k8s::Effect;

/// The part of the score of a node that does not depend on the other feasible nodes.
pub(super) fn own_score(
    pod: &Pod,
    node: &SimulatedNode,
    profile: Profile,
    weights: &Weights,
    images: &[(&str, f64)],
) -> i64 {
    let balance = match weights.balance {
        0 => 0,
        weight => weight * balance_score(pod, node),
    };
    weights.fit * fit_score(pod, node, profile)
        + balance
        + weights.image * image_score(images, node)
}

/// Images on the node, by size and by the share of nodes that have them (`ImageLocality`).
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "sizes of images, computed as the scheduler does"
)]
fn image_score(images: &[(&str, f64)], node: &SimulatedNode) -> i64 {
    const LEAST: i64 = 23 * 1024 * 1024;
    const MOST: i64 = 1000 * 1024 * 1024;
    if node.images.is_empty() {
        return 0;
    }
    let sizes = images.iter().filter_map(|(image, share)| {
        let size = *node.images.get(*image)?;
        Some((size as f64 * share) as i64)
    });
    let containers = i64::try_from(images.len().max(1)).unwrap_or(i64::MAX);
    let most = MOST.saturating_mul(containers);
    let sum = sizes.sum::<i64>().clamp(LEAST, most);
    100 * (sum - LEAST) / (most - LEAST)
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
pub(super) fn soft_taints(pod: &Pod, node: &SimulatedNode) -> i64 {
    let soft = node.taints.iter().filter(|taint| {
        let mut tolerations = pod.demands.tolerations.iter();
        taint.effect == Effect::PreferNoSchedule
            && !tolerations.any(|toleration| toleration.tolerates(taint))
    });
    i64::try_from(soft.count()).unwrap_or(i64::MAX)
}

/// Scores as shares of the highest one, from 0 to 100; reversed, the lowest is best (`DefaultNormalizeScore`).
pub(super) fn normalized(mut scores: Vec<i64>, is_reversed: bool) -> Vec<i64> {
    let most = scores.iter().max().copied().unwrap_or_default();
    for score in &mut scores {
        let share = if most == 0 { 0 } else { 100 * *score / most };
        *score = if is_reversed { 100 - share } else { share };
    }
    scores
}
