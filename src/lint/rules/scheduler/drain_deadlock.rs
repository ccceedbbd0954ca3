use crate::diag::{Code, Diagnostic, FixKind, Level};
use crate::hub::Hub;
use crate::lint::{Check, Context, Rule, fixes};
use crate::values::Content;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::warning(
    "SC003",
    "user-scheduler-blocks-drain",
    "the disruption budget of the user scheduler prevents draining its node",
)
.page(include_str!("drain_deadlock.md"))
.fix(FixKind::Unsafe);

const REPLICAS: &str = "scheduling.userScheduler.replicas";
const MIN_AVAILABLE: &str = "scheduling.userScheduler.pdb.minAvailable";
const MAX_UNAVAILABLE: &str = "scheduling.userScheduler.pdb.maxUnavailable";

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    let is_enabled = |path| hub.flag(path) == Some(true);
    if !is_enabled("scheduling.userScheduler.enabled") {
        return;
    }
    if is_enabled("scheduling.userScheduler.pdb.enabled")
        && let Some(path) = blocker(hub)
    {
        let message = "nodes of the user scheduler cannot be drained: its disruption budget allows no eviction";
        let finding = Diagnostic::new(&CODE, message).help(format!(
            "set `{MAX_UNAVAILABLE}: 1` and run 2 replicas, the chart's defaults"
        ));
        let places = [
            (path, "allows no eviction"),
            (REPLICAS, "number of replicas"),
        ];
        let finding = hub.at(finding, &places);
        findings.push(with_fix(cx, path, finding));
        return;
    }
    if hub.number(REPLICAS) == Some(1.0) {
        let message = "no user server starts while the only user scheduler is rescheduled";
        let mut finding =
            Diagnostic::new(&CODE, message).help("run 2 replicas, the chart's default");
        finding.level = Level::Hint;
        findings.push(hub.at(finding, &[(REPLICAS, "one replica")]));
    }
}

/// Adds the fix: one replica more than `minAvailable`, or one that may be evicted.
fn with_fix(cx: &Context<'_>, path: &str, finding: Diagnostic) -> Diagnostic {
    let hub = cx.hub;
    if path == MAX_UNAVAILABLE {
        let edits = fixes::set_near(cx, MAX_UNAVAILABLE, 1);
        return fixes::unsafe_fix(finding, "allow one eviction at a time", edits);
    }
    let Some(least) = hub.get(MIN_AVAILABLE).and_then(|least| least.to_json().as_u64()) else {
        return finding;
    };
    let edits = fixes::set_near(cx, REPLICAS, least + 1);
    fixes::unsafe_fix(finding, "run one replica more than `minAvailable`", edits)
}

/// Returns the path of the setting that allows no eviction.
fn blocker(hub: &Hub<'_>) -> Option<&'static str> {
    let is_string = |path: &str, text: &str| matches!(hub.get(path).map(|value| &value.content), Some(Content::String(own)) if own == text);
    let least = hub.number(MIN_AVAILABLE).zip(hub.number(REPLICAS));
    if least.is_some_and(|(least, replicas)| least > 0.0 && least >= replicas)
        || is_string(MIN_AVAILABLE, "100%")
    {
        return Some(MIN_AVAILABLE);
    }
    (hub.number(MAX_UNAVAILABLE) == Some(0.0) || is_string(MAX_UNAVAILABLE, "0%"))
        .then_some(MAX_UNAVAILABLE)
}
