use std::collections::BTreeSet;

use crate::diag::{Code, Diagnostic};
use crate::k8s::Workload;
use crate::lint::{Check, Rule, Stream};
use crate::text::misspelled;
use crate::yaml::NodeRef;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Workload(check),
};

static CODE: Code = Code::error(
    "KB006",
    "dangling-volume-or-port",
    "a pod template refers to a volume or port that it does not define",
)
.page(include_str!("dangling_name.md"));

const PROBES: [&str; 3] = ["livenessProbe", "readinessProbe", "startupProbe"];

/// Groups of Kubernetes itself. Pod specs of operators have other fields.
const GROUPS: [&str; 3] = ["", "apps", "batch"];

fn check(stream: &Stream<'_>, workload: &Workload<'_>, findings: &mut Vec<Diagnostic>) {
    let spec = workload.template.node.get("spec");
    let spec = spec.filter(|_| GROUPS.contains(&workload.object.gvk.group.as_str()));
    let Some(spec) = spec else { return };
    let declared = items(spec, "volumes");
    let mut mistakes: Vec<Mistake<'_>> = repeated(&declared, "name")
        .into_iter()
        .map(|node| Mistake::duplicate(node, "volume", "remove one, or rename it"))
        .collect();
    let volumes = volumes(workload, &declared);
    for container in workload.template.containers() {
        mistakes.extend(of_mounts(&items(container, "volumeMounts"), &volumes));
        mistakes.extend(of_probes(container));
    }
    findings.extend(mistakes.into_iter().map(|mistake| {
        let message = format!("{} in `{}`", mistake.message, workload.title());
        let span = stream.span(&workload.object, mistake.node);
        Diagnostic::new(&CODE, message).at(span, mistake.label).help(mistake.help)
    }));
}

/// A name that is undefined or defined twice.
struct Mistake<'d> {
    node: NodeRef<'d>,
    message: String,
    label: &'static str,
    help: String,
}

impl<'d> Mistake<'d> {
    fn duplicate(node: NodeRef<'d>, what: &str, help: &str) -> Self {
        let text = node.text().unwrap_or_default();
        Self {
            node,
            message: format!("the API server rejects the duplicate {what} `{text}`"),
            label: "duplicate",
            help: help.to_owned(),
        }
    }
}

/// Returns the names of the volumes of the pods.
fn volumes<'d>(workload: &Workload<'d>, declared: &[NodeRef<'d>]) -> Vec<&'d str> {
    let claims = workload.object.node.get_path(&["spec", "volumeClaimTemplates"]);
    let claims = claims.into_iter().flat_map(|claims| claims.items());
    let claims = claims.filter_map(|claim| claim.get_path(&["metadata", "name"])?.text());
    let own = declared.iter().filter_map(|volume| volume.get("name")?.text());
    own.chain(claims).collect()
}

fn of_mounts<'d>(mounts: &[NodeRef<'d>], volumes: &[&str]) -> Vec<Mistake<'d>> {
    let names = mounts.iter().filter_map(|mount| mount.get("name"));
    let dangling = names.map(NodeRef::resolve).filter_map(|node| {
        let name = node.text().filter(|name| !volumes.contains(name))?;
        let meant = misspelled(name, volumes.iter().copied());
        Some(Mistake {
            node,
            message: format!("the API server rejects the mount of undefined volume `{name}`"),
            label: "undefined volume",
            help: meant.map_or_else(
                || "add the volume, or remove the mount".to_owned(),
                |meant| format!("did you mean `{meant}`?"),
            ),
        })
    });
    let duplicates = repeated(mounts, "mountPath").into_iter();
    let duplicates = duplicates
        .map(|node| Mistake::duplicate(node, "mount", "mount only one volume at this path"));
    dangling.chain(duplicates).collect()
}

/// Returns probes of named ports that the container does not define.
fn of_probes(container: NodeRef<'_>) -> Vec<Mistake<'_>> {
    let ports = items(container, "ports").into_iter();
    let ports: Vec<&str> = ports.filter_map(|port| port.get("name")?.text()).collect();
    let probed = probe_ports(container).into_iter().filter_map(|node| {
        let name = node.text().filter(|name| !ports.contains(name))?;
        let meant = misspelled(name, ports.iter().copied());
        Some(Mistake {
            node,
            message: format!("the probe always fails: undefined port `{name}`"),
            label: "undefined port",
            help: meant.map_or_else(
                || "use a port name of the container, or a port number".to_owned(),
                |meant| format!("did you mean `{meant}`?"),
            ),
        })
    });
    probed.collect()
}

fn items<'d>(holder: NodeRef<'d>, key: &str) -> Vec<NodeRef<'d>> {
    let list = holder.get(key).into_iter();
    list.flat_map(|list| list.items()).map(NodeRef::resolve).collect()
}

/// Returns the values of a key that an earlier item has too.
fn repeated<'d>(items: &[NodeRef<'d>], key: &str) -> Vec<NodeRef<'d>> {
    let mut seen = BTreeSet::new();
    let values = items.iter().filter_map(|item| item.get(key));
    let values = values.map(NodeRef::resolve).filter(|value| value.text().is_some());
    let repeated = values.filter(|value| !seen.insert(value.text()));
    repeated.collect()
}

/// Returns the ports of probes that are names, not numbers.
fn probe_ports(container: NodeRef<'_>) -> Vec<NodeRef<'_>> {
    let probes = PROBES.iter().filter_map(|key| container.get(key));
    let ports = probes.flat_map(|probe| {
        let actions = ["httpGet", "tcpSocket"].into_iter();
        actions.filter_map(move |action| probe.get(action)?.get("port"))
    });
    let is_name = |port: &NodeRef<'_>| {
        let text = port.as_str();
        text.is_some_and(|text| text.parse::<u32>().is_err())
    };
    ports.map(NodeRef::resolve).filter(is_name).collect()
}
