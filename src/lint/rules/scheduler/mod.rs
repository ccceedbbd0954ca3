pub(super) mod drain_deadlock;
pub(super) mod packing_mismatch;
pub(super) mod pinned;
