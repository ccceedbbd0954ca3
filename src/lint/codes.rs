//! The codes that the linter raises and that are no rules.

use super::question;
use crate::diag::Code;

/// Every code of the linter that is no rule: it can be neither selected nor suppressed.
pub static ALL: &[&Code] = &[&question::NO_UPGRADE];
