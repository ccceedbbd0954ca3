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
    "user placeholders cannot be evicted because pod priority is disabled",
)
.page(include_str!("without_priority.md"))
.fix(FixKind::Safe);

const ENABLED: &str = "scheduling.podPriority.enabled";
const REPLICAS: &str = "scheduling.userPlaceholder.replicas";

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    const CLASS: &str = "scheduling.userPlaceholder.extraPodSpec.priorityClassName";
    let hub = cx.hub;
    let is_disabled = hub.flag(ENABLED) == Some(false);
    if !hub.has_placeholders() || !is_disabled || hub.placeholder_class().is_some() {
        return;
    }
    let message = "user placeholders cannot be evicted: `scheduling.podPriority` is disabled";
    let finding =
        Diagnostic::new(&CODE, message).help("set `scheduling.podPriority.enabled: true`");
    let places = [
        (REPLICAS, "never evicted"),
        (ENABLED, "disabled here"),
        (CLASS, "ignored before z2jh 4.1"),
    ];
    let edits = fixes::set(cx, ENABLED, true, REPLICAS);
    findings.push(fixes::safe_fix(
        hub.at(finding, &places),
        "enable pod priority",
        edits,
    ));
}
