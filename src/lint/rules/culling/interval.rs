use crate::diag::{Code, Diagnostic, FixKind};
use crate::lint::{Check, Context, Rule, fixes};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::note(
    "CU002",
    "cull-interval-too-long",
    "the cull interval is not shorter than the idle timeout",
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
    let longest = every + timeout;
    let message = format!(
        "user servers can idle for {longest} seconds, not {timeout}: `cull.every` is {every} seconds"
    );
    let finding = Diagnostic::new(&CODE, message)
        .help("set `cull.every` to half of `cull.timeout`, the culler's own default");
    let places = [(EVERY, "cull interval"), (TIMEOUT, "idle timeout")];
    let half = hub.get(TIMEOUT).and_then(|timeout| timeout.to_json().as_u64());
    let half = half.map(|timeout| timeout / 2).filter(|half| *half > 0);
    let edits = half.and_then(|half| fixes::set(cx, EVERY, half, TIMEOUT));
    let message = "set `cull.every` to half of `cull.timeout`";
    findings.push(fixes::unsafe_fix(hub.at(finding, &places), message, edits));
}
