use serde_json::Value as Json;

use crate::diag::{Code, Diagnostic, FixKind};
use crate::hub::classes::{Section, settings};
use crate::hub::span;
use crate::hub::traits::Trait;
use crate::lint::{Check, Context, Rule, fixes};
use crate::values::{Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::error(
    "HB011",
    "wrong-config-type",
    "the hub does not start: a setting in `hub.config` has the wrong type",
)
.page(include_str!("wrong_trait_type.md"))
.fix(FixKind::Unsafe);

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    for (section, name, value) in settings(cx.hub) {
        if cx.hub.code_may_set(name) {
            continue;
        }
        let readers = Section::readers(cx.hub, section).unwrap_or_default();
        let known: Vec<&Trait> = readers.iter().flat_map(|reader| reader.traits(name)).collect();
        let Some(first) = known.first() else { continue };
        if !known.iter().any(|known| known.takes(value)) {
            findings.push(wrong_type(cx, section, name, first, value));
        }
    }
    findings.extend(environment_list(cx));
}

/// Returns the finding about a list of environment variables, which the chart's schema accepts and KubeSpawner rejects.
fn environment_list(cx: &Context<'_>) -> Option<Diagnostic> {
    const KEY: &str = "singleuser.extraEnv";
    let value = cx.hub.get(KEY)?;
    let Content::List(items) = &value.content else {
        return None;
    };
    let readers = Section::readers(cx.hub, "KubeSpawner")?;
    let mut known = readers.iter().flat_map(|reader| reader.traits("environment"));
    if items.is_empty() || known.any(|known| known.takes(value)) {
        return None;
    }
    let message = format!("no user server starts: `{KEY}` expects a mapping, found a list");
    let finding = Diagnostic::new(&CODE, message).at(span(value), "a list");
    Some(finding.help("use a mapping: `NAME: value`"))
}

fn wrong_type(
    cx: &Context<'_>,
    section: &str,
    name: &str,
    known: &Trait,
    value: &Value,
) -> Diagnostic {
    let fails = if section.ends_with("Spawner") {
        "no user server starts"
    } else {
        "the hub does not start"
    };
    let is = match &value.content {
        Content::Null => "`null`",
        Content::Bool(_) => "a boolean",
        Content::Number(_) => "a number",
        Content::String(_) | Content::Encrypted(..) => "a string",
        Content::List(_) => "a list",
        Content::Map(_) => "a mapping",
    };
    let wanted = wanted(known);
    let message = match (&wanted, &value.content) {
        (None, _) => format!("{fails}: `{section}.{name}` can only be set in Python"),
        (Some(_), Content::String(text)) if !known.values.is_empty() => {
            format!("{fails}: `{section}.{name}` does not accept `{text}`")
        }
        (Some(wanted), _) => {
            format!("{fails}: `{section}.{name}` expects {wanted}, found {is}")
        }
    };
    let finding = Diagnostic::new(&CODE, message).at(span(value), label(known, is));
    let Some(wanted) = wanted else {
        return finding.help("set it in `hub.extraConfig`");
    };
    let new = meant(known, value);
    let finding = finding.help(match (&new, &value.content) {
        (_, Content::String(_)) if !known.values.is_empty() => {
            let values = known.values.iter().map(|value| format!("`{value}`"));
            format!("use {}", values.collect::<Vec<_>>().join(" or "))
        }
        (Some(new @ Json::Array(_)), _) => format!("use a list: `{}`", in_flow(new)),
        (Some(new), _) => format!("use `{new}` without quotes"),
        (None, Content::Number(_) | Content::Bool(_)) if wanted == "a string" => {
            "quote the value".to_owned()
        }
        (None, _) => format!("use {wanted}"),
    });
    match new {
        Some(new) => {
            let message = format!("replace it with `{}`", in_flow(&new));
            let edits = match &new {
                Json::Array(_) => fixes::replace(cx, value.set, new),
                new => fixes::replace_scalar(cx, value, new.clone()),
            };
            fixes::unsafe_fix(finding, message, edits)
        }
        None => finding,
    }
}

fn label(known: &Trait, is: &str) -> String {
    if known.values.is_empty() {
        is.to_owned()
    } else {
        "unsupported value".to_owned()
    }
}

/// Returns the accepted types in words; nothing if YAML cannot express one.
fn wanted(known: &Trait) -> Option<String> {
    let words = known.in_words()?;
    Some(words.replace("a text", "a string").replace("a whole number", "an integer"))
}

/// Returns the value that was probably meant: the boolean or number in quotes, or a list of the names in a string.
fn meant(known: &Trait, value: &Value) -> Option<Json> {
    let Content::String(text) = &value.content else {
        return None;
    };
    let bare = text.trim().to_lowercase();
    let bare: Option<Json> = match bare.as_str() {
        "yes" | "on" => Some(true.into()),
        "no" | "off" => Some(false.into()),
        _ => serde_json::from_str(&bare).ok(),
    };
    let takes = |json: &Json| {
        let content = match json {
            Json::Array(_) => Content::list(Vec::new()),
            Json::Object(_) => return false,
            scalar => Value::scalar(scalar.clone()),
        };
        known.takes(&Value::new(content, None, value.set.value))
    };
    let bare = bare.filter(|bare| !bare.is_null() && !bare.is_array() && takes(bare));
    let list = || {
        let names = text.split([',', ' ']).filter(|name| !name.is_empty());
        let list: Json = names.collect::<Vec<_>>().into();
        let is_plain = !text.is_empty() && !text.contains(['[', '{', '"', '\'']);
        Some(list).filter(|list| is_plain && takes(list))
    };
    bare.or_else(list)
}

/// Writes a value in the flow style of YAML.
fn in_flow(value: &Json) -> String {
    match value {
        Json::Array(items) => {
            let items = items.iter().map(|item| match item {
                Json::String(text) => text.clone(),
                other => other.to_string(),
            });
            format!("[{}]", items.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}
