//! Finds the keys that a schema allows at a place, and the paths at which it allows a key.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

/// The keys that the schema object at `pointer` (the path of its violated keyword) names.
pub(super) fn allowed<'s>(document: &'s Value, keyword_pointer: &str) -> Vec<&'s str> {
    let pointer = keyword_pointer.rsplit_once('/').map_or("", |(object, _)| object);
    let properties = document.pointer(pointer).and_then(|object| object.get("properties"));
    properties
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(name, _)| name.as_str())
        .collect()
}

/// References in references; deeper ones are not followed.
const DEEPEST: usize = 64;

/// The keys that a schema allows, by the path above them.
#[derive(Debug)]
pub(super) struct KeyIndex(BTreeMap<String, BTreeSet<String>>);

impl KeyIndex {
    /// Walks the schema once.
    pub(super) fn new(document: &Value) -> Self {
        let mut keys: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut walk = KeyWalk {
            document,
            see: &mut |path, names| {
                let here = keys.entry(path.to_owned()).or_default();
                here.extend(names.keys().cloned());
            },
            open: Vec::new(),
            left: MOST_LOOKS,
        };
        walk.visit(document, "");
        Self(keys)
    }

    /// Returns the paths such as `pools.*` and `workloads[]` under which the schema allows `key`; the empty path is the
    /// top.
    pub(super) fn homes(&self, key: &str) -> Vec<String> {
        let homes = self.0.iter().filter(|(_, keys)| keys.contains(key));
        homes.map(|(path, _)| path.clone()).collect()
    }

    /// Returns the keys at `path`, and one level below, that end in the words of `key`: each with the path above it.
    pub(super) fn longer(&self, path: &str, key: &str) -> Vec<(&str, &str)> {
        let ending = capitalized(key);
        let is_near = |above: &str| match above.strip_prefix(path) {
            Some("") => true,
            Some(below) if path.is_empty() => is_one_key(below),
            Some(below) => below.strip_prefix('.').is_some_and(is_one_key),
            None => false,
        };
        let near = self.0.iter().filter(|(above, _)| is_near(above));
        let ends = |name: &&String| name.len() > ending.len() && name.ends_with(&ending);
        near.flat_map(|(above, names)| {
            let longer = names.iter().filter(ends);
            longer.map(move |name| (above.as_str(), name.as_str()))
        })
        .collect()
    }
}

/// A walk over all keys that a schema allows.
struct KeyWalk<'s, 'f> {
    document: &'s Value,
    /// Receives the properties of each mapping with its path.
    see: &'f mut dyn FnMut(&str, &Map<String, Value>),
    /// References that are being followed; a recursive schema is walked once around.
    open: Vec<&'s str>,
    /// How many schemas may still be looked at: references that are followed again and again have no end.
    left: usize,
}

/// More schemas than this are in no chart; what is not found by then is not suggested.
const MOST_LOOKS: usize = 100_000;

impl<'s> KeyWalk<'s, '_> {
    fn visit(&mut self, schema: &'s Value, path: &str) {
        let Some(schema) = schema.as_object().filter(|_| self.left > 0) else {
            return;
        };
        self.left -= 1;
        self.follow(schema, path);
        for keyword in ["anyOf", "oneOf", "allOf"] {
            for branch in schema.get(keyword).and_then(Value::as_array).into_iter().flatten() {
                self.visit(branch, path);
            }
        }
        if let Some(items) = schema.get("items") {
            self.visit(items, &format!("{path}[]"));
        }
        if let Some(values) = schema.get("additionalProperties") {
            self.visit(values, &join(path, "*"));
        }
        if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
            (self.see)(path, properties);
            for (name, property) in properties {
                self.visit(property, &join(path, name));
            }
        }
    }

    fn follow(&mut self, schema: &'s Map<String, Value>, path: &str) {
        let Some(reference) = schema.get("$ref").and_then(Value::as_str) else {
            return;
        };
        let target = reference.strip_prefix('#').and_then(|pointer| self.document.pointer(pointer));
        if let Some(target) = target
            && !self.open.contains(&reference)
            && self.open.len() < DEEPEST
        {
            self.open.push(reference);
            self.visit(target, path);
            self.open.pop();
        }
    }
}

fn is_one_key(path: &str) -> bool {
    !path.contains(['.', '[', '*'])
}

/// A key as the last words of a longer one: `SecurityContext`.
fn capitalized(key: &str) -> String {
    let mut letters = key.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

pub(super) fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_key_is_found_wherever_it_is_allowed() {
        let schema = json!({
            "properties": {"rows": {"items": {"$ref": "#/$defs/row"}}, "top": {}},
            "$defs": {"row": {"properties": {
                "pool": {}, "rows": {"items": {"$ref": "#/$defs/row"}},
                "named": {"additionalProperties": {"properties": {"pool": {}}}},
            }}},
        });
        let index = KeyIndex::new(&schema);
        assert_eq!(index.homes("pool"), ["rows[]", "rows[].named.*"]);
        assert_eq!(index.homes("top"), [""]);
        assert!(index.homes("other").is_empty());
        assert_eq!(
            allowed(&schema, "/$defs/row/additionalProperties"),
            ["named", "pool", "rows"]
        );
    }

    #[test]
    fn a_longer_key_ends_in_the_words_of_another() {
        let schema = json!({"properties": {
            "proxy": {"properties": {
                "chp": {"properties": {"containerContext": {}, "context": {}}},
                "podContext": {},
                "deep": {"properties": {"deeper": {"properties": {"someContext": {}}}}},
            }},
            "proxyContext": {},
        }});
        let index = KeyIndex::new(&schema);
        let found = index.longer("proxy", "context");
        let found: Vec<String> = found.iter().map(|(path, key)| join(path, key)).collect();
        assert_eq!(found, ["proxy.podContext", "proxy.chp.containerContext"]);
    }
}
