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
    "the start timeout of user servers is too short for a new node",
)
.page(include_str!("start_timeout_too_short.md"))
.fix(FixKind::Unsafe);

const TIMEOUT: &str = "singleuser.startTimeout";
const LIMIT: &str = "hub.consecutiveFailureLimit";

/// The chart's default in seconds, often too short for a new node. It counts if the policy has no `lead`.
const CHART_DEFAULT: f64 = 300.0;

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    let has_fixed_nodes = cx.facts.autoscaler == Some(Autoscaler::None);
    if has_fixed_nodes || hub.code_may_set("start_timeout") {
        return;
    }
    let trait_paths = [
        "hub.config.KubeSpawner.start_timeout",
        "hub.config.Spawner.start_timeout",
    ];
    let of_hub = trait_paths.iter().find_map(|path| hub.get(path));
    for settings in profiles::effective(hub) {
        let own = settings.get("start_timeout");
        let timeout = if settings.is_overridden("start_timeout") {
            own
        } else {
            of_hub.or(own)
        };
        let finding = timeout.and_then(|timeout| too_short(cx, timeout));
        if let Some(finding) = finding {
            profiles::report(findings, finding);
        }
    }
}

/// Returns the recommended timeout in seconds: twice the measured time, or 600 as in large hubs.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a few hundred seconds"
)]
fn wanted(needed: Option<f64>) -> u64 {
    needed.map_or(600, |needed| (needed * 2.0).ceil() as u64)
}

/// Returns the finding about a timeout that is too short.
fn too_short(cx: &Context<'_>, timeout: &Value) -> Option<Diagnostic> {
    let hub = cx.hub;
    let Content::Number(number) = &timeout.content else {
        return None;
    };
    let seconds = number.as_f64().filter(|seconds| *seconds > 0.0)?;
    let lead = cx.facts.lead.map(|lead| lead.boot + lead.pull + lead.start);
    let needed = lead.map(|lead| lead.as_secs_f64());
    if needed.map_or(seconds > CHART_DEFAULT, |needed| seconds >= needed) {
        return None;
    }
    let (message, help) = match needed {
        Some(needed) => (
            format!(
                "spawns on a new node fail: they take {needed} seconds, the start timeout is {seconds}"
            ),
            format!(
                "set `{TIMEOUT}` to twice the measured time, {} seconds",
                needed * 2.0
            ),
        ),
        None => (
            format!(
                "a start timeout of {seconds} seconds can be too short for a new node and a large image"
            ),
            "set `singleuser.startTimeout: 600`, as large hubs do, or put measured times into `lead` of the policy"
                .to_owned(),
        ),
    };
    let (place, label) = if hub.is_default(timeout) {
        (hub.nearest(TIMEOUT)?, "no start timeout set")
    } else {
        (timeout, "the start timeout")
    };
    let mut finding = Diagnostic::new(&CODE, message).at(span(place), label);
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
    finding = fixes::unsafe_fix(
        finding,
        format!("set the start timeout to {wanted} seconds"),
        edits,
    );
    let limit = hub.number(LIMIT).filter(|limit| *limit > 0.0);
    let Some(limit) = limit.filter(|_| needed.is_some()) else {
        return Some(finding.help(help));
    };
    let help = format!("{help}; {limit} failed spawns in a row restart the hub (`{LIMIT}`)");
    let finding = finding.help(help);
    Some(if hub.is_set(LIMIT) {
        hub.at(finding, &[(LIMIT, "failures until a restart")])
    } else {
        finding
    })
}
