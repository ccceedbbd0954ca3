use crate::diag::{Code, Diagnostic};
use crate::lint::{Check, Hub, Rule};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    page: include_str!("placeholders_without_puller.md"),
    check: Check::Hub(check),
};

static CODE: Code = Code::warning(
    "PP001",
    "placeholders-without-puller",
    "placeholders bring nodes early, and nothing pulls the images there",
);

fn check(hub: &Hub<'_>, findings: &mut Vec<Diagnostic>) {
    const CONTINUOUS: &str = "prePuller.continuous.enabled";
    if !hub.has_placeholders() || hub.flag(CONTINUOUS) != Some(false) {
        return;
    }
    let message =
        "placeholders bring a node before users need it, but nothing pulls their images there";
    let finding = Diagnostic::new(&CODE, message).help("set `prePuller.continuous.enabled: true`");
    let places = [
        (CONTINUOUS, "switched off here"),
        ("scheduling.userPlaceholder.replicas", "the placeholders"),
    ];
    findings.push(hub.at(finding, &places));
}
