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
        prop::collection::btree_set("[abcA]", 0..3).prop_map(|names| json!({"required": names})),
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
    check(
        &json!({"pattern": "^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$"}),
        json!([
            "1", "+1", "-1", "1.", "1.5", ".5", "1Gi", "1.5Gi", "500m", "1k", "1e3", "1E+3",
            "1e-3",
        ]),
        json!([
            "", ".", "Gi", "1.2.3", "+-1", "1 Gi", "1GB", "1ki", "1e", "1e+", "1e+-3", "e3",
            "1e3Gi",
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
        let target = |pointer: &str| schema.pointer(pointer);
        let look = QuickCheck {
            target: &target,
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
