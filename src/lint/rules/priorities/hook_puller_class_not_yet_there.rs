use crate::diag::{Code, Diagnostic};
use crate::hub::ChartVersion;
use crate::lint::{Check, Context, Rule};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::hint(
    "PR004",
    "hook-puller-before-priority-class",
    "the first install pulls no images: the hook puller lacks its priority class",
)
.page(include_str!("hook_puller_class_not_yet_there.md"));

/// The first version of the chart whose hook puller has a priority class.
const SINCE: ChartVersion = ChartVersion::new(4, 0);

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    const PRIORITY: &str = "scheduling.podPriority.enabled";
    const HOOK: &str = "prePuller.hook.enabled";
    let hub = cx.hub;
    let is_enabled = [PRIORITY, HOOK].iter().all(|path| hub.flag(path) == Some(true));
    if !is_enabled || hub.version < SINCE {
        return;
    }
    let message =
        "on the first install the hook puller has no pods: its priority class does not exist yet";
    let finding = Diagnostic::new(&CODE, message).help(
        "create the class before the first install, or disable the hook puller for it; upgrades are not affected",
    );
    let places = [
        (PRIORITY, "creates the class after hooks"),
        (HOOK, "runs before other objects"),
    ];
    findings.push(hub.at(finding, &places));
}
