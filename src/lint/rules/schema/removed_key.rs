use crate::diag::{Code, Diagnostic, FixKind, Level};
use crate::hub::{ChartVersion, Hub};
use crate::lint::fixes::{self, split};
use crate::lint::{Check, Context, Rule};
use crate::text::Span;
use crate::values::{Content, Value};
use crate::yaml;
use table::{Now, REMOVED, Removed};

mod auth;
mod table;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::error(
    "SM004",
    "removed-key",
    "a key that a version of the chart took away or moved",
)
.page(include_str!("removed_key.md"))
.fix(FixKind::Unsafe);

/// A path, whether a value is of the shape that it had once, what to say of it, and the shape of today.
type Reshaped = (
    &'static str,
    fn(&Content) -> bool,
    &'static str,
    &'static str,
);

const RESHAPED: &[Reshaped] = &[
    (
        "prePuller.extraImages",
        |content| matches!(content, Content::List(_)),
        "`extraImages` is a list no more since z2jh 0.8",
        "a mapping, with a name of its own for each image",
    ),
    (
        "hub.extraConfig",
        |content| matches!(content, Content::String(text) if !text.is_empty()),
        "`extraConfig` is one text no more since z2jh 0.7",
        "a mapping, with a name of its own for each text",
    ),
];

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    for removed in REMOVED
        .iter()
        .filter(|removed| hub.version >= removed.since)
    {
        let mut found = Vec::new();
        let keys: Vec<&str> = removed.path.split('.').collect();
        follow(hub.values, &keys, &mut found);
        for value in found {
            let key = keys.last().unwrap_or(&"");
            let message = format!("`{key}` is gone since z2jh {}", removed.since);
            let finding = Diagnostic::new(&CODE, message).at(key_span(value), "is not read");
            let finding = fixed(cx, removed, value, finding);
            findings.push(weighed(hub, finding, removed.since, &removed.now.advice()));
        }
    }
    for (path, is_old, message, now) in RESHAPED {
        if let Some(value) = hub.get(path).filter(|value| is_old(&value.content)) {
            let finding = Diagnostic::new(&CODE, *message).at(value.set.value, "has the old shape");
            findings.push(weighed(
                hub,
                finding,
                ChartVersion::oldest(),
                &format!("write {now}"),
            ));
        }
    }
}

/// The value at its new place, where the version is known to have that, or every version that is known has.
fn fixed(cx: &Context<'_>, removed: &Removed, value: &Value, finding: Diagnostic) -> Diagnostic {
    let hub = cx.hub;
    if !hub.is_version_known && removed.since > ChartVersion::oldest() {
        return finding;
    }
    let path = removed.path;
    match &removed.now {
        Now::Moved(targets) => {
            let places = |value: yaml::Value| {
                // What the chart has by itself is not worth being said more than once.
                let is_said = |(at, to): &(usize, &&str)| {
                    let default = hub.get(to).map(|default| default.to_json().into());
                    *at == 0 || default.is_none_or(|default: yaml::Value| default != value)
                };
                let said = targets.iter().enumerate().filter(is_said);
                Some(said.map(|(_, to)| (split(to), value.clone())).collect())
            };
            let edits = fixes::scatter(cx, path, places);
            let message = match targets {
                [target] => format!("move it to `{target}`"),
                _ => "move it to these keys".to_owned(),
            };
            fixes::risky(finding, message, edits)
        }
        Now::Remade(to, shape) => {
            let places = |value: yaml::Value| Some(vec![(split(to), shape(&value)?)]);
            let edits = fixes::scatter(cx, path, places);
            fixes::risky(finding, format!("write it as `{to}`"), edits)
        }
        Now::Auth => {
            let edits = fixes::scatter(cx, path, auth::places);
            fixes::risky(finding, "write each setting below `hub.config`", edits)
        }
        Now::Renamed(name) => {
            let edits = fixes::rename_key(cx, value, name);
            fixes::risky(finding, format!("write `{name}`"), edits)
        }
        Now::Gone(_) => {
            let edits = fixes::remove(cx, value);
            fixes::risky(finding, "take it away", edits)
        }
        Now::Else(_) => finding,
    }
}

/// Values at the end of keys, of which `*` is any.
fn follow<'v>(value: &'v Value, keys: &[&str], found: &mut Vec<&'v Value>) {
    let Some((key, rest)) = keys.split_first() else {
        return found.push(value);
    };
    let entries = value.as_map().into_iter().flat_map(|map| &map.entries);
    for (_, below) in entries.filter(|(name, _)| *key == "*" || name.as_str() == *key) {
        follow(below, rest, found);
    }
}

fn key_span(value: &Value) -> Span {
    value.set.key.unwrap_or(value.set.value)
}

/// A note where nobody says of which version the values are, and a known version still has the key.
fn weighed(hub: &Hub<'_>, mut finding: Diagnostic, since: ChartVersion, help: &str) -> Diagnostic {
    let Some(versions) = hub.known_before(since) else {
        return finding.help(help);
    };
    finding.level = Level::Note;
    finding.help(format!(
        "{help}\nz2jh {versions} still has the key: set `--chart-version`"
    ))
}
