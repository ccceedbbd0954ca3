use super::cutoff;
use crate::diag::{Code, Diagnostic, Level};
use crate::lint::remedy;
use crate::lint::rules::placeholders::own_class;
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

const ENABLED: &str = "scheduling.podPriority.enabled";
const PLACEHOLDER: &str = "scheduling.podPriority.userPlaceholderPriority";

fn check(hub: &Hub<'_>, findings: &mut Vec<Diagnostic>) {
    let is_on = hub.flag(ENABLED) == Some(true);
    if !is_on || !hub.has_placeholders() || own_class(hub).is_some() {
        return;
    }
    let (Some(priority), Some(cutoff)) = (hub.number(PLACEHOLDER), cutoff(hub)) else {
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
    if hub.facts.autoscaler.is_some() {
        finding.level = Level::Error;
    }
    let label = format!("below {cutoff}");
    let edits = remedy::set(hub, PLACEHOLDER, cutoff, ENABLED);
    findings.push(remedy::safe(
        hub.at(finding, &[(PLACEHOLDER, &label)]),
        format!("set the priority of placeholders to {cutoff}"),
        edits,
    ));
}
