pub(super) mod below_cutoff;
pub(super) mod global_default;
pub(super) mod hook_puller_class_not_yet_there;
pub(super) mod order;

use crate::lint::Context;
use crate::policy::{Autoscaler, DEFAULT_CUTOFF};

/// Returns the priority below which the autoscaler adds no nodes for pods; `None` without such a cutoff.
fn cutoff(cx: &Context<'_>) -> Option<i32> {
    match cx.facts.autoscaler {
        None => Some(DEFAULT_CUTOFF),
        Some(Autoscaler::ClusterAutoscaler { cutoff }) => Some(cutoff),
        Some(Autoscaler::Karpenter | Autoscaler::None) => None,
    }
}
