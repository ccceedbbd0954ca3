//! The codes that the linter raises and that are no rules.

use super::question;
use crate::diag::Code;

/// The codes of the linter that are not rules: they cannot be selected or suppressed.
pub static ALL: &[&Code] = &[&question::NO_UPGRADE];
