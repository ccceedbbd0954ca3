//! The codes that the linter raises and that are no rules.

use super::upgrade;
use crate::diag::Code;

/// Every code of the linter that is no rule: it can be neither selected nor suppressed.
pub static ALL: &[&Code] = &[&upgrade::NO_UPGRADE];
