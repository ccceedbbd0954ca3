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
    "a key was removed or moved in this version of the chart",
)
.page(include_str!("removed_key.md"))
.fix(FixKind::Unsafe);

/// A path, whether a value has the old form, the message, and the form of today.
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
        "`extraImages` must be a mapping since z2jh 0.8",
        "a mapping from a name to each image",
    ),
    (
        "hub.extraConfig",
        |content| matches!(content, Content::String(text) if !text.is_empty()),
        "`extraConfig` must be a mapping since z2jh 0.7",
        "a mapping from a name to each piece of code",
    ),
];

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    for removed in REMOVED.iter().filter(|removed| hub.version >= removed.since) {
        let mut found = Vec::new();
        let keys: Vec<&str> = removed.path.split('.').collect();
        follow(hub.values, &keys, &mut found);
        for value in found {
            let message = format!("`{}` was removed in z2jh {}", removed.path, removed.since);
            let finding = Diagnostic::new(&CODE, message).at(key_span(value), "removed key");
            let finding = fixed(cx, removed, value, finding);
            findings.push(weighed(hub, finding, removed.since, &removed.now.advice()));
        }
    }
    for (path, is_old, message, now) in RESHAPED {
        if let Some(value) = hub.get(path).filter(|value| is_old(&value.content)) {
            let finding = Diagnostic::new(&CODE, *message).at(value.set.value, "old form");
            findings.push(weighed(
                hub,
                finding,
                ChartVersion::oldest(),
                &format!("write {now}"),
            ));
        }
    }
}

/// Adds a fix that moves the value to its new place, if the chart version has that place for sure.
fn fixed(cx: &Context<'_>, removed: &Removed, value: &Value, finding: Diagnostic) -> Diagnostic {
    let hub = cx.hub;
    if !hub.is_version_known && removed.since > ChartVersion::oldest() {
        return finding;
    }
    let path = removed.path;
    match &removed.now {
        Now::Moved(targets) => {
            let places = |value: yaml::Value| {
                // Of several places, those whose default is the value already are left out, except for the first.
                let is_needed = |(at, to): &(usize, &&str)| {
                    let default = hub.get(to).map(|default| default.to_json().into());
                    *at == 0 || default.is_none_or(|default: yaml::Value| default != value)
                };
                let needed = targets.iter().enumerate().filter(is_needed);
                Some(needed.map(|(_, to)| (split(to), value.clone())).collect())
            };
            let edits = fixes::scatter(cx, path, places);
            let message = match targets {
                [target] => format!("move it to `{target}`"),
                _ => "move it to these keys".to_owned(),
            };
            fixes::unsafe_fix(finding, message, edits)
        }
        Now::Remade(to, shape) => {
            let places = |value: yaml::Value| Some(vec![(split(to), shape(&value)?)]);
            let edits = fixes::scatter(cx, path, places);
            fixes::unsafe_fix(finding, format!("write it as `{to}`"), edits)
        }
        Now::Auth => {
            let edits = fixes::scatter(cx, path, auth::places);
            fixes::unsafe_fix(
                finding,
                "move each setting to its class below `hub.config`",
                edits,
            )
        }
        Now::Renamed(name) => {
            let edits = fixes::rename_key(cx, value, name);
            fixes::unsafe_fix(finding, format!("rename it to `{name}`"), edits)
        }
        Now::Gone(_) => {
            let edits = fixes::remove(cx, value);
            fixes::unsafe_fix(finding, "remove it", edits)
        }
        Now::Else(_) => finding,
    }
}

/// Collects the values at a path, in which `*` matches any key.
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

/// Returns the finding with its help; a note if the chart version is unknown and a known version still has the key.
fn weighed(hub: &Hub<'_>, mut finding: Diagnostic, since: ChartVersion, help: &str) -> Diagnostic {
    let Some(versions) = hub.known_before(since) else {
        return finding.help(help);
    };
    finding.level = Level::Note;
    finding.help(format!(
        "{help}\nz2jh {versions} still has the key: set `--chart-version`"
    ))
}
