//! Changing a document by splicing its text: bytes that no edit names stay what they were.
//!
//! [`apply`] turns edits of the tree into insertions and replacements of bytes, one file a node style,
//! then reads the result again and compares it with the tree that was meant. [`Planner`] and [`verify`] are
//! these two steps for many independent changes of one document, which are proven together.

mod block;
mod effective;
mod flow;
mod refusal;
mod rewrite;
mod splice;
mod verify;

#[cfg(test)]
mod tests;

pub use refusal::Refusal;
pub use rewrite::Rewrite;

use std::collections::BTreeMap;
use std::ops::Range;

use super::tree::{CollectionStyle, Document, Entry, NodeContent, NodeId, NodeRef};
use super::value::Value;
use block::Style;
use splice::Splice;

/// One change of a mapping.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// The key holds this value. What it held before may be nothing, null, an empty collection or a scalar.
    Put {
        /// The mapping to change.
        mapping: NodeId,
        /// Its key, present or not.
        key: String,
        /// What it holds afterwards.
        value: Value,
    },
    /// The sequence under the key ends with these values. It may be missing, null or empty before.
    Extend {
        /// The mapping to change.
        mapping: NodeId,
        /// Its key, present or not.
        key: String,
        /// What is appended, in order.
        values: Vec<Value>,
    },
}

impl Edit {
    /// Puts `value` at the end of `path`: into the deepest mapping that is there already, wrapped in
    /// the mappings that are missing.
    pub fn put_path(node: NodeRef<'_>, path: &[&str], value: Value) -> Self {
        Self::at_path(node, path, value, |mapping, key, value| Edit::Put {
            mapping,
            key,
            value,
        })
    }

    /// Appends `values` to the sequence at the end of `path`, as [`put_path`](Self::put_path) finds it.
    pub fn extend_path(node: NodeRef<'_>, path: &[&str], values: Vec<Value>) -> Self {
        let reached = |mapping, key, value| match value {
            Value::Sequence(values) => Edit::Extend {
                mapping,
                key,
                values,
            },
            value => Edit::Put {
                mapping,
                key,
                value,
            },
        };
        Self::at_path(node, path, Value::Sequence(values), reached)
    }

    fn at_path(
        node: NodeRef<'_>,
        path: &[&str],
        value: Value,
        reached: impl Fn(NodeId, String, Value) -> Edit,
    ) -> Self {
        let (first, rest) = path.split_first().expect("a path has a key");
        let next = node.get(first).filter(|next| !is_empty(*next));
        match next {
            Some(next) if !rest.is_empty() => Self::at_path(next, rest, value, reached),
            _ if rest.is_empty() => reached(node.resolve().id(), (*first).to_owned(), value),
            _ => {
                let wrapped =
                    rest.iter().rev().fold(value, |value, key| Value::map([(*key, value)]));
                Edit::Put {
                    mapping: node.resolve().id(),
                    key: (*first).to_owned(),
                    value: wrapped,
                }
            }
        }
    }

    fn target(&self) -> (NodeId, &str) {
        match self {
            Edit::Put { mapping, key, .. } | Edit::Extend { mapping, key, .. } => (*mapping, key),
        }
    }

    /// The value that is under the key if nothing was there.
    fn whole_value(&self) -> std::borrow::Cow<'_, Value> {
        match self {
            Edit::Put { value, .. } => std::borrow::Cow::Borrowed(value),
            Edit::Extend { values, .. } => std::borrow::Cow::Owned(Value::Sequence(values.clone())),
        }
    }
}

/// The text of the document after `edits`, which name nodes of `document`.
///
/// # Errors
/// A [`Refusal`] where the text cannot be changed without doubt about its meaning. Then nothing was done.
pub fn apply(document: &Document<'_>, edits: &[Edit]) -> Result<String, Refusal> {
    let replacements = Planner::new(document)?.plan(document, edits, &[])?;
    let text = splice::apply(document.text, &replacements);
    verify::check(document, &merged(edits), &[], &text)?;
    Ok(text)
}

/// What edits replace in the text of a document, in order; no two of them touch.
pub type Replacements = Vec<(Range<usize>, String)>;

/// Finds where a document's text changes. What it gives is not proven: [`verify`] does that, for one change
/// or for many at once.
#[derive(Debug, Clone, Copy)]
pub struct Planner {
    style: Style,
}

impl Planner {
    /// The planner of a document whose text can be changed.
    ///
    /// # Errors
    /// A [`Refusal`] where no edit of the document is possible.
    pub fn new(document: &Document<'_>) -> Result<Self, Refusal> {
        refusal::check_line_breaks(document)?;
        if let Some(at) = document.trailing {
            return Err(Refusal::SecondDocument(at..document.text.len()));
        }
        let style = Style::of(document);
        Ok(Self { style })
    }

    /// What `edits` and `rewrites` replace in the document that the planner was made for.
    ///
    /// # Errors
    /// A [`Refusal`], as [`apply`] has it.
    pub fn plan(
        self,
        document: &Document<'_>,
        edits: &[Edit],
        rewrites: &[Rewrite],
    ) -> Result<Replacements, Refusal> {
        let edits = &merged(edits);
        let mut splices = Vec::new();
        let filled = edits.iter().map(|edit| edit.target().0).collect();
        for rewrite in rewrites {
            rewrite::plan(document, rewrite, &filled, &mut splices)?;
        }
        for edit in edits {
            plan(document, edit, self.style, &mut splices)?;
        }
        Ok(splice::replacements(splices))
    }
}

/// Whether the text of a document after `replacements` reads back as the tree that `edits` and `rewrites`
/// mean. The replacements of several plans may be given together where they do not touch.
///
/// # Errors
/// A [`Refusal`] where it does not.
pub fn verify(
    document: &Document<'_>,
    edits: &[Edit],
    rewrites: &[Rewrite],
    replacements: &[(Range<usize>, String)],
) -> Result<(), Refusal> {
    let text = splice::apply(document.text, replacements);
    verify::check(document, &merged(edits), rewrites, &text)
}

/// The edits with those put together that write a mapping under the same key: two fields of one `affinity`
/// that is not there yet.
fn merged(edits: &[Edit]) -> Vec<Edit> {
    let mut merged: Vec<Edit> = Vec::with_capacity(edits.len());
    let mut places: BTreeMap<(NodeId, &str), usize> = BTreeMap::new();
    for edit in edits {
        let place = *places.entry(edit.target()).or_insert(merged.len());
        match (merged.get_mut(place), edit) {
            (
                Some(Edit::Put {
                    value: Value::Mapping(pairs),
                    ..
                }),
                Edit::Put {
                    value: Value::Mapping(more),
                    ..
                },
            ) => merge_pairs(pairs, more),
            _ => merged.push(edit.clone()),
        }
    }
    merged
}

fn merge_pairs(pairs: &mut Vec<(String, Value)>, more: &[(String, Value)]) {
    for (key, value) in more {
        match (pairs.iter_mut().find(|(own, _)| own == key), value) {
            (Some((_, Value::Mapping(own))), Value::Mapping(value)) => merge_pairs(own, value),
            _ => pairs.push((key.clone(), value.clone())),
        }
    }
}

/// How far the key is already.
enum Present<'d> {
    /// The mapping has no such key.
    Missing,
    /// There is a key and nothing to keep after it: nothing, null, `{}`, `[]`.
    Empty(Entry),
    /// A scalar that a `Put` replaces.
    Scalar(Entry),
    /// A sequence with items.
    Items(NodeRef<'d>),
}

fn plan(
    document: &Document<'_>,
    edit: &Edit,
    block_style: Style,
    splices: &mut Vec<Splice>,
) -> Result<(), Refusal> {
    let (mapping, key) = edit.target();
    let mapping = document.at(mapping);
    let NodeContent::Mapping { style, .. } = &mapping.node().content else {
        return Err(Refusal::not_a("mapping", mapping));
    };
    refusal::check_shared(mapping)?;
    let present = present(mapping, key, edit)?;
    match style {
        CollectionStyle::Block => block::plan(mapping, &present, edit, block_style, splices),
        CollectionStyle::Flow => flow::plan(mapping, &present, edit, splices),
        CollectionStyle::FlowPair => return Err(Refusal::FlowPair(mapping.range())),
    }?;
    Ok(())
}

fn present<'d>(mapping: NodeRef<'d>, key: &str, edit: &Edit) -> Result<Present<'d>, Refusal> {
    let Some(found) = mapping.find(key) else {
        return Ok(Present::Missing);
    };
    if found.mapping.id() != mapping.id() {
        return Err(Refusal::Merged(found.value.range()));
    }
    let value = found.value;
    if value.is_alias() {
        return Err(Refusal::Shared(value.range()));
    }
    refusal::check_value(value, &found.entry)?;
    match (&value.node().content, edit) {
        _ if can_be_filled(value, edit) => Ok(Present::Empty(found.entry)),
        (NodeContent::Scalar { .. }, Edit::Put { .. }) => Ok(Present::Scalar(found.entry)),
        (NodeContent::Sequence { .. }, Edit::Extend { .. }) => Ok(Present::Items(value)),
        (_, Edit::Extend { .. }) => Err(Refusal::not_a("list", value)),
        (
            NodeContent::Sequence { .. },
            Edit::Put {
                value: Value::Mapping(_),
                ..
            },
        ) => Err(Refusal::not_a("mapping", value)),
        (_, Edit::Put { .. }) => Err(Refusal::not_a("scalar", value)),
    }
}

/// Whether there is nothing to keep, and nothing of another kind than what is to be there: a `[]`
/// where a mapping belongs is a mistake of the chart, not an empty mapping.
fn can_be_filled(value: NodeRef<'_>, edit: &Edit) -> bool {
    let fits = match &*edit.whole_value() {
        Value::Mapping(_) => !value.is_sequence(),
        Value::Sequence(_) => !value.is_mapping(),
        _ => true,
    };
    fits && is_empty(value)
}

/// Whether there is nothing to keep: nothing, null, `{}`, `[]`.
fn is_empty(node: NodeRef<'_>) -> bool {
    match &node.node().content {
        NodeContent::Mapping { entries, .. } => entries.is_empty(),
        NodeContent::Sequence { items, .. } => items.is_empty(),
        _ => node.is_null(),
    }
}
