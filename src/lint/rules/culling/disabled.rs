use crate::diag::{Code, Diagnostic};
use crate::lint::{Check, Context, Rule};
use crate::policy::Autoscaler;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::warning(
    "CU001",
    "culling-disabled",
    "idle user servers are never culled, so nodes do not scale down",
)
.page(include_str!("disabled.md"));

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    const CULL: &str = "cull.enabled";
    const SCHEDULER: &str = "scheduling.userScheduler.enabled";
    let hub = cx.hub;
    let scales_down = match cx.facts.autoscaler {
        Some(autoscaler) => autoscaler != Autoscaler::None,
        None => hub.flag(SCHEDULER) == Some(true) || hub.has_placeholders(),
    };
    if hub.flag(CULL) != Some(false) || !scales_down {
        return;
    }
    let message =
        "idle user servers are never culled, so nodes do not scale down: `cull.enabled` is false";
    let finding = Diagnostic::new(&CODE, message)
        .help("set `cull.enabled: true`; `cull.timeout` and `cull.maxAge` (seconds) set when servers are culled");
    findings.push(hub.at(finding, &[(CULL, "disabled here")]));
}
