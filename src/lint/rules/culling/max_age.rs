use crate::diag::{Code, Diagnostic};
use crate::lint::{Check, Context, Rule};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::warning(
    "CU005",
    "max-age-too-short",
    "user servers are stopped while in use: `cull.maxAge` is too short",
)
.page(include_str!("max_age.md"));

const AGE: &str = "cull.maxAge";
const TIMEOUT: &str = "cull.timeout";

/// The shortest plausible maximum age of a user server, in seconds.
const HOUR: f64 = 3600.0;

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    let Some(age) = hub.number(AGE).filter(|age| *age > 0.0) else {
        return;
    };
    let timeout = hub.number(TIMEOUT).filter(|timeout| age <= *timeout);
    if hub.flag("cull.enabled") != Some(true) || (age >= HOUR && timeout.is_none()) {
        return;
    }
    let message = format!(
        "`cull.maxAge` stops every user server {age} seconds after its start, even if in use"
    );
    let finding = Diagnostic::new(&CODE, message).help(
        "set `cull.maxAge` in seconds, at least 3600 and above `cull.timeout`, or `0` for no limit",
    );
    let places = [
        (AGE, "maximum age in seconds"),
        (TIMEOUT, "idle timeout in seconds"),
    ];
    let places = if timeout.is_some() {
        &places[..]
    } else {
        &places[..1]
    };
    findings.push(hub.at(finding, places));
}
