//! The codes that the linter raises and that are no rules.

use super::{shared, upgrade, z2jh};
use crate::diag::Code;

/// Every code of the linter that is no rule: it can be neither selected nor suppressed.
pub static ALL: &[&Code] = &[
    &shared::BROKEN_SCHEMA,
    &upgrade::NO_UPGRADE,
    &z2jh::UNKNOWN_VERSION,
];
