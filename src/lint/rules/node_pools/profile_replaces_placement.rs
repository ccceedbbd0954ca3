use crate::diag::{Code, Diagnostic};
use crate::lint::hub::span;
use crate::lint::profiles;
use crate::lint::{Check, Hub, Rule};
use crate::values::{Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    page: include_str!("profile_replaces_placement.md"),
    check: Check::Hub(check),
};

static CODE: Code = Code::warning(
    "NP003",
    "profile-replaces-placement",
    "a profile drops what the chart does to place or to protect its pods",
);

fn check(hub: &Hub<'_>, findings: &mut Vec<Diagnostic>) {
    let requires = hub.text("scheduling.userPods.nodeAffinity.matchNodePurpose") == Some("require");
    let blocks = hub.flag("singleuser.cloudMetadata.blockWithIptables") == Some(true);
    for settings in profiles::overrides(hub) {
        if let Some(list) = settings
            .get("tolerations")
            .filter(|list| is_list_without(list, "dedicated"))
        {
            let message = "servers of this profile tolerate the taint of their pool no more";
            findings.push(lost(
                list,
                message,
                "repeat `hub.jupyter.org/dedicated` and `hub.jupyter.org_dedicated`",
            ));
        }
        let affinity = settings.get("node_affinity_required").filter(|_| requires);
        if let Some(list) = affinity.filter(|list| is_list_without(list, "node-purpose")) {
            let message = "servers of this profile do not require nodes for users any more";
            findings.push(lost(
                list,
                message,
                "put `hub.jupyter.org/node-purpose` into each of its terms",
            ));
        }
        let containers = settings.get("init_containers").filter(|_| blocks);
        if let Some(list) = containers.filter(|list| matches!(list.content, Content::List(_))) {
            let message = "servers of this profile can reach the cloud's metadata, which the chart blocks for others";
            findings.push(lost(
                list,
                message,
                "use `singleuser.initContainers`, or repeat the container that blocks it",
            ));
        }
    }
}

/// A list replaces the chart's; a mapping of KubeSpawner 6 and later is merged with it.
fn is_list_without(value: &Value, word: &str) -> bool {
    let Content::List(items) = &value.content else {
        return false;
    };
    let everything = |item: &Value| item.get("key").is_none() && item.get("operator").is_some();
    !items
        .iter()
        .any(|item| item.to_json().to_string().contains(word) || everything(item))
}

fn lost(list: &Value, message: &str, help: &str) -> Diagnostic {
    Diagnostic::new(&CODE, message)
        .at(span(list), "replaces the chart's list")
        .help(help)
}
