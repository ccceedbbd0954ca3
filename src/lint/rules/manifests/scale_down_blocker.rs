use crate::diag::{Code, Diagnostic};
use crate::hub::components;
use crate::k8s::Workload;
use crate::lint::{Check, Rule, Stream};
use crate::text::Span;
use crate::yaml::NodeRef;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Workload(check),
};

static CODE: Code = Code::warning(
    "XR008",
    "scale-down-blocker",
    "a pod prevents the autoscaler from removing a user node",
)
.page(include_str!("scale_down_blocker.md"));

const SAFE_TO_EVICT: &str = "cluster-autoscaler.kubernetes.io/safe-to-evict";
const SAFE_VOLUMES: &str = "cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes";
const DO_NOT_DISRUPT: &str = "karpenter.sh/do-not-disrupt";

fn check(stream: &Stream<'_>, workload: &Workload<'_>, findings: &mut Vec<Diagnostic>) {
    // The autoscaler ignores DaemonSet pods, and jobs end.
    let is_exempt = workload.is_daemon_set() || ["Job", "CronJob"].contains(&workload.kind());
    if is_exempt || workload.object.is_hook() || !components::is_of_users(workload) {
        return;
    }
    let template = &workload.template;
    let has_annotation = |name: &str, value: &str| {
        let annotation = template.annotation(name);
        annotation.is_some_and(|annotation| annotation.text() == Some(value))
    };
    let mut report = |span: Span, label: String, help: &str| {
        let message = format!(
            "`{}` prevents the autoscaler from removing a user node",
            workload.title()
        );
        findings.push(Diagnostic::new(&CODE, message).at(span, label).help(help));
    };
    let object = &workload.object;
    let annotations = template.annotations_node();
    for (name, value) in [(SAFE_TO_EVICT, "false"), (DO_NOT_DISRUPT, "true")] {
        if let Some(annotations) = annotations.filter(|_| has_annotation(name, value)) {
            let span = stream.entry_span(object, annotations, name);
            report(
                span,
                "autoscaler keeps the node".to_owned(),
                "remove the annotation, or place the pod on core nodes",
            );
        }
    }
    if has_annotation(SAFE_TO_EVICT, "true") {
        return;
    }
    for volume in local_volumes(workload) {
        let (span, label) = (
            stream.span(object, volume.1),
            format!("`{}` is on the node's disk", volume.0),
        );
        report(
            span,
            label,
            "list the volume in the annotation `cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes`, or place the pod on core nodes",
        );
    }
    if workload.is_bare_pod() {
        report(
            stream.place(object),
            "no controller recreates it".to_owned(),
            "create it with a Deployment or a Job",
        );
    }
}

/// Returns the volumes because of which the cluster autoscaler keeps a node (`skip-nodes-with-local-storage`), except
/// those that an annotation declares safe: name and node of each.
fn local_volumes<'d>(workload: &Workload<'d>) -> Vec<(&'d str, NodeRef<'d>)> {
    let safe = workload.template.annotation(SAFE_VOLUMES);
    let safe: Vec<&str> = safe
        .and_then(|names| names.text())
        .into_iter()
        .flat_map(|names| names.split(','))
        .map(str::trim)
        .collect();
    let volumes = workload.template.spec.node().get("volumes").into_iter();
    let local = volumes.flat_map(|list| list.items()).filter_map(|volume| {
        let name = volume.get("name")?.text()?;
        let in_memory = |empty: &NodeRef<'_>| {
            empty.get("medium").and_then(|medium| medium.text()) == Some("Memory")
        };
        let is_local = volume.get("hostPath").is_some()
            || volume.get("emptyDir").is_some_and(|empty| !in_memory(&empty));
        (is_local && !safe.contains(&name)).then(|| Some((name, volume.get("name")?)))?
    });
    local.collect()
}
