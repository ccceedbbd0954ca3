use crate::diag::{Code, Diagnostic};
use crate::lint::{Check, Context, Rule};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::warning(
    "PP008",
    "hook-can-block-upgrade",
    "an upgrade can wait forever for image pullers",
)
.page(include_str!("hook_can_block.md"));

const WAIT: &str = "prePuller.hook.podSchedulingWaitDuration";

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    let is_enabled = hub.flag("prePuller.hook.enabled") == Some(true);
    if !is_enabled || hub.number(WAIT) != Some(-1.0) {
        return;
    }
    let message =
        "an upgrade can wait forever: image pullers that cannot be scheduled have no time limit";
    let finding = Diagnostic::new(&CODE, message)
        .help("set a number of seconds (the chart's default is 10), and pass `--timeout` to `helm upgrade`");
    findings.push(hub.at(finding, &[(WAIT, "no time limit")]));
}
