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
    "placeholders are expendable to the autoscaler and never bring a node",
)
.page(include_str!("below_cutoff.md"))
.fix(FixKind::Safe);

const ENABLED: &str = "scheduling.podPriority.enabled";
const PLACEHOLDER: &str = "scheduling.podPriority.userPlaceholderPriority";

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    let is_on = hub.flag(ENABLED) == Some(true);
    if !is_on || !hub.has_placeholders() || hub.placeholder_class().is_some() {
        return;
    }
    let (Some(priority), Some(cutoff)) = (hub.number(PLACEHOLDER), cutoff(cx)) else {
        return;
    };
    if priority >= f64::from(cutoff) {
        return;
    }
    let message = format!(
        "the cluster autoscaler adds no node for pods of priority {priority}, so that placeholders stay Pending"
    );
    let help = format!("{cutoff} is the lowest that it adds nodes for");
    let mut finding = Diagnostic::new(&CODE, message).help(help);
    if cx.facts.autoscaler.is_some() {
        finding.level = Level::Error;
    }
    let label = format!("below {cutoff}");
    let edits = fixes::set(cx, PLACEHOLDER, cutoff, ENABLED);
    findings.push(fixes::safe(
        hub.at(finding, &[(PLACEHOLDER, &label)]),
        format!("set the priority of placeholders to {cutoff}"),
        edits,
    ));
}
