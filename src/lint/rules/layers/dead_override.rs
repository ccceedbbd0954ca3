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
    "dead-override",
    "a layer sets up what a layer below it switched off",
)
.page(include_str!("dead_override.md"));

/// What can be switched off, with the key that does it.
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

/// How many places one finding shows.
const MOST: usize = 5;

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    for (feature, key) in FEATURES {
        let switch = hub.get(feature).and_then(|map| map.get(key));
        let Some(switch) = switch.filter(|switch| switch.content == Content::Bool(false)) else {
            continue;
        };
        // Off by the chart's own default is no decision of a layer.
        if hub.is_default(switch) && switch.overridden.is_empty() {
            continue;
        }
        let is_above = |leaf: &&Value| {
            !hub.is_default(leaf)
                && (hub.is_default(switch) || leaf.set.value.source > switch.set.value.source)
        };
        let mut leaves = Vec::new();
        collect(hub.get(feature), &mut leaves);
        let above: Vec<&Value> = leaves.into_iter().filter(is_above).collect();
        if above.is_empty() {
            continue;
        }
        let message = format!("`{feature}` is switched off below, so that this does nothing");
        let finding = Diagnostic::new(&CODE, message)
            .help(format!("set `{feature}.{key}: true` too, or take it away"));
        let shown = above.into_iter().take(MOST);
        let finding = shown.fold(finding, |finding, leaf| {
            finding.at(span(leaf), "has no effect")
        });
        findings.push(finding.at(span(switch), "switched off here"));
    }
}

/// Everything that is no mapping; an empty one sets nothing.
fn collect<'v>(value: Option<&'v Value>, leaves: &mut Vec<&'v Value>) {
    let Some(value) = value else { return };
    match value.as_map() {
        Some(map) => {
            for below in map.entries.values() {
                collect(Some(below), leaves);
            }
        }
        None => leaves.push(value),
    }
}
