//! What findings about values say already of manifests.

use std::collections::BTreeMap;

use super::select::Selection;
use crate::diag::{Diagnostic, Level};
use crate::text::SourceId;

/// Where findings about values stand that are shown, with how bad the worst of each is.
pub(super) struct ReportedValues {
    places: BTreeMap<(SourceId, usize), Level>,
    /// Whether it counts what is said of the values that made the manifests: they stand in files, and not in the
    /// manifests alone.
    is_layered: bool,
}

impl ReportedValues {
    pub(super) fn new(findings: &[Diagnostic], selection: &Selection, is_layered: bool) -> Self {
        let mut places = BTreeMap::new();
        for finding in findings.iter().filter(|finding| selection.has(finding)) {
            if let Some(start) = finding.start() {
                let level = places.entry(start).or_insert(finding.level);
                *level = finding.level.min(*level);
            }
        }
        Self { places, is_layered }
    }

    /// Whether a finding in manifests was told already: a rule about values knows more of what stands in a stream,
    /// or of the value that made it.
    pub(super) fn has(&self, finding: &Diagnostic, stream: SourceId) -> bool {
        let is_here = finding.start().is_some_and(|start| self.places.contains_key(&start));
        let mut labels = finding.labels.iter().map(|label| label.span);
        is_here
            || self.is_layered
                && labels.any(|span| {
                    let level = self.places.get(&(span.source, span.start));
                    span.source != stream && level.is_some_and(|level| *level <= finding.level)
                })
    }
}
