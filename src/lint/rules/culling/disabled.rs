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
    "servers are never stopped, so that nodes never empty",
)
.page(include_str!("disabled.md"));

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    const CULL: &str = "cull.enabled";
    const SCHEDULER: &str = "scheduling.userScheduler.enabled";
    let hub = cx.hub;
    let shrinks = match cx.facts.autoscaler {
        Some(autoscaler) => autoscaler != Autoscaler::None,
        None => hub.flag(SCHEDULER) == Some(true) || hub.has_placeholders(),
    };
    if hub.flag(CULL) != Some(false) || !shrinks {
        return;
    }
    let message = "idle servers are never stopped, so that nodes do not empty and the cluster does not shrink";
    let finding = Diagnostic::new(&CODE, message)
        .help("set `cull.enabled: true`; `cull.timeout` and `cull.maxAge` say when");
    findings.push(hub.at(finding, &[(CULL, "switched off here")]));
}
