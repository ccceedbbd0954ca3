use crate::diag::{Code, Diagnostic};
use crate::hub::ChartVersion;
use crate::lint::{Check, Context, Rule};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::hint(
    "PR004",
    "hook-puller-class-not-yet-there",
    "the first install pulls no images before the hub starts",
)
.page(include_str!("hook_puller_class_not_yet_there.md"));

/// The first version of the chart whose hook puller names the class.
const NAMES_CLASS: ChartVersion = ChartVersion::new(4, 0);

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    const PRIORITY: &str = "scheduling.podPriority.enabled";
    const HOOK: &str = "prePuller.hook.enabled";
    let hub = cx.hub;
    let is_on = [PRIORITY, HOOK]
        .iter()
        .all(|path| hub.flag(path) == Some(true));
    if !is_on || hub.version < NAMES_CLASS {
        return;
    }
    let message =
        "on the first install the hook puller has no pods: its priority class is not there yet";
    let finding = Diagnostic::new(&CODE, message).help(
        "later upgrades pull as they should; for the first install, make the class beforehand or leave the hook puller off",
    );
    let places = [
        (PRIORITY, "makes the class, after the hook"),
        (HOOK, "runs before everything else"),
    ];
    findings.push(hub.at(finding, &places));
}
