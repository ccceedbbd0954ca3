use crate::diag::{Code, Diagnostic, FixKind, Level};
use crate::hub::profiles;
use crate::hub::span;
use crate::lint::{Check, Context, Rule, fixes};
use crate::policy::Autoscaler;
use crate::values::{Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::hint(
    "HB004",
    "start-timeout-too-short",
    "the hub gives up on a server before a new node can be there",
)
.page(include_str!("start_timeout_too_short.md"))
.fix(FixKind::Unsafe);

const TIMEOUT: &str = "singleuser.startTimeout";
const LIMIT: &str = "hub.consecutiveFailureLimit";

/// What is often too short where nothing is known, in seconds: the chart's own.
const DEFAULT: f64 = 300.0;

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    let is_fixed = cx.facts.autoscaler == Some(Autoscaler::None);
    if is_fixed || hub.code_may_set("start_timeout") {
        return;
    }
    let of_hub = [
        "hub.config.KubeSpawner.start_timeout",
        "hub.config.Spawner.start_timeout",
    ];
    let of_hub = of_hub.iter().find_map(|path| hub.get(path));
    for settings in profiles::effective(hub) {
        let own = settings.get("start_timeout");
        let timeout = if settings.is_overridden("start_timeout") {
            own
        } else {
            of_hub.or(own)
        };
        let finding = timeout.and_then(|timeout| of_timeout(cx, timeout));
        if let Some(finding) = finding {
            profiles::report(findings, finding);
        }
    }
}

/// Twice of what is measured, else what large hubs have.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a few hundred seconds"
)]
fn wanted(needed: Option<f64>) -> u64 {
    needed.map_or(600, |needed| (needed * 2.0).ceil() as u64)
}

/// The finding about one timeout, where it is too short.
fn of_timeout(cx: &Context<'_>, timeout: &Value) -> Option<Diagnostic> {
    let hub = cx.hub;
    let Content::Number(number) = &timeout.content else {
        return None;
    };
    let seconds = number.as_f64().filter(|seconds| *seconds > 0.0)?;
    let lead = cx.facts.lead.map(|lead| lead.boot + lead.pull + lead.start);
    let needed = lead.map(|lead| lead.as_secs_f64());
    if needed.map_or(seconds > DEFAULT, |needed| seconds >= needed) {
        return None;
    }
    let (message, help) = match needed {
        Some(needed) => (
            format!(
                "a server on a new node takes {needed} seconds, and the hub gives up after {seconds}"
            ),
            format!(
                "set `{TIMEOUT}` to twice of what is measured, {}",
                needed * 2.0
            ),
        ),
        None => (
            format!(
                "the hub gives up on a server after {seconds} seconds, which a new node and a large image may take"
            ),
            "600 is what large hubs have; `lead` in the policy tells dunnage what yours take"
                .to_owned(),
        ),
    };
    let place = if hub.is_default(timeout) {
        hub.nearest(TIMEOUT)?
    } else {
        timeout
    };
    let mut finding = Diagnostic::new(&CODE, message).at(span(place), "what a server has to start");
    finding.level = needed.map_or(Level::Hint, |_| Level::Warning);
    if finding.level == Level::Hint && !cx.hints {
        return Some(finding.help(help));
    }
    let wanted = wanted(needed);
    let edits = if hub.is_default(timeout) {
        fixes::set_near(cx, TIMEOUT, wanted)
    } else {
        fixes::replace_scalar(cx, timeout, wanted)
    };
    finding = fixes::risky(finding, format!("wait for {wanted} seconds"), edits);
    let limit = hub.number(LIMIT).filter(|limit| *limit > 0.0);
    let Some(limit) = limit.filter(|_| needed.is_some()) else {
        return Some(finding.help(help));
    };
    let help = format!("{help}; {limit} such starts in a row restart the hub (`{LIMIT}`)");
    let finding = finding.help(help);
    Some(if hub.is_set(LIMIT) {
        hub.at(finding, &[(LIMIT, "so many in a row restart the hub")])
    } else {
        finding
    })
}
