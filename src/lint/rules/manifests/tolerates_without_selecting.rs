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
    "pod-tolerates-but-does-not-select",
    "pods tolerate the taint of a pool and may run anywhere else",
)
.page(include_str!("tolerates_without_selecting.md"));

fn check(stream: &Stream<'_>, workload: &Workload<'_>, findings: &mut Vec<Diagnostic>) {
    let spec = &workload.template.spec;
    let demands = Demands::of(spec);
    let affinity = &demands.affinity;
    let chooses = !affinity.node_selector.is_empty()
        || affinity.required.is_some()
        || !demands.preferred.is_empty();
    // z2jh gives its own pods tolerations whether or not there are such pools.
    let is_hubs = components::is_placeholder(workload) || components::is_hub_puller(workload);
    if chooses || is_hubs || workload.is_bound() {
        return;
    }
    let list = spec.get(PodField::Tolerations);
    for item in list.into_iter().flat_map(|list| list.items()) {
        let toleration = Toleration::read(item);
        let Some(level) = level(stream.cluster.pools, workload, &demands, &toleration) else {
            continue;
        };
        let message = format!(
            "`{}` tolerates a dedicated pool and does not select it",
            workload.title()
        );
        let span = stream.entry_span(&workload.object, item.resolve(), "key");
        let finding = Diagnostic::new(&CODE, message)
            .at(span, "this lets the pods in, and takes them nowhere")
            .help("select the pool's label by `nodeSelector` or by a node affinity");
        findings.push(Diagnostic { level, ..finding });
        return;
    }
}

/// Whether it means a dedicated pool, and how sure it is that the pods may run elsewhere.
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
    let (meant, others): (Vec<&Pool>, Vec<&Pool>) = pools
        .iter()
        .partition(|pool| pool.taints.iter().any(|taint| toleration.tolerates(taint)));
    if meant.is_empty() {
        let is_dedicated = key.rsplit(['/', '.', '_']).next() == Some("dedicated");
        return is_dedicated.then_some(Level::Note);
    }
    let mut others = others.into_iter();
    let can_stray = others.any(|pool| !matches!(pool.fit(demands).0, Fit::Refuses(_)));
    (can_stray && !asks_for(workload, key)).then_some(CODE.level)
}

/// Whether a container wants the resource that the taint is named after, which only such nodes have.
fn asks_for(workload: &Workload<'_>, key: &str) -> bool {
    let mut containers = workload.template.containers();
    containers.any(|container| {
        let limits = container.get_path(&["resources", "limits"]);
        limits
            .and_then(|limits: NodeRef<'_>| limits.get(key))
            .is_some()
    })
}
