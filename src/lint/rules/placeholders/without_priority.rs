use crate::diag::{Code, Diagnostic, FixKind};
use crate::lint::fixes;
use crate::lint::{Check, Context, Rule};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::error(
    "PH001",
    "placeholders-without-priority",
    "placeholders have the priority of users, so that no user can take their place",
)
.page(include_str!("without_priority.md"))
.fix(FixKind::Safe);

const ENABLED: &str = "scheduling.podPriority.enabled";
const REPLICAS: &str = "scheduling.userPlaceholder.replicas";

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    const CLASS: &str = "scheduling.userPlaceholder.extraPodSpec.priorityClassName";
    let hub = cx.hub;
    let is_off = hub.flag(ENABLED) == Some(false);
    if !hub.has_placeholders() || !is_off || hub.placeholder_class().is_some() {
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
    let edits = fixes::set(cx, ENABLED, true, REPLICAS);
    findings.push(fixes::safe(
        hub.at(finding, &places),
        "enable priorities",
        edits,
    ));
}
