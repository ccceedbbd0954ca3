pub(super) mod below_cutoff;
pub(super) mod global_default;
pub(super) mod order;
