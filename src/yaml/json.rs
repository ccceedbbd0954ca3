//! The document as JSON, converted as sigs.k8s.io/yaml (Helm, kubectl) converts it.

use std::ops::Range;

use serde_json::{Map, Value};

use super::expand::expansion_problem;
use super::scalar::{self, Scalar};
use super::tree::NodeRef;

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
    build(node, &Json)
}

/// What is made of a document that is read as [`to_json`] reads it.
pub trait Build<'d> {
    /// What becomes of each node.
    type Value;

    /// A scalar, typed.
    fn scalar(&self, node: NodeRef<'d>, value: Value) -> Self::Value;

    /// A list.
    fn list(&self, node: NodeRef<'d>, items: Vec<Self::Value>) -> Self::Value;

    /// A mapping: names, their keys and values, in order; of equal names the last one counts.
    fn map(
        &self,
        node: NodeRef<'d>,
        entries: Vec<(String, NodeRef<'d>, Self::Value)>,
    ) -> Self::Value;
}

struct Json;

impl<'d> Build<'d> for Json {
    type Value = Value;

    fn scalar(&self, _: NodeRef<'d>, value: Value) -> Value {
        value
    }

    fn list(&self, _: NodeRef<'d>, items: Vec<Value>) -> Value {
        Value::Array(items)
    }

    fn map(&self, _: NodeRef<'d>, entries: Vec<(String, NodeRef<'d>, Value)>) -> Value {
        let mut map = Map::new();
        map.extend(entries.into_iter().map(|(name, _, value)| (name, value)));
        Value::Object(map)
    }
}

/// Builds something of a node and everything below it, with the same refusals as [`to_json`].
pub fn build<'d, B: Build<'d>>(node: NodeRef<'d>, builder: &B) -> Result<B::Value, JsonError> {
    let root = node.document().root().unwrap_or(node);
    expansion_problem(root).map_err(|error| JsonError {
        message: error.message,
        range: error.range,
    })?;
    convert(node, builder, 0)
}

fn convert<'d, B: Build<'d>>(
    node: NodeRef<'d>,
    builder: &B,
    depth: usize,
) -> Result<B::Value, JsonError> {
    if depth > DEEPEST {
        return Err(problem(
            node,
            format!("nested more than {DEEPEST} levels deep"),
        ));
    }
    let target = node.resolve();
    if target.is_mapping() {
        let mut entries = Vec::new();
        fill(&mut entries, target, builder, depth)?;
        return Ok(builder.map(node, entries));
    }
    if target.is_sequence() {
        let items = target.items().map(|item| convert(item, builder, depth + 1));
        return Ok(builder.list(node, items.collect::<Result<_, _>>()?));
    }
    let scalar = target
        .scalar()
        .ok_or_else(|| problem(node, "no anchor with this name before the alias".to_owned()))?;
    let value = scalar::to_json(&scalar)
        .ok_or_else(|| problem(node, "JSON cannot represent this number".to_owned()))?;
    Ok(builder.scalar(node, value))
}

fn fill<'d, B: Build<'d>>(
    entries: &mut Vec<(String, NodeRef<'d>, B::Value)>,
    mapping: NodeRef<'d>,
    builder: &B,
    depth: usize,
) -> Result<(), JsonError> {
    for (key, value) in mapping.entries() {
        if key.is_merge_key() {
            merge(entries, value, builder, depth + 1)?;
        } else {
            let name = key_name(key).ok_or_else(|| {
                problem(
                    key,
                    "a key must be a string, a number or a boolean".to_owned(),
                )
            })?;
            entries.push((name, key, convert(value, builder, depth + 1)?));
        }
    }
    Ok(())
}

/// Takes over the keys of a mapping, or of several, of which the first wins.
fn merge<'d, B: Build<'d>>(
    entries: &mut Vec<(String, NodeRef<'d>, B::Value)>,
    value: NodeRef<'d>,
    builder: &B,
    depth: usize,
) -> Result<(), JsonError> {
    if depth > DEEPEST {
        return Err(problem(
            value,
            format!("nested more than {DEEPEST} levels deep"),
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
                "`<<` expects a mapping or a list of mappings".to_owned(),
            ));
        }
        fill(entries, source.resolve(), builder, depth)?;
    }
    Ok(())
}

/// The name that a key has in JSON; none for a key that is a list, a mapping or null.
pub fn key_name(key: NodeRef<'_>) -> Option<String> {
    let scalar = key
        .scalar()
        .filter(|scalar| !matches!(scalar, Scalar::Null));
    scalar.as_ref().map(scalar::key_text)
}

/// The entry that has this name in JSON, where several have it the one that counts.
pub fn entry_named<'d>(mapping: NodeRef<'d>, name: &str) -> Option<(NodeRef<'d>, NodeRef<'d>)> {
    let found = mapping.find_where(|key| key_name(key).as_deref() == Some(name))?;
    Some((found.key, found.value))
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
        // As Helm 4 writes it to a post-renderer.
        check("a: {x: 1, !!merge <<: {x: 2}}\n", r#"{"a":{"x":2}}"#);
    }

    #[test]
    fn what_has_no_json_is_refused_with_its_place() {
        check_refused("a: &a [*a]\n", "*a", "an anchor contains itself");
        check_refused(
            "a: {<<: 1}\n",
            "1",
            "`<<` expects a mapping or a list of mappings",
        );
        check_refused(
            "? [a]\n: b\n",
            "[a]",
            "a key must be a string, a number or a boolean",
        );
        check_refused("a: .inf\n", ".inf", "JSON cannot represent this number");
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
            "nested more than 512 levels deep"
        );
    }
}
