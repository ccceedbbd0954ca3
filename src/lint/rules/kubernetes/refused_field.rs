use crate::diag::{Code, Diagnostic, Level};
use crate::k8s::{Object, Workload};
use crate::lint::{Check, Rule, Stream};
use crate::schema::{
    Extent, Instance, Step, Violation, ViolationKind, check_kubernetes, tree_spot,
};
use crate::yaml::{self, NodeRef};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Stream(check),
};

static CODE: Code = Code::error(
    "KB002",
    "rejected-manifest-field",
    "the API server rejects a manifest: a field has the wrong type or is missing",
)
.page(include_str!("refused_field.md"));

/// Kinds of Kubernetes itself whose `spec` is checked as a whole.
const SPECS: [(&str, &str, &str); 2] = [
    ("", "PersistentVolumeClaim", "PersistentVolumeClaimSpec"),
    ("networking.k8s.io", "Ingress", "IngressSpec"),
];

/// Groups of Kubernetes itself. Pod specs of operators have other fields.
const GROUPS: [&str; 3] = ["", "apps", "batch"];

fn check(stream: &Stream<'_>, findings: &mut Vec<Diagnostic>) {
    for (group, kind, type_name) in SPECS {
        for object in stream.of_kind(group, kind) {
            if object.gvk.version != "v1" {
                continue;
            }
            let spec = object.node.get("spec");
            findings
                .extend(spec.into_iter().flat_map(|it| violations(stream, object, type_name, it)));
        }
    }
    for workload in &stream.workloads {
        if GROUPS.contains(&workload.object.gvk.group.as_str()) {
            let spec = pod_spec(workload);
            let found = spec.map(|spec| violations(stream, &workload.object, "PodSpec", spec));
            findings.extend(found.into_iter().flatten());
        }
    }
}

/// Returns the pod spec in the template, if it is a mapping.
fn pod_spec<'d>(workload: &Workload<'d>) -> Option<NodeRef<'d>> {
    workload.template.node.get("spec").filter(|spec| spec.is_mapping())
}

/// Returns findings about a spec that violates the type of this name.
fn violations(
    stream: &Stream<'_>,
    object: &Object<'_>,
    type_name: &str,
    spec: NodeRef<'_>,
) -> Vec<Diagnostic> {
    let Ok(json) = yaml::to_json(spec) else {
        return Vec::new();
    };
    let start = stream.release.span(object.part, 0..0);
    let spot = |steps: &[Step]| tree_spot(start.source, start.start, spec, steps);
    let subject = Instance {
        value: &json,
        spot: &spot,
    };
    let found = check_kubernetes(type_name, Extent::Whole, subject).into_iter();
    let is_null = |violation: &Violation| {
        let at = violation.steps.iter().try_fold(&json, |value, step| match step {
            Step::Key(key) => value.get(key),
            Step::Index(index) => value.get(index),
        });
        at.is_some_and(serde_json::Value::is_null)
    };
    // Other rules check tolerations.
    let is_of_tolerations = |violation: &Violation| {
        let mut steps = violation.steps.iter();
        steps.any(|step| matches!(step, Step::Key(key) if key == "tolerations"))
    };
    // A spec without containers is a fragment that another tool completes.
    let is_fragment = |violation: &Violation| {
        let is_of_containers = |key: &String| key == "containers";
        violation.steps.is_empty()
            && matches!(&violation.kind, ViolationKind::MissingKey(key) if is_of_containers(key))
    };
    let found = found.filter(|violation| {
        !is_null(violation) && !is_of_tolerations(violation) && !is_fragment(violation)
    });
    found.map(|violation| finding(object, violation)).collect()
}

fn finding(object: &Object<'_>, mut violation: Violation) -> Diagnostic {
    let is_unknown = matches!(violation.kind, ViolationKind::UnknownKey { .. });
    let title = object.title();
    violation.message = if is_unknown {
        format!(
            "{}: `{title}` is rejected, or the field is ignored",
            violation.message
        )
    } else {
        format!("{}: the API server rejects `{title}`", violation.message)
    };
    let mut found = violation.under(&CODE);
    if is_unknown {
        found.level = Level::Warning;
    }
    found
}
