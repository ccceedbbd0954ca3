use crate::diag::{Code, Diagnostic, FixKind, Level};
use crate::hub::Hub;
use crate::lint::{Check, Context, Rule, fixes};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::warning(
    "PH002",
    "ignored-placeholder-replicas",
    "placeholder replicas are ignored because placeholders are disabled",
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
        Some(false) if replicas > 0.0 => disabled(cx),
        Some(true) if replicas <= 0.0 && hub.is_set(ENABLED) => no_replicas(hub),
        _ => return,
    };
    findings.push(finding);
}

fn disabled(cx: &Context<'_>) -> Diagnostic {
    let hub = cx.hub;
    let message = "`scheduling.userPlaceholder.replicas` is ignored: placeholders are disabled";
    let finding = Diagnostic::new(&CODE, message)
        .help("set `scheduling.userPlaceholder.enabled: true`, or remove `replicas`");
    let places = [(REPLICAS, "ignored"), (ENABLED, "disabled here")];
    let finding = hub.at(finding, &places);
    let source = |path| hub.get(path).map(|value| value.set.value.source);
    // A file that many hubs share is not the place to enable placeholders for one of them.
    if hub.is_set(ENABLED) && source(ENABLED) != source(REPLICAS) {
        return finding;
    }
    let edits = fixes::set(cx, ENABLED, true, REPLICAS);
    fixes::unsafe_fix(finding, "enable placeholders", edits)
}

fn no_replicas(hub: &Hub<'_>) -> Diagnostic {
    let message = "user placeholders are enabled, but `replicas` is 0, so there are none";
    let mut finding = Diagnostic::new(&CODE, message)
        .help("set `scheduling.userPlaceholder.replicas`, unless another tool sets it");
    finding.level = Level::Hint;
    let places = [(ENABLED, "enabled here"), (REPLICAS, "no replicas")];
    hub.at(finding, &places)
}
