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
    "affinity-forbids-packing",
    "pods of users, or those that keep room for them, cannot share a node",
)
.page(include_str!("affinity_forbids_packing.md"));

const HOSTNAME: &str = "kubernetes.io/hostname";

type PodLabels = BTreeMap<String, String>;

fn check(stream: &Stream<'_>, workload: &Workload<'_>, findings: &mut Vec<Diagnostic>) {
    let spec = workload.template.spec.node();
    let labels = labels_of_users(stream);
    let own = workload.template.labels();
    for term in required(spec, "podAntiAffinity") {
        let Some(selector) = on_each_node(term) else {
            continue;
        };
        let is_apart = components::is_placeholder(workload) && selector.matches(&own);
        if is_apart || labels.iter().any(|labels| selector.matches(labels)) {
            findings.push(apart(stream, workload, term, is_apart));
        }
    }
    for constraint in items(spec.get("topologySpreadConstraints")) {
        findings.extend(spread(stream, workload, constraint));
    }
    for term in required(spec, "podAffinity") {
        findings.extend(lonely(stream, workload, term, &labels));
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

/// The selector of a term about single nodes and pods of the same namespace.
fn on_each_node(term: NodeRef<'_>) -> Option<Selector> {
    let is_near = term.get("namespaces").is_none() && term.get("namespaceSelector").is_none();
    let is_about_nodes = text(term, "topologyKey") == Some(HOSTNAME);
    (is_near && is_about_nodes).then(|| read_selector(term.get("labelSelector")?))?
}

/// The labels of placeholders, and of the pods that a hub of the release makes for its users
/// (`jupyterhub.labels` with the component `singleuser-server`).
fn labels_of_users(stream: &Stream<'_>) -> Vec<PodLabels> {
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

fn apart(
    stream: &Stream<'_>,
    workload: &Workload<'_>,
    term: NodeRef<'_>,
    is_of_placeholders: bool,
) -> Diagnostic {
    let title = workload.title();
    let message = if is_of_placeholders {
        format!("at most one pod of `{title}` runs on a node, so that each keeps a whole node")
    } else {
        format!("no pod of a user shares a node with one of `{title}`")
    };
    Diagnostic::new(&CODE, message)
        .at(
            stream.entry_span(&workload.object, term, "topologyKey"),
            "one of them a node, whatever room there is",
        )
        .help("take the term away, or let it be preferred")
}

/// A spread over nodes that keeps placeholders from filling them.
fn spread(
    stream: &Stream<'_>,
    workload: &Workload<'_>,
    constraint: NodeRef<'_>,
) -> Option<Diagnostic> {
    let is_hard = text(constraint, "whenUnsatisfiable") != Some("ScheduleAnyway");
    let is_tight = text(constraint, "maxSkew") == Some("1");
    let is_about_nodes = text(constraint, "topologyKey") == Some(HOSTNAME);
    if !(components::is_placeholder(workload) && is_hard && is_tight && is_about_nodes) {
        return None;
    }
    let message = format!(
        "the pods of `{}` are spread evenly, so that they fill no node",
        workload.title()
    );
    Some(
        Diagnostic::new(&CODE, message)
            .at(
                stream.entry_span(&workload.object, constraint, "topologyKey"),
                "every node has as many of them as any other",
            )
            .help("say `whenUnsatisfiable: ScheduleAnyway`, or take the constraint away"),
    )
}

/// A pod that wants to be beside one that the release does not have. One that is its own neighbour starts: the
/// first pod of a group is let through.
fn lonely(
    stream: &Stream<'_>,
    workload: &Workload<'_>,
    term: NodeRef<'_>,
    labels: &[PodLabels],
) -> Option<Diagnostic> {
    let is_near = term.get("namespaces").is_none() && term.get("namespaceSelector").is_none();
    let selector = read_selector(term.get("labelSelector")?).filter(|_| is_near)?;
    let mut pods = stream.workloads.iter();
    let is_there = pods.any(|other| selector.matches(&other.template.labels()));
    if is_there || labels.iter().any(|labels| selector.matches(labels)) {
        return None;
    }
    let message = format!(
        "`{}` waits for a pod to be near that the release does not have",
        workload.title()
    );
    let finding = Diagnostic::new(&CODE, message)
        .at(stream.entry_span(&workload.object, term, "labelSelector"), "no pod template has these labels")
        .help("select the labels of a pod template; where another release has the pods, let the term be preferred");
    let level = Level::Note;
    Some(Diagnostic { level, ..finding })
}
