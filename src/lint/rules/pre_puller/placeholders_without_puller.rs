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
    "placeholders bring nodes early, and nothing pulls the images there",
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
        findings.extend(nothing_pulls(cx));
        return;
    }
    let message =
        "placeholders bring a node before users need it, but nothing pulls their images there";
    let finding = Diagnostic::new(&CODE, message).help("set `prePuller.continuous.enabled: true`");
    let places = [
        (CONTINUOUS, "switched off here"),
        ("scheduling.userPlaceholder.replicas", "the placeholders"),
    ];
    findings.push(switched_on(cx, hub.at(finding, &places)));
}

/// No puller at all where nodes come and go: a choice that many make, and worth a hint.
fn nothing_pulls(cx: &Context<'_>) -> Option<Diagnostic> {
    const HOOK: &str = "prePuller.hook.enabled";
    let hub = cx.hub;
    let grows = cx
        .facts
        .autoscaler
        .is_some_and(|kind| kind != Autoscaler::None);
    if !grows || hub.flag(HOOK) != Some(false) {
        return None;
    }
    let message = "nodes are added, and nothing pulls images there before the first user";
    let mut finding =
        Diagnostic::new(&CODE, message).help("set `prePuller.continuous.enabled: true`");
    finding.level = Level::Hint;
    let places = [(CONTINUOUS, "switched off here"), (HOOK, "and here")];
    Some(switched_on(cx, hub.at(finding, &places)))
}

fn switched_on(cx: &Context<'_>, finding: Diagnostic) -> Diagnostic {
    let edits = fixes::set(cx, CONTINUOUS, true, CONTINUOUS);
    fixes::risky(finding, "switch the continuous puller on", edits)
}
