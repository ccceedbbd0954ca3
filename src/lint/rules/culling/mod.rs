pub(super) mod deletes_volumes;
pub(super) mod disabled;
pub(super) mod interval;
pub(super) mod kernels_keep_alive;
pub(super) mod max_age;
pub(super) mod role_clobbered;
pub(super) mod zero_means_default;
