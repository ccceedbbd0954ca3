pub(super) mod bad_memory_unit;
pub(super) mod combinations_not_all_checked;
pub(super) mod cpu_not_a_number;
pub(super) mod gpu_limit_missing;
pub(super) mod guarantee_over_limit;
pub(super) mod implausible_memory;
pub(super) mod limit_without_guarantee;
pub(super) mod overcommit;
