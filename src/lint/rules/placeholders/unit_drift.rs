use serde_json::{Value as Json, json};

use crate::diag::{Code, Diagnostic, FixKind};
use crate::hub::Hub;
use crate::hub::bytes;
use crate::hub::seats;
use crate::lint::fixes;
use crate::lint::{Check, Context, Rule};
use crate::values::Value;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::hint(
    "PH004",
    "placeholder-unit-mismatch",
    "a user placeholder is smaller than a seat: JupyterHub reads `2G` as `2Gi`",
)
.page(include_str!("unit_drift.md"))
.fix(FixKind::Safe);

const GUARANTEE: &str = "singleuser.memory.guarantee";
const REQUESTS: &str = "scheduling.userPlaceholder.resources.requests";
const REPLICAS: &str = "scheduling.userPlaceholder.replicas";

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    let Some(guarantee) = hub
        .text(GUARANTEE)
        .filter(|_| hub.has_placeholders() && !seats::has_own_placeholder(hub))
        .filter(|_| seats::is_default_of_singleuser(hub))
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
    let difference = match unit {
        'K' => "2.4 %",
        'M' => "4.9 %",
        'G' => "7.4 %",
        _ => "10 %",
    };
    let message = format!(
        "a placeholder is {difference} smaller than a seat: JupyterHub reads `{guarantee}` as `{guarantee}i`, Kubernetes does not"
    );
    let help = format!("set `scheduling.userPlaceholder.resources.requests.memory: {guarantee}i`");
    let finding = Diagnostic::new(&CODE, message).help(help);
    let places = [
        (GUARANTEE, "read in two ways"),
        (REPLICAS, "each one too small"),
    ];
    let message = format!("request `{guarantee}i` for placeholders");
    let edits =
        requests(hub, guarantee).and_then(|requests| fixes::set(cx, REQUESTS, requests, REPLICAS));
    findings.push(fixes::safe_fix(hub.at(finding, &places), message, edits));
}

/// Returns the requests of placeholders with the memory unit of Kubernetes. They replace all resources that the chart
/// copies from `singleuser`, so this is `None` if it copies more than the guarantees.
fn requests(hub: &Hub<'_>, guarantee: &str) -> Option<Json> {
    let is_amount = guarantee.starts_with(|first: char| first.is_ascii_digit())
        && !guarantee.contains(['e', 'E', ' ']);
    let is_set = |path: &str| hub.get(path).is_some_and(|value| !value.is_null());
    let copies_more = ["guarantees", "limits"].iter().any(|side| {
        let path = format!("singleuser.extraResource.{side}");
        hub.entries(&path).next().is_some()
    });
    let cpu = hub.get("singleuser.cpu.guarantee").map(Value::to_json);
    let cpu = cpu.filter(|cpu| !cpu.is_null());
    if !is_amount || copies_more || cpu.is_none() && is_set("singleuser.cpu.limit") {
        return None;
    }
    let memory = format!("{guarantee}i");
    Some(match cpu {
        Some(cpu) => json!({"cpu": cpu, "memory": memory}),
        None => json!({"memory": memory}),
    })
}
