use crate::diag::{Code, Diagnostic, FixKind};
use crate::hub::span;
use crate::lint::{Check, Context, Rule, fixes};
use crate::values::{Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::note(
    "HB005",
    "spawn-limit-below-burst",
    "the spawn limit is below the number of users who arrive during one spawn",
)
.page(include_str!("spawn_limit_below_burst.md"))
.fix(FixKind::Unsafe);

const LIMIT: &str = "hub.concurrentSpawnLimit";
const TRAIT: &str = "hub.config.JupyterHub.concurrent_spawn_limit";

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    let (Some(demand), Some(lead)) = (cx.facts.demand, cx.facts.lead) else {
        return;
    };
    if hub.code_may_set("concurrent_spawn_limit") {
        return;
    }
    let Some(value) = hub.get(TRAIT).or_else(|| hub.get(LIMIT)) else {
        return;
    };
    let Some(limit) = number(value).filter(|limit| *limit > 0.0) else {
        return;
    };
    let spawn = (lead.boot + lead.pull + lead.start).as_secs_f64();
    let within = demand.within.as_secs_f64();
    let share = if spawn < within { spawn / within } else { 1.0 };
    let arrivals = (f64::from(demand.users) * share).ceil();
    let place = if hub.is_default(value) {
        hub.nearest(LIMIT)
    } else {
        Some(value)
    };
    let Some(place) = place.filter(|_| arrivals > limit) else {
        return;
    };
    let message = format!(
        "{arrivals} users arrive during one spawn on a new node, but only {limit} can spawn at a time"
    );
    let help = format!(
        "set `{LIMIT}` above {arrivals}, or keep nodes ready; the hub rejects more users with error 429"
    );
    let finding = Diagnostic::new(&CODE, message)
        .at(span(place), format!("{limit} at a time"))
        .help(help);
    let enough = tens_above(arrivals);
    let edits = if hub.is_default(value) {
        fixes::set_near(cx, LIMIT, enough)
    } else {
        fixes::replace_scalar(cx, value, enough)
    };
    findings.push(fixes::unsafe_fix(
        finding,
        format!("set the limit to {enough}"),
        edits,
    ));
}

/// Returns the next multiple of ten, to show that the number is not exact.
#[expect(
    clippy::cast_possible_truncation,
    reason = "users are no more than a `u32`"
)]
fn tens_above(number: f64) -> i64 {
    (number / 10.0).ceil() as i64 * 10
}

fn number(value: &Value) -> Option<f64> {
    match &value.content {
        Content::Number(number) => number.as_f64(),
        _ => None,
    }
}
