pub(super) mod not_ha;
pub(super) mod spawn_limit_below_burst;
pub(super) mod start_timeout_too_short;
