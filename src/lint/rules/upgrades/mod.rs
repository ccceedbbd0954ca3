//! Rules about what an upgrade of the chart changes for a hub. They run only with a target version.

pub(super) mod copied_default;
pub(super) mod database_not_upgraded;
pub(super) mod default_changes;
pub(super) mod egress_opens;
pub(super) mod names_change;
pub(super) mod nobody_allowed;
pub(super) mod overrides_merge;
