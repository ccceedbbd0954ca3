use crate::diag::{Code, Diagnostic, FixKind};
use crate::hub::Hub;
use crate::hub::span;
use crate::lint::{Check, Context, Rule, fixes};
use crate::policy::Autoscaler;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::note(
    "SC001",
    "user-scheduler-mismatch",
    "the user scheduler does not match the autoscaler of the cluster",
)
.page(include_str!("packing_mismatch.md"))
.fix(FixKind::Unsafe);

const SCHEDULER: &str = "scheduling.userScheduler.enabled";

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    let Some(autoscaler) = cx.facts.autoscaler else {
        return;
    };
    let has_autoscaler = autoscaler != Autoscaler::None;
    let finding = match hub.flag(SCHEDULER) {
        Some(true) if !has_autoscaler => useless_packing(cx),
        Some(false) if has_autoscaler && hub.has_placeholders() && !has_own_scheduler(hub) => {
            let message =
                "user pods are not packed, so nodes do not become empty and are not removed";
            let finding = Diagnostic::new(&CODE, message).help(
                "set `scheduling.userScheduler.enabled: true`, unless the scheduler of the cluster packs pods \
                 (GKE's `optimize-utilization` does)",
            );
            let places = [
                (SCHEDULER, "disabled here"),
                (
                    "scheduling.userPlaceholder.replicas",
                    "placeholders add nodes",
                ),
            ];
            let edits = fixes::set_near(cx, SCHEDULER, true);
            let finding = hub.at(finding, &places);
            Some(fixes::unsafe_fix(
                finding,
                "enable the user scheduler",
                edits,
            ))
        }
        _ => None,
    };
    findings.extend(finding);
}

/// Returns a finding if the user scheduler is enabled without an autoscaler. The key may be unset: the chart enables it
/// by default.
fn useless_packing(cx: &Context<'_>) -> Option<Diagnostic> {
    let hub = cx.hub;
    let message = "the user scheduler packs user pods, but no autoscaler removes empty nodes";
    let finding = Diagnostic::new(&CODE, message)
        .at(span(hub.nearest(SCHEDULER)?), "user scheduler is enabled")
        .help("set `scheduling.userScheduler.enabled: false` to spread user pods over all nodes");
    let edits = fixes::set_near(cx, SCHEDULER, false);
    Some(fixes::unsafe_fix(
        finding,
        "disable the user scheduler",
        edits,
    ))
}

/// Whether another scheduler may be set for user pods.
fn has_own_scheduler(hub: &Hub<'_>) -> bool {
    let paths = [
        "hub.config.KubeSpawner.scheduler_name",
        "singleuser.extraPodConfig.schedulerName",
        "singleuser.extraPodConfig.scheduler_name",
    ];
    hub.code_may_set("scheduler_name") || paths.iter().any(|path| hub.get(path).is_some())
}
