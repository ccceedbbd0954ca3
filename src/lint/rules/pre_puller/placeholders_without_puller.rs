use crate::diag::{Code, Diagnostic, FixKind, Level};
use crate::lint::fixes;
use crate::lint::{Check, Context, Rule};
use crate::policy::Autoscaler;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::warning(
    "PP001",
    "placeholders-without-puller",
    "placeholders add nodes early, but no image puller prepares these nodes",
)
.page(include_str!("placeholders_without_puller.md"))
.fix(FixKind::Unsafe);

const CONTINUOUS: &str = "prePuller.continuous.enabled";

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    if hub.flag(CONTINUOUS) != Some(false) {
        return;
    }
    if !hub.has_placeholders() {
        findings.extend(no_puller(cx));
        return;
    }
    let message =
        "placeholders add nodes early, but the continuous image puller does not prepare them";
    let finding = Diagnostic::new(&CODE, message).help("set `prePuller.continuous.enabled: true`");
    let places = [
        (CONTINUOUS, "disabled here"),
        ("scheduling.userPlaceholder.replicas", "the placeholders"),
    ];
    findings.push(with_fix(cx, hub.at(finding, &places)));
}

/// Returns a hint if an autoscaler adds nodes and both image pullers are disabled, which many hubs choose.
fn no_puller(cx: &Context<'_>) -> Option<Diagnostic> {
    const HOOK: &str = "prePuller.hook.enabled";
    let hub = cx.hub;
    let adds_nodes = cx.facts.autoscaler.is_some_and(|kind| kind != Autoscaler::None);
    if !adds_nodes || hub.flag(HOOK) != Some(false) {
        return None;
    }
    let message = "images are not pulled to new nodes in advance: both image pullers are disabled";
    let mut finding =
        Diagnostic::new(&CODE, message).help("set `prePuller.continuous.enabled: true`");
    finding.level = Level::Hint;
    let places = [(CONTINUOUS, "disabled here"), (HOOK, "disabled here")];
    Some(with_fix(cx, hub.at(finding, &places)))
}

/// Adds the fix that enables the continuous image puller.
fn with_fix(cx: &Context<'_>, finding: Diagnostic) -> Diagnostic {
    let edits = fixes::set(cx, CONTINUOUS, true, CONTINUOUS);
    fixes::unsafe_fix(finding, "enable the continuous image puller", edits)
}
