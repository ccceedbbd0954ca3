use crate::diag::{Code, Diagnostic};
use crate::lint::bytes;
use crate::lint::{Check, Hub, Rule};
use crate::values::Value;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    page: include_str!("unit_drift.md"),
    check: Check::Hub(check),
};

static CODE: Code = Code::note(
    "PH004",
    "placeholder-unit-drift",
    "a placeholder is smaller than the seat that it holds, as two readers of one unit differ",
);

fn check(hub: &Hub<'_>, findings: &mut Vec<Diagnostic>) {
    const GUARANTEE: &str = "singleuser.memory.guarantee";
    let own = hub.get("scheduling.userPlaceholder.resources");
    let has_own = own
        .and_then(Value::as_map)
        .is_some_and(|map| !map.entries.is_empty());
    let Some(guarantee) = hub
        .text(GUARANTEE)
        .filter(|_| hub.has_placeholders() && !has_own)
    else {
        return;
    };
    let Some(unit) = guarantee
        .chars()
        .last()
        .filter(|unit| "KMGT".contains(*unit) && bytes::is_specification(guarantee))
    else {
        return;
    };
    let short = match unit {
        'K' => "2.4 %",
        'M' => "4.9 %",
        'G' => "7.4 %",
        _ => "10 %",
    };
    let message = format!(
        "a placeholder is {short} smaller than the seat that it holds: the hub reads `{guarantee}` as `{guarantee}i`, and Kubernetes does not"
    );
    let help = format!("set `scheduling.userPlaceholder.resources.requests.memory: {guarantee}i`");
    let finding = Diagnostic::new(&CODE, message).help(help);
    findings.push(hub.at(
        finding,
        &[
            (GUARANTEE, "both read this"),
            (
                "scheduling.userPlaceholder.replicas",
                "each of them is too small",
            ),
        ],
    ));
}
