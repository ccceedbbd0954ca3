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
    "extra-pod-config-overrides-chart",
    "`extraPodConfig` places user pods, but placeholders and image pullers ignore it",
)
.page(include_str!("extra_pod_config_bypass.md"))
.fix(FixKind::Unsafe);

/// Pod fields: spelling in Kubernetes, spelling in Python, and the trait and the chart key to use instead.
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

/// The keys of `nodeAffinity`, spelled as in Kubernetes and as in Python.
const NODE_AFFINITY_KEYS: [&str; 4] = [
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
    let (camel, _, of_profile, of_chart) =
        FIELDS.into_iter().find(|(camel, snake, ..)| name == *camel || name == *snake)?;
    if value.is_null() || !matters(hub, camel) {
        return None;
    }
    if let Some((key, value)) = unknown_affinity(value).filter(|_| camel == "affinity") {
        let finding = not_a_key(key, value);
        return Some(if settings.is_overridden("extra_pod_config") {
            finding
        } else {
            with_chart_key_fix(cx, name, camel, finding)
        });
    }
    let is_of_profile = settings.is_overridden("extra_pod_config");
    let field = if is_of_profile {
        "extra_pod_config"
    } else {
        "extraPodConfig"
    };
    let message = format!(
        "`{field}.{name}` of {} overrides the chart, and placeholders and image pullers ignore it",
        settings.title
    );
    let help = if is_of_profile {
        format!("use the trait `{of_profile}`, or `{of_chart}` for all user servers")
    } else {
        format!("use `{of_chart}` instead")
    };
    let finding = Diagnostic::new(&CODE, message).at(span(value), "applied last").help(help);
    Some(if is_of_profile {
        with_trait_fix(cx, name, value, of_profile, finding)
    } else {
        with_chart_key_fix(cx, name, camel, finding)
    })
}

/// Adds the fix that moves the field to the chart's key.
fn with_chart_key_fix(
    cx: &Context<'_>,
    name: &str,
    camel: &str,
    finding: Diagnostic,
) -> Diagnostic {
    let from = format!("singleuser.extraPodConfig.{name}");
    let edits = match camel {
        "tolerations" => fixes::move_key(cx, &from, "singleuser.extraTolerations"),
        "nodeSelector" => fixes::move_key(cx, &from, "singleuser.nodeSelector"),
        "affinity" => fixes::scatter(cx, &from, affinity),
        _ => None,
    };
    fixes::unsafe_fix(finding, "move it to the chart's key", edits)
}

/// Adds the fix that makes the field a trait of the profile, if the trait has the same shape.
fn with_trait_fix(
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
    fixes::unsafe_fix(finding, format!("use the trait `{of_profile}`"), edits)
}

/// Returns the terms of an affinity with the chart's keys for them: required and preferred terms of each kind.
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

/// The chart's keys, which are also the beginnings of the Kubernetes keys.
const WHICH: [&str; 2] = ["required", "preferred"];

/// Returns the list of terms; in a node affinity it is below `nodeSelectorTerms`.
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

/// Whether the field overrides a setting of the chart, or placeholders would need it too.
fn matters(hub: &Hub<'_>, field: &str) -> bool {
    let replaced = match field {
        "priorityClassName" => "scheduling.podPriority.enabled",
        "schedulerName" => "scheduling.userScheduler.enabled",
        _ => return true,
    };
    hub.has_placeholders() || hub.flag(replaced) == Some(true)
}

/// Returns the first key that a node affinity does not have, with its value.
fn unknown_affinity(affinity: &Value) -> Option<(&str, &Value)> {
    let of_nodes = affinity.get("nodeAffinity").or(affinity.get("node_affinity"))?;
    let mut entries = of_nodes.as_map()?.entries.iter();
    let unknown = entries.find(|(key, _)| !NODE_AFFINITY_KEYS.contains(&key.as_str()));
    unknown.map(|(key, value)| (key.as_str(), value))
}

fn not_a_key(key: &str, value: &Value) -> Diagnostic {
    let message = format!("`{key}` is not a key of a pod's `nodeAffinity` and has no effect");
    let mut finding = Diagnostic::new(&CODE, message)
        .at(span(value), "no effect")
        .help(
            "use `requiredDuringSchedulingIgnoredDuringExecution` or `preferredDuringSchedulingIgnoredDuringExecution`; \
             only `singleuser.extraNodeAffinity` has the short keys",
        );
    finding.level = Level::Error;
    finding
}
