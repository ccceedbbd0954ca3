pub(super) mod dedicated_toleration;
pub(super) mod malformed_toleration;
pub(super) mod ored_required_affinity;
pub(super) mod profile_replaces_placement;
pub(super) mod user_pods_safe_to_evict;
