//! Terms of a required node affinity in values. Any one term must match, and all expressions of a term.

use crate::values::{Content, Value};

/// Returns the expressions of a term.
pub fn expressions(term: &Value) -> Vec<&Value> {
    match term.get("matchExpressions").map(|list| &list.content) {
        Some(Content::List(items)) => items.iter().collect(),
        _ => Vec::new(),
    }
}

/// Returns the label key of an expression; `None` if it is unknown.
pub fn key(expression: &Value) -> Option<&str> {
    text(expression.get("key")?)
}

/// Whether a term uses a label, or may do so because a key is unknown.
pub fn looks_at(term: &Value, label: &str) -> bool {
    let all = expressions(term);
    all.into_iter().any(|expression| key(expression).is_none_or(|key| key == label))
}

/// Whether no node with the labels of a node selector matches an expression.
pub fn excludes(expression: &Value, selector: &Value) -> bool {
    let wanted = key(expression).and_then(|key| selector.get(key)).and_then(text);
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

/// Whether two `In` expressions of the same label have no value in common.
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

/// Returns the values of an expression; `None` if one of them is unknown.
fn values(expression: &Value) -> Option<Vec<&str>> {
    match &expression.get("values")?.content {
        Content::List(items) => items.iter().map(text).collect(),
        _ => None,
    }
}

/// Returns a string; `None` if the value is encrypted or no string.
pub fn text(value: &Value) -> Option<&str> {
    match &value.content {
        Content::String(text) => Some(text),
        _ => None,
    }
}
