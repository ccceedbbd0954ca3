use super::{CORE_MATCH, USER_MATCH, has_items};
use crate::diag::{Code, Diagnostic, FixKind};
use crate::hub::Hub;
use crate::hub::profiles;
use crate::lint::{Check, Context, Rule, fixes};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::note(
    "NP004",
    "tolerates-but-does-not-select",
    "user pods are not bound to the user pool and can fill core nodes",
)
.page(include_str!("tolerates_but_does_not_select.md"))
.fix(FixKind::Unsafe);

/// Keys that are set for a hub with several node pools, with their labels.
const SIGNS_OF_POOLS: [(&str, &str); 8] = [
    (USER_MATCH, "does not bind user pods"),
    (CORE_MATCH, "selects core nodes"),
    ("hub.nodeSelector", "selects nodes for the hub"),
    ("proxy.chp.nodeSelector", "selects nodes for the proxy"),
    (
        "singleuser.extraTolerations",
        "permits, but does not select",
    ),
    (
        "scheduling.userPods.tolerations",
        "permits, but does not select",
    ),
    ("prePuller.extraTolerations", "permits, but does not select"),
    (
        "scheduling.userPlaceholder.replicas",
        "placeholders for user nodes",
    ),
];

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    let is_loose = matches!(hub.text(USER_MATCH), Some("prefer" | "ignore"));
    let signs: Vec<(&str, &str)> =
        SIGNS_OF_POOLS.into_iter().filter(|(path, _)| is_sign(hub, path)).collect();
    if !is_loose || signs.is_empty() {
        return;
    }
    let all = profiles::effective(hub);
    let anywhere = all.iter().find(|settings| {
        ["node_selector", "node_affinity_required"]
            .iter()
            .all(|name| !settings.get(name).is_some_and(has_items))
    });
    let Some(settings) = anywhere else {
        return;
    };
    let message = format!(
        "{} can run on any untainted node and fill core nodes",
        settings.title
    );
    let finding = Diagnostic::new(&CODE, message).help(format!(
        "set `{USER_MATCH}: require`, unless all pods share one pool: a toleration only permits a node"
    ));
    let edits = fixes::set(cx, USER_MATCH, "require", signs[0].0);
    let finding = fixes::unsafe_fix(hub.at(finding, &signs), "require user nodes", edits);
    findings.push(finding);
}

/// Whether the release sets the key to a value that implies several node pools.
fn is_sign(hub: &Hub<'_>, path: &str) -> bool {
    if !hub.is_set(path) {
        return false;
    }
    match path {
        CORE_MATCH => hub.text(path) == Some("require"),
        USER_MATCH => true,
        "scheduling.userPlaceholder.replicas" => hub.has_placeholders(),
        _ => hub.get(path).is_some_and(has_items),
    }
}
