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
    "a disruption budget never lets the only pod go, so that its node cannot be drained",
)
.page(include_str!("singleton_pdb.md"))
.fix(FixKind::Safe);

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    for component in ["hub", "proxy.chp", "proxy.traefik"] {
        let on = format!("{component}.pdb.enabled");
        let is_there =
            component != "proxy.traefik" || hub.flag("proxy.https.enabled") == Some(true);
        if hub.flag(&on) != Some(true) || !is_there {
            continue;
        }
        let least = format!("{component}.pdb.minAvailable");
        let most = format!("{component}.pdb.maxUnavailable");
        let limit = if is(hub, &least, |number| number >= 1.0, "100%") {
            least
        } else if is(hub, &most, |number| number == 0.0, "0%") {
            most
        } else {
            continue;
        };
        let message = format!("there is one pod of `{component}`, and it may never be moved");
        let finding = Diagnostic::new(&CODE, message).help(format!(
            "set `{on}: false`; the annotation `cluster-autoscaler.kubernetes.io/safe-to-evict: \"false\"` keeps \
             the autoscaler away from it"
        ));
        let places = [
            (on.as_str(), "a disruption budget"),
            (limit.as_str(), "lets none go"),
        ];
        let edits = fixes::set_near(cx, &on, false);
        let message = "have no disruption budget for it";
        findings.push(fixes::safe(hub.at(finding, &places), message, edits));
    }
}

/// Whether a limit is such a number, or this text.
fn is(hub: &Hub<'_>, path: &str, is_met: fn(f64) -> bool, percent: &str) -> bool {
    match hub.get(path).map(|value| &value.content) {
        Some(Content::Number(number)) => number.as_f64().is_some_and(is_met),
        Some(Content::String(own)) => own == percent,
        _ => false,
    }
}
