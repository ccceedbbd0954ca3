pub(super) mod malformed_toleration;
pub(super) mod user_pods_safe_to_evict;
