//! What a schema says of a place: whether it takes a null, which keys it has.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Schema;

/// More references than this in a row go round in a circle.
const MOST_REFERENCES: usize = 16;

impl Schema {
    /// Whether the value at the end of these keys may be null; nothing where the schema does not speak of it.
    pub fn allows_null(&self, path: &[&str]) -> Option<bool> {
        let schemas = self.at(path).into_iter();
        let answers: Vec<bool> = schemas.filter_map(takes_null).collect();
        (!answers.is_empty()).then(|| answers.contains(&true))
    }

    /// Returns the keys that the schema names for the mapping at the end of these keys.
    pub fn keys(&self, path: &[&str]) -> BTreeSet<&str> {
        let schemas = self.at(path).into_iter();
        let named = schemas.filter_map(|schema| schema.get("properties")?.as_object());
        named.flat_map(|properties| properties.keys().map(String::as_str)).collect()
    }

    /// Whether the mapping at the end of these keys says that it takes any key.
    pub fn takes_any_key(&self, path: &[&str]) -> bool {
        let rest = self
            .at(path)
            .into_iter()
            .filter_map(|schema| schema.get("additionalProperties"));
        rest.into_iter().any(|rest| rest.is_object() || rest == true)
    }

    /// The schemas for the value at the end of these keys.
    fn at(&self, path: &[&str]) -> Vec<&Value> {
        let mut schemas = branches(&self.document, &self.document, 0);
        for key in path {
            let below = schemas.iter().filter_map(|schema| property(schema, key));
            schemas = below.flat_map(|schema| branches(&self.document, schema, 0)).collect();
        }
        schemas
    }
}

/// A schema with those that it refers to or is put together from.
fn branches<'s>(document: &'s Value, schema: &'s Value, depth: usize) -> Vec<&'s Value> {
    let mut found = vec![schema];
    if depth == MOST_REFERENCES {
        return found;
    }
    let reference = schema.get("$ref").and_then(Value::as_str);
    let target = reference.and_then(|reference| document.pointer(reference.strip_prefix('#')?));
    let parts = ["anyOf", "oneOf", "allOf"].into_iter();
    let parts = parts.filter_map(|keyword| schema.get(keyword)?.as_array()).flatten();
    for part in target.into_iter().chain(parts) {
        found.extend(branches(document, part, depth + 1));
    }
    found
}

fn property<'s>(schema: &'s Value, key: &str) -> Option<&'s Value> {
    let known = schema.get("properties").and_then(|properties| properties.get(key));
    known.or_else(|| schema.get("additionalProperties").filter(|rest| rest.is_object()))
}

fn takes_null(schema: &Value) -> Option<bool> {
    if let Some(options) = schema.get("enum").and_then(Value::as_array) {
        return Some(options.contains(&Value::Null));
    }
    match schema.get("type")? {
        Value::String(name) => Some(name == "null"),
        Value::Array(names) => Some(names.iter().any(|name| name == "null")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_schema_says_where_nulls_go() {
        let schema = Schema::compile(json!({
            "properties": {
                "config": {"type": "object", "additionalProperties": true},
                "mounts": {"type": ["array", "null"]},
                "mode": {"enum": ["a", null]},
                "image": {"$ref": "#/definitions/image"},
                "either": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                "any": {},
            },
            "definitions": {"image": {"properties": {"tag": {"type": "string"}}}},
        }));
        let schema = schema.expect("a schema");
        for (path, allowed) in [
            (&["config"][..], Some(false)),
            (&["config", "a"], None),
            (&["mounts"], Some(true)),
            (&["mode"], Some(true)),
            (&["image", "tag"], Some(false)),
            (&["either"], Some(true)),
            (&["any"], None),
            (&["nothing"], None),
        ] {
            assert_eq!(schema.allows_null(path), allowed, "{path:?}");
        }
    }
}
