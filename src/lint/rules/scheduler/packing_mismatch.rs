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
    "packing-mismatch",
    "servers are packed for an autoscaler that is not there, or not packed for one that is",
)
.page(include_str!("packing_mismatch.md"))
.fix(FixKind::Unsafe);

const SCHEDULER: &str = "scheduling.userScheduler.enabled";

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    let Some(autoscaler) = cx.facts.autoscaler else {
        return;
    };
    let grows = autoscaler != Autoscaler::None;
    let finding = match hub.flag(SCHEDULER) {
        Some(true) if !grows => packs_for_nothing(cx),
        Some(false) if grows && hub.has_placeholders() && !has_other(hub) => {
            let message = "nodes come and go, and nothing packs servers so that nodes can empty";
            let finding = Diagnostic::new(&CODE, message).help(
                "set `scheduling.userScheduler.enabled: true`, unless the cluster's own scheduler packs \
                 (GKE's `optimize-utilization` does)",
            );
            let places = [
                (SCHEDULER, "switched off here"),
                (
                    "scheduling.userPlaceholder.replicas",
                    "placeholders bring nodes",
                ),
            ];
            let edits = fixes::set_near(cx, SCHEDULER, true);
            let finding = hub.at(finding, &places);
            Some(fixes::risky(finding, "pack servers", edits))
        }
        _ => None,
    };
    findings.extend(finding);
}

/// The user scheduler is the chart's default, so that it may stand nowhere in the release.
fn packs_for_nothing(cx: &Context<'_>) -> Option<Diagnostic> {
    let hub = cx.hub;
    let message =
        "the user scheduler fills one node after the other, and no node will ever go away";
    let finding = Diagnostic::new(&CODE, message)
        .at(span(hub.nearest(SCHEDULER)?), "the user scheduler is on")
        .help("set `scheduling.userScheduler.enabled: false`, so that users spread over the nodes that there are");
    let edits = fixes::set_near(cx, SCHEDULER, false);
    Some(fixes::risky(finding, "do not pack servers", edits))
}

/// Whether servers go to a scheduler of the operator's own.
fn has_other(hub: &Hub<'_>) -> bool {
    let paths = [
        "hub.config.KubeSpawner.scheduler_name",
        "singleuser.extraPodConfig.schedulerName",
        "singleuser.extraPodConfig.scheduler_name",
    ];
    hub.code_may_set("scheduler_name") || paths.iter().any(|path| hub.get(path).is_some())
}
