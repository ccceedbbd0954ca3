//! The proof of an edit: the new text is read again and must be the old tree with the edits done.

use std::collections::BTreeMap;

use super::{Edit, Refusal, block, is_empty};
use crate::yaml::parse;
use crate::yaml::scalar::{self, Scalar};
use crate::yaml::tree::{CollectionStyle, Content, Document, NodeId, NodeRef, ScalarStyle};
use crate::yaml::value::Value;

/// A tree without places: what two texts must agree in.
#[derive(Debug, PartialEq)]
enum Shape {
    Null,
    Scalar {
        text: String,
        kind: Kind,
    },
    Mapping(Vec<(Meaning, Meaning)>),
    Sequence(Vec<Meaning>),
    /// `*name` as it is written.
    Alias(String),
}

/// A node's shape with its anchor and tag as written.
#[derive(Debug, PartialEq)]
struct Meaning {
    shape: Shape,
    anchor: Option<String>,
    tag: Option<String>,
}

impl From<Shape> for Meaning {
    fn from(shape: Shape) -> Self {
        Self {
            shape,
            anchor: None,
            tag: None,
        }
    }
}

/// How Helm's reader types a scalar.
#[derive(Debug, PartialEq)]
enum Kind {
    Null,
    Bool,
    Int,
    Float,
    String,
}

pub(super) fn check(old: &Document<'_>, edits: &[Edit], text: &str) -> Result<(), Refusal> {
    let whole = || Refusal::Unverified(0..old.text.len());
    let new = parse(text).map_err(|_| whole())?;
    let meant = old.root().map(|root| Intended::new(edits).meaning(root));
    let is = new.root().map(|root| Intended::new(&[]).meaning(root));
    if meant == is && new.trailing.is_none() {
        Ok(())
    } else {
        Err(whole())
    }
}

/// Reads a tree as it is to be after the edits.
struct Intended<'e> {
    edits: BTreeMap<NodeId, Vec<&'e Edit>>,
}

impl<'e> Intended<'e> {
    fn new(edits: &'e [Edit]) -> Self {
        let mut by_mapping: BTreeMap<NodeId, Vec<&Edit>> = BTreeMap::new();
        for edit in edits {
            by_mapping.entry(edit.target().0).or_default().push(edit);
        }
        Self { edits: by_mapping }
    }

    fn meaning(&self, node: NodeRef<'_>) -> Meaning {
        let shape = match &node.node().content {
            Content::Absent => Shape::Null,
            Content::Scalar { .. } => scalar_shape(node),
            Content::Alias(_) => Shape::Alias(node.document().text[node.range()].to_owned()),
            Content::Sequence { items, .. } => Shape::Sequence(
                items
                    .iter()
                    .map(|&item| self.meaning(node.document().at(item)))
                    .collect(),
            ),
            Content::Mapping { .. } => Shape::Mapping(self.pairs(node)),
        };
        let anchor = node
            .node()
            .anchor()
            .map(|range| node.document().text[range].to_owned());
        Meaning {
            shape,
            anchor,
            tag: node.node().tag().map(str::to_owned),
        }
    }

    fn pairs(&self, mapping: NodeRef<'_>) -> Vec<(Meaning, Meaning)> {
        let edits = self.edits.get(&mapping.id()).map_or(&[][..], Vec::as_slice);
        let mut pairs = Vec::new();
        for entry in mapping.raw_entries() {
            let (key, value) = (
                mapping.document().at(entry.key),
                mapping.document().at(entry.value),
            );
            let is_last = |name| {
                mapping
                    .find_own(name)
                    .is_some_and(|found| found.entry == *entry)
            };
            let mine = edits
                .iter()
                .filter(|edit| key.text() == Some(edit.target().1));
            let value = mine.fold(self.meaning(value), |meaning, edit| {
                if is_last(edit.target().1) {
                    edited(meaning, value, edit)
                } else {
                    meaning
                }
            });
            pairs.push((self.meaning(key), value));
        }
        let new = edits
            .iter()
            .filter(|edit| mapping.find_own(edit.target().1).is_none());
        let new = new.map(|edit| {
            (
                string(edit.target().1.to_owned()).into(),
                value_shape(&edit.whole_value()).into(),
            )
        });
        let is_block = matches!(
            mapping.node().content,
            Content::Mapping {
                style: CollectionStyle::Block,
                ..
            }
        );
        let at = if is_block && !block::can_be_followed(mapping) {
            pairs.len() - 1
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
fn edited(meaning: Meaning, old: NodeRef<'_>, edit: &Edit) -> Meaning {
    match (meaning.shape, edit) {
        (Shape::Sequence(mut items), Edit::Extend { values, .. }) => {
            items.extend(values.iter().map(|value| value_shape(value).into()));
            Meaning {
                shape: Shape::Sequence(items),
                ..meaning
            }
        }
        (shape, edit) if is_empty(old) || matches!(shape, Shape::Scalar { .. }) => Meaning {
            shape: value_shape(&edit.whole_value()),
            ..meaning
        },
        (shape, _) => Meaning { shape, ..meaning },
    }
}

fn scalar_shape(node: NodeRef<'_>) -> Shape {
    let Content::Scalar { text, style } = &node.node().content else {
        return Shape::Null;
    };
    let typed = match style {
        ScalarStyle::Plain => scalar::resolve_plain(text),
        _ => Scalar::String(text.as_ref().into()),
    };
    match kind(&typed) {
        Kind::Null => Shape::Null,
        kind => Shape::Scalar {
            text: text.clone().into_owned(),
            kind,
        },
    }
}

fn kind(scalar: &Scalar<'_>) -> Kind {
    match scalar {
        Scalar::Null => Kind::Null,
        Scalar::Bool(_) => Kind::Bool,
        Scalar::Int(_) | Scalar::Uint(_) => Kind::Int,
        Scalar::Float(_) => Kind::Float,
        Scalar::String(_) => Kind::String,
    }
}

fn string(text: String) -> Shape {
    Shape::Scalar {
        text,
        kind: Kind::String,
    }
}

fn value_shape(value: &Value) -> Shape {
    match value {
        Value::Null => Shape::Null,
        Value::Bool(truth) => Shape::Scalar {
            text: truth.to_string(),
            kind: Kind::Bool,
        },
        Value::Number(number) => {
            let text = number.to_string();
            let kind = kind(&scalar::resolve_plain(&text));
            Shape::Scalar { text, kind }
        }
        Value::String(text) => string(text.clone()),
        Value::Sequence(items) => {
            Shape::Sequence(items.iter().map(|item| value_shape(item).into()).collect())
        }
        Value::Mapping(pairs) => Shape::Mapping(
            pairs
                .iter()
                .map(|(key, value)| (string(key.clone()).into(), value_shape(value).into()))
                .collect(),
        ),
    }
}
