use std::ops::Range;

use crate::yaml::odd_line_break;
use crate::yaml::tree::{Document, Entry, NodeContent, NodeRef, ScalarStyle};

/// The reason why a document is not edited. Ranges are byte ranges of the document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// An alias shares the node, so a change would apply there too.
    #[error("an alias shares this value, so the change would apply there too")]
    Shared(Range<usize>),
    /// The value comes from a merge key (`<<`), whose source can be shared and which overrides earlier keys.
    #[error("this value comes from a merge key (`<<`) and cannot be changed in one place only")]
    Merged(Range<usize>),
    /// The document has merge keys and cannot be converted to JSON to verify the edit.
    #[error("the document has merge keys (`<<`) and cannot be converted to JSON: {0}")]
    Unreadable(String, Range<usize>),
    /// The value to replace has an anchor or a tag.
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
    /// The node has another kind than the edit expects.
    #[error("expected a {0}")]
    NotA(&'static str, Range<usize>),
    /// A line break on which go-yaml and other readers disagree.
    #[error("YAML readers disagree whether this is a line break ({0})")]
    LineBreak(&'static str, Range<usize>),
    /// The file ends with a block scalar without a line break, so no line can be added after it.
    #[error(
        "the document ends with a block scalar without a line break, and another line would change its value"
    )]
    UnendedBlockScalar(Range<usize>),
    /// A second document follows `...`; Kubernetes and Helm read only the first.
    #[error("a second document starts here without `---`, which Helm and Kubernetes ignore")]
    SecondDocument(Range<usize>),
    /// The mapping already has a key with the new name.
    #[error("the mapping already has a key with this name")]
    Taken(Range<usize>),
    /// A comment that would lose its place.
    #[error("a comment here would be lost")]
    Comment(Range<usize>),
    /// The edited document does not parse to the intended tree.
    #[error("the edited document does not parse to the intended result")]
    Unverified(Range<usize>),
}

impl Refusal {
    /// Returns the bytes that prevent the edit.
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

/// Refuses documents with line breaks on which readers disagree: for go-yaml, a lone carriage return, U+0085, U+2028
/// and U+2029 are line breaks.
pub(super) fn check_line_breaks(document: &Document<'_>) -> Result<(), Refusal> {
    match odd_line_break(document.text) {
        Some((name, range)) => Err(Refusal::LineBreak(name, range)),
        None => Ok(()),
    }
}

/// Refuses a node that is shared by an alias, directly or through a parent.
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

/// Refuses values whose text cannot be replaced or extended safely.
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
