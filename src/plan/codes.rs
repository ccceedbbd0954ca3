//! The codes of `dunnage plan`.

use crate::diag::Code;

/// An option that cannot be used.
pub(super) static BAD_OPTION: Code = Code::error(
    "PN001",
    "bad-plan-option",
    "an option of `dunnage plan` cannot be used",
)
.page(include_str!("codes/bad_plan_option.md"));

/// A file that cannot be read as what it is given as.
pub(super) static BAD_FILE: Code = Code::error(
    "PN002",
    "bad-plan-file",
    "a trace, a curve or a scenario cannot be read",
)
.page(include_str!("codes/bad_plan_file.md"));

/// The node pool cannot hold all users.
pub(super) static POOL_TOO_SMALL: Code = Code::warning(
    "PN003",
    "pool-maximum-below-peak",
    "the node pool reaches its maximum while users wait",
)
.page(include_str!("codes/pool_maximum_below_peak.md"));

/// The hub gives up before a new node is ready for users.
pub(super) static TIMEOUT_TOO_SHORT: Code = Code::warning(
    "PN004",
    "start-timeout-below-lead-time",
    "`startTimeout` is shorter than the lead time of many new nodes",
)
.page(include_str!("codes/start_timeout_below_lead_time.md"));

/// A placeholder that fits on no node.
pub(super) static PLACEHOLDER_TOO_LARGE: Code = Code::warning(
    "PN005",
    "placeholder-too-large",
    "a user placeholder does not fit on any node",
)
.page(include_str!("codes/placeholder_too_large.md"));

/// Every code of this module.
pub static CODES: &[&Code] = &[
    &BAD_OPTION,
    &BAD_FILE,
    &POOL_TOO_SMALL,
    &TIMEOUT_TOO_SHORT,
    &PLACEHOLDER_TOO_LARGE,
];
