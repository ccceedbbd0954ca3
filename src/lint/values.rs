use std::collections::BTreeSet;

use super::fixes::Pages;
use crate::hub::{ChartValues, Inside, Release, Shared};
use crate::text::{SourceId, Sources};
use crate::values::Value;

/// All values of a release, as its templates see them.
pub struct Values<'v> {
    /// The texts that they were read from.
    pub sources: &'v Sources,
    /// Their documents, for fixes.
    pub(super) pages: &'v Pages<'v>,
    /// The values of the release's own chart; those of the charts below are under their names.
    pub root: &'v Value,
    /// The sources of the defaults of charts.
    pub defaults: &'v BTreeSet<SourceId>,
    /// Where values are inside of other files.
    pub inside: &'v [Inside],
    /// The charts whose schema is known.
    pub charts: Vec<ChartValues<'v>>,
}

impl<'v> Values<'v> {
    /// Those of a release.
    pub(super) fn of(
        release: &'v Release,
        sources: &'v Sources,
        shared: &'v Shared,
        pages: &'v Pages<'v>,
    ) -> Self {
        Self {
            sources,
            pages,
            root: release.values(),
            defaults: release.defaults(),
            inside: release.inside(),
            charts: release.charts(shared),
        }
    }
}
