//! What a rule says that the values should be, as edits of the files that set them.
//!
//! Each remedy is found by the spans of the values and made by the lossless editor ([`yaml::edit`]). That
//! nothing else changes is proven of all remedies of a release together ([`EditableDocuments::prove`]), so that a file is
//! read again once and not for each of its findings. There is none where a value stands in no file, where sops signed the
//! file, where an anchor or a merge key brings the value in, or where the editor refuses.

use serde_json::Value as Json;

use super::Context;
use super::documents::{DocumentEditor, Editable, Edits};
use crate::diag::{Diagnostic, Fix, Safety};
use crate::hub::Hub;
use crate::text::SourceId;
use crate::values::{Content, Setting, Value};
use crate::yaml::{self, Edit, Entry, NodeRef, Rewrite};

mod around;
mod indent;
#[cfg(test)]
mod properties;
mod scatter;
#[cfg(test)]
pub(super) mod tests;

pub(super) use around::{beside, move_by_name, set_near, transfer};
pub(super) use indent::{indent, keys_after};
pub(super) use scatter::{NewValue, add, move_key, scatter, split};

/// Offers edits that keep the meaning, or do the one thing that can be meant.
pub(super) fn safe_fix(
    finding: Diagnostic,
    message: impl Into<String>,
    edits: Edits,
) -> Diagnostic {
    offer(finding, message.into(), Safety::Safe, edits)
}

/// Offers edits that somebody has to look at.
pub(super) fn unsafe_fix(
    finding: Diagnostic,
    message: impl Into<String>,
    edits: Edits,
) -> Diagnostic {
    offer(finding, message.into(), Safety::Unsafe, edits)
}

fn offer(finding: Diagnostic, message: String, safety: Safety, edits: Edits) -> Diagnostic {
    match edits.filter(|edits| !edits.is_empty()) {
        Some(edits) => finding.fix(Fix {
            message,
            safety,
            edits,
        }),
        None => finding,
    }
}

/// Another scalar where one stands, in the same quotes where it can be.
pub(super) fn replace_scalar<'v>(
    files: impl Into<Editable<'v>>,
    value: &Value,
    new: impl Into<Json>,
) -> Edits {
    let editor = DocumentEditor::of(files.into(), value.set.value)?;
    let node = editor.scalar(value.set.value)?;
    let rewrite = Rewrite::Scalar {
        node: node.id(),
        value: new.into().into(),
    };
    editor.edits(&[], &[rewrite])
}

/// The text of a scalar as it is written, in quotes: `16.10` is then no number.
pub(super) fn quote<'v>(files: impl Into<Editable<'v>>, value: &Value) -> Edits {
    let files = files.into();
    let text = files.sources.slice(value.set.value);
    let is_plain = !text.starts_with(['"', '\'', '|', '>']);
    replace_scalar(files, value, text).filter(|_| is_plain)
}

/// A key goes with its value, in every file that sets it: a value that lost would come back.
pub(super) fn remove<'v>(files: impl Into<Editable<'v>>, value: &Value) -> Edits {
    everywhere(files.into(), value, |mapping, entry| Rewrite::Remove {
        mapping: mapping.id(),
        key: entry.key,
    })
}

/// A key goes with its value in the one file that sets it so, and what it lay over comes back; nothing where
/// comments would go with it.
pub(super) fn remove_here<'v>(files: impl Into<Editable<'v>>, set: Setting) -> Edits {
    let editor = DocumentEditor::of(files.into(), set.value)?;
    let value = Value::new(Content::Null, set.key, set.value);
    let (mapping, entry) = editor.entry(&value)?;
    let remove = Rewrite::Remove {
        mapping: mapping.id(),
        key: entry.key,
    };
    if loses_comment(&editor, &remove) {
        return None;
    }
    editor.edits(&[], &[remove])
}

/// A key is called otherwise, in every file that sets it.
pub(super) fn rename_key<'v>(files: impl Into<Editable<'v>>, value: &Value, name: &str) -> Edits {
    everywhere(files.into(), value, |mapping, entry| Rewrite::Rename {
        mapping: mapping.id(),
        key: entry.key,
        name: name.to_owned(),
    })
}

/// A value below the hub's: where a file sets it already, there; else in the file and under the keys that set
/// the value `beside` it.
pub(super) fn set(cx: &Context<'_>, path: &str, new: impl Into<Json>, beside: &str) -> Edits {
    let hub = cx.hub;
    let new = yaml::Value::from(new.into());
    if let Some(value) = hub.get(path).filter(|value| !hub.is_default(value)) {
        let editor = DocumentEditor::of(cx.into(), value.set.value)?;
        let document = editor.document()?;
        let (mapping, entry) = editor.entry(value)?;
        let old = document.at(entry.value);
        if old.scalar().is_some() && !old.is_null() {
            let node = old.id();
            return editor.edits(&[], &[Rewrite::Scalar { node, value: new }]);
        }
        let put = Edit::Put {
            mapping: mapping.id(),
            key: yaml::key_name(document.at(entry.key))?,
            value: new,
        };
        return editor.edits(&[put], &[]);
    }
    if is_cut_off(hub, path) {
        return None;
    }
    let beside_value = hub.get(beside)?;
    let editor = DocumentEditor::of(cx.into(), beside_value.set.value)?;
    let root = editor.root()?;
    // The file may bring the neighbour in from elsewhere.
    let stands = root.get_path(&keys(hub, beside))?;
    if editor.span(stands) != beside_value.set.value {
        return None;
    }
    let put = Edit::put_path(root, &keys(hub, path), new);
    editor.edits(&[put], &[])
}

/// Another value where a layer has set one, also where that is not the one that counts.
pub(super) fn replace<'v>(files: impl Into<Editable<'v>>, set: Setting, new: Json) -> Edits {
    let editor = DocumentEditor::of(files.into(), set.value)?;
    let document = editor.document()?;
    let old = Value::new(Content::Null, set.key, set.value);
    let (mapping, entry) = editor.entry(&old)?;
    let put = Edit::Put {
        mapping: mapping.id(),
        key: yaml::key_name(document.at(entry.key))?,
        value: new.into(),
    };
    editor.edits(&[put], &[])
}

/// A list that a file sets ends with more items.
pub(super) fn append<'v>(files: impl Into<Editable<'v>>, list: &Value, items: Vec<Json>) -> Edits {
    let editor = DocumentEditor::of(files.into(), list.set.value)?;
    let document = editor.document()?;
    let (mapping, entry) = editor.entry(list)?;
    let extend = Edit::Extend {
        mapping: mapping.id(),
        key: yaml::key_name(document.at(entry.key))?,
        values: items.into_iter().map(Into::into).collect(),
    };
    editor.edits(&[extend], &[])
}

/// A mapping that is lost, because its key comes again, goes into the one that counts; nothing where both
/// have a key.
pub(super) fn merge<'v>(files: impl Into<Editable<'v>>, lost: &Value, winner: &Value) -> Edits {
    let (lost_map, winner_map) = (lost.as_map()?, winner.as_map()?);
    let is_shared = |key: &String| winner_map.entries.contains_key(key);
    if lost_map.entries.keys().any(is_shared) {
        return None;
    }
    let editor = DocumentEditor::of(files.into(), lost.set.value)?;
    let document = editor.document()?;
    let (mapping, entry) = editor.entry(lost)?;
    let (same, counts) = editor.entry(winner)?;
    let remove = Rewrite::Remove {
        mapping: mapping.id(),
        key: entry.key,
    };
    if mapping.id() != same.id() || loses_comment(&editor, &remove) {
        return None;
    }
    let yaml::Value::Mapping(pairs) = yaml::Value::of(document.at(entry.value))? else {
        return None;
    };
    let puts = pairs.into_iter().map(|(key, value)| Edit::Put {
        mapping: counts.value,
        key,
        value,
    });
    editor.edits(&puts.collect::<Vec<_>>(), &[remove])
}

/// The keys from the root of a values file to a value below the hub's.
fn keys<'k>(hub: &'k Hub<'_>, path: &'k str) -> Vec<&'k str> {
    let hub = hub.path.iter().map(String::as_str);
    hub.chain(path.split('.')).collect()
}

/// Whether a layer has put a null or a scalar where keys of this path would have to stand.
fn is_cut_off(hub: &Hub<'_>, path: &str) -> bool {
    let mut at = hub.values;
    for key in path.split('.') {
        let Some(map) = at.as_map() else { return true };
        if map.deleted.contains_key(key) {
            return true;
        }
        let Some(next) = map.entries.get(key) else {
            return false;
        };
        at = next;
    }
    false
}

/// The same change wherever a layer sets the value.
fn everywhere(
    files: Editable<'_>,
    value: &Value,
    rewrite: impl Fn(NodeRef<'_>, Entry) -> Rewrite,
) -> Edits {
    let mut edits = Vec::new();
    for value in layers(files, value)? {
        let editor = DocumentEditor::of(files, value.set.value)?;
        let (mapping, entry) = editor.entry(value)?;
        edits.extend(editor.edits(&[], &[rewrite(mapping, entry)])?);
    }
    Some(edits)
}

/// A value and those of lower layers that lost against it; nothing where layers have put their keys together
/// in one mapping, which then stands in no single place.
fn layers<'v>(files: Editable<'_>, value: &'v Value) -> Option<Vec<&'v Value>> {
    let is_default = |value: &&Value| files.defaults.contains(&value.set.value.source);
    let lost = value.overridden.iter().filter(|lost| !is_default(lost));
    let all: Vec<&Value> = std::iter::once(value).chain(lost).collect();
    let is_one = |value: &&Value| is_of_one(value, value.set.value.source);
    all.iter().all(is_one).then_some(all)
}

fn is_of_one(value: &Value, source: SourceId) -> bool {
    value.set.value.source == source
        && match &value.content {
            Content::Map(map) => map.entries.values().all(|value| is_of_one(value, source)),
            Content::List(items) => items.iter().all(|value| is_of_one(value, source)),
            _ => true,
        }
}

/// Whether a comment goes with what a rewrite takes away.
fn loses_comment(editor: &DocumentEditor<'_>, rewrite: &Rewrite) -> bool {
    let document = editor.document();
    let planned = editor.plan(&[], std::slice::from_ref(rewrite));
    let (Some(document), Some(replaced)) = (document, planned) else {
        return true;
    };
    let is_in_scalar = |at: usize| {
        let mut nodes = document.nodes();
        nodes.any(|node| node.text().is_some() && node.range().contains(&at))
    };
    replaced.iter().any(|(range, _)| {
        let mut marks = document.text[range.clone()].match_indices('#');
        marks.any(|(at, _)| !is_in_scalar(range.start + at))
    })
}
