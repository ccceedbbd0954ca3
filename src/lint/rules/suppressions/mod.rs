pub(super) mod expired;
pub(super) mod malformed;
pub(super) mod no_such_rule;
pub(super) mod unused;
pub(super) mod without_reason;
