use super::cutoff;
use crate::diag::{Code, Diagnostic, FixKind, Level};
use crate::lint::fixes;
use crate::lint::{Check, Context, Rule};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::warning(
    "PR002",
    "below-autoscaler-cutoff",
    "placeholders are below the autoscaler's priority cutoff and never add a node",
)
.page(include_str!("below_cutoff.md"))
.fix(FixKind::Safe);

const ENABLED: &str = "scheduling.podPriority.enabled";
const PLACEHOLDER: &str = "scheduling.podPriority.userPlaceholderPriority";

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    let is_enabled = hub.flag(ENABLED) == Some(true);
    if !is_enabled || !hub.has_placeholders() || hub.placeholder_class().is_some() {
        return;
    }
    let (Some(priority), Some(cutoff)) = (hub.number(PLACEHOLDER), cutoff(cx)) else {
        return;
    };
    if priority >= f64::from(cutoff) {
        return;
    }
    let message = format!(
        "the cluster autoscaler adds no nodes for placeholders: priority {priority} is below its cutoff {cutoff}"
    );
    let help =
        format!("set `{PLACEHOLDER}: {cutoff}` or higher; below it, placeholders stay pending");
    let mut finding = Diagnostic::new(&CODE, message).help(help);
    if cx.facts.autoscaler.is_some() {
        finding.level = Level::Error;
    }
    let label = format!("below the cutoff {cutoff}");
    let edits = fixes::set(cx, PLACEHOLDER, cutoff, ENABLED);
    findings.push(fixes::safe_fix(
        hub.at(finding, &[(PLACEHOLDER, &label)]),
        format!("set the placeholder priority to {cutoff}"),
        edits,
    ));
}
