use crate::diag::{Code, Diagnostic, FixKind};
use crate::lint::{Check, Context, Rule, fixes};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::note(
    "CU002",
    "cull-interval",
    "the culler looks more rarely than it would stop servers",
)
.page(include_str!("interval.md"))
.fix(FixKind::Unsafe);

const EVERY: &str = "cull.every";
const TIMEOUT: &str = "cull.timeout";

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    let (Some(every), Some(timeout)) = (hub.number(EVERY), hub.number(TIMEOUT)) else {
        return;
    };
    if hub.flag("cull.enabled") != Some(true) || timeout <= 0.0 || every < timeout {
        return;
    }
    let most = every + timeout;
    let message = format!(
        "servers are stopped after {timeout} idle seconds, and some only after {most}, for the culler looks every {every}"
    );
    let finding =
        Diagnostic::new(&CODE, message).help("half of `cull.timeout` is the culler's own choice");
    let places = [
        (EVERY, "how often it looks"),
        (TIMEOUT, "how long a server may idle"),
    ];
    let half = hub
        .get(TIMEOUT)
        .and_then(|timeout| timeout.to_json().as_u64());
    let half = half.map(|timeout| timeout / 2).filter(|half| *half > 0);
    let edits = half.and_then(|half| fixes::set(cx, EVERY, half, TIMEOUT));
    let message = "look twice as often as servers may idle";
    findings.push(fixes::risky(hub.at(finding, &places), message, edits));
}
