use crate::diag::{Code, Diagnostic, FixKind, Level};
use crate::hub::Hub;
use crate::hub::profiles::{self, SpawnerSettings};
use crate::hub::span;
use crate::lint::{Check, Context, Rule, fixes};
use crate::values::Value;
use crate::yaml;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::warning(
    "NP009",
    "extra-pod-config-bypass",
    "user pods are placed where placeholders and image pullers cannot see it",
)
.page(include_str!("extra_pod_config_bypass.md"))
.fix(FixKind::Unsafe);

/// A field of a pod in both spellings, with the trait of profiles and the key of the chart that are for it.
const FIELDS: [(&str, &str, &str, &str); 5] = [
    (
        "tolerations",
        "tolerations",
        "tolerations",
        "singleuser.extraTolerations",
    ),
    (
        "affinity",
        "affinity",
        "node_affinity_required",
        "singleuser.extraNodeAffinity",
    ),
    (
        "nodeSelector",
        "node_selector",
        "node_selector",
        "singleuser.nodeSelector",
    ),
    (
        "priorityClassName",
        "priority_class_name",
        "priority_class_name",
        "scheduling.podPriority",
    ),
    (
        "schedulerName",
        "scheduler_name",
        "scheduler_name",
        "scheduling.userScheduler",
    ),
];

/// The only keys that the affinity to nodes has, in both spellings.
const AFFINITY: [&str; 4] = [
    "requiredDuringSchedulingIgnoredDuringExecution",
    "preferredDuringSchedulingIgnoredDuringExecution",
    "required_during_scheduling_ignored_during_execution",
    "preferred_during_scheduling_ignored_during_execution",
];

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    for settings in profiles::effective(hub) {
        for (name, value) in settings.entries("extra_pod_config") {
            if let Some(finding) = flaw(cx, settings, name, value) {
                profiles::report(findings, finding);
            }
        }
    }
}

fn flaw(
    cx: &Context<'_>,
    settings: &SpawnerSettings<'_>,
    name: &str,
    value: &Value,
) -> Option<Diagnostic> {
    let hub = cx.hub;
    let (camel, _, of_profile, of_chart) = FIELDS
        .into_iter()
        .find(|(camel, snake, ..)| name == *camel || name == *snake)?;
    if value.is_null() || !is_seen(hub, camel) {
        return None;
    }
    if let Some(key) = unknown_affinity(value).filter(|_| camel == "affinity") {
        let finding = not_a_key(key);
        return Some(if settings.is_overridden("extra_pod_config") {
            finding
        } else {
            moved(cx, name, camel, finding)
        });
    }
    let message = format!(
        "`{name}` of {} takes the place of what the chart computes, and is unknown to placeholders and image pullers",
        settings.title
    );
    let is_of_profile = settings.is_overridden("extra_pod_config");
    let help = if is_of_profile {
        format!("use the trait `{of_profile}`, or `{of_chart}` for all servers")
    } else {
        format!("use `{of_chart}`")
    };
    let finding = Diagnostic::new(&CODE, message)
        .at(span(value), "comes last")
        .help(help);
    Some(if is_of_profile {
        of_profile_moved(cx, name, value, of_profile, finding)
    } else {
        moved(cx, name, camel, finding)
    })
}

/// The field at the key that the chart has for it.
fn moved(cx: &Context<'_>, name: &str, camel: &str, finding: Diagnostic) -> Diagnostic {
    let from = format!("singleuser.extraPodConfig.{name}");
    let edits = match camel {
        "tolerations" => fixes::move_key(cx, &from, "singleuser.extraTolerations"),
        "nodeSelector" => fixes::move_key(cx, &from, "singleuser.nodeSelector"),
        "affinity" => fixes::scatter(cx, &from, affinity),
        _ => None,
    };
    fixes::risky(finding, "move it to the chart's own key", edits)
}

/// The field as the trait of a profile that is for it, where that has the same shape.
fn of_profile_moved(
    cx: &Context<'_>,
    name: &str,
    value: &Value,
    of_profile: &str,
    finding: Diagnostic,
) -> Diagnostic {
    let hub = cx.hub;
    let is_holder = |settings: &&Value| {
        let held = settings.get_path(&["extra_pod_config", name]);
        held.is_some_and(|held| held.set == value.set)
    };
    let same = matches!(of_profile, "tolerations" | "node_selector");
    let holder = profiles::overrides(hub).into_iter().find(is_holder);
    let edits = holder
        .filter(|_| same)
        .and_then(|holder| fixes::transfer(cx, value, holder, &[of_profile]));
    fixes::risky(finding, format!("make it the trait `{of_profile}`"), edits)
}

/// An affinity by the chart's keys: terms that are required, and those that are preferred.
fn affinity(affinity: yaml::Value) -> Option<Vec<fixes::NewValue>> {
    let yaml::Value::Mapping(kinds) = affinity else {
        return None;
    };
    let mut places = Vec::new();
    for (kind, rules) in kinds {
        let (_, key) = KINDS.iter().find(|(known, _)| *known == kind)?;
        let yaml::Value::Mapping(rules) = rules else {
            return None;
        };
        for (rule, terms) in rules {
            let which = WHICH.iter().find(|which| rule.starts_with(**which))?;
            let path = format!("singleuser.{key}.{which}");
            places.push((fixes::split(&path), terms_of(terms)?));
        }
    }
    Some(places)
}

const KINDS: [(&str, &str); 3] = [
    ("nodeAffinity", "extraNodeAffinity"),
    ("podAffinity", "extraPodAffinity"),
    ("podAntiAffinity", "extraPodAntiAffinity"),
];

/// How the chart's keys are called, and the long ones begin.
const WHICH: [&str; 2] = ["required", "preferred"];

/// A list of terms; the affinity to nodes has one key more around it.
fn terms_of(terms: yaml::Value) -> Option<yaml::Value> {
    match terms {
        yaml::Value::Sequence(_) => Some(terms),
        yaml::Value::Mapping(pairs) => {
            let mut pairs = pairs.into_iter();
            let (key, terms) = pairs.next()?;
            let is_whole = key == "nodeSelectorTerms" && pairs.next().is_none();
            is_whole.then_some(terms)
        }
        _ => None,
    }
}

/// Whether there is something that it takes the place of, or somebody who should know.
fn is_seen(hub: &Hub<'_>, field: &str) -> bool {
    let replaced = match field {
        "priorityClassName" => "scheduling.podPriority.enabled",
        "schedulerName" => "scheduling.userScheduler.enabled",
        _ => return true,
    };
    hub.has_placeholders() || hub.flag(replaced) == Some(true)
}

fn unknown_affinity(affinity: &Value) -> Option<&Value> {
    let of_nodes = affinity
        .get("nodeAffinity")
        .or(affinity.get("node_affinity"))?;
    let mut entries = of_nodes.as_map()?.entries.iter();
    let unknown = entries.find(|(key, _)| !AFFINITY.contains(&key.as_str()));
    unknown.map(|(_, value)| value)
}

fn not_a_key(value: &Value) -> Diagnostic {
    let mut finding = Diagnostic::new(&CODE, "the affinity to nodes of a pod has no such key")
        .at(span(value), "counts for nothing")
        .help(
            "it has `requiredDuringSchedulingIgnoredDuringExecution` and `preferredDuringSchedulingIgnoredDuringExecution`; \
             `singleuser.extraNodeAffinity` has the short ones",
        );
    finding.level = Level::Error;
    finding
}
