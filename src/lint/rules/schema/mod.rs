pub(super) mod misplaced_key;
pub(super) mod missing_key;
pub(super) mod removed_key;
pub(super) mod unknown_key;
pub(super) mod unknown_override;
pub(super) mod wrong_override_type;
pub(super) mod wrong_type;
