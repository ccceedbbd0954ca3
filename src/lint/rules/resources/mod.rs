pub(super) mod bad_memory_unit;
mod bytes;
pub(super) mod guarantee_over_limit;
