use std::collections::BTreeMap;

use super::TextEdit;
use crate::text::{SourceId, Span};

/// Places of edits of which no two meet.
#[derive(Debug, Clone, Default)]
pub struct Apart {
    /// Where each ends, by where it begins.
    ends: BTreeMap<(SourceId, usize), usize>,
}

impl Apart {
    /// Whether one of the edits meets one that is here: they share bytes, or one inserts at the edge of the
    /// other, so that their order would matter.
    pub fn meets(&self, edits: &[TextEdit]) -> bool {
        edits.iter().any(|edit| self.meets_span(edit.span))
    }

    /// Adds edits that meet none.
    pub fn add(&mut self, edits: &[TextEdit]) {
        let places = edits.iter().map(|edit| edit.span);
        self.ends.extend(places.map(|span| ((span.source, span.start), span.end)));
    }

    /// Those that are here lie one behind the other, so that only its neighbours can meet another.
    fn meets_span(&self, span: Span) -> bool {
        let at = (span.source, span.start);
        let before = self.ends.range(..=at).next_back();
        let after = self.ends.range(at..).next();
        before.into_iter().chain(after).any(|(&(source, start), &end)| {
            let is_insertion = start == end || span.start == span.end;
            source == span.source
                && if is_insertion {
                    start <= span.end && span.start <= end
                } else {
                    start < span.end && span.start < end
                }
        })
    }
}
