use serde_json::Value as Json;

use crate::diag::{Code, Diagnostic, FixKind, Level};
use crate::hub::chart::{NAME, Version};
use crate::hub::span;
use crate::hub::{Basis, ChartValues};
use crate::lint::documents::Edits;
use crate::lint::{Check, Rule, Values, fixes};
use crate::values::Value;
use crate::yaml;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Values(check),
};

static CODE: Code = Code::warning(
    "SM003",
    "key-outside-subchart",
    "a z2jh setting is outside the mapping that Helm passes to z2jh, so it is ignored",
)
.page(include_str!("outside_subchart.md"))
.fix(FixKind::Unsafe);

/// Top-level keys of the chart, with keys below them that only z2jh has; without any, the key itself is proof enough.
const TOP: [(&str, &[&str]); 6] = [
    ("singleuser", &[]),
    ("prePuller", &[]),
    ("scheduling", &[]),
    ("cull", &[]),
    (
        "hub",
        &[
            "activeServerLimit",
            "concurrentSpawnLimit",
            "config",
            "cookieSecret",
            "extraConfig",
            "extraFiles",
            "loadRoles",
            "namedServerLimitPerUser",
            "services",
            "templatePaths",
        ],
    ),
    ("proxy", &["chp", "secretToken", "traefik"]),
];

fn check(values: &Values<'_>, findings: &mut Vec<Diagnostic>) {
    let Some(hub) = values.charts.iter().find(|chart| chart.is_hub) else {
        return;
    };
    findings.extend(nested(values, hub));
    for depth in 0..hub.path.len() {
        let path = &hub.path[..depth];
        // The schema of a chart reports unknown keys itself.
        if values.charts.iter().any(|chart| chart.path == path) {
            continue;
        }
        let keys: Vec<&str> = path.iter().map(String::as_str).collect();
        let Some(around) = values.root.get_path(&keys) else {
            continue;
        };
        findings.extend(outside(values, hub, path, around));
    }
}

/// Returns findings for settings around the values of the hub.
fn outside(
    values: &Values<'_>,
    hub: &ChartValues<'_>,
    path: &[String],
    around: &Value,
) -> Vec<Diagnostic> {
    let place = hub.path.join(".");
    let finding = |(key, value): (&str, &Value)| {
        let message =
            format!("`{key}` is ignored: it is outside `{place}`, so z2jh does not get it");
        let finding = Diagnostic::new(&CODE, message)
            .at(span(value), "not passed to z2jh")
            .help(format!("move it to `{place}.{key}`"));
        let inside = hub.values.set.key.into_iter();
        let finding = inside.fold(finding, |finding, key| {
            finding.at(key, "z2jh gets this mapping")
        });
        let path = path.iter().map(String::as_str);
        let from: Vec<&str> = path.chain([key]).collect();
        let to: Vec<String> = hub.path.iter().cloned().chain([key.to_owned()]).collect();
        let edits = fixes::scatter(values, &from.join("."), |value| {
            Some(vec![(to.clone(), value)])
        });
        fixes::unsafe_fix(finding, format!("move it to `{place}.{key}`"), edits)
    };
    of_hub(around).into_iter().map(finding).collect()
}

/// Returns the finding for values of a hub below a key `jupyterhub` of z2jh's own values.
fn nested(values: &Values<'_>, hub: &ChartValues<'_>) -> Option<Diagnostic> {
    let below = hub.values.get(NAME)?;
    let (key, _) = *of_hub(below).first()?;
    let is_at_hand = matches!(hub.basis, Basis::Own(_));
    let mut beside = TOP.iter().filter_map(|(key, _)| hub.values.get(key));
    let is_written = |value: &&Value| !values.defaults.contains(&value.set.value.source);
    if let Some(beside) = beside.find(is_written)
        && hub.path.is_empty()
        && !is_at_hand
    {
        return Some(mixed(below, beside));
    }
    let message = format!("values are one level too deep: z2jh has no key `{NAME}`");
    let path = hub.path.iter().map(String::as_str);
    let home: Vec<&str> = path.chain([key]).collect();
    let finding = Diagnostic::new(&CODE, message)
        .at(span(below), "unknown key")
        .help(format!("remove this level: write `{}`", home.join(".")));
    let level = if is_at_hand { Level::Error } else { CODE.level };
    let finding = Diagnostic { level, ..finding };
    Some(fixes::unsafe_fix(
        finding,
        "remove one level",
        lifted(values, hub),
    ))
}

/// Returns edits that move each key one level up.
fn lifted(values: &Values<'_>, hub: &ChartValues<'_>) -> Edits {
    let path = hub.path.iter().map(String::as_str);
    let from: Vec<&str> = path.chain([NAME]).collect();
    fixes::scatter(values, &from.join("."), |value| {
        let yaml::Value::Mapping(pairs) = value else {
            return None;
        };
        let place = |(key, value)| (hub.path.iter().cloned().chain([key]).collect(), value);
        Some(pairs.into_iter().map(place).collect())
    })
}

/// Returns the finding for values at both places, if it is unknown which one is right.
fn mixed(below: &Value, beside: &Value) -> Diagnostic {
    let message =
        format!("z2jh settings are at the top level and below `{NAME}`: one of the two is ignored");
    Diagnostic::new(&CODE, message)
        .at(span(below), "below `jupyterhub`")
        .at(span(beside), "at the top level")
        .help(format!(
            "move all of them to the top level if z2jh itself is installed, or below `{NAME}` if another chart \
             depends on it"
        ))
}

/// Returns the entries of a mapping that are certainly settings of z2jh: it has all keys below them.
fn of_hub(values: &Value) -> Vec<(&'static str, &Value)> {
    let candidates: Vec<_> = TOP
        .iter()
        .filter_map(|(key, telling)| Some((*key, *telling, values.get(key)?)))
        .filter(|(_, telling, value)| says_enough(value, telling))
        .collect();
    if candidates.is_empty() {
        return Vec::new();
    }
    let defaults: Json = serde_json::from_str(Version::nearest(None).defaults)
        .expect("the recorded defaults are JSON");
    let fitting = candidates.into_iter();
    fitting
        .filter(|(key, _, value)| fits(value, &defaults[*key]))
        .map(|(key, _, value)| (key, value))
        .collect()
}

fn says_enough(value: &Value, telling: &[&str]) -> bool {
    let Some(map) = value.as_map() else {
        return false;
    };
    let mut keys = map.entries.keys();
    keys.any(|key| telling.is_empty() || telling.contains(&key.as_str()))
}

/// Returns whether the chart has all keys below; an empty mapping as default allows any key.
fn fits(value: &Value, default: &Json) -> bool {
    let (Some(map), Some(known)) = (value.as_map(), default.as_object()) else {
        return true;
    };
    known.is_empty()
        || map.entries.iter().all(|(key, below)| {
            known
                .get(key)
                .is_some_and(|default| default.is_object() == below.is_map() || default.is_null())
                && fits(below, &known[key])
        })
}
