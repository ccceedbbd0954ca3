use crate::diag::{Code, Diagnostic};
use crate::lint::{Check, Hub, Rule};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    page: include_str!("dead_replicas.md"),
    check: Check::Hub(check),
};

static CODE: Code = Code::warning(
    "PH002",
    "dead-placeholder-replicas",
    "placeholders are counted but not enabled",
);

fn check(hub: &Hub<'_>, findings: &mut Vec<Diagnostic>) {
    let replicas = hub.number("scheduling.userPlaceholder.replicas");
    let is_off = hub.flag("scheduling.userPlaceholder.enabled") == Some(false);
    if !is_off || replicas.is_none_or(|replicas| replicas <= 0.0) {
        return;
    }
    let message = "placeholders are asked for and switched off, so that there are none";
    let finding = Diagnostic::new(&CODE, message)
        .help("set `scheduling.userPlaceholder.enabled: true`, or take `replicas` away");
    let places = [
        (
            "scheduling.userPlaceholder.replicas",
            "so many are asked for",
        ),
        ("scheduling.userPlaceholder.enabled", "switched off here"),
    ];
    findings.push(hub.at(finding, &places));
}
