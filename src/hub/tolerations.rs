//! What a toleration in values tolerates. An unknown part of it, such as an encrypted one, is assumed to match.

use serde_json::{Value as Json, json};

use super::components::DEDICATED;
use crate::values::{Content, Value};

/// Returns the spellings of the dedicated taint with this value that none of the tolerations matches.
pub fn missing(items: &[&Value], value: &str) -> Vec<&'static str> {
    let is_missing = |key: &&str| !items.iter().any(|item| tolerates(item, key, value));
    DEDICATED.into_iter().filter(is_missing).collect()
}

/// Returns tolerations of these spellings, copied from that of the other spelling if there is one, else as the chart
/// has them.
pub fn with_spellings(items: &[&Value], spellings: &[&str], value: &str) -> Vec<Json> {
    let mut twins = items.iter().filter(|item| {
        DEDICATED
            .iter()
            .any(|key| text(item, "key").is(key) && tolerates(item, key, value))
    });
    let like = twins.next().map(|twin| twin.to_json());
    let like = like
        .unwrap_or_else(|| json!({"operator": "Equal", "value": value, "effect": "NoSchedule"}));
    let spelled = |spelling: &&str| {
        let mut toleration = like.clone();
        toleration["key"] = json!(spelling);
        toleration
    };
    spellings.iter().map(spelled).collect()
}

/// Returns the first toleration of the dedicated taint with another value, and that value.
pub fn of_another_value<'v>(items: &[&'v Value], value: &str) -> Option<(&'v Value, String)> {
    items.iter().find_map(|item| {
        let (Text::Is(key), Text::Is(own)) = (text(item, "key"), text(item, "value")) else {
            return None;
        };
        let is_other = DEDICATED.contains(&key) && !own.is_empty() && own != value;
        is_other.then(|| (*item, own.to_owned()))
    })
}

/// Whether a toleration matches every taint.
pub fn is_everything(item: &Value) -> bool {
    text(item, "key").is("") && text(item, "operator").is("Exists")
}

/// Whether a toleration matches a taint with the effect `NoSchedule`.
fn tolerates(item: &Value, key: &str, value: &str) -> bool {
    let effect = text(item, "effect");
    let operator = text(item, "operator");
    if !(effect.may_be("") || effect.may_be("NoSchedule")) {
        return false;
    }
    if is_everything(item) {
        return true;
    }
    let is_equal = operator.may_be("Equal") || operator.is("");
    text(item, "key").may_be(key)
        && (operator.may_be("Exists") || is_equal && text(item, "value").may_be(value))
}

/// A string as far as it is known. A missing field is the empty string.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Text<'v> {
    /// This string.
    Is(&'v str),
    /// Encrypted, or no string.
    Unknown,
}

impl Text<'_> {
    /// Whether it is known to be this string.
    pub fn is(self, text: &str) -> bool {
        self == Text::Is(text)
    }

    /// Whether it is this string or unknown.
    fn may_be(self, text: &str) -> bool {
        self == Text::Unknown || self.is(text)
    }
}

/// Returns a field of a toleration.
pub fn text<'v>(item: &'v Value, key: &str) -> Text<'v> {
    match item.get(key).map(|value| &value.content) {
        None | Some(Content::Null) => Text::Is(""),
        Some(Content::String(text)) => Text::Is(text),
        Some(_) => Text::Unknown,
    }
}
