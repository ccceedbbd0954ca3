use super::own_class;
use crate::diag::{Code, Diagnostic};
use crate::lint::remedy;
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

const ENABLED: &str = "scheduling.podPriority.enabled";
const REPLICAS: &str = "scheduling.userPlaceholder.replicas";

fn check(hub: &Hub<'_>, findings: &mut Vec<Diagnostic>) {
    const CLASS: &str = "scheduling.userPlaceholder.extraPodSpec.priorityClassName";
    let is_off = hub.flag(ENABLED) == Some(false);
    if !hub.has_placeholders() || !is_off || own_class(hub).is_some() {
        return;
    }
    let message = "placeholders hold seats that no user can take: `scheduling.podPriority` is off";
    let finding =
        Diagnostic::new(&CODE, message).help("set `scheduling.podPriority.enabled: true`");
    let places = [
        (REPLICAS, "so many seats are taken for good"),
        (ENABLED, "off here"),
        (CLASS, "the chart takes this since 4.1"),
    ];
    let edits = remedy::set(hub, ENABLED, true, REPLICAS);
    findings.push(remedy::safe(
        hub.at(finding, &places),
        "enable priorities",
        edits,
    ));
}
