use crate::diag::{Code, Diagnostic, FixKind};
use crate::hub::Hub;
use crate::lint::{Check, Context, Rule, fixes};
use crate::values::Content;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::warning(
    "HB003",
    "singleton-pdb",
    "a disruption budget for a single pod blocks node drains",
)
.page(include_str!("singleton_pdb.md"))
.fix(FixKind::Safe);

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    for component in ["hub", "proxy.chp", "proxy.traefik"] {
        let enabled = format!("{component}.pdb.enabled");
        let exists = component != "proxy.traefik" || hub.flag("proxy.https.enabled") == Some(true);
        if hub.flag(&enabled) != Some(true) || !exists {
            continue;
        }
        let least = format!("{component}.pdb.minAvailable");
        let most = format!("{component}.pdb.maxUnavailable");
        let limit = if has(hub, &least, |number| number >= 1.0, "100%") {
            least
        } else if has(hub, &most, |number| number == 0.0, "0%") {
            most
        } else {
            continue;
        };
        let message = format!(
            "the only pod of `{component}` can never be evicted, so its node cannot be drained"
        );
        let finding = Diagnostic::new(&CODE, message).help(format!(
            "set `{enabled}: false`; to keep only the autoscaler away from the pod, annotate it with \
             `cluster-autoscaler.kubernetes.io/safe-to-evict: \"false\"`"
        ));
        let places = [
            (enabled.as_str(), "disruption budget enabled"),
            (limit.as_str(), "allows no eviction"),
        ];
        let edits = fixes::set_near(cx, &enabled, false);
        let message = "disable the disruption budget";
        findings.push(fixes::safe_fix(hub.at(finding, &places), message, edits));
    }
}

/// Whether a value is a number that meets a condition, or the given percentage.
fn has(hub: &Hub<'_>, path: &str, is_met: fn(f64) -> bool, percent: &str) -> bool {
    match hub.get(path).map(|value| &value.content) {
        Some(Content::Number(number)) => number.as_f64().is_some_and(is_met),
        Some(Content::String(own)) => own == percent,
        _ => false,
    }
}
