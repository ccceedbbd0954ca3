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
    "scheduler-drain-deadlock",
    "the user scheduler may not be moved, so that its node cannot be drained",
)
.page(include_str!("drain_deadlock.md"))
.fix(FixKind::Unsafe);

const REPLICAS: &str = "scheduling.userScheduler.replicas";
const LEAST: &str = "scheduling.userScheduler.pdb.minAvailable";
const MOST: &str = "scheduling.userScheduler.pdb.maxUnavailable";

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    let is_on = |path| hub.flag(path) == Some(true);
    if !is_on("scheduling.userScheduler.enabled") {
        return;
    }
    if is_on("scheduling.userScheduler.pdb.enabled")
        && let Some(path) = blocker(hub)
    {
        let message = "the disruption budget never lets the user scheduler go, and the drain of its node waits";
        let finding = Diagnostic::new(&CODE, message)
            .help(format!("the chart has `{MOST}: 1` with two replicas"));
        let places = [(path, "lets none go"), (REPLICAS, "so many there are")];
        let finding = hub.at(finding, &places);
        findings.push(let_go(cx, path, finding));
        return;
    }
    if hub.number(REPLICAS) == Some(1.0) {
        let message = "while the only user scheduler moves, no server starts";
        let mut finding = Diagnostic::new(&CODE, message).help("2 is the chart's default");
        finding.level = Level::Hint;
        findings.push(hub.at(finding, &[(REPLICAS, "only one")]));
    }
}

/// One more replica than have to stay, or one that may go.
fn let_go(cx: &Context<'_>, path: &str, finding: Diagnostic) -> Diagnostic {
    let hub = cx.hub;
    if path == MOST {
        let edits = fixes::set_near(cx, MOST, 1);
        return fixes::risky(finding, "let one go at a time", edits);
    }
    let Some(least) = hub.get(LEAST).and_then(|least| least.to_json().as_u64()) else {
        return finding;
    };
    let edits = fixes::set_near(cx, REPLICAS, least + 1);
    fixes::risky(finding, "run one more than have to stay", edits)
}

/// What lets no replica go.
fn blocker(hub: &Hub<'_>) -> Option<&'static str> {
    let is_text = |path: &str, text: &str| matches!(hub.get(path).map(|value| &value.content), Some(Content::String(own)) if own == text);
    let least = hub.number(LEAST).zip(hub.number(REPLICAS));
    if least.is_some_and(|(least, replicas)| least > 0.0 && least >= replicas)
        || is_text(LEAST, "100%")
    {
        return Some(LEAST);
    }
    (hub.number(MOST) == Some(0.0) || is_text(MOST, "0%")).then_some(MOST)
}
