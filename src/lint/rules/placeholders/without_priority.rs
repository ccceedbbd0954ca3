use crate::diag::{Code, Diagnostic};
use crate::lint::{Check, Hub, Rule};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    page: include_str!("without_priority.md"),
    check: Check::Hub(check),
};

static CODE: Code = Code::error(
    "PH001",
    "placeholders-without-priority",
    "placeholders have the priority of users, so that no user can take their place",
);

fn check(hub: &Hub<'_>, findings: &mut Vec<Diagnostic>) {
    let own_class = hub.get("scheduling.userPlaceholder.extraPodSpec.priorityClassName");
    let has_priority = hub.flag("scheduling.podPriority.enabled") != Some(false);
    if !hub.has_placeholders() || has_priority || own_class.is_some() {
        return;
    }
    let message = "placeholders hold seats that no user can take: `scheduling.podPriority` is off";
    let finding =
        Diagnostic::new(&CODE, message).help("set `scheduling.podPriority.enabled: true`");
    let places = [
        (
            "scheduling.userPlaceholder.replicas",
            "so many seats are taken for good",
        ),
        ("scheduling.podPriority.enabled", "off here"),
    ];
    findings.push(hub.at(finding, &places));
}
