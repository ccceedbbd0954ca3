use crate::diag::{Code, Diagnostic, Level};
use crate::hub::components;
use crate::k8s::{Demands, Fit, Operator, PodField, Toleration, Workload};
use crate::lint::{Check, Rule, Stream};
use crate::policy::Pool;
use crate::yaml::NodeRef;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Workload(check),
};

static CODE: Code = Code::warning(
    "XR002",
    "pod-toleration-without-selector",
    "pods tolerate the taint of a pool but can run on any other node",
)
.page(include_str!("tolerates_without_selecting.md"));

fn check(stream: &Stream<'_>, workload: &Workload<'_>, findings: &mut Vec<Diagnostic>) {
    let spec = &workload.template.spec;
    let demands = Demands::of(spec);
    let affinity = &demands.affinity;
    let selects_nodes = !affinity.node_selector.is_empty()
        || affinity.required.is_some()
        || !demands.preferred.is_empty();
    // z2jh sets tolerations of its own pods even if there are no such pools.
    let is_of_hub = components::is_placeholder(workload) || components::is_hub_puller(workload);
    if selects_nodes || is_of_hub || workload.is_bound() {
        return;
    }
    let list = spec.get(PodField::Tolerations);
    for item in list.into_iter().flat_map(|list| list.items()) {
        let toleration = Toleration::read(item);
        let Some(level) = level(stream.cluster.pools, workload, &demands, &toleration) else {
            continue;
        };
        let message = format!(
            "`{}` tolerates the taint of a pool but does not select it: it can run elsewhere",
            workload.title()
        );
        let span = stream.entry_span(&workload.object, item.resolve(), "key");
        let finding = Diagnostic::new(&CODE, message)
            .at(span, "tolerates, but does not select")
            .help("select the label of the pool with `nodeSelector` or node affinity");
        findings.push(Diagnostic { level, ..finding });
        return;
    }
}

/// Returns the level if a toleration is for a dedicated pool and the pods can run elsewhere.
fn level(
    pools: &[Pool],
    workload: &Workload<'_>,
    demands: &Demands,
    toleration: &Toleration,
) -> Option<Level> {
    let key = toleration.key.as_str();
    let is_of_core = components::DEDICATED.contains(&key) && toleration.value == "core";
    let tolerates_nothing =
        toleration.is_malformed || matches!(toleration.operator, Operator::Other(_));
    if key.is_empty() || is_of_core || tolerates_nothing {
        return None;
    }
    let (tolerated, others): (Vec<&Pool>, Vec<&Pool>) = pools
        .iter()
        .partition(|pool| pool.taints.iter().any(|taint| toleration.tolerates(taint)));
    if tolerated.is_empty() {
        let is_dedicated = key.rsplit(['/', '.', '_']).next() == Some("dedicated");
        return is_dedicated.then_some(Level::Note);
    }
    let mut others = others.into_iter();
    let can_run_elsewhere = others.any(|pool| !matches!(pool.fit(demands).0, Fit::Refuses(_)));
    (can_run_elsewhere && !requests_resource(workload, key)).then_some(CODE.level)
}

/// Whether a container requests the resource that the taint is named after, which only such nodes have.
fn requests_resource(workload: &Workload<'_>, key: &str) -> bool {
    let mut containers = workload.template.containers();
    containers.any(|container| {
        let limits = container.get_path(&["resources", "limits"]);
        limits.and_then(|limits: NodeRef<'_>| limits.get(key)).is_some()
    })
}
