//! The document as JSON, converted as sigs.k8s.io/yaml (Helm, kubectl) converts it.

use std::collections::BTreeSet;
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
    convert(node, builder, 0).map_err(|refused| refused.error)
}

/// Why a node was refused.
struct NotConverted {
    error: JsonError,
    /// Whether it is YAML that has no JSON, which does not matter where a later key of the same name overrides it.
    is_yaml: bool,
}

/// An entry of a mapping: its name and its key, and the value unless that was refused.
type Filled<'d, V> = (String, NodeRef<'d>, NodeRef<'d>, Result<V, NotConverted>);

/// The entries of which each is converted, or overridden by a later one; what cannot be converted of the latter is null.
fn without_overridden<'d, B: Build<'d>>(
    entries: Vec<Filled<'d, B::Value>>,
    builder: &B,
) -> Result<Vec<(String, NodeRef<'d>, B::Value)>, NotConverted> {
    let mut later = BTreeSet::new();
    let mut converted = Vec::with_capacity(entries.len());
    let has_refused = entries.iter().any(|(.., value)| value.is_err());
    for (name, key, node, value) in entries.into_iter().rev() {
        let value = match value {
            Ok(value) => value,
            Err(refused) if refused.is_yaml && later.contains(&name) => {
                builder.scalar(node, Value::Null)
            }
            Err(refused) => return Err(refused),
        };
        if has_refused {
            later.insert(name.clone());
        }
        converted.push((name, key, value));
    }
    converted.reverse();
    Ok(converted)
}

fn convert<'d, B: Build<'d>>(
    node: NodeRef<'d>,
    builder: &B,
    depth: usize,
) -> Result<B::Value, NotConverted> {
    if depth > DEEPEST {
        return Err(broken(
            node,
            format!("nested more than {DEEPEST} levels deep"),
        ));
    }
    let target = node.resolve();
    if target.is_mapping() {
        let mut entries = Vec::new();
        fill(&mut entries, target, builder, depth)?;
        return Ok(builder.map(node, without_overridden(entries, builder)?));
    }
    if target.is_sequence() {
        let items = target.items().map(|item| convert(item, builder, depth + 1));
        return Ok(builder.list(node, items.collect::<Result<_, _>>()?));
    }
    let scalar = target
        .scalar()
        .ok_or_else(|| broken(node, "no anchor with this name before the alias".to_owned()))?;
    let value = scalar::to_json(&scalar)
        .ok_or_else(|| not_json(node, "JSON cannot represent this number"))?;
    Ok(builder.scalar(node, value))
}

fn fill<'d, B: Build<'d>>(
    entries: &mut Vec<Filled<'d, B::Value>>,
    mapping: NodeRef<'d>,
    builder: &B,
    depth: usize,
) -> Result<(), NotConverted> {
    for (key, value) in mapping.entries() {
        if key.is_merge_key() {
            merge(entries, value, builder, depth + 1)?;
        } else {
            let name = key_name(key).ok_or_else(|| nameless(key))?;
            let converted = convert(value, builder, depth + 1);
            match converted {
                Err(refused) if !refused.is_yaml => return Err(refused),
                converted => entries.push((name, key, value, converted)),
            }
        }
    }
    Ok(())
}

/// Takes over the keys of a mapping, or of several, of which the first wins.
fn merge<'d, B: Build<'d>>(
    entries: &mut Vec<Filled<'d, B::Value>>,
    value: NodeRef<'d>,
    builder: &B,
    depth: usize,
) -> Result<(), NotConverted> {
    if depth > DEEPEST {
        return Err(broken(
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
            return Err(broken(
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
    let scalar = key.scalar().filter(|scalar| !matches!(scalar, Scalar::Null));
    scalar.as_ref().map(scalar::key_text)
}

/// The entry that has this name in JSON, where several have it the one that counts.
pub fn entry_named<'d>(mapping: NodeRef<'d>, name: &str) -> Option<(NodeRef<'d>, NodeRef<'d>)> {
    let found = mapping.find_where(|key| key_name(key).as_deref() == Some(name))?;
    Some((found.key, found.value))
}

/// A key without a name in JSON: null is YAML, and Go takes no list or mapping as a key at all.
fn nameless(key: NodeRef<'_>) -> NotConverted {
    let message = "a key must be a string, a number or a boolean";
    NotConverted {
        is_yaml: key.is_null(),
        ..not_json(key, message)
    }
}

fn not_json(node: NodeRef<'_>, message: &str) -> NotConverted {
    NotConverted {
        is_yaml: true,
        ..broken(node, message.to_owned())
    }
}

fn broken(node: NodeRef<'_>, message: String) -> NotConverted {
    let error = JsonError {
        message,
        range: node.range(),
    };
    NotConverted {
        error,
        is_yaml: false,
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

    /// Go reads a mapping whole before it makes JSON of it.
    #[test]
    fn only_the_key_that_wins_has_to_have_json() {
        check("a: {k: .inf, k: 1}\n", r#"{"a":{"k":1}}"#);
        check("a: {~: 1}\na: 2\n", r#"{"a":2}"#);
        check(
            "a: {<<: {k: .nan}, k: 1}\nb: [{k: .inf, l: 2, k: 3}]\n",
            r#"{"a":{"k":1},"b":[{"k":3,"l":2}]}"#,
        );
        check_refused(
            "a: {k: 1, k: .inf}\n",
            ".inf",
            "JSON cannot represent this number",
        );
        check_refused(
            "a: {[x]: 1}\na: 2\n",
            "[x]",
            "a key must be a string, a number or a boolean",
        );
        check_refused(
            "a: {<<: 1}\na: 2\n",
            "1",
            "`<<` expects a mapping or a list of mappings",
        );
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
