use crate::diag::{Code, Diagnostic};
use crate::hub::span;
use crate::lint::{Check, Context, Rule};
use crate::values::{Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::note(
    "XL001",
    "ineffective-override",
    "settings have no effect: a lower layer disables the feature",
)
.page(include_str!("dead_override.md"));

/// Features that can be disabled, with the key that disables them.
const FEATURES: [(&str, &str); 8] = [
    ("scheduling.userScheduler", "enabled"),
    ("scheduling.userScheduler.pdb", "enabled"),
    ("prePuller.hook", "enabled"),
    ("hub.pdb", "enabled"),
    ("proxy.chp.pdb", "enabled"),
    ("proxy.traefik.pdb", "enabled"),
    ("proxy.https", "enabled"),
    ("imagePullSecret", "create"),
];

/// The most settings that one finding shows.
const MAX_SHOWN: usize = 5;

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    for (feature, key) in FEATURES {
        let enabled = hub.get(feature).and_then(|map| map.get(key));
        let Some(enabled) = enabled.filter(|enabled| enabled.content == Content::Bool(false))
        else {
            continue;
        };
        // Disabled by chart default: no layer has decided it.
        if hub.is_default(enabled) && enabled.overridden.is_empty() {
            continue;
        }
        let is_above = |leaf: &&Value| {
            !hub.is_default(leaf)
                && (hub.is_default(enabled) || leaf.set.value.source > enabled.set.value.source)
        };
        let mut leaves = Vec::new();
        collect_leaves(hub.get(feature), &mut leaves);
        let above: Vec<&Value> = leaves.into_iter().filter(is_above).collect();
        if above.is_empty() {
            continue;
        }
        let message = format!("settings of `{feature}` have no effect: a lower layer disables it");
        let finding = Diagnostic::new(&CODE, message).help(format!(
            "set `{feature}.{key}: true` too, or remove the settings"
        ));
        let shown = above.into_iter().take(MAX_SHOWN);
        let finding = shown.fold(finding, |finding, leaf| {
            finding.at(span(leaf), "has no effect")
        });
        findings.push(finding.at(span(enabled), "disabled here"));
    }
}

/// Collects all values that are not mappings.
fn collect_leaves<'v>(value: Option<&'v Value>, leaves: &mut Vec<&'v Value>) {
    let Some(value) = value else { return };
    match value.as_map() {
        Some(map) => {
            for below in map.entries.values() {
                collect_leaves(Some(below), leaves);
            }
        }
        None => leaves.push(value),
    }
}
