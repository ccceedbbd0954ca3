use crate::diag::{Code, Diagnostic, FixKind, Level};
use crate::hub::Hub;
use crate::lint::{Check, Context, Rule, fixes};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::warning(
    "PH002",
    "dead-placeholder-replicas",
    "placeholders are counted but not enabled",
)
.page(include_str!("dead_replicas.md"))
.fix(FixKind::Unsafe);

const REPLICAS: &str = "scheduling.userPlaceholder.replicas";
const ENABLED: &str = "scheduling.userPlaceholder.enabled";

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    let Some(replicas) = hub.number(REPLICAS) else {
        return;
    };
    let finding = match hub.flag(ENABLED) {
        Some(false) if replicas > 0.0 => off(cx),
        Some(true) if replicas <= 0.0 && hub.is_set(ENABLED) => none(hub),
        _ => return,
    };
    findings.push(finding);
}

fn off(cx: &Context<'_>) -> Diagnostic {
    let hub = cx.hub;
    let message = "placeholders are asked for and switched off, so that there are none";
    let finding = Diagnostic::new(&CODE, message)
        .help("set `scheduling.userPlaceholder.enabled: true`, or take `replicas` away");
    let places = [
        (REPLICAS, "so many are asked for"),
        (ENABLED, "switched off here"),
    ];
    let finding = hub.at(finding, &places);
    let source = |path| hub.get(path).map(|value| value.set.value.source);
    // A file that many hubs share is not the place to switch them on for one.
    if hub.is_set(ENABLED) && source(ENABLED) != source(REPLICAS) {
        return finding;
    }
    let edits = fixes::set(cx, ENABLED, true, REPLICAS);
    fixes::risky(finding, "switch them on", edits)
}

fn none(hub: &Hub<'_>) -> Diagnostic {
    let message = "placeholders are switched on and not asked for, so that there are none";
    let mut finding = Diagnostic::new(&CODE, message)
        .help("set `scheduling.userPlaceholder.replicas`, unless something else does");
    finding.level = Level::Hint;
    let places = [(ENABLED, "switched on here"), (REPLICAS, "none")];
    hub.at(finding, &places)
}
