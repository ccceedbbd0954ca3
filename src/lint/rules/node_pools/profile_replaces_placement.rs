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
    "profile-replaces-chart-list",
    "a list in a profile replaces the chart's and drops placement or protection",
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

/// Returns the list or mapping that a profile or choice sets for a trait. Both replace the chart's list.
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
        "{} no longer tolerates the taint of user nodes",
        settings.title
    );
    let help = "add tolerations of `hub.jupyter.org/dedicated` and `hub.jupyter.org_dedicated`";
    let edits = fixes::append(cx, list, with_spellings(&items, &spellings, "user"));
    Some(fixes::safe_fix(
        replacing(list, message, help),
        "tolerate the taint of user nodes",
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
    let message = format!("{} no longer requires user nodes", settings.title);
    let help = "add `hub.jupyter.org/node-purpose` to each term, or to `node_selector`";
    Some(replacing(list, message, help))
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
        "{} can reach the cloud metadata server, which the chart blocks",
        settings.title
    );
    Some(replacing(
        list,
        message,
        "use `singleuser.initContainers`, or repeat the init container that blocks it",
    ))
}

fn replacing(list: &Value, message: String, help: &str) -> Diagnostic {
    Diagnostic::new(&CODE, message)
        .at(span(list), "replaces the chart's list")
        .help(help)
}
