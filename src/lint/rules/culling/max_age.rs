use crate::diag::{Code, Diagnostic};
use crate::lint::{Check, Context, Rule};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::warning(
    "CU005",
    "max-age-too-short",
    "servers are stopped while somebody works on them",
)
.page(include_str!("max_age.md"));

const AGE: &str = "cull.maxAge";
const TIMEOUT: &str = "cull.timeout";

/// Nobody means to stop servers that are younger than an hour.
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
    let message = format!("every server is stopped {age} seconds after its start, busy or not");
    let finding = Diagnostic::new(&CODE, message)
        .help("`cull.maxAge` counts seconds from the start; 0 is no limit");
    let places = [(AGE, "seconds"), (TIMEOUT, "idle servers may live as long")];
    let places = if timeout.is_some() {
        &places[..]
    } else {
        &places[..1]
    };
    findings.push(hub.at(finding, places));
}
