//! The codes of diagnostics about reading values.

use super::{chart, coalesce, read, set, template};
use crate::diag::Code;

/// Every code of this module.
pub static ALL: &[&Code] = &[
    &read::NOT_VALUES,
    &set::BROKEN,
    &chart::NOT_A_CHART,
    &coalesce::NOT_A_TABLE,
    &template::TEMPLATE,
];
