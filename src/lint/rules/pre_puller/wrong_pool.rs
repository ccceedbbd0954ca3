use crate::diag::{Code, Diagnostic, Level};
use crate::hub::profiles::{self, SpawnerSettings};
use crate::hub::span;
use crate::lint::{Check, Context, Rule};
use crate::values::{Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::warning(
    "PP003",
    "puller-on-wrong-pool",
    "images of a profile are pulled on other nodes than its servers run on",
)
.page(include_str!("wrong_pool.md"));

const SELECTOR: &str = "singleuser.nodeSelector";

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    if !hub.pulls() {
        return;
    }
    let base = profiles::base(hub);
    let is_planned = hub.flag("prePuller.pullProfileListImages") == Some(false)
        && hub.entries("prePuller.extraImages").next().is_some();
    for settings in profiles::effective(hub) {
        let Some((key, value)) = elsewhere(&base, settings) else {
            continue;
        };
        let message = format!(
            "{} runs on other nodes than the image pullers, which go where `{SELECTOR}` says",
            settings.title
        );
        let mut finding = Diagnostic::new(&CODE, message)
            .at(span(value), "nodes without a puller")
            .help(format!(
                "set `{key}` in each profile and not in `{SELECTOR}`, or pull these images another way"
            ));
        if is_planned {
            finding.level = Level::Note;
        }
        let set = base.entries("node_selector").find(|(name, _)| *name == key);
        if let Some((_, set)) = set {
            finding = finding.at(span(set), "where they pull");
        }
        profiles::report(findings, finding);
    }
}

/// A label that the profile wants to have another value than the pullers do.
fn elsewhere<'s>(
    base: &SpawnerSettings<'_>,
    settings: &'s SpawnerSettings<'_>,
) -> Option<(&'s str, &'s Value)> {
    let of_base = |key: &str| {
        let mut entries = base.entries("node_selector");
        entries
            .find(|(name, _)| *name == key)
            .map(|(_, value)| value)
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
