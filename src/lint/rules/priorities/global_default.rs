use crate::diag::{Code, Diagnostic, FixKind};
use crate::lint::{Check, Context, Rule, fixes};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::warning(
    "PR003",
    "priority-global-default",
    "the hub's priority class becomes the default of the whole cluster",
)
.page(include_str!("global_default.md"))
.fix(FixKind::Unsafe);

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    const GLOBAL: &str = "scheduling.podPriority.globalDefault";
    let hub = cx.hub;
    let is_enabled = hub.flag("scheduling.podPriority.enabled") == Some(true);
    if !is_enabled || hub.flag(GLOBAL) != Some(true) {
        return;
    }
    let message =
        "every new pod in the cluster without a priority class gets the hub's default priority";
    let finding = Diagnostic::new(&CODE, message)
        .help("set `globalDefault: false`, and give placeholders a negative priority");
    let finding = hub.at(finding, &[(GLOBAL, "applies to the whole cluster")]);
    let edits = fixes::set(cx, GLOBAL, false, GLOBAL);
    findings.push(fixes::unsafe_fix(
        finding,
        "do not make it the cluster default",
        edits,
    ));
}
