use std::collections::BTreeMap;

use crate::diag::{Code, Diagnostic, Level};
use crate::hub::components;
use crate::k8s::{Affinity, Selector, SelectorExt as _, Workload, read_selector};
use crate::lint::{Check, Rule, Stream};
use crate::yaml::NodeRef;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Workload(check),
};

static CODE: Code = Code::warning(
    "XR007",
    "affinity-prevents-packing",
    "user pods or user placeholders cannot share a node",
)
.page(include_str!("affinity_forbids_packing.md"));

const HOSTNAME: &str = "kubernetes.io/hostname";

type PodLabels = BTreeMap<String, String>;

fn check(stream: &Stream<'_>, workload: &Workload<'_>, findings: &mut Vec<Diagnostic>) {
    let spec = workload.template.spec.node();
    let labels = user_pod_labels(stream);
    let own = workload.template.labels();
    for term in required(spec, "podAntiAffinity") {
        let Some(selector) = node_selector(term) else {
            continue;
        };
        let selects_itself = components::is_placeholder(workload) && selector.matches(&own);
        if selects_itself || labels.iter().any(|labels| selector.matches(labels)) {
            findings.push(anti_affinity(stream, workload, term, selects_itself));
        }
    }
    for constraint in items(spec.get("topologySpreadConstraints")) {
        findings.extend(spread(stream, workload, constraint));
    }
    for term in required(spec, "podAffinity") {
        findings.extend(missing_neighbor(stream, workload, term, &labels));
    }
}

fn items(list: Option<NodeRef<'_>>) -> impl Iterator<Item = NodeRef<'_>> {
    list.into_iter().flat_map(|list| list.items())
}

fn required<'d>(spec: NodeRef<'d>, kind: &str) -> impl Iterator<Item = NodeRef<'d>> + use<'d> {
    items(spec.get_path(&["affinity", kind, Affinity::REQUIRED]))
}

fn text<'d>(node: NodeRef<'d>, key: &str) -> Option<&'d str> {
    node.get(key)?.text()
}

/// Returns the selector of a term about single nodes and pods of the same namespace.
fn node_selector(term: NodeRef<'_>) -> Option<Selector> {
    let is_same_namespace =
        term.get("namespaces").is_none() && term.get("namespaceSelector").is_none();
    let is_about_nodes = text(term, "topologyKey") == Some(HOSTNAME);
    (is_same_namespace && is_about_nodes).then(|| read_selector(term.get("labelSelector")?))?
}

/// Returns the labels of user placeholders, and of the user pods of a hub in the release
/// (`jupyterhub.labels` with the component `singleuser-server`).
fn user_pod_labels(stream: &Stream<'_>) -> Vec<PodLabels> {
    let workloads = stream.workloads.iter();
    let labels = workloads.filter_map(|workload| {
        let mut labels = workload.template.labels();
        if workload.template.is_component(&["hub"]) {
            for key in ["component", "app.kubernetes.io/component"] {
                labels.insert(key.to_owned(), "singleuser-server".to_owned());
            }
            return Some(labels);
        }
        components::is_placeholder(workload).then_some(labels)
    });
    labels.collect()
}

fn anti_affinity(
    stream: &Stream<'_>,
    workload: &Workload<'_>,
    term: NodeRef<'_>,
    selects_placeholders: bool,
) -> Diagnostic {
    let title = workload.title();
    let message = if selects_placeholders {
        format!("only one pod of `{title}` fits on a node: each placeholder keeps a whole node")
    } else {
        format!("user pods cannot share a node with pods of `{title}`")
    };
    Diagnostic::new(&CODE, message)
        .at(
            stream.entry_span(&workload.object, term, "topologyKey"),
            "required anti-affinity",
        )
        .help("remove the term, or make it preferred")
}

/// Returns the finding about a required even spread of placeholders over nodes.
fn spread(
    stream: &Stream<'_>,
    workload: &Workload<'_>,
    constraint: NodeRef<'_>,
) -> Option<Diagnostic> {
    let is_required = text(constraint, "whenUnsatisfiable") != Some("ScheduleAnyway");
    let is_even = text(constraint, "maxSkew") == Some("1");
    let is_about_nodes = text(constraint, "topologyKey") == Some(HOSTNAME);
    if !(components::is_placeholder(workload) && is_required && is_even && is_about_nodes) {
        return None;
    }
    let message = format!(
        "pods of `{}` are spread evenly over nodes, so no node becomes empty",
        workload.title()
    );
    Some(
        Diagnostic::new(&CODE, message)
            .at(
                stream.entry_span(&workload.object, constraint, "topologyKey"),
                "required spread over nodes",
            )
            .help("set `whenUnsatisfiable: ScheduleAnyway`, or remove the constraint"),
    )
}

/// Returns the finding about a required affinity to pods that the release does not have. A pod that selects itself is
/// fine: the scheduler accepts the first pod of a group.
fn missing_neighbor(
    stream: &Stream<'_>,
    workload: &Workload<'_>,
    term: NodeRef<'_>,
    labels: &[PodLabels],
) -> Option<Diagnostic> {
    let is_same_namespace =
        term.get("namespaces").is_none() && term.get("namespaceSelector").is_none();
    let selector = read_selector(term.get("labelSelector")?).filter(|_| is_same_namespace)?;
    let mut pods = stream.workloads.iter();
    let exists = pods.any(|other| selector.matches(&other.template.labels()));
    if exists || labels.iter().any(|labels| selector.matches(labels)) {
        return None;
    }
    let message = format!(
        "`{}` can stay Pending: the release has no pod that its affinity requires",
        workload.title()
    );
    let finding = Diagnostic::new(&CODE, message)
        .at(stream.entry_span(&workload.object, term, "labelSelector"), "no pod template matches")
        .help("select the labels of a pod template; if another release has the pods, make the term preferred");
    let level = Level::Note;
    Some(Diagnostic { level, ..finding })
}
