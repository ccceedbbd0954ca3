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
    "a pod among those of users keeps its node from being taken away",
)
.page(include_str!("scale_down_blocker.md"));

const SAFE_TO_EVICT: &str = "cluster-autoscaler.kubernetes.io/safe-to-evict";
const SAFE_VOLUMES: &str = "cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes";
const DO_NOT_DISRUPT: &str = "karpenter.sh/do-not-disrupt";

fn check(stream: &Stream<'_>, workload: &Workload<'_>, findings: &mut Vec<Diagnostic>) {
    // Agents do not count, and a job ends.
    let is_passing = workload.is_daemon_set() || ["Job", "CronJob"].contains(&workload.kind());
    if is_passing || workload.object.is_hook() || !components::is_of_users(workload) {
        return;
    }
    let template = &workload.template;
    let says = |name: &str, word: &str| {
        let annotation = template.annotation(name);
        annotation.is_some_and(|annotation| annotation.text() == Some(word))
    };
    let mut report = |span: Span, label: String, help: &str| {
        let message = format!(
            "`{}` keeps a node of users from being taken away",
            workload.title()
        );
        findings.push(Diagnostic::new(&CODE, message).at(span, label).help(help));
    };
    let object = &workload.object;
    let annotations = template.annotations_node();
    for (name, word) in [(SAFE_TO_EVICT, "false"), (DO_NOT_DISRUPT, "true")] {
        if let Some(annotations) = annotations.filter(|_| says(name, word)) {
            let span = stream.entry_span(object, annotations, name);
            report(
                span,
                "the autoscaler leaves its node alone".to_owned(),
                "take the annotation away, or place it on the core's nodes",
            );
        }
    }
    if says(SAFE_TO_EVICT, "true") {
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
            "name the volume in the annotation `cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes`, or place it on the core's nodes",
        );
    }
    if workload.is_bare_pod() {
        report(
            stream.place(object),
            "no controller would start it elsewhere".to_owned(),
            "let a Deployment or a Job make it",
        );
    }
}

/// Volumes for which the cluster autoscaler keeps a node (`skip-nodes-with-local-storage`): each one's name and
/// what it is, unless the pod says that it can be lost.
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
            || volume
                .get("emptyDir")
                .is_some_and(|empty| !in_memory(&empty));
        (is_local && !safe.contains(&name)).then(|| Some((name, volume.get("name")?)))?
    });
    local.collect()
}
