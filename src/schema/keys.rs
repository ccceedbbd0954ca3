//! Finds the keys that a schema allows at a place, and the paths at which it allows a key.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// The keys that the schema object at `pointer` (the path of its violated keyword) names.
pub(super) fn allowed<'s>(document: &'s Value, keyword_pointer: &str) -> Vec<&'s str> {
    let pointer = keyword_pointer
        .rsplit_once('/')
        .map_or("", |(object, _)| object);
    let properties = document
        .pointer(pointer)
        .and_then(|object| object.get("properties"));
    properties
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(name, _)| name.as_str())
        .collect()
}

/// References in references; deeper ones are not followed.
const DEEPEST: usize = 64;

/// Paths such as `pools.*` and `workloads[]` under which the schema allows `key`; the empty path is the
/// top.
pub(super) fn homes(document: &Value, key: &str) -> Vec<String> {
    let mut homes = BTreeSet::new();
    KeyWalk::all(document, &mut |path, name| {
        if name == key {
            homes.insert(path.to_owned());
        }
    });
    homes.into_iter().collect()
}

/// A walk over all keys that a schema allows.
struct KeyWalk<'s, 'f> {
    document: &'s Value,
    /// Gets each key with the path above it.
    see: &'f mut dyn FnMut(&str, &str),
    /// References that are being followed; a recursive schema is walked once around.
    open: Vec<&'s str>,
    /// How many schemas may still be looked at: references that are followed again and again have no end.
    left: usize,
}

/// More schemas than this are in no chart; what is not found by then is not suggested.
const MOST_LOOKS: usize = 100_000;

impl<'s, 'f> KeyWalk<'s, 'f> {
    fn all(document: &'s Value, see: &'f mut dyn FnMut(&str, &str)) {
        let mut walk = Self {
            document,
            see,
            open: Vec::new(),
            left: MOST_LOOKS,
        };
        walk.visit(document, "");
    }

    fn visit(&mut self, schema: &'s Value, path: &str) {
        let Some(schema) = schema.as_object().filter(|_| self.left > 0) else {
            return;
        };
        self.left -= 1;
        self.follow(schema, path);
        for keyword in ["anyOf", "oneOf", "allOf"] {
            for branch in schema
                .get(keyword)
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
            {
                self.visit(branch, path);
            }
        }
        if let Some(items) = schema.get("items") {
            self.visit(items, &format!("{path}[]"));
        }
        if let Some(values) = schema.get("additionalProperties") {
            self.visit(values, &join(path, "*"));
        }
        for (name, property) in schema
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            (self.see)(path, name);
            self.visit(property, &join(path, name));
        }
    }

    fn follow(&mut self, schema: &'s Map<String, Value>, path: &str) {
        let Some(reference) = schema.get("$ref").and_then(Value::as_str) else {
            return;
        };
        let target = reference
            .strip_prefix('#')
            .and_then(|pointer| self.document.pointer(pointer));
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

/// The keys at a path of keys, and one level below, of which a key is the last words: each with the path above it.
pub(super) fn longer(document: &Value, path: &str, key: &str) -> Vec<(String, String)> {
    let ending = capitalized(key);
    let mut found = BTreeSet::new();
    KeyWalk::all(document, &mut |above, name| {
        let is_below = match above.strip_prefix(path) {
            Some("") => true,
            Some(below) if path.is_empty() => is_one_key(below),
            Some(below) => below.strip_prefix('.').is_some_and(is_one_key),
            None => false,
        };
        if is_below && name.len() > ending.len() && name.ends_with(&ending) {
            found.insert((above.to_owned(), name.to_owned()));
        }
    });
    found.into_iter().collect()
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
        assert_eq!(homes(&schema, "pool"), ["rows[]", "rows[].named.*"]);
        assert_eq!(homes(&schema, "top"), [""]);
        assert!(homes(&schema, "other").is_empty());
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
        let found = longer(&schema, "proxy", "context");
        let found: Vec<String> = found.iter().map(|(path, key)| join(path, key)).collect();
        assert_eq!(found, ["proxy.podContext", "proxy.chp.containerContext"]);
    }
}
