pub(super) mod below_cutoff;
pub(super) mod global_default;
pub(super) mod hook_puller_class_not_yet_there;
pub(super) mod order;

use crate::lint::Hub;
use crate::policy::Autoscaler;

/// `--expendable-pods-priority-cutoff` of the cluster autoscaler, since 1.12.
const CUTOFF: i32 = -10;

/// Below which priority pods bring no node, where there is such a cutoff.
fn cutoff(hub: &Hub<'_>) -> Option<i32> {
    match hub.facts.autoscaler {
        None => Some(CUTOFF),
        Some(Autoscaler::ClusterAutoscaler { cutoff }) => Some(cutoff),
        Some(Autoscaler::Karpenter | Autoscaler::None) => None,
    }
}
