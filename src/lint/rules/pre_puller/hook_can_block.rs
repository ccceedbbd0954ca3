use crate::diag::{Code, Diagnostic};
use crate::lint::{Check, Context, Rule};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::warning(
    "PP008",
    "hook-can-block-upgrade",
    "an upgrade waits for image pullers without end",
)
.page(include_str!("hook_can_block.md"));

const WAIT: &str = "prePuller.hook.podSchedulingWaitDuration";

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    let is_on = hub.flag("prePuller.hook.enabled") == Some(true);
    if !is_on || hub.number(WAIT) != Some(-1.0) {
        return;
    }
    let message = "the upgrade waits without end for image pullers that find no place on a node";
    let finding = Diagnostic::new(&CODE, message)
        .help("give it some seconds, the chart has 10; and give `helm upgrade` a `--timeout`");
    findings.push(hub.at(finding, &[(WAIT, "without end")]));
}
