use std::collections::BTreeMap;

use crate::diag::{Code, Diagnostic, Level};
use crate::hub::profiles::{self, SpawnerSettings};
use crate::hub::span;
use crate::lint::{Check, Context, Rule};
use crate::text::Span;
use crate::values::{Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::warning(
    "PP003",
    "puller-on-wrong-pool",
    "image pullers do not run on the nodes of a profile",
)
.page(include_str!("wrong_pool.md"));

const SELECTOR: &str = "singleuser.nodeSelector";

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    if !hub.pulls() {
        return;
    }
    let base = profiles::base(hub);
    let is_intended = hub.flag("prePuller.pullProfileListImages") == Some(false)
        && hub.entries("prePuller.extraImages").next().is_some();
    // One finding for each label of the pullers' selector, whatever the number of profiles and choices.
    let mut by_selector: BTreeMap<Span, Vec<OtherNodes<'_>>> = BTreeMap::new();
    for settings in profiles::effective(hub) {
        let Some((key, value)) = other_nodes(&base, settings) else {
            continue;
        };
        let Some((_, set)) = base.entries("node_selector").find(|(name, _)| *name == key) else {
            continue;
        };
        let of_selector = by_selector.entry(span(set)).or_default();
        if !of_selector.iter().any(|known| span(known.value) == span(value)) {
            let title = settings.title.as_str();
            of_selector.push(OtherNodes { title, key, value });
        }
    }
    for (set, profiles) in by_selector {
        let OtherNodes { title, key, .. } = profiles[0];
        let servers = match profiles.len() {
            1 => format!("{title} runs"),
            count => format!("{count} profiles or choices run"),
        };
        let message = format!("{servers} on nodes without image pullers: they use `{SELECTOR}`");
        let mut finding = Diagnostic::new(&CODE, message);
        for profile in profiles.iter().take(MOST) {
            finding = finding.at(span(profile.value), "nodes without image pullers");
        }
        let mut finding = finding.at(set, "nodes of the image pullers").help(format!(
            "set `{key}` in each profile instead of in `{SELECTOR}`, or pull these images another way"
        ));
        if is_intended {
            finding.level = Level::Note;
        }
        findings.push(finding);
    }
}

/// How many profiles are shown.
const MOST: usize = 3;

/// A label that places the servers of a profile on nodes without image pullers.
struct OtherNodes<'v> {
    title: &'v str,
    key: &'v str,
    value: &'v Value,
}

/// Returns a label of the profile's node selector that has another value for the image pullers.
fn other_nodes<'s>(
    base: &SpawnerSettings<'_>,
    settings: &'s SpawnerSettings<'_>,
) -> Option<(&'s str, &'s Value)> {
    let of_base = |key: &str| {
        let mut entries = base.entries("node_selector");
        entries.find(|(name, _)| *name == key).map(|(_, value)| value)
    };
    settings.entries("node_selector").find_map(|(key, value)| {
        match (&of_base(key)?.content, &value.content) {
            (Content::String(base), Content::String(own)) if base != own => {
                Some((key.as_str(), value))
            }
            _ => None,
        }
    })
}
