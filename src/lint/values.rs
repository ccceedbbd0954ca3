use std::collections::BTreeSet;

use super::Inside;
use super::remedy::Pages;
use super::z2jh::Known;
use crate::schema::Schema;
use crate::text::{SourceId, Sources};
use crate::values::Value;

/// All values of a release, as its templates see them.
pub struct Values<'v> {
    /// The texts that they were read from.
    pub sources: &'v Sources,
    /// Their documents, for fixes.
    pub(super) pages: &'v Pages<'v>,
    /// The values of the release's own chart; those of the charts below stand under their names.
    pub root: &'v Value,
    /// The sources of the defaults of charts.
    pub defaults: &'v BTreeSet<SourceId>,
    /// Where the values stand that are no files of their own.
    pub inside: &'v [Inside],
    /// The charts whose schema is known.
    pub charts: Vec<ChartValues<'v>>,
}

/// The values of one chart, and what it says of them.
pub struct ChartValues<'v> {
    /// The keys that lead to them.
    pub path: Vec<String>,
    /// What the chart's templates see.
    pub values: &'v Value,
    /// The schema.
    pub basis: Basis<'v>,
    /// Whether it is the z2jh chart.
    pub is_hub: bool,
}

/// Where a schema comes from.
pub enum Basis<'v> {
    /// The chart's own file.
    Own(&'v Schema),
    /// The chart is not at hand; this is known of z2jh.
    Known(Known),
}

impl Basis<'_> {
    /// The schema.
    pub fn schema(&self) -> &Schema {
        match self {
            Basis::Own(schema) => schema,
            Basis::Known(known) => known.version.schema(),
        }
    }
}
