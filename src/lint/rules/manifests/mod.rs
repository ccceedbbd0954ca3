pub(super) mod affinity_forbids_packing;
pub(super) mod core_toleration_missing;
pub(super) mod disruption_budget;
pub(super) mod duplicate_key;
pub(super) mod invalid_priority_class;
pub(super) mod malformed_toleration;
pub(super) mod misnamed_strategy;
pub(super) mod non_string;
pub(super) mod puller_image_drift;
pub(super) mod puller_misses_pool;
pub(super) mod scale_down_blocker;
pub(super) mod tolerates_without_selecting;
pub(super) mod undefined_priority_class;
pub(super) mod unreadable;

mod purpose;
