use std::ops::Range;

use crate::yaml::odd_line_break;
use crate::yaml::tree::{Document, Entry, NodeContent, NodeRef, ScalarStyle};

/// Why a document's text is not changed; ranges index the document's text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// An alias elsewhere reads the same node, so that a change here would be a change there.
    #[error("an alias shares this value, so the change would apply there too")]
    Shared(Range<usize>),
    /// The value comes from a merge key (`<<`), whose source others may read and which overrides what is written
    /// before it.
    #[error("this value comes from a merge key (`<<`) and cannot be changed in one place only")]
    Merged(Range<usize>),
    /// Merge keys decide what counts, and the document cannot be converted to JSON, in which that shows.
    #[error("the document has merge keys (`<<`) and cannot be converted to JSON: {0}")]
    Unreadable(String, Range<usize>),
    /// An anchor or a tag stands on a value that would be replaced.
    #[error("this value has an anchor or a tag")]
    Decorated(Range<usize>),
    /// `? key` without an ordinary `key: value` line.
    #[error("this key has the explicit form (`? key`)")]
    ExplicitKey(Range<usize>),
    /// A scalar that would be replaced is a block scalar.
    #[error("this value is a block scalar")]
    BlockScalar(Range<usize>),
    /// A pair in a flow sequence without braces.
    #[error("this pair is in a flow sequence without braces")]
    FlowPair(Range<usize>),
    /// Another kind of node stands where the field's type says otherwise.
    #[error("expected a {0}")]
    NotA(&'static str, Range<usize>),
    /// A line break that go-yaml sees and other readers do not, or the other way round.
    #[error("YAML readers disagree whether this is a line break ({0})")]
    LineBreak(&'static str, Range<usize>),
    /// Nothing can follow a block scalar that ends the file without a line break.
    #[error(
        "the document ends with a block scalar without a line break, and another line would change its value"
    )]
    UnendedBlockScalar(Range<usize>),
    /// A second document follows `...`; Kubernetes and Helm read only the first.
    #[error("a second document starts here without `---`, which Helm and Kubernetes ignore")]
    SecondDocument(Range<usize>),
    /// The new name of a key is one that the mapping has.
    #[error("the mapping already has a key with this name")]
    Taken(Range<usize>),
    /// A comment of which nobody can say where it belongs once its place is gone.
    #[error("a comment here would be lost")]
    Comment(Range<usize>),
    /// The result did not read back as the tree that was meant.
    #[error("the edited document does not parse to the intended result")]
    Unverified(Range<usize>),
}

impl Refusal {
    /// The bytes that are in the way.
    pub fn range(&self) -> Range<usize> {
        match self {
            Refusal::Shared(range)
            | Refusal::Merged(range)
            | Refusal::Decorated(range)
            | Refusal::ExplicitKey(range)
            | Refusal::BlockScalar(range)
            | Refusal::FlowPair(range)
            | Refusal::Unreadable(_, range)
            | Refusal::NotA(_, range)
            | Refusal::LineBreak(_, range)
            | Refusal::UnendedBlockScalar(range)
            | Refusal::SecondDocument(range)
            | Refusal::Taken(range)
            | Refusal::Comment(range)
            | Refusal::Unverified(range) => range.clone(),
        }
    }

    pub(super) fn not_a(what: &'static str, node: NodeRef<'_>) -> Self {
        Refusal::NotA(what, node.range())
    }
}

/// Refuses texts with line breaks on whose meaning readers differ: go-yaml takes a lone carriage
/// return, U+0085, U+2028 and U+2029 as line breaks.
pub(super) fn check_line_breaks(document: &Document<'_>) -> Result<(), Refusal> {
    match odd_line_break(document.text) {
        Some((name, range)) => Err(Refusal::LineBreak(name, range)),
        None => Ok(()),
    }
}

/// Refuses a node that an alias reads too, itself or through a collection around it.
pub(super) fn check_shared(node: NodeRef<'_>) -> Result<(), Refusal> {
    let mut at = Some(node);
    while let Some(node) = at {
        if node.node().is_aliased {
            return Err(Refusal::Shared(
                node.node().anchor().unwrap_or(node.range()),
            ));
        }
        at = node.node().parent.map(|parent| node.document().at(parent));
    }
    Ok(())
}

/// Refuses values whose text cannot be replaced or extended without doubt.
pub(super) fn check_value(value: NodeRef<'_>, entry: &Entry) -> Result<(), Refusal> {
    let node = value.node();
    if node.is_aliased {
        return Err(Refusal::Shared(node.anchor().unwrap_or(node.range.clone())));
    }
    let has_items = match &node.content {
        NodeContent::Mapping { entries, .. } => !entries.is_empty(),
        NodeContent::Sequence { items, .. } => !items.is_empty(),
        _ => false,
    };
    if has_items {
        return Ok(());
    }
    if entry.explicit {
        return Err(Refusal::ExplicitKey(value.document().at(entry.key).range()));
    }
    if node.properties.is_some() {
        return Err(Refusal::Decorated(
            node.anchor().unwrap_or(node.range.clone()),
        ));
    }
    if let NodeContent::Scalar {
        style: ScalarStyle::Block,
        ..
    } = node.content
    {
        return Err(Refusal::BlockScalar(node.range.clone()));
    }
    Ok(())
}
