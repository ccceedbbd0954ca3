//! The proof of an edit: the new text is read again and must be the old tree with the edits done.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{Edit, Refusal, Rewrite, block, effective, is_empty};
use crate::yaml::parse;
use crate::yaml::scalar::{self, Scalar};
use crate::yaml::tree::{
    CollectionStyle, Document, Entry, NodeContent, NodeId, NodeRef, ScalarStyle,
};
use crate::yaml::value::Value;

/// A tree without places: what two texts must agree in.
#[derive(Debug, PartialEq)]
enum NodeShape<'t> {
    Null,
    Scalar {
        text: Cow<'t, str>,
        kind: NodeKind,
    },
    Mapping(Vec<(Meaning<'t>, Meaning<'t>)>),
    Sequence(Vec<Meaning<'t>>),
    /// `*name` as it is written.
    Alias(&'t str),
}

/// A node's shape with its anchor and tag as written.
#[derive(Debug, PartialEq)]
struct Meaning<'t> {
    shape: NodeShape<'t>,
    anchor: Option<&'t str>,
    tag: Option<&'t str>,
}

impl<'t> From<NodeShape<'t>> for Meaning<'t> {
    fn from(shape: NodeShape<'t>) -> Self {
        Self {
            shape,
            anchor: None,
            tag: None,
        }
    }
}

/// How Helm's reader types a scalar.
#[derive(Debug, PartialEq)]
enum NodeKind {
    Null,
    Bool,
    Int,
    Float,
    String,
}

pub(super) fn check(
    old: &Document<'_>,
    edits: &[Edit],
    rewrites: &[Rewrite],
    text: &str,
) -> Result<(), Refusal> {
    let whole = || Refusal::Unverified(0..old.text.len());
    let new = parse(text).map_err(|_| whole())?;
    let meant = old.root().map(|root| IntendedTree::new(edits, rewrites).meaning(root));
    let is = new.root().map(|root| IntendedTree::new(&[], &[]).meaning(root));
    if meant != is || new.trailing.is_some() {
        return Err(whole());
    }
    effective::check(old, edits, rewrites, &new)
}

/// Reads a tree as it is to be after the edits.
struct IntendedTree<'e> {
    edits: BTreeMap<NodeId, Vec<&'e Edit>>,
    /// By the scalar or the key that each changes.
    rewrites: BTreeMap<NodeId, &'e Rewrite>,
}

impl<'e> IntendedTree<'e> {
    fn new(edits: &'e [Edit], rewrites: &'e [Rewrite]) -> Self {
        let mut by_mapping: BTreeMap<NodeId, Vec<&Edit>> = BTreeMap::new();
        for edit in edits {
            by_mapping.entry(edit.target().0).or_default().push(edit);
        }
        let by_node = rewrites.iter().map(|rewrite| match rewrite {
            Rewrite::Scalar { node, .. } => (*node, rewrite),
            Rewrite::Remove { key, .. } | Rewrite::Rename { key, .. } => (*key, rewrite),
        });
        Self {
            edits: by_mapping,
            rewrites: by_node.collect(),
        }
    }

    fn meaning<'t>(&self, node: NodeRef<'t>) -> Meaning<'t>
    where
        'e: 't,
    {
        match self.rewrites.get(&node.id()) {
            Some(Rewrite::Scalar { value, .. }) => return value_shape(value).into(),
            Some(Rewrite::Rename { name, .. }) => return string(name).into(),
            _ => {}
        }
        let shape = match &node.node().content {
            NodeContent::Absent => NodeShape::Null,
            NodeContent::Scalar { .. } => scalar_shape(node),
            NodeContent::Alias(_) => NodeShape::Alias(&node.document().text[node.range()]),
            NodeContent::Sequence { items, .. } => NodeShape::Sequence(
                items.iter().map(|&item| self.meaning(node.document().at(item))).collect(),
            ),
            NodeContent::Mapping { .. } => NodeShape::Mapping(self.pairs(node)),
        };
        let anchor = node.node().anchor().map(|range| &node.document().text[range]);
        Meaning {
            shape,
            anchor,
            tag: node.node().tag(),
        }
    }

    fn pairs<'t>(&self, mapping: NodeRef<'t>) -> Vec<(Meaning<'t>, Meaning<'t>)>
    where
        'e: 't,
    {
        let edits = self.edits.get(&mapping.id()).map_or(&[][..], Vec::as_slice);
        let mut pairs = Vec::new();
        let is_removed =
            |entry: &&Entry| matches!(self.rewrites.get(&entry.key), Some(Rewrite::Remove { .. }));
        let entries = mapping.raw_entries().iter();
        for entry in entries.filter(|entry| !is_removed(entry)) {
            let (key, value) = (
                mapping.document().at(entry.key),
                mapping.document().at(entry.value),
            );
            let is_last = |name| mapping.find_own(name).is_some_and(|found| found.entry == *entry);
            let mine = edits.iter().filter(|edit| key.text() == Some(edit.target().1));
            let value = mine.fold(self.meaning(value), |meaning, edit| {
                if is_last(edit.target().1) {
                    edited(meaning, value, edit)
                } else {
                    meaning
                }
            });
            pairs.push((self.meaning(key), value));
        }
        let new = edits.iter().filter(|edit| mapping.find_own(edit.target().1).is_none());
        let new = new.map(|edit| (string(edit.target().1).into(), whole_shape(edit).into()));
        let is_block = matches!(
            mapping.node().content,
            NodeContent::Mapping {
                style: CollectionStyle::Block,
                ..
            }
        );
        let at = if is_block && !block::can_be_followed(mapping) {
            pairs.len().saturating_sub(1)
        } else {
            pairs.len()
        };
        let tail = pairs.split_off(at);
        pairs.extend(new);
        pairs.extend(tail);
        pairs
    }
}

/// The value of an existing key after one edit.
fn edited<'t>(meaning: Meaning<'t>, old: NodeRef<'_>, edit: &'t Edit) -> Meaning<'t> {
    match (meaning.shape, edit) {
        (NodeShape::Sequence(mut items), Edit::Extend { values, .. }) => {
            items.extend(values.iter().map(|value| value_shape(value).into()));
            Meaning {
                shape: NodeShape::Sequence(items),
                ..meaning
            }
        }
        (shape, edit) if is_empty(old) || matches!(shape, NodeShape::Scalar { .. }) => Meaning {
            shape: whole_shape(edit),
            ..meaning
        },
        (shape, _) => Meaning { shape, ..meaning },
    }
}

fn scalar_shape(node: NodeRef<'_>) -> NodeShape<'_> {
    let NodeContent::Scalar { text, style } = &node.node().content else {
        return NodeShape::Null;
    };
    let typed = match style {
        ScalarStyle::Plain => scalar::resolve_plain(text),
        _ => Scalar::String(text.as_ref().into()),
    };
    match kind(&typed) {
        NodeKind::Null => NodeShape::Null,
        kind => NodeShape::Scalar {
            text: Cow::Borrowed(text),
            kind,
        },
    }
}

fn kind(scalar: &Scalar<'_>) -> NodeKind {
    match scalar {
        Scalar::Null => NodeKind::Null,
        Scalar::Bool(_) => NodeKind::Bool,
        Scalar::Int(_) | Scalar::Uint(_) => NodeKind::Int,
        Scalar::Float(_) => NodeKind::Float,
        Scalar::String(_) => NodeKind::String,
    }
}

fn string(text: &str) -> NodeShape<'_> {
    NodeShape::Scalar {
        text: Cow::Borrowed(text),
        kind: NodeKind::String,
    }
}

/// What is under the key if nothing was there.
fn whole_shape(edit: &Edit) -> NodeShape<'_> {
    match edit {
        Edit::Put { value, .. } => value_shape(value),
        Edit::Extend { values, .. } => sequence(values),
    }
}

fn sequence(items: &[Value]) -> NodeShape<'_> {
    NodeShape::Sequence(items.iter().map(|item| value_shape(item).into()).collect())
}

fn value_shape(value: &Value) -> NodeShape<'_> {
    match value {
        Value::Null => NodeShape::Null,
        Value::Bool(truth) => NodeShape::Scalar {
            text: if *truth { "true" } else { "false" }.into(),
            kind: NodeKind::Bool,
        },
        Value::Number(number) => {
            let text = number.to_string();
            let kind = kind(&scalar::resolve_plain(&text));
            let text = Cow::Owned(text);
            NodeShape::Scalar { text, kind }
        }
        Value::String(text) => string(text),
        Value::Sequence(items) => sequence(items),
        Value::Mapping(pairs) => NodeShape::Mapping(
            pairs
                .iter()
                .map(|(key, value)| (string(key).into(), value_shape(value).into()))
                .collect(),
        ),
    }
}
