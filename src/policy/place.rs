use std::ops::Range;

use super::Spanned;
use crate::diag::Diagnostic;
use crate::text::{SourceId, Span};
use crate::yaml::{NodeContent, NodeRef, ScalarStyle, entry_named};

/// A node of the policy file, to be walked beside the written policy.
#[derive(Debug, Clone, Copy)]
pub(super) struct PolicyPlace<'d> {
    source: SourceId,
    node: NodeRef<'d>,
}

impl<'d> PolicyPlace<'d> {
    pub(super) fn new(source: SourceId, node: NodeRef<'d>) -> Self {
        Self { source, node }
    }

    pub(super) fn source(self) -> SourceId {
        self.source
    }

    /// The value of a key; the mapping itself where the key is not written.
    pub(super) fn under(self, key: &str) -> Self {
        let node = entry_named(self.node, key).map_or(self.node, |(_, value)| value);
        Self { node, ..self }
    }

    /// Where a key is written; the mapping where it is not.
    pub(super) fn key(self, key: &str) -> Span {
        let node = entry_named(self.node, key).map_or(self.node, |(key, _)| key);
        Span::new(self.source, node.range())
    }

    /// The items of a list; a single value is a list of one.
    pub(super) fn items(self) -> Vec<Self> {
        if !self.node.is_sequence() {
            return vec![self];
        }
        self.node
            .items()
            .map(|node| Self { node, ..self })
            .collect()
    }

    /// The value's bytes.
    pub(super) fn span(self) -> Span {
        Span::new(self.source, self.node.range())
    }

    /// The bytes of a part of the value's text; the whole value where escapes or folding hide it.
    pub(super) fn part(self, part: &Range<usize>) -> Span {
        let node = self.node.node();
        let NodeContent::Scalar { text, style } = &node.content else {
            return self.span();
        };
        let quote = usize::from(*style == ScalarStyle::Quoted);
        let start = node.range.start + quote;
        let written = self.node.document().text.get(start..start + text.len());
        if *style == ScalarStyle::Block || written != Some(text.as_ref()) {
            return self.span();
        }
        Span::new(self.source, start + part.start..start + part.end)
    }

    /// The value's text as it is written, quotes undone.
    pub(super) fn text(self) -> &'d str {
        self.node.text().unwrap_or_default()
    }

    /// Pairs a value that was read here with its bytes.
    pub(super) fn spanned<T>(self, value: T) -> Spanned<T> {
        Spanned::new(value, self.span())
    }
}

/// Each text of a list with its place.
pub(super) fn pairs<'w, 'd>(
    texts: &'w [String],
    list: PolicyPlace<'d>,
) -> impl Iterator<Item = (&'w str, PolicyPlace<'d>)> {
    texts.iter().map(String::as_str).zip(list.items())
}

/// What the checks found so far.
pub(super) type Findings = Vec<Diagnostic>;
