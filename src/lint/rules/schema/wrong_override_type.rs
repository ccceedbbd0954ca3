use crate::diag::{Code, Diagnostic, Level};
use crate::hub::Hub;
use crate::hub::profiles;
use crate::hub::span;
use crate::hub::traits::{Trait, Traits};
use crate::lint::{Check, Context, Rule};
use crate::values::{Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::error(
    "SM012",
    "wrong-spawner-override-type",
    "user servers of a profile do not start: an override has a wrong type",
)
.page(include_str!("wrong_override_type.md"));

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    let traits = Traits::of(hub.version);
    let has_own_spawner = profiles::has_own_spawner(hub);
    for settings in profiles::all_overrides(hub) {
        let entries = settings.as_map().into_iter();
        for (key, value) in entries.flat_map(|map| &map.entries) {
            let Some(known) = traits.get(key) else {
                continue;
            };
            if known.takes(value) || is_of_another_rule(key, value) {
                continue;
            }
            let mut found = refused(hub, key, known, value);
            if has_own_spawner {
                found.level = Level::Warning;
            }
            findings.push(found);
        }
    }
}

const CONSEQUENCE: &str = "user servers of this profile do not start";

/// Returns whether another rule reports the value: RS002 strings for cores, IM001 mappings for images.
fn is_of_another_rule(key: &str, value: &Value) -> bool {
    match key {
        "cpu_limit" | "cpu_guarantee" => matches!(value.content, Content::String(_)),
        "image" => value.is_map(),
        _ => false,
    }
}

fn refused(hub: &Hub<'_>, key: &str, known: &Trait, value: &Value) -> Diagnostic {
    let is = match &value.content {
        Content::Null => "`null`",
        Content::Bool(_) => "a boolean",
        Content::Number(_) => "a number",
        Content::String(_) | Content::Encrypted(..) => "a string",
        Content::List(_) => "a list",
        Content::Map(_) => "a mapping",
    };
    let wanted = known.in_words();
    let message = match (&wanted, &value.content) {
        (None, _) => {
            format!("`{key}` is code, which values cannot contain: {CONSEQUENCE}")
        }
        (Some(_), Content::String(text)) if !known.values.is_empty() => {
            format!("`{text}` is not a value of `{key}`: {CONSEQUENCE}")
        }
        (Some(wanted), _) => format!("`{key}` is {is}, not {wanted}: {CONSEQUENCE}"),
    };
    let finding = Diagnostic::new(&CODE, message).at(span(value), "rejected by KubeSpawner");
    finding.help(help(hub, key, known, value, wanted.as_deref()))
}

fn help(hub: &Hub<'_>, key: &str, known: &Trait, value: &Value, wanted: Option<&str>) -> String {
    let Some(wanted) = wanted else {
        return "set it in `hub.extraConfig`".to_owned();
    };
    if let Some(version) = Traits::first_after(hub.version, key, value) {
        return format!("write {wanted}; z2jh {version} and later accept this value");
    }
    match &value.content {
        Content::Null => {
            "remove the key: what a profile does not override keeps the hub's value".into()
        }
        Content::String(_) if !known.values.is_empty() => {
            let values = known.values.iter().map(|value| format!("`{value}`"));
            format!("write {}", values.collect::<Vec<_>>().join(" or "))
        }
        Content::String(text) if is_taken_bare(known, value, text) => {
            format!("write `{text}`, without quotes")
        }
        Content::Number(_) | Content::Bool(_) if wanted == "a string" => "quote the value".into(),
        _ => format!("write {wanted}"),
    }
}

/// Returns whether the value would be accepted without quotes.
fn is_taken_bare(known: &Trait, value: &Value, text: &str) -> bool {
    let bare = serde_json::from_str(text).map(Value::scalar);
    let bare = bare.map(|content| Value::new(content, None, value.set.value));
    bare.is_ok_and(|bare| !bare.is_null() && known.takes(&bare))
}
