use crate::diag::{Code, Diagnostic};
use crate::k8s::{Object, PodField, Workload};
use crate::lint::{Check, Rule, Stream};
use crate::yaml::{NodeRef, Scalar};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Stream(check),
};

static CODE: Code = Code::error(
    "XR011",
    "non-string-field",
    "a field of a manifest is not a string: the API server rejects the object",
)
.page(include_str!("non_string.md"));

fn check(stream: &Stream<'_>, findings: &mut Vec<Diagnostic>) {
    for object in stream.objects {
        for (field, mapping) in string_mappings(object) {
            findings.extend(in_mapping(stream, object, field, mapping));
        }
    }
    for workload in &stream.workloads {
        let object = &workload.object;
        for (field, mapping) in template_mappings(workload) {
            findings.extend(in_mapping(stream, object, field, mapping));
        }
        for container in workload.template.containers() {
            let variables = container.get("env").into_iter();
            for variable in variables.flat_map(|list| list.items()) {
                let name = variable.get("name").and_then(|name| name.text());
                findings.extend(variable.get("value").and_then(|value| {
                    finding(stream, object, "env", name.unwrap_or("value"), value)
                }));
            }
        }
        let tolerations = workload.template.spec.get(PodField::Tolerations);
        for toleration in tolerations.into_iter().flat_map(|list| list.items()) {
            for key in ["key", "operator", "value", "effect"] {
                let value = toleration.get(key);
                findings.extend(
                    value.and_then(|value| finding(stream, object, "tolerations", key, value)),
                );
            }
        }
    }
}

/// Returns the mappings of strings of an object outside of its pod template.
fn string_mappings<'d>(object: &Object<'d>) -> impl Iterator<Item = (&'static str, NodeRef<'d>)> {
    const EVERYWHERE: [&[&str]; 2] = [&["metadata", "labels"], &["metadata", "annotations"]];
    const OF_SELECTORS: &[&str] = &["spec", "selector", "matchLabels"];
    let node = object.node;
    let (group, kind) = (object.gvk.group.as_str(), object.gvk.kind.as_str());
    let selector: Option<&[&str]> = match (group, kind) {
        ("apps" | "policy", _) => Some(OF_SELECTORS),
        ("", "Service") => Some(&["spec", "selector"]),
        _ => None,
    };
    let paths = EVERYWHERE.into_iter().chain(selector);
    paths.filter_map(move |path| Some((*path.last()?, node.get_path(path)?)))
}

/// Returns the mappings of strings of a pod template.
fn template_mappings<'d>(
    workload: &Workload<'d>,
) -> impl Iterator<Item = (&'static str, NodeRef<'d>)> {
    let template = &workload.template;
    let mappings = [
        ("labels", template.labels_node()),
        ("annotations", template.annotations_node()),
        ("nodeSelector", template.spec.get(PodField::NodeSelector)),
    ];
    mappings.into_iter().filter_map(|(field, mapping)| Some((field, mapping?)))
}

fn in_mapping(
    stream: &Stream<'_>,
    object: &Object<'_>,
    field: &str,
    mapping: NodeRef<'_>,
) -> Vec<Diagnostic> {
    let pairs = mapping.pairs().into_iter();
    let found = pairs
        .filter(|(_, value)| !value.is_alias())
        .filter_map(|(key, value)| finding(stream, object, field, key.text()?, value));
    found.collect()
}

/// Returns the finding about a value that is not a string. `null` is accepted: the API server reads it as empty. The
/// message does not contain the value, which may be secret.
fn finding(
    stream: &Stream<'_>,
    object: &Object<'_>,
    field: &str,
    name: &str,
    value: NodeRef<'_>,
) -> Option<Diagnostic> {
    let (what, help) = match value.scalar() {
        Some(Scalar::Null | Scalar::String(_)) => return None,
        Some(Scalar::Bool(_)) => ("a boolean", "quote the value"),
        Some(_) => ("a number", "quote the value"),
        None => ("not a string", "use a string"),
    };
    let message = format!(
        "`{name}` in `{field}` is {what}: the API server rejects `{}`",
        object.title()
    );
    let place = value.resolve();
    let span = if place.scalar().is_some() {
        stream.span(object, place)
    } else {
        let start = place.range().start;
        stream.release.span(object.part, start..start)
    };
    Some(
        Diagnostic::new(&CODE, message)
            .at(span, "expected a string")
            .help(format!("{help}, in the template or in the values")),
    )
}
