//! How much work a check is: references that double in each other have no end.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// How often parts of a schema may be compared with parts of a value. The largest charts need some ten thousand.
pub(super) const MOST_CHECKS: u64 = 20_000_000;

/// Schemas in one another at one value, references included.
const DEEPEST: usize = 200;

/// Whether a check of a value ends in good time.
pub(super) fn is_bounded(document: &Value, value: &Value) -> bool {
    let mut count = BranchCount {
        document,
        known: BTreeMap::new(),
        depth: 0,
    };
    count.at(document, value) <= MOST_CHECKS
}

/// Counts how often a part of the schema is compared with a part of the value. Each pair is looked at once.
struct BranchCount<'s> {
    document: &'s Value,
    /// By the places of both in memory; nothing yet for one that is being counted.
    known: BTreeMap<(usize, usize), Option<u64>>,
    depth: usize,
}

impl BranchCount<'_> {
    fn at(&mut self, schema: &Value, value: &Value) -> u64 {
        let Some(keywords) = schema.as_object() else {
            return 1;
        };
        let pair = (
            std::ptr::from_ref(schema).addr(),
            std::ptr::from_ref(value).addr(),
        );
        match self.known.get(&pair) {
            Some(Some(count)) => return *count,
            // A reference that leads to itself.
            Some(None) => return u64::MAX,
            None => {}
        }
        if self.depth > DEEPEST {
            return u64::MAX;
        }
        self.known.insert(pair, None);
        self.depth += 1;
        let mut count: u64 = 1;
        for (name, keyword_value) in keywords {
            count = count.saturating_add(self.keyword(keywords, name, keyword_value, value));
            if count > MOST_CHECKS {
                break;
            }
        }
        self.depth -= 1;
        self.known.insert(pair, Some(count));
        count
    }

    fn keyword(
        &mut self,
        keywords: &Map<String, Value>,
        name: &str,
        keyword_value: &Value,
        value: &Value,
    ) -> u64 {
        match name {
            "$ref" | "$dynamicRef" | "$recursiveRef" => {
                let pointer = keyword_value.as_str().and_then(|to| to.strip_prefix('#'));
                let document = self.document;
                let target = pointer.and_then(|pointer| document.pointer(pointer));
                target.map_or(1, |target| self.at(target, value))
            }
            "not" | "if" | "then" | "else" => self.at(keyword_value, value),
            "allOf" | "anyOf" | "oneOf" => {
                self.sum(keyword_value.as_array().into_iter().flatten(), value)
            }
            "dependentSchemas" | "dependencies" => self.sum(
                keyword_value.as_object().into_iter().flat_map(Map::values),
                value,
            ),
            "enum" => keyword_value.as_array().map_or(1, |options| options.len() as u64),
            "properties" => {
                let known = keyword_value.as_object().into_iter().flatten();
                let known = known.filter_map(|(name, schema)| Some((schema, value.get(name)?)));
                known.fold(0, |sum: u64, (schema, member)| {
                    sum.saturating_add(self.at(schema, member))
                })
            }
            "patternProperties" => {
                let schemas = keyword_value.as_object().into_iter().flat_map(Map::values);
                schemas.fold(0, |sum: u64, schema| {
                    sum.saturating_add(self.of_members(schema, value, None))
                })
            }
            "additionalProperties" | "unevaluatedProperties" => {
                self.of_members(keyword_value, value, keywords.get("properties"))
            }
            "items" | "additionalItems" | "contains" | "unevaluatedItems" | "prefixItems" => {
                let items = value.as_array().into_iter().flatten();
                items.fold(0, |sum: u64, item| {
                    let count = match keyword_value {
                        Value::Array(schemas) => self.sum(schemas, item),
                        schema => self.at(schema, item),
                    };
                    sum.saturating_add(count)
                })
            }
            _ => 1,
        }
    }

    fn sum<'v>(&mut self, schemas: impl IntoIterator<Item = &'v Value>, value: &Value) -> u64 {
        let schemas = schemas.into_iter();
        schemas.fold(0, |sum: u64, schema| {
            sum.saturating_add(self.at(schema, value))
        })
    }

    fn of_members(&mut self, schema: &Value, value: &Value, known: Option<&Value>) -> u64 {
        let is_known = |name: &String| known.is_some_and(|known| known.get(name).is_some());
        let members = value.as_object().into_iter().flatten();
        let members = members.filter(|(name, _)| !is_known(name));
        members.fold(0, |sum: u64, (_, member)| {
            sum.saturating_add(self.at(schema, member))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// References that double in each other, so many deep.
    fn doubled(depth: usize, last: &Value) -> Value {
        let mut definitions = Map::new();
        for level in 0..depth {
            let next = json!({"$ref": format!("#/$defs/n{}", level + 1)});
            definitions.insert(format!("n{level}"), json!({"allOf": [next, next]}));
        }
        definitions.insert(format!("n{depth}"), last.clone());
        json!({"$defs": definitions, "$ref": "#/$defs/n0"})
    }

    #[test]
    fn doubled_references_have_no_end() {
        let last = json!({"type": "object"});
        assert!(is_bounded(&doubled(10, &last), &json!({"a": 1})));
        for depth in [40, 1000] {
            assert!(!is_bounded(&doubled(depth, &last), &json!({"a": 1})));
        }
        // They double along the value, too.
        let node = json!({"properties": {"a": {"$ref": "#/$defs/n0"}}});
        let deep = (0..40).fold(json!(1), |value, _| json!({"a": value}));
        assert!(!is_bounded(&doubled(1, &node), &deep));
        assert!(is_bounded(&doubled(1, &node), &json!({"a": {"a": 1}})));
    }

    #[test]
    fn references_that_lead_to_themselves_have_no_end() {
        assert!(!is_bounded(&json!({"$ref": "#"}), &json!(1)));
        let two = json!({"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"anyOf": [{"$ref": "#/$defs/a"}]}},
            "$ref": "#/$defs/a"});
        assert!(!is_bounded(&two, &json!({})));
        // One that leads there by way of a member ends with the value.
        let tree = json!({"properties": {"a": {"$ref": "#"}}});
        assert!(is_bounded(&tree, &json!({"a": {"a": {}}})));
    }
}
