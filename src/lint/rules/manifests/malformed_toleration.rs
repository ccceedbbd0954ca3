use crate::diag::{Code, Diagnostic};
use crate::k8s::{PodField, Workload, WrittenToleration};
use crate::lint::{Check, Rule, Stream};
use crate::yaml::NodeRef;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Workload(check),
};

static CODE: Code = Code::error(
    "XR013",
    "malformed-pod-toleration",
    "the API server rejects pods because of a toleration",
)
.page(include_str!("malformed_toleration.md"));

fn check(stream: &Stream<'_>, workload: &Workload<'_>, findings: &mut Vec<Diagnostic>) {
    let tolerations = workload.template.spec.get(PodField::Tolerations);
    for item in tolerations.into_iter().flat_map(|list| list.items()) {
        let Some(flaw) = read(item).and_then(|written| written.flaw()) else {
            continue;
        };
        let object = &workload.object;
        let span = stream.entry_span(object, item.resolve(), flaw.field);
        findings.push(
            Diagnostic::new(&CODE, flaw.message)
                .at(span, format!("toleration of `{}`", workload.title()))
                .help(flaw.help),
        );
    }
}

/// Reads a toleration. Returns nothing if a field is not a string, which another rule reports.
fn read(item: NodeRef<'_>) -> Option<WrittenToleration<'_>> {
    let field = |key: &str| match item.get(key).filter(|value| !value.is_null()) {
        Some(value) => value.as_str().map(Some),
        None => Some(None),
    };
    let seconds = item.get("tolerationSeconds");
    item.is_mapping().then_some(())?;
    Some(WrittenToleration {
        key: field("key")?,
        operator: field("operator")?,
        value: field("value")?,
        effect: field("effect")?,
        has_seconds: seconds.is_some_and(|seconds| !seconds.is_null()),
    })
}
