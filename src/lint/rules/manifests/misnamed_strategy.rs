use crate::diag::{Code, Diagnostic};
use crate::k8s::Workload;
use crate::lint::{Check, Rule, Stream};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Workload(check),
};

static CODE: Code = Code::warning(
    "XR012",
    "misnamed-update-strategy",
    "the update strategy is ignored: this kind has another key for it",
)
.page(include_str!("misnamed_strategy.md"));

/// Kinds with the wrong key and the right one.
const KEYS: [(&str, &str, &str); 3] = [
    ("Deployment", "updateStrategy", "strategy"),
    ("StatefulSet", "strategy", "updateStrategy"),
    ("DaemonSet", "strategy", "updateStrategy"),
];

fn check(stream: &Stream<'_>, workload: &Workload<'_>, findings: &mut Vec<Diagnostic>) {
    let object = &workload.object;
    let row = KEYS.iter().find(|(kind, ..)| *kind == workload.kind());
    let (Some((kind, wrong, right)), "apps") = (row, object.gvk.group.as_str()) else {
        return;
    };
    let Some(spec) = object.node.get("spec") else {
        return;
    };
    if spec.get(wrong).is_none_or(|value| value.is_null()) {
        return;
    }
    let message = format!(
        "`{}` uses the default update strategy: a {kind} has no `{wrong}`",
        object.title()
    );
    findings.push(
        Diagnostic::new(&CODE, message)
            .at(stream.entry_span(object, spec, wrong), "ignored")
            .help(format!("rename it to `{right}`")),
    );
}
