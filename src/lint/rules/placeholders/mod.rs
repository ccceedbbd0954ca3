pub(super) mod dead_replicas;
pub(super) mod one_pool_only;
pub(super) mod size_differs;
pub(super) mod unit_drift;
pub(super) mod without_priority;

use crate::lint::Hub;

/// The class that placeholders name themselves. The chart takes it since 4.1.
pub(super) fn own_class<'v>(hub: &Hub<'v>) -> Option<&'v crate::values::Value> {
    const CLASS: &str = "scheduling.userPlaceholder.extraPodSpec.priorityClassName";
    let class = hub.get(CLASS).filter(|class| !class.is_null());
    class.filter(|_| hub.version >= (4, 1))
}
