use super::{CORE_MATCH, USER_MATCH, holds_something};
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
    "users may run on nodes of other pools",
)
.page(include_str!("tolerates_but_does_not_select.md"))
.fix(FixKind::Unsafe);

/// What somebody sets who has several pools.
const SIGNS: [(&str, &str); 8] = [
    (USER_MATCH, "binds users to no nodes"),
    (CORE_MATCH, "nodes for core pods"),
    ("hub.nodeSelector", "nodes for the hub"),
    ("proxy.chp.nodeSelector", "nodes for the proxy"),
    (
        "singleuser.extraTolerations",
        "permits, and does not select",
    ),
    (
        "scheduling.userPods.tolerations",
        "permits, and does not select",
    ),
    ("prePuller.extraTolerations", "permits, and does not select"),
    (
        "scheduling.userPlaceholder.replicas",
        "seats on nodes for users",
    ),
];

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    let is_loose = matches!(hub.text(USER_MATCH), Some("prefer" | "ignore"));
    let signs: Vec<(&str, &str)> = SIGNS
        .into_iter()
        .filter(|(path, _)| says(hub, path))
        .collect();
    if !is_loose || signs.is_empty() {
        return;
    }
    let all = profiles::effective(hub);
    let anywhere = all.iter().find(|settings| {
        ["node_selector", "node_affinity_required"]
            .iter()
            .all(|name| !settings.get(name).is_some_and(holds_something))
    });
    let Some(settings) = anywhere else {
        return;
    };
    let message = format!(
        "{} may run on any node without a taint, and fill those of core pods",
        settings.title
    );
    let finding = Diagnostic::new(&CODE, message).help(format!(
        "a toleration only permits: set `{USER_MATCH}: require`, unless there is one pool for all"
    ));
    let edits = fixes::set(cx, USER_MATCH, "require", signs[0].0);
    let finding = fixes::risky(hub.at(finding, &signs), "require nodes for users", edits);
    findings.push(finding);
}

/// Whether the release says something there.
fn says(hub: &Hub<'_>, path: &str) -> bool {
    if !hub.is_set(path) {
        return false;
    }
    match path {
        CORE_MATCH => hub.text(path) == Some("require"),
        USER_MATCH => true,
        "scheduling.userPlaceholder.replicas" => hub.has_placeholders(),
        _ => hub.get(path).is_some_and(holds_something),
    }
}
