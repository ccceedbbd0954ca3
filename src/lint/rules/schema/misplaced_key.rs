use crate::diag::{Code, Diagnostic, FixKind};
use crate::lint::{Check, Rule, SchemaViolation, fixes};
use crate::schema::ViolationKind;
use crate::values::Content;
use crate::yaml;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Violation,
};

static CODE: Code = Code::error(
    "SM002",
    "misplaced-key",
    "a known key is at the wrong place in the values: the chart rejects it",
)
.page(include_str!("misplaced_key.md"))
.fix(FixKind::Unsafe);

/// The most places of a key that are proposed; with more, none is likely the intended one.
const MOST_HOMES: usize = 3;

pub(in crate::lint) fn check(found: &SchemaViolation<'_, '_>) -> Option<Diagnostic> {
    let ViolationKind::UnknownKey { key, meant, homes } = &found.violation.kind else {
        return None;
    };
    let path: Vec<&str> = found.path.iter().map(String::as_str).collect();
    if let Some(finding) = one_level_too_deep(found, key, homes) {
        return Some(finding);
    }
    let of_hub = found.hub.is_some().then(|| home_in_hub(&path, found)).flatten();
    let help = match &of_hub {
        Some(home) => format!("move it to `{home}`"),
        None if meant.is_none() && (1..=MOST_HOMES).contains(&homes.len()) => {
            let homes: Vec<String> = homes.iter().map(|home| at(home, key)).collect();
            format!("move it to {}", homes.join(" or "))
        }
        None => return None,
    };
    let finding = found.violation.clone().under(&CODE).help(help);
    let to = of_hub.or_else(|| match homes.as_slice() {
        [home] if !home.contains(['*', '[']) => Some(join(home, key)),
        _ => None,
    });
    Some(match (to, found.hub) {
        (Some(to), Some(hub)) => {
            let edits = fixes::move_key(hub, &found.path.join("."), &to);
            fixes::unsafe_fix(finding, format!("move it to `{to}`"), edits)
        }
        _ => finding,
    })
}

/// Returns the finding for a key inside its own value, such as `singleuser.storage.storage`.
fn one_level_too_deep(
    found: &SchemaViolation<'_, '_>,
    key: &str,
    homes: &[String],
) -> Option<Diagnostic> {
    let (_, above) = found.path.split_last()?;
    let above = above.join(".");
    let map = found.value?.as_map()?;
    homes.iter().find(|home| join(home, key) == above)?;
    let mut keys = map.entries.keys();
    let first = keys.next()?;
    let help = match keys.next() {
        None => format!("remove one level: `{above}.{first}`"),
        Some(_) => format!("remove one level: put its keys under `{above}`"),
    };
    let finding = found.violation.clone().under(&CODE).help(help);
    let Some(hub) = found.hub else {
        return Some(finding);
    };
    let to = fixes::split(&above);
    let edits = fixes::scatter(hub, &found.path.join("."), |value| match value {
        yaml::Value::Mapping(entries) => {
            let place = |(key, value)| (to.iter().cloned().chain([key]).collect(), value);
            Some(entries.into_iter().map(place).collect())
        }
        _ => None,
    });
    Some(fixes::unsafe_fix(finding, "remove one level", edits))
}

fn at(home: &str, key: &str) -> String {
    match home {
        "" => format!("`{key}` at the top level"),
        home => format!("`{home}.{key}`"),
    }
}

fn join(home: &str, key: &str) -> String {
    match home {
        "" => key.to_owned(),
        home => format!("{home}.{key}"),
    }
}

/// Returns the path of a setting of JupyterHub's classes or of the spawner.
fn home_in_hub(path: &[&str], found: &SchemaViolation<'_, '_>) -> Option<String> {
    match path {
        ["hub", key] if key.starts_with(|c: char| c.is_ascii_uppercase()) => {
            Some(format!("hub.config.{key}"))
        }
        ["hub", key] if is_program(found) => Some(format!("hub.extraConfig.{key}")),
        ["hub", key] if key.contains('_') && !has_sibling(found) => {
            Some(format!("hub.config.JupyterHub.{key}"))
        }
        ["singleuser", "mem_limit"] => Some("singleuser.memory.limit".to_owned()),
        ["singleuser", "mem_guarantee"] => Some("singleuser.memory.guarantee".to_owned()),
        ["singleuser", "cpu_limit"] => Some("singleuser.cpu.limit".to_owned()),
        ["singleuser", "cpu_guarantee"] => Some("singleuser.cpu.guarantee".to_owned()),
        _ => None,
    }
}

/// Returns whether the same mapping has a similar known key.
fn has_sibling(found: &SchemaViolation<'_, '_>) -> bool {
    matches!(&found.violation.kind, ViolationKind::UnknownKey { meant, .. } if meant.is_some())
}

/// Returns whether the value is Python code, as in entries of `extraConfig`.
fn is_program(found: &SchemaViolation<'_, '_>) -> bool {
    match found.value.map(|value| &value.content) {
        Some(Content::String(text)) => {
            text.lines().any(|line| line.starts_with("c.") || line.starts_with("import "))
        }
        _ => false,
    }
}
