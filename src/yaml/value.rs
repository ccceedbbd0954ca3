//! Values to write into a document, and their YAML text.

use super::quote;
use super::scalar;
use super::tree::{NodeContent, NodeRef};

/// A value with its keys in the order in which they are written.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number
    Number(serde_json::Number),
    /// A string, quoted where it needs to be
    String(String),
    /// A list
    Sequence(Vec<Value>),
    /// Keys and values
    Mapping(Vec<(String, Value)>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::String(text.to_owned())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Value::Number(number.into())
    }
}

impl From<serde_json::Value> for Value {
    fn from(value: serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Value::Null,
            serde_json::Value::Bool(truth) => Value::Bool(truth),
            serde_json::Value::Number(number) => Value::Number(number),
            serde_json::Value::String(text) => Value::String(text),
            serde_json::Value::Array(items) => {
                Value::Sequence(items.into_iter().map(Value::from).collect())
            }
            serde_json::Value::Object(pairs) => Value::Mapping(
                pairs.into_iter().map(|(key, value)| (key, Value::from(value))).collect(),
            ),
        }
    }
}

/// How block style is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// Blanks before the mapping's keys or the sequence's dashes.
    pub indent: usize,
    /// How much deeper a mapping is under its key.
    pub map_step: usize,
    /// How much deeper a sequence's dashes are under its key; often 0.
    pub seq_step: usize,
    /// `\n` or `\r\n`
    pub eol: &'static str,
}

impl Value {
    /// A mapping of these pairs.
    pub fn map<const N: usize>(pairs: [(&str, Value); N]) -> Self {
        Value::Mapping(pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    }

    /// What a node holds, as Helm's reader sees it; `None` where it holds what JSON cannot (NaN), an
    /// alias without an anchor, or an anchor within itself.
    pub fn of(node: NodeRef<'_>) -> Option<Self> {
        const DEEPEST: usize = 512;
        Self::of_nested(node, DEEPEST)
    }

    fn of_nested(node: NodeRef<'_>, depth: usize) -> Option<Self> {
        let depth = depth.checked_sub(1)?;
        let node = node.resolve();
        match &node.node().content {
            NodeContent::Alias(_) => None,
            NodeContent::Sequence { .. } => node
                .items()
                .map(|item| Self::of_nested(item, depth))
                .collect::<Option<_>>()
                .map(Value::Sequence),
            NodeContent::Mapping { .. } => {
                let pair = |(key, value): (NodeRef<'_>, NodeRef<'_>)| {
                    Some((
                        scalar::key_text(&key.scalar()?),
                        Self::of_nested(value, depth)?,
                    ))
                };
                node.pairs().into_iter().map(pair).collect::<Option<_>>().map(Value::Mapping)
            }
            _ => scalar::to_json(&node.scalar()?).map(Value::from),
        }
    }

    /// Writes the value in flow style, as JSON spells it.
    pub fn write_json(&self, out: &mut String) {
        match self {
            Value::Sequence(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    out.push_str(if index > 0 { ", " } else { "" });
                    item.write_json(out);
                }
                out.push(']');
            }
            Value::Mapping(pairs) => {
                out.push('{');
                for (index, (key, value)) in pairs.iter().enumerate() {
                    out.push_str(if index > 0 { ", " } else { "" });
                    out.push_str(&quote::json_text(key));
                    out.push_str(": ");
                    value.write_json(out);
                }
                out.push('}');
            }
            Value::String(text) => out.push_str(&quote::json_text(text)),
            Value::Null => out.push_str("null"),
            Value::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
            Value::Number(number) => out.push_str(&number.to_string()),
        }
    }

    /// Writes the lines of a mapping or a sequence in block style; each ends with the line ending.
    pub fn write_block(&self, out: &mut String, layout: Layout) {
        match self {
            Value::Mapping(pairs) if !pairs.is_empty() => {
                for (key, value) in pairs {
                    indent(out, layout.indent);
                    write_pair(out, layout, key, value);
                }
            }
            Value::Sequence(items) if !items.is_empty() => {
                for item in items {
                    indent(out, layout.indent);
                    out.push_str("- ");
                    item.write_item(out, layout);
                }
            }
            scalar => {
                indent(out, layout.indent);
                scalar.write_scalar(out, layout);
            }
        }
    }

    /// What follows a dash: the first line of a collection is on the dash's own.
    fn write_item(&self, out: &mut String, layout: Layout) {
        let inner = Layout {
            indent: layout.indent + 2,
            ..layout
        };
        match self {
            Value::Mapping(pairs) if !pairs.is_empty() => {
                for (index, (key, value)) in pairs.iter().enumerate() {
                    if index > 0 {
                        indent(out, inner.indent);
                    }
                    write_pair(out, inner, key, value);
                }
            }
            Value::Sequence(items) if !items.is_empty() => {
                let mut lines = String::new();
                self.write_block(&mut lines, inner);
                out.push_str(&lines[inner.indent..]);
            }
            scalar => scalar.write_scalar(out, layout),
        }
    }

    fn write_scalar(&self, out: &mut String, layout: Layout) {
        match self {
            Value::String(text) if layout.eol == "\n" && quote::can_be_literal(text) => {
                return write_literal(out, layout.indent + 2, text);
            }
            Value::String(text) => out.push_str(&quote::block_scalar_text(text)),
            other => other.write_json(out),
        }
        out.push_str(layout.eol);
    }
}

/// Writes a text of several lines as a literal block; all but empty lines get the blanks.
fn write_literal(out: &mut String, blanks: usize, text: &str) {
    let chomping = match text.strip_suffix('\n') {
        None => "-",
        Some(rest) if rest.ends_with('\n') => "+",
        Some(_) => "",
    };
    out.push('|');
    out.push_str(chomping);
    out.push('\n');
    for line in text.lines() {
        if !line.is_empty() {
            indent(out, blanks);
            out.push_str(line);
        }
        out.push('\n');
    }
}

fn write_pair(out: &mut String, layout: Layout, key: &str, value: &Value) {
    out.push_str(&quote::block_scalar_text(key));
    out.push(':');
    match value {
        Value::Mapping(pairs) if !pairs.is_empty() => {
            out.push_str(layout.eol);
            value.write_block(
                out,
                Layout {
                    indent: layout.indent + layout.map_step,
                    ..layout
                },
            );
        }
        Value::Sequence(items) if !items.is_empty() => {
            out.push_str(layout.eol);
            value.write_block(
                out,
                Layout {
                    indent: layout.indent + layout.seq_step,
                    ..layout
                },
            );
        }
        scalar => {
            out.push(' ');
            scalar.write_scalar(out, layout);
        }
    }
}

fn indent(out: &mut String, blanks: usize) {
    out.extend(std::iter::repeat_n(' ', blanks));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            any::<i32>().prop_map(|number| Value::from(i64::from(number))),
            "\\PC{0,9}|yes|0644|~|1e3|a: b|([a #:\n\t-]|\\PC){0,12}".prop_map(Value::String),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Sequence),
                prop::collection::btree_map("[a-z]{1,3}|yes|1|\\PC{1,4}", inner, 0..4)
                    .prop_map(|pairs| Value::Mapping(pairs.into_iter().collect())),
            ]
        })
    }

    fn json(value: &Value) -> serde_json::Value {
        let mut text = String::new();
        value.write_json(&mut text);
        serde_json::from_str(&text).expect("what is written is JSON")
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(
            value in any_value(), indent in 0..5usize, map_step in 1..5usize, seq_step in 0..4usize, crlf in any::<bool>(),
        ) {
            let layout = Layout { indent, map_step, seq_step, eol: if crlf { "\r\n" } else { "\n" } };
            let mut block = String::new();
            value.write_block(&mut block, layout);
            prop_assert!(block.ends_with(layout.eol));
            let read: serde_json::Value = serde_yaml::from_str(&block).expect("YAML");
            prop_assert_eq!(&read, &json(&value), "{}", block);
            let ours = crate::yaml::parse(&block).expect("YAML");
            let ours = Value::of(ours.root().expect("a root")).expect("no aliases");
            prop_assert_eq!(json(&ours), read);
        }
    }
}
