//! A look that is enough for most values: whether a schema surely takes them, without compiling it.
//!
//! It knows the keywords of the schemas that are built in. Whatever it is not sure of is for the validator.

use std::cell::Cell;

use serde_json::{Map, Value};

/// More schemas in one another than this are for the validator.
const DEEPEST: usize = 64;

/// A look at more schemas than this is no quick one.
const MOST_LOOKS: usize = 1_000_000;

/// Whether a value is surely valid.
pub(super) fn accepts(document: &Value, value: &Value) -> bool {
    let left = Cell::new(MOST_LOOKS);
    QuickCheck { document, left }.at(document, value, 0)
}

/// Whether a schema surely compiles: it has the keywords that are known here, each in its shape.
pub(super) fn is_plain(document: &Value) -> bool {
    is_plain_at(document, document)
}

fn is_plain_at(document: &Value, schema: &Value) -> bool {
    match schema {
        Value::Bool(_) => true,
        Value::Object(keywords) => keywords
            .iter()
            .all(|(name, keyword_value)| is_plain_keyword(document, name, keyword_value)),
        _ => false,
    }
}

fn is_plain_keyword(document: &Value, name: &str, keyword_value: &Value) -> bool {
    let is_plain = |schema: &Value| is_plain_at(document, schema);
    let all_named = |keyword_value: &Value| {
        keyword_value.as_object().is_some_and(|all| all.values().all(is_plain))
    };
    match name {
        "title" | "description" | "default" | "const" => true,
        "$schema" => keyword_value.as_str().is_some_and(|draft| DRAFTS.contains(&draft)),
        "type" => is_list_of(keyword_value, |name| {
            name.as_str().is_some_and(|name| TYPES.contains(&name))
        }),
        "enum" => keyword_value.is_array(),
        "minimum" | "maximum" => keyword_value.is_number(),
        "minItems" => keyword_value.is_u64(),
        "required" => keyword_value.is_array() && is_list_of(keyword_value, Value::is_string),
        "properties" | "definitions" | "$defs" => all_named(keyword_value),
        "pattern" => keyword_value.as_str().is_some_and(is_read),
        "patternProperties" => {
            let mut patterns = keyword_value.as_object().into_iter().flat_map(Map::keys);
            all_named(keyword_value) && patterns.all(|pattern| is_read(pattern))
        }
        "additionalProperties" | "items" | "if" | "then" | "else" => is_plain(keyword_value),
        "allOf" | "anyOf" | "oneOf" => {
            keyword_value.as_array().is_some_and(|all| !all.is_empty())
                && is_list_of(keyword_value, is_plain)
        }
        "$ref" => {
            let pointer = keyword_value.as_str().and_then(|to| to.strip_prefix('#'));
            pointer.is_some_and(|pointer| document.pointer(pointer).is_some())
        }
        _ => false,
    }
}

/// Whether all items hold, or the only one where it is no list.
fn is_list_of(keyword_value: &Value, holds: impl Fn(&Value) -> bool) -> bool {
    match keyword_value {
        Value::Array(items) => items.iter().all(holds),
        one => holds(one),
    }
}

const DRAFTS: [&str; 3] = [
    "http://json-schema.org/draft-07/schema#",
    "http://json-schema.org/draft-07/schema",
    "https://json-schema.org/draft/2020-12/schema",
];

const TYPES: [&str; 7] = [
    "null", "boolean", "integer", "number", "string", "array", "object",
];

struct QuickCheck<'s> {
    document: &'s Value,
    /// How many schemas may still be looked at.
    left: Cell<usize>,
}

impl QuickCheck<'_> {
    fn at(&self, schema: &Value, value: &Value, depth: usize) -> bool {
        match schema {
            Value::Bool(takes_all) => *takes_all,
            Value::Object(keywords) if depth < DEEPEST && self.left.get() > 0 => {
                self.left.set(self.left.get() - 1);
                let mut keywords_of = keywords.iter();
                keywords_of.all(|(name, keyword_value)| {
                    self.keyword(keywords, (name, keyword_value), value, depth)
                })
            }
            _ => false,
        }
    }

    fn keyword(
        &self,
        keywords: &Map<String, Value>,
        (name, keyword_value): (&str, &Value),
        value: &Value,
        depth: usize,
    ) -> bool {
        let below = depth + 1;
        match name {
            "$schema" | "definitions" | "$defs" | "title" | "description" | "default" | "then"
            | "else" => true,
            "type" => is_of_type(keyword_value, value),
            "enum" => keyword_value.as_array().is_some_and(|all| all.contains(value)),
            "const" => keyword_value == value,
            "minimum" => is_within(keyword_value, value, |number, least| number >= least),
            "maximum" => is_within(keyword_value, value, |number, most| number <= most),
            "minItems" => value.as_array().is_none_or(|items| {
                let least = keyword_value.as_u64().and_then(|least| usize::try_from(least).ok());
                least.is_some_and(|least| items.len() >= least)
            }),
            "pattern" => {
                let pattern = keyword_value.as_str().unwrap_or_default();
                value.as_str().is_none_or(|text| is_match(pattern, text))
            }
            // Integers of some width, whose range stands beside it.
            "format" => value.is_number(),
            "required" => has_all(keyword_value, value),
            "properties" | "patternProperties" | "additionalProperties" => {
                name != first_of(keywords) || self.members(keywords, value, below)
            }
            "items" => value
                .as_array()
                .is_none_or(|items| items.iter().all(|item| self.at(keyword_value, item, below))),
            "$ref" => {
                let target = keyword_value.as_str().and_then(|to| to.strip_prefix('#'));
                let target = target.and_then(|pointer| self.document.pointer(pointer));
                // Older drafts see nothing beside it.
                let mut others = keywords.keys().map(String::as_str);
                others.all(|name| matches!(name, "$ref" | "title" | "description" | "default"))
                    && target.is_some_and(|to| self.at(to, value, below))
            }
            "allOf" => branches(keyword_value).all(|branch| self.at(branch, value, below)),
            "anyOf" => branches(keyword_value).any(|branch| self.at(branch, value, below)),
            "oneOf" => {
                let of_one = |branch| self.at(branch, value, below);
                let at = branches(keyword_value).position(of_one);
                let mut others = branches(keyword_value).enumerate();
                at.is_some_and(|at| {
                    others.all(|(index, branch)| index == at || refuses(branch, value))
                })
            }
            "if" => {
                let takes = |name| {
                    let branch = keywords.get(name);
                    branch.is_none_or(|branch| self.at(branch, value, below))
                };
                if refuses(keyword_value, value) {
                    return takes("else");
                }
                // Not to be sure of `if` is not to know that it fails.
                takes("then") && (self.at(keyword_value, value, below) || takes("else"))
            }
            _ => false,
        }
    }

    /// The three keywords about members, which go together.
    fn members(&self, keywords: &Map<String, Value>, value: &Value, depth: usize) -> bool {
        let Some(members) = value.as_object() else {
            return true;
        };
        let known = |name: &str| keywords.get("properties").and_then(|known| known.get(name));
        let patterns = keywords.get("patternProperties").and_then(Value::as_object);
        let patterns: Vec<_> = patterns.into_iter().flatten().collect();
        if !patterns.iter().all(|(pattern, _)| is_read(pattern)) {
            return false;
        }
        let rest = keywords.get("additionalProperties");
        members.iter().all(|(name, member)| {
            let of_pattern = patterns
                .iter()
                .filter(|(pattern, _)| is_match(pattern, name))
                .map(|(_, schema)| *schema);
            let mut schemas = known(name).into_iter().chain(of_pattern).peekable();
            if schemas.peek().is_none() {
                return rest.is_none_or(|rest| self.at(rest, member, depth));
            }
            schemas.all(|schema| self.at(schema, member, depth))
        })
    }
}

/// A pattern, and whether it surely matches a text.
type Pattern = (&'static str, fn(&str) -> bool);

/// Patterns that are read here, and what they match.
const PATTERNS: [Pattern; 4] = [
    (".*", |_| true),
    ("^[A-Z].*$", |name| {
        name.starts_with(|c: char| c.is_ascii_uppercase()) && !name.contains('\n')
    }),
    (r"^\d{4}-\d{2}-\d{2}$", |day| {
        let is_as_in_a_day = |(at, byte): (usize, u8)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        };
        day.len() == 10 && day.bytes().enumerate().all(is_as_in_a_day)
    }),
    (
        "^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$",
        is_quantity,
    ),
];

/// Whether a text is a quantity of Kubernetes: a number with a unit or an exponent.
fn is_quantity(text: &str) -> bool {
    const UNITS: [&str; 16] = [
        "", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei",
    ];
    let unsigned = |text: &str| text.strip_prefix(['+', '-']).map(str::to_owned);
    let text = unsigned(text).unwrap_or_else(|| text.to_owned());
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.');
    let (number, suffix) = text.split_at(end.unwrap_or(text.len()));
    let is_number = number.bytes().any(|byte| byte.is_ascii_digit())
        && number.bytes().filter(|byte| *byte == b'.').count() <= 1;
    let is_exponent = suffix.strip_prefix(['e', 'E']).is_some_and(|exponent| {
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    });
    is_number && (UNITS.contains(&suffix) || is_exponent)
}

fn is_read(pattern: &str) -> bool {
    PATTERNS.iter().any(|(known, _)| *known == pattern)
}

fn is_match(pattern: &str, name: &str) -> bool {
    let mut known = PATTERNS.iter();
    known.any(|(known, matches)| *known == pattern && matches(name))
}

/// Whether a value is surely not valid, by the keywords that tell alternatives apart.
fn refuses(schema: &Value, value: &Value) -> bool {
    // Numbers, also in lists and mappings, are compared by their value.
    let is_exact = value.is_string() || value.is_boolean() || value.is_null();
    let differs = |keyword_value: &Value| is_exact && keyword_value != value;
    let lacks = |keyword_value: &Value| {
        is_exact && keyword_value.as_array().is_some_and(|all| !all.contains(value))
    };
    let lacks_key = |keyword_value: &Value| value.is_object() && !has_all(keyword_value, value);
    let of_member = |(name, schema): (&String, &Value)| {
        let member = value.get(name);
        member.is_some_and(|member| refuses(schema, member))
    };
    let refuses_member = |keyword_value: &Value| {
        keyword_value.as_object().is_some_and(|all| all.iter().any(of_member))
    };
    // The validator takes 1.0 for an integer.
    !value.is_number()
        && (schema.get("const").is_some_and(differs)
            || schema.get("enum").is_some_and(lacks)
            || schema.get("required").is_some_and(lacks_key)
            || schema.get("properties").is_some_and(refuses_member)
            || schema
                .get("type")
                .is_some_and(|keyword_value| !is_of_type(keyword_value, value)))
}

fn is_within(keyword_value: &Value, value: &Value, holds: fn(f64, f64) -> bool) -> bool {
    let bound = keyword_value.as_f64();
    value
        .as_f64()
        .is_none_or(|number| bound.is_some_and(|bound| holds(number, bound)))
}

fn first_of(keywords: &Map<String, Value>) -> &str {
    let names = ["properties", "patternProperties", "additionalProperties"];
    let mut there = names.into_iter().filter(|name| keywords.contains_key(*name));
    there.next().unwrap_or_default()
}

fn branches(keyword_value: &Value) -> impl Iterator<Item = &Value> {
    keyword_value.as_array().into_iter().flatten()
}

fn has_all(keyword_value: &Value, value: &Value) -> bool {
    let Some(members) = value.as_object() else {
        return true;
    };
    let names = keyword_value.as_array().map(Vec::as_slice).unwrap_or_default();
    names
        .iter()
        .all(|name| name.as_str().is_some_and(|name| members.contains_key(name)))
}

fn is_of_type(keyword_value: &Value, value: &Value) -> bool {
    match keyword_value {
        Value::String(name) => is_of_one_type(name, value),
        Value::Array(names) => {
            names.iter().filter_map(Value::as_str).any(|name| is_of_one_type(name, value))
        }
        _ => false,
    }
}

fn is_of_one_type(name: &str, value: &Value) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::schema::Schema;

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (-3i64..3).prop_map(Value::from),
            Just(json!(1.5)),
            "[abA]{0,2}".prop_map(Value::from),
            "[0-9]{3,4}-[0-9]{2}-[0-9a]{2}\n?".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 12, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                prop::collection::btree_map("[abcA]", inner, 0..3)
                    .prop_map(|map| map.into_iter().collect::<Map<_, _>>().into()),
            ]
        })
    }

    fn schemas() -> impl Strategy<Value = Value> {
        let types = || {
            prop::sample::select(vec![
                "null", "boolean", "integer", "number", "string", "array", "object",
            ])
        };
        let leaf = prop_oneof![
            types().prop_map(|name| json!({"type": name})),
            prop::collection::btree_set(types(), 1..4).prop_map(|names| json!({"type": names})),
            values().prop_map(|value| json!({"const": value})),
            prop::collection::vec(values(), 1..3).prop_map(|all| json!({"enum": all})),
            (-2i64..2).prop_map(|least| json!({"minimum": least})),
            (-2i64..2).prop_map(|most| json!({"maximum": most, "format": "int32"})),
            (0u64..3).prop_map(|least| json!({"minItems": least})),
            prop::collection::btree_set("[abcA]", 0..3)
                .prop_map(|names| json!({"required": names})),
            any::<bool>().prop_map(Value::from),
            prop::sample::select(PATTERNS.map(|(pattern, _)| pattern).to_vec())
                .prop_map(|pattern| json!({"pattern": pattern})),
        ];
        leaf.prop_recursive(3, 16, 3, |inner| {
            let one = inner.clone();
            prop_oneof![
                (
                    prop::collection::btree_map("[abcA]", inner.clone(), 0..3),
                    prop::option::of(inner.clone()),
                    prop::option::of(inner.clone())
                )
                    .prop_map(|(known, rest, of_all)| {
                        let mut schema = json!({"properties": known});
                        if let Some(rest) = rest {
                            schema["additionalProperties"] = rest;
                        }
                        if let Some(of_all) = of_all {
                            schema["patternProperties"] =
                                json!({".*": of_all.clone(), "^[A-Z].*$": of_all});
                        }
                        schema
                    }),
                one.clone().prop_map(|items| json!({"items": items})),
                prop::collection::vec(inner.clone(), 1..3).prop_map(|all| json!({"anyOf": all})),
                prop::collection::vec(inner.clone(), 1..3).prop_map(|all| json!({"allOf": all})),
                prop::collection::vec(inner.clone(), 1..3).prop_map(|all| json!({"oneOf": all})),
                one.prop_map(|not| json!({"not": not})),
                (
                    inner.clone(),
                    prop::option::of(inner.clone()),
                    prop::option::of(inner)
                )
                    .prop_map(|(condition, then, other)| {
                        let mut schema = json!({"if": condition});
                        if let Some(then) = then {
                            schema["then"] = then;
                        }
                        if let Some(other) = other {
                            schema["else"] = other;
                        }
                        schema
                    }),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]
        #[test]
        fn what_is_surely_valid_is_valid(schema in schemas(), value in values()) {
            // As a part of a schema, for a whole one has to be a mapping.
            let document = json!({"allOf": [schema]});
            if accepts(&document, &value) {
                let schema = Schema::compile(document.clone()).expect("a schema");
                prop_assert!(schema.is_valid(&value), "{document} {value}");
            }
        }
    }

    /// A schema with a keyword that is not in its shape.
    fn broken_schemas() -> impl Strategy<Value = Value> {
        let keywords = vec![
            "type",
            "enum",
            "minimum",
            "maximum",
            "minItems",
            "required",
            "properties",
            "patternProperties",
            "additionalProperties",
            "items",
            "if",
            "allOf",
            "oneOf",
            "$ref",
            "$schema",
            "pattern",
            "$defs",
        ];
        (schemas(), prop::sample::select(keywords), values()).prop_map(
            |(schema, name, keyword_value)| json!({"allOf": [schema, {"properties": {"a": {name: keyword_value}}}]}),
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]
        #[test]
        fn a_plain_schema_compiles(document in prop_oneof![schemas().prop_map(|schema| json!({"allOf": [schema]})), broken_schemas()]) {
            if is_plain(&document) {
                prop_assert!(Schema::check_compiles(&document), "{document}");
            }
        }
    }

    /// A schema surely takes the values of the first list, and of the second it is not sure.
    #[track_caller]
    fn check(schema: &Value, sure: Value, unsure: Value) {
        for (values, expected) in [(sure, true), (unsure, false)] {
            for value in values.as_array().expect("a list of values") {
                assert_eq!(accepts(schema, value), expected, "{schema} {value}");
            }
        }
    }

    #[test]
    fn each_type_is_known() {
        let all = json!([null, true, 1, 1.5, "a", [], {}]);
        for (name, sure) in [
            ("null", json!([null])),
            ("boolean", json!([true, false])),
            ("integer", json!([1, -1, u64::MAX])),
            ("number", json!([1, 1.5])),
            ("string", json!(["a"])),
            ("array", json!([[]])),
            ("object", json!([{}])),
            ("text", json!([])),
        ] {
            let others = all.as_array().expect("a list").iter();
            let others: Vec<_> = others
                .filter(|value| !sure.as_array().expect("a list").contains(value))
                .collect();
            check(&json!({"type": name}), sure.clone(), json!(others));
        }
        let either = json!({"type": ["string", "null"]});
        check(&either, json!(["a", null]), json!([1, {}]));
        check(&json!({"type": 1}), json!([]), json!([1]));
    }

    #[test]
    fn bounds_are_about_values_of_their_kind() {
        check(&json!({"minimum": 1}), json!([1, 1.5, "a"]), json!([0, -1]));
        check(
            &json!({"maximum": 1}),
            json!([1, 0.5, "a"]),
            json!([2, 1.5]),
        );
        check(
            &json!({"minItems": 2}),
            json!([[1, 2], [1, 2, 3], "a"]),
            json!([[], [1]]),
        );
        check(
            &json!({"required": ["a", "b"]}),
            json!([{"a": 1, "b": 1}, "a"]),
            json!([{}, {"a": 1}]),
        );
        check(&json!({"format": "int32"}), json!([1]), json!(["a"]));
        check(&json!({"const": "a"}), json!(["a"]), json!(["b", 1]));
        check(&json!({"enum": ["a", 1]}), json!(["a", 1]), json!(["b", 2]));
        check(
            &json!({"items": {"type": "string"}}),
            json!([[], ["a", "b"], 1]),
            json!([["a", 1]]),
        );
        check(
            &json!({"title": 1, "description": 2, "default": 3}),
            json!([null]),
            json!([]),
        );
        check(&json!({"not": false}), json!([]), json!([1]));
        check(&json!(true), json!([1]), json!([]));
        check(&json!(false), json!([]), json!([1]));
    }

    #[test]
    fn some_patterns_are_known() {
        check(&json!({"pattern": ".*"}), json!(["", "a", 1]), json!([]));
        check(
            &json!({"pattern": "^[A-Z].*$"}),
            json!(["Ab"]),
            json!(["ab", "", "A\nb"]),
        );
        check(
            &json!({"pattern": r"^\d{4}-\d{2}-\d{2}$"}),
            json!(["2026-11-29"]),
            json!([
                "2026-11-290",
                "2026-11-2",
                "2026-1a-29",
                "2026011-29",
                "2026-11029",
                "-026-11-29"
            ]),
        );
        check(&json!({"pattern": "b+"}), json!([1]), json!(["b"]));
    }

    #[test]
    fn members_belong_to_what_names_them() {
        let text = json!({"type": "string"});
        check(
            &json!({"properties": {"a": text}}),
            json!([{"a": "x"}, {"b": 1}, 1]),
            json!([{"a": 1}]),
        );
        check(
            &json!({"additionalProperties": text}),
            json!([{"b": "x"}, {}]),
            json!([{"b": 1}]),
        );
        check(
            &json!({"properties": {"a": {}, "B": {}}, "patternProperties": {"^[A-Z].*$": text}, "additionalProperties": false}),
            json!([{"a": 1}, {"A": "x"}, {"B": "x"}, {"a": 1, "A": "x"}]),
            json!([{"b": 1}, {"A": 1}, {"B": 1}]),
        );
        check(
            &json!({"patternProperties": {"b+": {}}}),
            json!([1]),
            json!([{}, {"a": 1}]),
        );
    }

    #[test]
    fn alternatives_are_told_apart() {
        let (text, list) = (json!({"type": "string"}), json!({"type": "array"}));
        check(
            &json!({"allOf": [text, {"enum": ["a", 1]}]}),
            json!(["a"]),
            json!(["b", 1]),
        );
        check(
            &json!({"anyOf": [text, list]}),
            json!(["a", []]),
            json!([1]),
        );
        check(
            &json!({"oneOf": [text, list]}),
            json!(["a", []]),
            json!([{}]),
        );
        check(
            &json!({"oneOf": [{"const": "a"}, text]}),
            json!(["b"]),
            json!(["a", 1]),
        );
        // The validator takes 1.0 for an integer.
        check(
            &json!({"oneOf": [{"type": "integer"}, {"type": "number"}]}),
            json!([]),
            json!([1, 1.0]),
        );
        let chosen = json!({"if": {"const": "a"}, "then": text, "else": {"type": "null"}});
        check(&chosen, json!(["a", null]), json!(["b", true, []]));
        check(&json!({"if": text}), json!(["a", 1, {}]), json!([]));
        let unsure =
            |then: bool, other: bool| json!({"if": {"not": false}, "then": then, "else": other});
        check(&unsure(true, true), json!([{}]), json!([]));
        check(&unsure(true, false), json!([]), json!([{}]));
        check(&unsure(false, true), json!([]), json!([{}]));
    }

    #[test]
    fn a_reference_leads_into_the_document() {
        let schema = |reference: Value| json!({"definitions": {"a": {"type": "string"}}, "properties": {"k": reference}});
        let to = "#/definitions/a";
        let (text, number) = (json!([{"k": "x"}]), json!([{"k": 1}]));
        check(&schema(json!({"$ref": to})), text.clone(), number);
        check(
            &schema(json!({"$ref": to, "title": "t"})),
            text.clone(),
            json!([]),
        );
        check(
            &schema(json!({"$ref": to, "minLength": 1})),
            json!([]),
            text.clone(),
        );
        check(
            &schema(json!({"$ref": to, "const": "x"})),
            json!([]),
            text.clone(),
        );
        check(
            &schema(json!({"$ref": "#/definitions/b"})),
            json!([]),
            text.clone(),
        );
        check(&schema(json!({"$ref": "a.json"})), json!([]), text);
    }

    #[test]
    fn a_look_has_bounds() {
        let nested = |depth| (0..depth).fold(json!({}), |schema, _| json!({"allOf": [schema]}));
        check(&nested(DEEPEST - 1), json!([1]), json!([]));
        check(&nested(DEEPEST), json!([]), json!([1]));
        let schema = nested(3);
        for (left, expected) in [(3, false), (4, true)] {
            let left = Cell::new(left);
            let look = QuickCheck {
                document: &schema,
                left,
            };
            assert_eq!(look.at(&schema, &json!(1), 0), expected);
        }
    }

    #[test]
    fn some_values_are_surely_not_valid() {
        for (schema, refused, others) in [
            (
                json!({"const": "a"}),
                json!(["b", null]),
                json!(["a", 1, [], {}]),
            ),
            (json!({"const": []}), json!(["b"]), json!([[], [1]])),
            (
                json!({"enum": ["a", []]}),
                json!(["b", true]),
                json!(["a", 1, [1]]),
            ),
            (
                json!({"required": ["a"]}),
                json!([{}, {"b": 1}]),
                json!([{"a": 1}, "a", 1]),
            ),
            (
                json!({"properties": {"a": {"const": "x"}}}),
                json!([{"a": "y"}]),
                json!([{"a": "x"}, {"b": "y"}, "y"]),
            ),
            (
                json!({"type": "string"}),
                json!([null, {}, []]),
                json!(["a", 1, 1.0]),
            ),
            (json!({"minItems": 1}), json!([]), json!([[], "a"])),
        ] {
            for (values, expected) in [(refused, true), (others, false)] {
                for value in values.as_array().expect("a list of values") {
                    assert_eq!(refuses(&schema, value), expected, "{schema} {value}");
                }
            }
        }
    }

    #[test]
    fn a_plain_schema_has_its_keywords_in_their_shapes() {
        let check = |name: &str, plain: Value, others: Value| {
            for (values, expected) in [(plain, true), (others, false)] {
                for keyword_value in values.as_array().expect("a list of values") {
                    let schema = json!({"definitions": {"a": {}}, name: keyword_value});
                    assert_eq!(is_plain(&schema), expected, "{schema}");
                }
            }
        };
        check("title", json!(["t", 1]), json!([]));
        check("description", json!(["t"]), json!([]));
        check("default", json!([{}]), json!([]));
        check("const", json!([[]]), json!([]));
        check(
            "$schema",
            json!([DRAFTS[0], DRAFTS[2]]),
            json!(["http://json-schema.org/draft-04/schema#", 1]),
        );
        check(
            "type",
            json!(["string", ["string", "null"]]),
            json!(["text", ["string", "text"], 1]),
        );
        check("enum", json!([[], [1]]), json!([1, {}]));
        check("minimum", json!([1, 1.5]), json!(["1"]));
        check("maximum", json!([1, -1]), json!([[]]));
        check("minItems", json!([1]), json!([-1, 1.5, "1"]));
        check("required", json!([[], ["a"]]), json!(["a", [1]]));
        for name in ["properties", "definitions", "$defs"] {
            check(
                name,
                json!([{}, {"a": true}]),
                json!([[], {"a": 1}, {"a": {"not": true}}]),
            );
        }
        check("pattern", json!([".*"]), json!(["b+", 1]));
        check(
            "patternProperties",
            json!([{}, {".*": {}}]),
            json!([[], {"b+": {}}, {".*": 1}]),
        );
        for name in ["additionalProperties", "items", "if", "then", "else"] {
            check(name, json!([true, {}]), json!([1, {"not": true}]));
        }
        for name in ["allOf", "anyOf", "oneOf"] {
            check(
                name,
                json!([[true], [{}, {}]]),
                json!([[], {}, [1], [{}, 1]]),
            );
        }
        check(
            "$ref",
            json!(["#/definitions/a", "#"]),
            json!(["#/definitions/b", "a.json", "/definitions/a", 1]),
        );
        check("not", json!([]), json!([{}]));
        check("format", json!([]), json!(["int32"]));
        assert!(is_plain(&json!(true)) && !is_plain(&json!(1)) && !is_plain(&json!([])));
    }

    #[test]
    fn simple_values_need_no_validator() {
        let schema = json!({
            "type": "object", "additionalProperties": false, "required": ["a"],
            "properties": {
                "a": {"type": ["string", "null"]},
                "b": {"enum": ["x", "y"]},
                "c": {"type": "object", "patternProperties": {".*": {"type": "string"}}, "additionalProperties": false},
                "d": {"if": {"type": "string"}, "then": {"const": "s"}},
            },
        });
        assert!(accepts(
            &schema,
            &json!({"a": null, "b": "x", "c": {"k": "v"}, "d": "s"})
        ));
        for value in [
            json!({}),
            json!({"a": 1}),
            json!({"a": "", "e": 1}),
            json!({"a": "", "c": {"k": 1}}),
            json!({"a": "", "d": "t"}),
        ] {
            assert!(!accepts(&schema, &value), "{value}");
        }
    }
}
