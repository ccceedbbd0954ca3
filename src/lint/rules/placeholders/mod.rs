pub(super) mod dead_replicas;
pub(super) mod one_pool_only;
pub(super) mod size_differs;
pub(super) mod unit_drift;
pub(super) mod without_priority;
