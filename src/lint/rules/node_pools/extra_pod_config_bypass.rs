use crate::diag::{Code, Diagnostic, Level};
use crate::lint::hub::span;
use crate::lint::profiles::{self, Settings};
use crate::lint::{Check, Hub, Rule};
use crate::values::Value;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    page: include_str!("extra_pod_config_bypass.md"),
    check: Check::Hub(check),
};

static CODE: Code = Code::warning(
    "NP009",
    "extra-pod-config-bypass",
    "user pods are placed where placeholders and image pullers cannot see it",
);

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

fn check(hub: &Hub<'_>, findings: &mut Vec<Diagnostic>) {
    for settings in profiles::effective(hub) {
        for (name, value) in settings.entries("extra_pod_config") {
            if let Some(finding) = flaw(hub, settings, name, value) {
                profiles::report(findings, finding);
            }
        }
    }
}

fn flaw(hub: &Hub<'_>, settings: &Settings<'_>, name: &str, value: &Value) -> Option<Diagnostic> {
    let (camel, _, of_profile, of_chart) = FIELDS
        .into_iter()
        .find(|(camel, snake, ..)| name == *camel || name == *snake)?;
    if value.is_null() || !is_seen(hub, camel) {
        return None;
    }
    if let Some(key) = unknown_affinity(value).filter(|_| camel == "affinity") {
        return Some(not_a_key(key));
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
    Some(
        Diagnostic::new(&CODE, message)
            .at(span(value), "comes last")
            .help(help),
    )
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
