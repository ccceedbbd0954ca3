use crate::diag::{Code, Diagnostic};
use crate::lint::{Check, Hub, Rule};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    page: include_str!("below_cutoff.md"),
    check: Check::Hub(check),
};

static CODE: Code = Code::warning(
    "PR002",
    "below-autoscaler-cutoff",
    "placeholders are expendable to the autoscaler and never bring a node",
);

const PLACEHOLDER: &str = "scheduling.podPriority.userPlaceholderPriority";

/// `--expendable-pods-priority-cutoff` of the cluster autoscaler, since 1.12.
const CUTOFF: f64 = -10.0;

fn check(hub: &Hub<'_>, findings: &mut Vec<Diagnostic>) {
    let is_on = hub.flag("scheduling.podPriority.enabled") == Some(true);
    let priority = hub
        .number(PLACEHOLDER)
        .filter(|priority| *priority < CUTOFF);
    let Some(priority) = priority.filter(|_| is_on && hub.has_placeholders()) else {
        return;
    };
    let message = format!(
        "the cluster autoscaler adds no node for pods of priority {priority}, so that placeholders stay Pending"
    );
    let finding = Diagnostic::new(&CODE, message).help("-10 is the lowest that it adds nodes for");
    findings.push(hub.at(finding, &[(PLACEHOLDER, "below -10")]));
}
