//! The document as JSON, converted as sigs.k8s.io/yaml (Helm, kubectl) converts it.

use std::ops::Range;

use serde_json::{Map, Value};

use super::expand::expansion_problem;
use super::scalar;
use super::tree::{Content, NodeRef, ScalarStyle};

/// Why a document has no JSON, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct JsonError {
    /// What is wrong, in one line.
    pub message: String,
    /// The node, in the document's text.
    pub range: Range<usize>,
}

/// Aliases nest what is not nested in the text, so the parser's own limit is not enough.
const DEEPEST: usize = 512;

/// Converts a node (of a document whose aliases are all sound) with everything below it. Keys are typed and then written as strings (`yes: 1` is
/// `{"true": 1}`), the last of two equal keys wins, aliases are written out, and a merge key overrides
/// what stands before it (go-yaml v2 does so; YAML itself says otherwise).
pub fn to_json(node: NodeRef<'_>) -> Result<Value, JsonError> {
    let root = node.document().root().unwrap_or(node);
    expansion_problem(root).map_err(|error| JsonError {
        message: error.message,
        range: error.range,
    })?;
    convert(node, 0)
}

fn convert(node: NodeRef<'_>, depth: usize) -> Result<Value, JsonError> {
    if depth > DEEPEST {
        return Err(problem(
            node,
            format!("this lies more than {DEEPEST} levels deep"),
        ));
    }
    let target = node.resolve();
    if target.is_mapping() {
        let mut map = Map::new();
        fill(&mut map, target, depth)?;
        return Ok(Value::Object(map));
    }
    if target.is_sequence() {
        return target
            .items()
            .map(|item| convert(item, depth + 1))
            .collect::<Result<_, _>>()
            .map(Value::Array);
    }
    let scalar = target
        .scalar()
        .ok_or_else(|| problem(node, "no anchor of this name stands above".to_owned()))?;
    scalar::to_json(&scalar).ok_or_else(|| problem(node, "JSON has no such number".to_owned()))
}

fn fill(map: &mut Map<String, Value>, mapping: NodeRef<'_>, depth: usize) -> Result<(), JsonError> {
    for (key, value) in mapping.entries() {
        if is_merge_key(key) {
            merge(map, value, depth + 1)?;
        } else {
            let name = key_name(key).ok_or_else(|| {
                problem(
                    key,
                    "a key has to be a string, a number or a boolean".to_owned(),
                )
            })?;
            map.insert(name, convert(value, depth + 1)?);
        }
    }
    Ok(())
}

/// Takes over the keys of a mapping, or of several, of which the first wins.
fn merge(map: &mut Map<String, Value>, value: NodeRef<'_>, depth: usize) -> Result<(), JsonError> {
    if depth > DEEPEST {
        return Err(problem(
            value,
            format!("this lies more than {DEEPEST} levels deep"),
        ));
    }
    let sources: Vec<NodeRef<'_>> = if value.is_sequence() {
        value.items().rev().collect()
    } else {
        vec![value]
    };
    for source in sources {
        if !source.is_mapping() {
            return Err(problem(
                source,
                "`<<` takes a mapping or a list of mappings".to_owned(),
            ));
        }
        fill(map, source.resolve(), depth)?;
    }
    Ok(())
}

fn is_merge_key(key: NodeRef<'_>) -> bool {
    let node = key.node();
    node.tag().is_none()
        && matches!(&node.content, Content::Scalar { text, style: ScalarStyle::Plain } if text == "<<")
}

/// The name that a key has in JSON; none for a key that is a list or a mapping.
pub fn key_name(key: NodeRef<'_>) -> Option<String> {
    key.scalar().as_ref().map(scalar::key_text)
}

/// The entry that has this name in JSON: the last one written, or one that a merge key brings.
pub fn entry_named<'d>(mapping: NodeRef<'d>, name: &str) -> Option<(NodeRef<'d>, NodeRef<'d>)> {
    let own = mapping
        .entries()
        .rev()
        .find(|(key, _)| key_name(*key).as_deref() == Some(name));
    own.or_else(|| mapping.find(name).map(|found| (found.key, found.value)))
}

fn problem(node: NodeRef<'_>, message: String) -> JsonError {
    JsonError {
        message,
        range: node.range(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::parse;

    fn convert_text(text: &str) -> Result<Value, JsonError> {
        let document = parse(text).expect("YAML");
        to_json(document.root().expect("a root"))
    }

    #[track_caller]
    fn check(text: &str, json: &str) {
        assert_eq!(
            convert_text(text).map(|value| value.to_string()),
            Ok(json.to_owned())
        );
    }

    #[track_caller]
    fn check_refused(text: &str, at: &str, message: &str) {
        let error = convert_text(text).expect_err("refused");
        assert_eq!(
            (&text[error.range.clone()], error.message.as_str()),
            (at, message)
        );
    }

    #[test]
    fn scalars_and_keys_are_typed_as_helm_types_them() {
        check(
            "a: [1, '1', yes, ~, 1.5]\nb:\n",
            r#"{"a":[1,"1",true,null,1.5],"b":null}"#,
        );
        check("yes: 1\n0644: 2\n", r#"{"420":2,"true":1}"#);
    }

    #[test]
    fn the_last_of_two_keys_wins() {
        check("a: 1\na: 2\n", r#"{"a":2}"#);
    }

    #[test]
    fn aliases_and_merge_keys_are_written_out() {
        check(
            "a: &a {x: 1, z: 2}\nb: *a\n",
            r#"{"a":{"x":1,"z":2},"b":{"x":1,"z":2}}"#,
        );
        check(
            "a: &a {x: 1}\nb: {<<: *a, x: 3}\n",
            r#"{"a":{"x":1},"b":{"x":3}}"#,
        );
        check(
            "a: &a {x: 1}\nb: {x: 3, <<: *a}\n",
            r#"{"a":{"x":1},"b":{"x":1}}"#,
        );
        check(
            "a: {<<: [{x: 1}, {x: 2, z: 3}]}\n",
            r#"{"a":{"x":1,"z":3}}"#,
        );
        check("a: {'<<': 1}\n", r#"{"a":{"<<":1}}"#);
    }

    #[test]
    fn what_has_no_json_is_refused_with_its_place() {
        check_refused("a: &a [*a]\n", "*a", "an anchor contains itself");
        check_refused(
            "a: {<<: 1}\n",
            "1",
            "`<<` takes a mapping or a list of mappings",
        );
        check_refused(
            "? [a]\n: b\n",
            "[a]",
            "a key has to be a string, a number or a boolean",
        );
        check_refused("a: .inf\n", ".inf", "JSON has no such number");
    }

    #[test]
    fn aliases_cannot_dig_deeper_than_the_stack() {
        let mut text = "a0: &a0 x\n".to_owned();
        for level in 1..10 {
            let (open, close) = ("[".repeat(100), "]".repeat(100));
            text.push_str(&format!(
                "a{level}: &a{level} {open}*a{}{close}\n",
                level - 1
            ));
        }
        assert_eq!(
            convert_text(&text).expect_err("refused").message,
            "this lies more than 512 levels deep"
        );
    }
}
