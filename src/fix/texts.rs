use std::collections::BTreeMap;

use crate::diag::{Fix, TextEdit};
use crate::text::{Source, SourceId, Sources};

/// The texts of a run, as the fixes have them so far.
#[derive(Debug, Clone)]
pub struct Texts<'s> {
    sources: &'s Sources,
    changed: BTreeMap<SourceId, String>,
}

impl<'s> Texts<'s> {
    /// The texts before any fix.
    pub fn new(sources: &'s Sources) -> Self {
        let changed = BTreeMap::new();
        Self { sources, changed }
    }

    /// What a source holds now; nothing where the run had no such source when it began.
    pub fn get(&self, id: SourceId) -> Option<&str> {
        let changed = self.changed.get(&id).map(String::as_str);
        changed.or_else(|| self.sources.find(id).map(Source::text))
    }

    /// The whole new text of each source that is not what it was.
    pub fn changed(&self) -> &BTreeMap<SourceId, String> {
        &self.changed
    }

    /// The sources under the same names and ids, with the texts as they are now.
    pub fn sources(&self) -> Sources {
        self.sources.replaced(&self.changed)
    }

    /// Whether every edit of a fix lies in a text, on whole characters, and no two of them meet.
    pub(super) fn fit(&self, fix: &Fix) -> bool {
        let lies_in = |edit: &TextEdit| {
            let text = self.get(edit.span.source);
            text.is_some_and(|text| text.get(edit.span.range()).is_some())
        };
        let mut others = fix.edits.iter().enumerate();
        fix.edits.iter().all(lies_in)
            && others.all(|(index, edit)| !fix.edits[..index].iter().any(|other| meet(edit, other)))
    }

    /// The texts after fixes that fit and do not meet: each with all of its edits.
    pub(super) fn with(&self, fixes: &[&Fix]) -> Self {
        let mut by_source: BTreeMap<SourceId, Vec<&TextEdit>> = BTreeMap::new();
        for edit in fixes.iter().flat_map(|fix| &fix.edits) {
            by_source.entry(edit.span.source).or_default().push(edit);
        }
        let mut texts = self.clone();
        for (source, edits) in by_source {
            let text = self.get(source).map(|text| apply(text, &edits));
            texts.changed.extend(text.map(|text| (source, text)));
        }
        let sources = self.sources;
        texts.changed.retain(|&id, text| sources.get(id).text() != text);
        texts
    }
}

/// Whether two edits cannot both be done: they share bytes, or one inserts at the edge of the other, so that
/// their order would matter.
pub(super) fn meet(one: &TextEdit, other: &TextEdit) -> bool {
    let (a, b) = (one.span, other.span);
    let is_insertion = a.start == a.end || b.start == b.end;
    a.source == b.source
        && if is_insertion {
            a.start <= b.end && b.start <= a.end
        } else {
            a.start < b.end && b.start < a.end
        }
}

/// The text after edits that lie in it and do not meet; every other byte stays.
pub fn apply(text: &str, edits: &[&TextEdit]) -> String {
    let mut edits = edits.to_vec();
    edits.sort_by_key(|edit| edit.span);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        out.push_str(&text[at..edit.span.start]);
        out.push_str(&edit.text);
        at = edit.span.end;
    }
    out.push_str(&text[at..]);
    out
}
