use std::ops::Range;

use super::Spanned;
use crate::diag::Diagnostic;
use crate::text::{SourceId, Span};
use crate::yaml::{NodeContent, NodeRef, ScalarStyle, entry_named};

/// A node of the policy file, which is walked together with the deserialized policy.
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

    /// Returns the place of a key's value, or the mapping if the key is missing.
    pub(super) fn under(self, key: &str) -> Self {
        let node = entry_named(self.node, key).map_or(self.node, |(_, value)| value);
        Self { node, ..self }
    }

    /// Returns the place of a value below these keys, if it is set.
    pub(super) fn find(self, keys: &[&str]) -> Option<Self> {
        let mut keys = keys.iter();
        let node = keys.try_fold(self.node, |node, key| {
            entry_named(node, key).map(|(_, value)| value)
        })?;
        Some(Self { node, ..self })
    }

    /// Returns the span of a key, or of the mapping if the key is missing.
    pub(super) fn key(self, key: &str) -> Span {
        let node = entry_named(self.node, key).map_or(self.node, |(key, _)| key);
        Span::new(self.source, node.range())
    }

    /// Returns the items of a list; a single value counts as a list of one.
    pub(super) fn items(self) -> Vec<Self> {
        if !self.node.is_sequence() {
            return vec![self];
        }
        self.node.items().map(|node| Self { node, ..self }).collect()
    }

    /// Returns the span of the value.
    pub(super) fn span(self) -> Span {
        Span::new(self.source, self.node.range())
    }

    /// Returns the span of a part of the value, or of the whole value if it is escaped or folded.
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

    /// Returns the text of a scalar, without quotes.
    pub(super) fn text(self) -> &'d str {
        self.node.text().unwrap_or_default()
    }

    /// Returns a value with the span of this place.
    pub(super) fn spanned<T>(self, value: T) -> Spanned<T> {
        Spanned::new(value, self.span())
    }
}

/// Returns each string of a list with its place.
pub(super) fn pairs<'w, 'd>(
    texts: &'w [String],
    list: PolicyPlace<'d>,
) -> impl Iterator<Item = (&'w str, PolicyPlace<'d>)> {
    texts.iter().map(String::as_str).zip(list.items())
}

/// The diagnostics of the checks.
pub(super) type Findings = Vec<Diagnostic>;
