//! What Helm's reader makes of a document before and after its edits, where merge keys (`<<`) decide which
//! entries count: an edit of an entry that a merge key overrides would change the text and nothing else.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::{Edit, Refusal, Rewrite};
use crate::yaml::json::{self, Build, JsonError};
use crate::yaml::parse;
use crate::yaml::tree::{Document, Entry, NodeId, NodeRef};

/// Checks that the new document reads as the old one with the edits done. Without a merge key, equal trees
/// read alike, and nothing is left to check.
pub(super) fn check(
    old: &Document<'_>,
    edits: &[Edit],
    rewrites: &[Rewrite],
    new: &Document<'_>,
) -> Result<(), Refusal> {
    let may_merge = |document: &Document<'_>| {
        memchr::memmem::find(document.text.as_bytes(), b"<<").is_some()
            && document.nodes().any(NodeRef::is_merge_key)
    };
    if !may_merge(old) && !may_merge(new) {
        return Ok(());
    }
    let meant = read(old, &Intended::new(old, edits, rewrites));
    let meant = meant.map_err(|error| Refusal::Unreadable(error.message, error.range))?;
    let is = read(new, &Intended::new(new, &[], &[]));
    if is.is_ok_and(|is| is == meant) {
        return Ok(());
    }
    let merge = old.nodes().find(|node| node.is_merge_key());
    Err(Refusal::Merged(merge.map_or(0..0, NodeRef::range)))
}

fn read(document: &Document<'_>, intended: &Intended<'_>) -> Result<Option<Json>, JsonError> {
    let root = document.root();
    root.map(|root| json::build(root, intended)).transpose()
}

/// Reads a document as it is to read after the edits.
struct Intended<'e> {
    edits: BTreeMap<NodeId, Vec<&'e Edit>>,
    /// By the mapping that holds the entry, or the scalar that is in no mapping.
    rewrites: BTreeMap<NodeId, Vec<&'e Rewrite>>,
}

impl<'e> Intended<'e> {
    fn new(document: &Document<'_>, edits: &'e [Edit], rewrites: &'e [Rewrite]) -> Self {
        let mut intended = Self {
            edits: BTreeMap::new(),
            rewrites: BTreeMap::new(),
        };
        for edit in edits {
            let mapping = edit.target().0;
            intended.edits.entry(mapping).or_default().push(edit);
        }
        for rewrite in rewrites {
            let holder = match rewrite {
                Rewrite::Scalar { node, .. } => {
                    let parent = document.at(*node).node().parent;
                    let parent = parent.filter(|parent| document.at(*parent).is_mapping());
                    parent.unwrap_or(*node)
                }
                Rewrite::Remove { mapping, .. } | Rewrite::Rename { mapping, .. } => {
                    document.at(*mapping).resolve().id()
                }
            };
            intended.rewrites.entry(holder).or_default().push(rewrite);
        }
        intended
    }
}

impl<'d> Build<'d> for Intended<'_> {
    type Value = Json;

    fn scalar(&self, node: NodeRef<'d>, value: Json) -> Json {
        let mut rewrites = self.rewrites.get(&node.id()).into_iter().flatten();
        match rewrites.next() {
            Some(Rewrite::Scalar { value, .. }) => json(value),
            _ => value,
        }
    }

    fn list(&self, _: NodeRef<'d>, items: Vec<Json>) -> Json {
        Json::Array(items)
    }

    fn map(&self, node: NodeRef<'d>, entries: Vec<(String, NodeRef<'d>, Json)>) -> Json {
        let mapping = node.resolve();
        let mut map = Map::new();
        let rewrites = self.rewrites.get(&mapping.id());
        let renamed = rewrites.map(|rewrites| written(mapping, rewrites, &entries));
        map.extend(entries.into_iter().map(|(name, _, value)| (name, value)));
        for (name, value) in renamed.into_iter().flatten() {
            match value {
                Some(value) => drop(map.insert(name, value)),
                None => drop(map.remove(&name)),
            }
        }
        for edit in self.edits.get(&mapping.id()).into_iter().flatten() {
            put(&mut map, edit);
        }
        Json::Object(map)
    }
}

/// What rewrites make of the entries that are written in a mapping: the new value of each name, or none where
/// the name goes.
fn written(
    mapping: NodeRef<'_>,
    rewrites: &[&Rewrite],
    entries: &[(String, NodeRef<'_>, Json)],
) -> Vec<(String, Option<Json>)> {
    let document = mapping.document();
    let read = |key: NodeId| {
        let mut entries = entries.iter().rev();
        let entry = entries.find(|(_, node, _)| node.id() == key)?;
        Some(entry.2.clone())
    };
    let is_gone = |entry: &&Entry| {
        let mut rewrites = rewrites.iter();
        rewrites.any(|rewrite| match rewrite {
            Rewrite::Remove { key, .. } | Rewrite::Rename { key, .. } => *key == entry.key,
            Rewrite::Scalar { .. } => false,
        })
    };
    let mut written = Vec::new();
    for entry in mapping.raw_entries().iter().filter(is_gone) {
        let name = json::key_name(document.at(entry.key)).unwrap_or_default();
        let mut others = mapping.raw_entries().iter().filter(|entry| !is_gone(entry));
        let named = |key: NodeId| json::key_name(document.at(key)).as_deref() == Some(&name);
        if !others.any(|entry| named(entry.key)) {
            written.push((name, None));
        }
    }
    for rewrite in rewrites {
        match rewrite {
            Rewrite::Rename { key, name, .. } => written.push((name.clone(), read(*key))),
            Rewrite::Scalar { node, value } => {
                let mut entries = mapping.raw_entries().iter();
                let entry = entries.find(|entry| entry.value == *node);
                let name = entry.and_then(|entry| json::key_name(document.at(entry.key)));
                written.extend(name.map(|name| (name, Some(json(value)))));
            }
            Rewrite::Remove { .. } => {}
        }
    }
    written
}

fn put(map: &mut Map<String, Json>, edit: &Edit) {
    match edit {
        Edit::Put { key, value, .. } => drop(map.insert(key.clone(), json(value))),
        Edit::Extend { key, values, .. } => {
            let values = values.iter().map(json);
            match map.get_mut(key) {
                Some(Json::Array(items)) => items.extend(values),
                _ => drop(map.insert(key.clone(), values.collect())),
            }
        }
    }
}

/// The value as Helm's reader reads it back.
fn json(value: &crate::yaml::Value) -> Json {
    let mut text = String::new();
    value.write_json(&mut text);
    let document = parse(&text).expect("JSON is YAML");
    let root = document.root().expect("a value");
    json::to_json(root).expect("what is written has no alias")
}
