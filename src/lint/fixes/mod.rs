//! What a rule says that the values should be, as edits of the files that set them.
//!
//! Each remedy is found by the spans of the values and made by the lossless editor ([`yaml::edit`]). That
//! nothing else changes is proven of all remedies of a release together ([`Pages::prove`]), so that a file is
//! read again once and not for each of its findings. There is none where a value stands in no file, where sops signed the
//! file, where an anchor or a merge key brings the value in, or where the editor refuses.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::{Context, Values};
use crate::diag::{Diagnostic, Fix, Safety, TextEdit};
use crate::hub::{Hub, Inside};
use crate::text::{SourceId, Sources};
use crate::values::{Content, Setting, Value};
use crate::yaml::{self, Edit, Entry, NodeRef, Rewrite};

mod around;
mod pages;
#[cfg(test)]
mod properties;
mod scatter;
#[cfg(test)]
mod tests;

pub(super) use around::{beside, move_by_name, set_near, transfer};
use pages::Page;
pub(super) use pages::Pages;
pub(super) use scatter::{Place, add, move_key, scatter, split};

/// The edits of a remedy, where there is one.
pub(super) type Edits = Option<Vec<TextEdit>>;

/// The texts that values were read from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Files<'v> {
    sources: &'v Sources,
    /// Their documents, each parsed once.
    pages: &'v Pages<'v>,
    /// Those of charts, which are not the release's to change.
    defaults: &'v BTreeSet<SourceId>,
    /// Values that stand in manifests.
    inside: &'v [Inside],
}

impl<'v> From<&Context<'v>> for Files<'v> {
    fn from(cx: &Context<'v>) -> Self {
        let hub = cx.hub;
        Self {
            sources: hub.sources,
            pages: cx.pages,
            defaults: hub.defaults,
            inside: hub.inside,
        }
    }
}

impl<'v> From<&Values<'v>> for Files<'v> {
    fn from(values: &Values<'v>) -> Self {
        Self {
            sources: values.sources,
            pages: values.pages,
            defaults: values.defaults,
            inside: values.inside,
        }
    }
}

/// Offers edits that keep the meaning, or do the one thing that can be meant.
pub(super) fn safe(finding: Diagnostic, message: impl Into<String>, edits: Edits) -> Diagnostic {
    offer(finding, message.into(), Safety::Safe, edits)
}

/// Offers edits that somebody has to look at.
pub(super) fn risky(finding: Diagnostic, message: impl Into<String>, edits: Edits) -> Diagnostic {
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
    files: impl Into<Files<'v>>,
    value: &Value,
    new: impl Into<Json>,
) -> Edits {
    let page = Page::of(files.into(), value.set.value)?;
    let node = page.scalar(value.set.value)?;
    let rewrite = Rewrite::Scalar {
        node: node.id(),
        value: new.into().into(),
    };
    page.edits(&[], &[rewrite])
}

/// The text of a scalar as it is written, in quotes: `16.10` is then no number.
pub(super) fn quote<'v>(files: impl Into<Files<'v>>, value: &Value) -> Edits {
    let files = files.into();
    let text = files.sources.slice(value.set.value);
    let is_plain = !text.starts_with(['"', '\'', '|', '>']);
    replace_scalar(files, value, text).filter(|_| is_plain)
}

/// A key goes with its value, in every file that sets it: a value that lost would come back.
pub(super) fn remove<'v>(files: impl Into<Files<'v>>, value: &Value) -> Edits {
    everywhere(files.into(), value, |mapping, entry| Rewrite::Remove {
        mapping: mapping.id(),
        key: entry.key,
    })
}

/// A key goes with its value in the one file that sets it so, and what it lay over comes back; nothing where
/// comments would go with it.
pub(super) fn remove_here<'v>(files: impl Into<Files<'v>>, set: Setting) -> Edits {
    let page = Page::of(files.into(), set.value)?;
    let value = Value::new(Content::Null, set.key, set.value);
    let (mapping, entry) = page.entry(&value)?;
    let remove = Rewrite::Remove {
        mapping: mapping.id(),
        key: entry.key,
    };
    if loses_comment(&page, &remove) {
        return None;
    }
    page.edits(&[], &[remove])
}

/// A key is called otherwise, in every file that sets it.
pub(super) fn rename_key<'v>(files: impl Into<Files<'v>>, value: &Value, name: &str) -> Edits {
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
        let page = Page::of(cx.into(), value.set.value)?;
        let document = page.document()?;
        let (mapping, entry) = page.entry(value)?;
        let old = document.at(entry.value);
        if old.scalar().is_some() && !old.is_null() {
            let node = old.id();
            return page.edits(&[], &[Rewrite::Scalar { node, value: new }]);
        }
        let put = Edit::Put {
            mapping: mapping.id(),
            key: yaml::key_name(document.at(entry.key))?,
            value: new,
        };
        return page.edits(&[put], &[]);
    }
    if is_cut_off(hub, path) {
        return None;
    }
    let beside_value = hub.get(beside)?;
    let page = Page::of(cx.into(), beside_value.set.value)?;
    let root = page.root()?;
    // The file may bring the neighbour in from elsewhere.
    let stands = root.get_path(&keys(hub, beside))?;
    if page.span(stands) != beside_value.set.value {
        return None;
    }
    let put = Edit::put_path(root, &keys(hub, path), new);
    page.edits(&[put], &[])
}

/// Another value where a layer has set one, also where that is not the one that counts.
pub(super) fn replace<'v>(files: impl Into<Files<'v>>, set: Setting, new: Json) -> Edits {
    let page = Page::of(files.into(), set.value)?;
    let document = page.document()?;
    let old = Value::new(Content::Null, set.key, set.value);
    let (mapping, entry) = page.entry(&old)?;
    let put = Edit::Put {
        mapping: mapping.id(),
        key: yaml::key_name(document.at(entry.key))?,
        value: new.into(),
    };
    page.edits(&[put], &[])
}

/// A list that a file sets ends with more items.
pub(super) fn append<'v>(files: impl Into<Files<'v>>, list: &Value, items: Vec<Json>) -> Edits {
    let page = Page::of(files.into(), list.set.value)?;
    let document = page.document()?;
    let (mapping, entry) = page.entry(list)?;
    let extend = Edit::Extend {
        mapping: mapping.id(),
        key: yaml::key_name(document.at(entry.key))?,
        values: items.into_iter().map(Into::into).collect(),
    };
    page.edits(&[extend], &[])
}

/// A mapping that is lost, because its key comes again, goes into the one that counts; nothing where both
/// have a key.
pub(super) fn merge<'v>(files: impl Into<Files<'v>>, lost: &Value, winner: &Value) -> Edits {
    let (lost_map, winner_map) = (lost.as_map()?, winner.as_map()?);
    let is_shared = |key: &String| winner_map.entries.contains_key(key);
    if lost_map.entries.keys().any(is_shared) {
        return None;
    }
    let page = Page::of(files.into(), lost.set.value)?;
    let document = page.document()?;
    let (mapping, entry) = page.entry(lost)?;
    let (same, counts) = page.entry(winner)?;
    let remove = Rewrite::Remove {
        mapping: mapping.id(),
        key: entry.key,
    };
    if mapping.id() != same.id() || loses_comment(&page, &remove) {
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
    page.edits(&puts.collect::<Vec<_>>(), &[remove])
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
    files: Files<'_>,
    value: &Value,
    rewrite: impl Fn(NodeRef<'_>, Entry) -> Rewrite,
) -> Edits {
    let mut edits = Vec::new();
    for value in layers(files, value)? {
        let page = Page::of(files, value.set.value)?;
        let (mapping, entry) = page.entry(value)?;
        edits.extend(page.edits(&[], &[rewrite(mapping, entry)])?);
    }
    Some(edits)
}

/// A value and those of lower layers that lost against it; nothing where layers have put their keys together
/// in one mapping, which then stands in no single place.
fn layers<'v>(files: Files<'_>, value: &'v Value) -> Option<Vec<&'v Value>> {
    let is_default = |value: &&Value| files.defaults.contains(&value.set.value.source);
    let lost = value.lost.iter().filter(|lost| !is_default(lost));
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
fn loses_comment(page: &Page<'_>, rewrite: &Rewrite) -> bool {
    let document = page.document();
    let planned = page.plan(&[], std::slice::from_ref(rewrite));
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
