use crate::diag::Level;
use crate::diag::{Code, Diagnostic};
use crate::lint::bytes;
use crate::lint::hub::span;
use crate::lint::profiles;
use crate::lint::{Check, Hub, Rule};
use crate::values::Value;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    page: include_str!("size_differs.md"),
    check: Check::Hub(check),
};

static CODE: Code = Code::warning(
    "PH003",
    "placeholder-size-differs",
    "a placeholder does not hold the seat of a user",
);

fn check(hub: &Hub<'_>, findings: &mut Vec<Diagnostic>) {
    let own = hub.get("scheduling.userPlaceholder.resources");
    let has_own = own
        .and_then(Value::as_map)
        .is_some_and(|map| !map.entries.is_empty());
    if !hub.has_placeholders() || has_own {
        return;
    }
    let all = profiles::effective(hub);
    let base = &all[0];
    let amount = |settings: &profiles::Settings<'_>, name: &str| {
        settings
            .get(name)
            .and_then(bytes::amount)
            .filter(|amount| *amount > 0.0)
    };
    let names = ["mem_guarantee", "mem_limit", "cpu_guarantee", "cpu_limit"];
    let replicas = ("scheduling.userPlaceholder.replicas", "each of them");
    if names.iter().all(|name| amount(base, name).is_none()) {
        let message = "placeholders request nothing, and so hold no seat";
        let mut finding = Diagnostic::new(&CODE, message)
            .help("set `scheduling.userPlaceholder.resources.requests` to what a server needs");
        finding.level = Level::Error;
        findings.push(hub.at(finding, &[replicas]));
        return;
    }
    let Some(default) = profiles::default_profile(hub, &all) else {
        return;
    };
    let differing = ["mem_guarantee", "cpu_guarantee"]
        .into_iter()
        .find(|name| amount(default, name) != amount(base, name));
    let Some(value) = differing.and_then(|name| default.get(name)) else {
        return;
    };
    let message = format!(
        "placeholders are as large as `singleuser` says, and {} is not",
        default.title
    );
    let finding = Diagnostic::new(&CODE, message)
        .at(span(value), "what a server of the default profile gets")
        .help("set `scheduling.userPlaceholder.resources.requests` to the same");
    findings.push(hub.at(finding, &[replicas]));
}
