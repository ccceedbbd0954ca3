use super::USER_MATCH;
use crate::diag::{Code, Diagnostic, FixKind};
use crate::hub::Hub;
use crate::hub::affinity_terms::looks_at;
use crate::hub::components::PURPOSE;
use crate::hub::profiles::{self, SpawnerSettings};
use crate::hub::span;
use crate::hub::tolerations::{missing, of_another_value, with_spellings};
use crate::lint::{Check, Context, Rule, fixes};
use crate::values::{Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::warning(
    "NP003",
    "profile-replaces-placement",
    "a profile drops what the chart does to place or to protect its pods",
)
.page(include_str!("profile_replaces_placement.md"))
.fix(FixKind::Safe);

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    let tolerates = missing(&profiles::base(hub).items("tolerations"), "user").len() < 2;
    let requires = hub.text(USER_MATCH) == Some("require");
    let blocks = hub.flag("singleuser.cloudMetadata.blockWithIptables") == Some(true);
    for settings in profiles::effective(hub) {
        let dropped = [
            tolerates.then(|| toleration(cx, settings)),
            requires.then(|| affinity(settings)),
            blocks.then(|| block(hub, settings)),
        ];
        for finding in dropped.into_iter().flatten().flatten() {
            profiles::report(findings, finding);
        }
    }
}

/// A trait that a profile or a choice sets to a list, or to a mapping, which replaces a list as well.
fn replaced<'s>(settings: &'s SpawnerSettings<'_>, name: &str) -> Option<&'s Value> {
    let value = settings.get(name).filter(|_| settings.is_overridden(name));
    value.filter(|value| matches!(value.content, Content::List(_) | Content::Map(_)))
}

fn toleration(cx: &Context<'_>, settings: &SpawnerSettings<'_>) -> Option<Diagnostic> {
    let list = replaced(settings, "tolerations")?;
    let items = settings.items("tolerations");
    let spellings = missing(&items, "user");
    if spellings.len() < 2 || of_another_value(&items, "user").is_some() {
        return None;
    }
    let message = format!(
        "{} does not tolerate the taint of users' nodes any more",
        settings.title
    );
    let help = "repeat `hub.jupyter.org/dedicated` and `hub.jupyter.org_dedicated`";
    let edits = fixes::append(cx, list, with_spellings(&items, &spellings, "user"));
    Some(fixes::safe(
        lost(list, message, help),
        "tolerate the taint of users' nodes",
        edits,
    ))
}

fn affinity(settings: &SpawnerSettings<'_>) -> Option<Diagnostic> {
    let list = replaced(settings, "node_affinity_required")?;
    let mut selected = settings.entries("node_selector");
    let terms = settings.items("node_affinity_required");
    let is_kept = terms.iter().any(|term| looks_at(term, PURPOSE));
    if is_kept || selected.any(|(label, _)| label == PURPOSE) {
        return None;
    }
    let message = format!(
        "{} does not require nodes for users any more",
        settings.title
    );
    let help = "put `hub.jupyter.org/node-purpose` into each of its terms, or into `node_selector`";
    Some(lost(list, message, help))
}

fn block(hub: &Hub<'_>, settings: &SpawnerSettings<'_>) -> Option<Diagnostic> {
    let list = replaced(settings, "init_containers")?;
    let ip = hub.text("singleuser.cloudMetadata.ip");
    let text = list.to_json().to_string();
    let blocks = |word: &str| text.contains(word);
    if blocks("iptables") || blocks("block-cloud-metadata") || ip.is_some_and(blocks) {
        return None;
    }
    let message = format!(
        "{} can reach the cloud's metadata, which the chart blocks for others",
        settings.title
    );
    Some(lost(
        list,
        message,
        "use `singleuser.initContainers`, or repeat the container that blocks it",
    ))
}

fn lost(list: &Value, message: String, help: &str) -> Diagnostic {
    Diagnostic::new(&CODE, message)
        .at(span(list), "replaces the chart's list")
        .help(help)
}
