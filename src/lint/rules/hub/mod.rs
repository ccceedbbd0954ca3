pub(super) mod activity_at_scale;
pub(super) mod config_bypasses_chart;
pub(super) mod database;
pub(super) mod ignored_config;
pub(super) mod not_ha;
pub(super) mod singleton_pdb;
pub(super) mod spawn_limit_below_burst;
pub(super) mod start_timeout_too_short;
