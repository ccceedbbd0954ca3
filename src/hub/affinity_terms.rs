//! Terms of a required node affinity: of several one has to match, and of a term all expressions.

use crate::values::{Content, Value};

/// The expressions of a term.
pub fn expressions(term: &Value) -> Vec<&Value> {
    match term.get("matchExpressions").map(|list| &list.content) {
        Some(Content::List(items)) => items.iter().collect(),
        _ => Vec::new(),
    }
}

/// The label that an expression looks at; nothing where it is not known.
pub fn key(expression: &Value) -> Option<&str> {
    text(expression.get("key")?)
}

/// Whether a term looks at this label, or may do so.
pub fn looks_at(term: &Value, label: &str) -> bool {
    let all = expressions(term);
    all.into_iter()
        .any(|expression| key(expression).is_none_or(|key| key == label))
}

/// Whether no node with these labels matches an expression.
pub fn excludes(expression: &Value, selector: &Value) -> bool {
    let wanted = key(expression)
        .and_then(|key| selector.get(key))
        .and_then(text);
    let operator = expression.get("operator").and_then(text);
    let (Some(wanted), Some(operator)) = (wanted, operator) else {
        return false;
    };
    match operator {
        "DoesNotExist" => true,
        "In" => values(expression).is_some_and(|all| !all.contains(&wanted)),
        "NotIn" => values(expression).is_some_and(|all| all.contains(&wanted)),
        _ => false,
    }
}

/// Whether two expressions want other values of one label.
pub fn exclude_each_other(one: &Value, other: &Value) -> bool {
    let is_in = |it: &Value| it.get("operator").and_then(text) == Some("In");
    if key(one).is_none() || key(one) != key(other) || !is_in(one) || !is_in(other) {
        return false;
    }
    match (values(one), values(other)) {
        (Some(one), Some(other)) => !one.iter().any(|value| other.contains(value)),
        _ => false,
    }
}

/// All values, where all are known.
fn values(expression: &Value) -> Option<Vec<&str>> {
    match &expression.get("values")?.content {
        Content::List(items) => items.iter().map(text).collect(),
        _ => None,
    }
}

/// A text that is known.
pub fn text(value: &Value) -> Option<&str> {
    match &value.content {
        Content::String(text) => Some(text),
        _ => None,
    }
}
