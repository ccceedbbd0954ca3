//! What go-yaml reads and the parser does not: the text is spelled otherwise for the parser, and every place
//! that it names is a place of the text as it was written.
//!
//! go-yaml takes U+0085, U+2028, U+2029 and a lone carriage return as line breaks, and a `#` right after a quote
//! or a bracket as the start of a comment (`testdata/yaml/readers.json` holds its answers).

use std::borrow::Cow;
use std::ops::Range;

use super::tree::{Document, Entry, Node, NodeContent, Properties, ScalarStyle};

/// A line break that go-yaml sees and other readers do not: its name and its bytes.
pub(super) type OddLineBreak = (&'static str, Range<usize>);

/// The first line break that go-yaml sees and other readers do not, with its name.
pub fn odd_line_break(text: &str) -> Option<(&'static str, Range<usize>)> {
    odd_line_breaks(text).into_iter().next()
}

/// All of them, in the order of the text.
pub(super) fn odd_line_breaks(text: &str) -> Vec<OddLineBreak> {
    let bytes = text.as_bytes();
    let is_lone = |at: &usize| bytes.get(at + 1) != Some(&b'\n');
    let returns = memchr::memchr_iter(b'\r', bytes).filter(is_lone);
    let returns = returns.map(|at| ("a lone carriage return", at..at + 1));
    if text.is_ascii() {
        return returns.collect();
    }
    let separators = [
        ("U+0085", "\u{85}"),
        ("U+2028", "\u{2028}"),
        ("U+2029", "\u{2029}"),
    ];
    let separators = separators.into_iter().flat_map(|(name, needle)| {
        let found = memchr::memmem::find_iter(bytes, needle);
        found.map(move |at| (name, at..at + needle.len()))
    });
    let mut all: Vec<_> = returns.chain(separators).collect();
    all.sort_by_key(|(_, range)| range.start);
    all
}

/// Bytes of the written text and what the parser gets in their place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Respelling {
    pub(super) range: Range<usize>,
    pub(super) with: &'static str,
}

/// A text for the parser.
pub(super) struct Respelled<'t> {
    written: &'t str,
    pub(super) text: String,
    /// For each respelling: its bytes in the new text, then in the written one.
    places: Vec<(Range<usize>, Range<usize>)>,
}

impl<'t> Respelled<'t> {
    /// Respellings are in the order of the text and do not overlap.
    pub(super) fn new(written: &'t str, respellings: &[Respelling]) -> Self {
        let mut text = String::with_capacity(written.len() + respellings.len());
        let mut places = Vec::with_capacity(respellings.len());
        let mut at = 0;
        for Respelling { range, with } in respellings {
            text.push_str(&written[at..range.start]);
            let start = text.len();
            text.push_str(with);
            places.push((start..text.len(), range.clone()));
            at = range.end;
        }
        text.push_str(&written[at..]);
        Self {
            written,
            text,
            places,
        }
    }

    /// The place in the written text of a place in the new one.
    pub(super) fn written_at(&self, at: usize) -> usize {
        let before = self.places.partition_point(|(new, _)| new.start <= at);
        let Some((new, written)) = before.checked_sub(1).map(|last| &self.places[last]) else {
            return at;
        };
        if at < new.end {
            written.start
        } else {
            written.end + (at - new.end)
        }
    }

    /// The document of the new text as one of the written text.
    pub(super) fn document(&self, document: Document<'_>) -> Document<'t> {
        Document {
            text: self.written,
            nodes: document.nodes.into_iter().map(|node| self.node(node)).collect(),
            root: document.root,
            trailing: document.trailing.map(|at| self.written_at(at)),
        }
    }

    fn range(&self, range: &Range<usize>) -> Range<usize> {
        let start = self.written_at(range.start);
        start..self.written_at(range.end).max(start)
    }

    fn node(&self, node: Node<'_>) -> Node<'t> {
        let content = match node.content {
            NodeContent::Absent => NodeContent::Absent,
            NodeContent::Scalar { text, style } => NodeContent::Scalar {
                text: Cow::Owned(text.into_owned()),
                style,
            },
            NodeContent::Mapping {
                style,
                column,
                entries,
            } => NodeContent::Mapping {
                style,
                column,
                entries: entries.iter().map(|entry| self.entry(*entry)).collect(),
            },
            NodeContent::Sequence {
                style,
                column,
                items,
            } => NodeContent::Sequence {
                style,
                column,
                items,
            },
            NodeContent::Alias(target) => NodeContent::Alias(target),
        };
        let properties = node.properties.map(|properties| {
            Box::new(Properties {
                anchor: properties.anchor.as_ref().map(|range| self.range(range)),
                tag: properties.tag,
            })
        });
        Node {
            content,
            range: self.range(&node.range),
            parent: node.parent,
            is_aliased: node.is_aliased,
            properties,
        }
    }

    fn entry(&self, entry: Entry) -> Entry {
        Entry {
            colon_end: self.written_at(entry.colon_end),
            ..entry
        }
    }
}

/// Whether a place is in a quoted scalar, where a line break is content whoever reads it.
pub(super) fn is_in_quotes(document: &Document<'_>, range: &Range<usize>) -> bool {
    let before = document.nodes.partition_point(|node| node.range.start <= range.start);
    // Nodes are in the order in which they begin, and nothing begins within a quoted one.
    let quoted = document.nodes[..before].last();
    quoted.is_some_and(|node| {
        let is_quoted = matches!(
            node.content,
            NodeContent::Scalar {
                style: ScalarStyle::Quoted,
                ..
            }
        );
        is_quoted && range.end <= node.range.end
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_of_the_written_text() {
        let written = "a\u{2028}b#c";
        let respellings = [
            Respelling {
                range: 1..4,
                with: "\n",
            },
            Respelling {
                range: 5..5,
                with: " ",
            },
        ];
        let respelled = Respelled::new(written, &respellings);
        assert_eq!(respelled.text, "a\nb #c");
        let places: Vec<usize> = (0..=6).map(|at| respelled.written_at(at)).collect();
        assert_eq!(places, [0, 1, 4, 5, 5, 6, 7]);
    }

    #[test]
    fn odd_line_breaks_are_named_in_order() {
        let text = "a\r\nb\rc\u{2029}d\u{85}e\u{2028}";
        let all = odd_line_breaks(text);
        let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
        assert_eq!(
            names,
            ["a lone carriage return", "U+2029", "U+0085", "U+2028"]
        );
        assert_eq!(odd_line_break("a\r\né\n"), None);
    }
}
