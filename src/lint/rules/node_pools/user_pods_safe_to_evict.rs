use crate::diag::{Code, Diagnostic, FixKind};
use crate::hub::profiles;
use crate::hub::span;
use crate::lint::fixes;
use crate::lint::{Check, Context, Rule};
use crate::policy::Autoscaler;
use crate::values::Content;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::error(
    "NP011",
    "user-pods-safe-to-evict",
    "the autoscaler may end the sessions of users",
)
.page(include_str!("user_pods_safe_to_evict.md"))
.fix(FixKind::Safe);

const KEY: &str = "cluster-autoscaler.kubernetes.io/safe-to-evict";

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    // Karpenter has an annotation of its own.
    if matches!(
        cx.facts.autoscaler,
        Some(Autoscaler::Karpenter | Autoscaler::None)
    ) {
        return;
    }
    for settings in profiles::effective(hub) {
        let annotations = settings.get("extra_annotations");
        let Some(value) = annotations.and_then(|annotations| annotations.get(KEY)) else {
            continue;
        };
        let says_yes = match &value.content {
            Content::String(text) => text == "true",
            Content::Bool(value) => *value,
            _ => false,
        };
        if says_yes {
            let message = "the cluster autoscaler may remove a node while users work there";
            let finding = Diagnostic::new(&CODE, message)
                .at(span(value), "allows it to evict them")
                .help("take it away; servers of users then keep their node");
            let edits = fixes::remove(cx, value);
            let finding = fixes::safe(finding, "take the annotation away", edits);
            profiles::report(findings, finding);
        }
    }
}
