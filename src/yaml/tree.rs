use std::borrow::Cow;
use std::num::NonZeroU32;
use std::ops::Range;

use super::json;
use super::scalar::{self, Scalar};

/// Names one node of its [`Document`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(NonZeroU32);

impl NodeId {
    /// The name of the node at an index.
    pub(super) fn of(index: usize) -> Self {
        let number = u32::try_from(index + 1).ok().and_then(NonZeroU32::new);
        Self(number.expect("a document has fewer than 2^32 nodes"))
    }

    /// Where the document has the node.
    pub(super) fn index(self) -> usize {
        self.0.get() as usize - 1
    }
}

/// How a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScalarStyle {
    /// Without quotes; the only style whose text decides its type.
    Plain,
    /// In `'` or `"`.
    Quoted,
    /// After `|` or `>`.
    Block,
}

/// How a mapping or a sequence is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CollectionStyle {
    /// By indentation.
    Block,
    /// In braces or brackets.
    Flow,
    /// A pair in a flow sequence that has no braces of its own: `[a: b]`.
    FlowPair,
}

/// One key with its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The key's node.
    pub key: NodeId,
    /// Where the value begins: just after the `:`; the key's end where there is none.
    pub colon_end: usize,
    /// Whether the key is written `? key`.
    pub explicit: bool,
    /// The value's node.
    pub value: NodeId,
}

/// What a node holds.
#[derive(Debug, Clone, PartialEq)]
pub enum NodeContent<'t> {
    /// Nothing is written (`key:` at the end of a line); it reads as null.
    Absent,
    /// Text, with escapes and folding already undone.
    Scalar {
        /// The value's text.
        text: Cow<'t, str>,
        /// How it is written.
        style: ScalarStyle,
    },
    /// Keys and values in the order of the text; a key may occur twice.
    Mapping {
        /// How it is written.
        style: CollectionStyle,
        /// Bytes between the start of the line and the keys, in block style.
        column: usize,
        /// The pairs.
        entries: Box<[Entry]>,
    },
    /// Items in order.
    Sequence {
        /// How it is written.
        style: CollectionStyle,
        /// Bytes between the start of the line and the dashes, in block style.
        column: usize,
        /// The items.
        items: Box<[NodeId]>,
    },
    /// `*name`; no target where the anchor is missing (Helm 4 splits a List without resolving them).
    Alias(Option<NodeId>),
}

/// A node with all of its bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct Node<'t> {
    /// What it holds.
    pub content: NodeContent<'t>,
    /// Its bytes in the document's text: brackets and quotes included, anchor and tag not. A block
    /// collection ends where its last leaf ends.
    pub range: Range<usize>,
    /// The collection that holds it, as a key or a value.
    pub parent: Option<NodeId>,
    /// Whether an alias points here.
    pub is_aliased: bool,
    /// Its anchor and its tag. Hardly a node has any.
    pub(super) properties: Option<Box<Properties>>,
}

/// The anchor and the tag of a node.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Properties {
    pub(super) anchor: Option<Range<usize>>,
    pub(super) tag: Option<String>,
}

impl Node<'_> {
    /// The bytes of `&name`.
    pub fn anchor(&self) -> Option<Range<usize>> {
        self.properties.as_ref()?.anchor.clone()
    }

    /// The tag as YAML resolves it, such as `tag:yaml.org,2002:str` or `!local`.
    pub fn tag(&self) -> Option<&str> {
        self.properties.as_ref()?.tag.as_deref()
    }
}

/// The lossless tree of one document: every node knows its bytes in `text`.
#[derive(Debug, Clone, PartialEq)]
pub struct Document<'t> {
    /// The text that was parsed; ranges of nodes index it.
    pub text: &'t str,
    pub(super) nodes: Vec<Node<'t>>,
    pub(super) root: Option<NodeId>,
    /// Where a second document begins without a `---` (after `...`): Kubernetes never reads it.
    pub trailing: Option<usize>,
}

impl<'t> Document<'t> {
    /// The root, unless the document holds nothing.
    pub fn root(&self) -> Option<NodeRef<'_>> {
        self.root.map(|id| self.at(id))
    }

    /// A view of one node.
    pub fn at(&self, id: NodeId) -> NodeRef<'_> {
        NodeRef { document: self, id }
    }

    /// All nodes in the order in which they begin.
    pub fn nodes(&self) -> impl Iterator<Item = NodeRef<'_>> {
        (0..self.nodes.len()).map(|index| self.at(NodeId::of(index)))
    }

    pub(super) fn node(&self, id: NodeId) -> &Node<'t> {
        &self.nodes[id.index()]
    }
}

/// A node seen in its document; cheap to copy.
#[derive(Debug, Clone, Copy)]
pub struct NodeRef<'d> {
    document: &'d Document<'d>,
    id: NodeId,
}

/// A key found in a mapping.
#[derive(Debug, Clone, Copy)]
pub struct FoundEntry<'d> {
    /// The mapping whose text holds the key: another than the one asked where a merge key brought it.
    pub mapping: NodeRef<'d>,
    /// The entry there; the last one if the key occurs twice.
    pub entry: Entry,
    /// The key.
    pub key: NodeRef<'d>,
    /// The value, with an alias not yet followed.
    pub value: NodeRef<'d>,
}

impl<'d> NodeRef<'d> {
    /// The node's name in its document.
    pub fn id(self) -> NodeId {
        self.id
    }

    /// The document that the node is in.
    pub fn document(self) -> &'d Document<'d> {
        self.document
    }

    /// The node as it is written; an alias is not followed.
    pub fn node(self) -> &'d Node<'d> {
        self.document.node(self.id)
    }

    /// Bytes in the document's text.
    pub fn range(self) -> Range<usize> {
        self.node().range.clone()
    }

    /// The node itself, or what its alias points to. A dangling alias stays what it is.
    #[must_use]
    pub fn resolve(self) -> Self {
        match self.node().content {
            NodeContent::Alias(Some(target)) => self.document.at(target),
            _ => self,
        }
    }

    /// Whether the node is `*name`.
    pub fn is_alias(self) -> bool {
        matches!(self.node().content, NodeContent::Alias(_))
    }

    /// The pairs of a mapping as written, duplicates and merge keys included; none for other nodes. What
    /// counts is in [`pairs`](Self::pairs).
    pub fn entries(self) -> impl DoubleEndedIterator<Item = (NodeRef<'d>, NodeRef<'d>)> {
        let document = self.document;
        self.raw_entries()
            .iter()
            .map(move |entry| (document.at(entry.key), document.at(entry.value)))
    }

    /// The entries of a mapping with their places; empty for other nodes.
    pub fn raw_entries(self) -> &'d [Entry] {
        match &self.resolve().node().content {
            NodeContent::Mapping { entries, .. } => entries,
            _ => &[],
        }
    }

    /// The items of a sequence; none for other nodes.
    pub fn items(self) -> impl DoubleEndedIterator<Item = NodeRef<'d>> + ExactSizeIterator {
        let document = self.document;
        let items: &[NodeId] = match &self.resolve().node().content {
            NodeContent::Sequence { items, .. } => items,
            _ => &[],
        };
        items.iter().map(move |&item| document.at(item))
    }

    /// Whether the node (or what its alias points to) is a mapping.
    pub fn is_mapping(self) -> bool {
        matches!(self.resolve().node().content, NodeContent::Mapping { .. })
    }

    /// Whether the node (or what its alias points to) is a sequence.
    pub fn is_sequence(self) -> bool {
        matches!(self.resolve().node().content, NodeContent::Sequence { .. })
    }

    /// The value of `key` as Helm's reader finds it ([`find`](Self::find)), with aliases followed.
    pub fn get(self, key: &str) -> Option<NodeRef<'d>> {
        self.find(key).map(|found| found.value.resolve())
    }

    /// [`get`](Self::get) along several keys.
    pub fn get_path(self, path: &[&str]) -> Option<NodeRef<'d>> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// Like [`find`](Self::find), but never through a merge key.
    pub fn find_own(self, key: &str) -> Option<FoundEntry<'d>> {
        let mapping = self.resolve();
        let entry = mapping
            .raw_entries()
            .iter()
            .rev()
            .find(|entry| self.document.at(entry.key).is_key(key))?;
        let (key, value) = (self.document.at(entry.key), self.document.at(entry.value));
        Some(FoundEntry {
            mapping,
            entry: *entry,
            key,
            value,
        })
    }

    /// Whether Helm's reader gives a key this name. One without a tag is compared as it is written.
    pub(super) fn is_key(self, name: &str) -> bool {
        match self.resolve().node().tag() {
            None => self.text() == Some(name),
            Some(_) => json::key_name(self).as_deref() == Some(name),
        }
    }

    /// The scalar as Helm's go-yaml v2 types it; `None` for collections and dangling aliases.
    pub fn scalar(self) -> Option<Scalar<'d>> {
        let node = self.resolve().node();
        match &node.content {
            NodeContent::Absent => Some(match node.tag() {
                Some(tag) => scalar::resolve_tagged("", tag),
                None => Scalar::Null,
            }),
            NodeContent::Scalar { text, style } => Some(match (node.tag(), style) {
                (Some(tag), _) => scalar::resolve_tagged(text, tag),
                (None, ScalarStyle::Plain) => scalar::resolve_plain(text),
                (None, _) => Scalar::String(Cow::Borrowed(text)),
            }),
            _ => None,
        }
    }

    /// The text of a scalar whatever its type; a key's name.
    pub fn text(self) -> Option<&'d str> {
        match &self.resolve().node().content {
            NodeContent::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// The text of a scalar that is typed as a string.
    pub fn as_str(self) -> Option<&'d str> {
        match self.scalar()? {
            Scalar::String(_) => self.text(),
            _ => None,
        }
    }

    /// Whether Kubernetes reads a null here: nothing, `~`, `null`.
    pub fn is_null(self) -> bool {
        matches!(self.scalar(), Some(Scalar::Null))
    }
}
