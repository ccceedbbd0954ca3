pub(super) mod disabled;
pub(super) mod zero_means_default;
