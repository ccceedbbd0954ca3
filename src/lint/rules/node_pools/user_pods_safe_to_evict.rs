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
    "the cluster autoscaler can evict user pods and end their sessions",
)
.page(include_str!("user_pods_safe_to_evict.md"))
.fix(FixKind::Safe);

const KEY: &str = "cluster-autoscaler.kubernetes.io/safe-to-evict";

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    // Karpenter reads another annotation.
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
        let is_true = match &value.content {
            Content::String(text) => text == "true",
            Content::Bool(value) => *value,
            _ => false,
        };
        if is_true {
            let message = "the cluster autoscaler can evict user pods: the annotation `safe-to-evict` is true";
            let finding = Diagnostic::new(&CODE, message)
                .at(span(value), "allows eviction")
                .help("remove it: user pods then prevent the removal of their node");
            let edits = fixes::remove(cx, value);
            let finding = fixes::safe_fix(finding, "remove the annotation", edits);
            profiles::report(findings, finding);
        }
    }
}
