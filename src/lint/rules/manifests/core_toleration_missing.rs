use crate::diag::{Code, Diagnostic, Level};
use crate::hub::components;
use crate::k8s::{Demands, Effect, Fit, Taint, Workload};
use crate::lint::{Check, Rule, Stream};
use crate::policy::Pool;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Workload(check),
};

static CODE: Code = Code::note(
    "XR001",
    "missing-core-toleration",
    "pods next to a hub do not tolerate the taint of the core nodes",
)
.page(include_str!("core_toleration_missing.md"));

const KINDS: [&str; 4] = ["Deployment", "StatefulSet", "Job", "CronJob"];

fn check(stream: &Stream<'_>, workload: &Workload<'_>, findings: &mut Vec<Diagnostic>) {
    let is_exempt = !KINDS.contains(&workload.kind()) || workload.object.is_hook();
    if is_exempt || components::is_of_users(workload) {
        return;
    }
    let demands = Demands::of(&workload.template.spec);
    let level = match stream.cluster.pools {
        [] => level_next_to_hub(stream, &demands),
        pools => level_on_pools(pools, &demands),
    };
    let Some(level) = level else { return };
    let taint = core_taint();
    let message = format!(
        "pods of `{}` do not tolerate the taint of core nodes: `{taint}`",
        workload.title()
    );
    let label = if level == Level::Warning {
        "no pool accepts these pods"
    } else {
        "no toleration for core nodes"
    };
    let finding = Diagnostic::new(&CODE, message)
        .at(stream.place(&workload.object), label)
        .help("add the toleration, as the hub pod has it; `dunnage render` adds it for charts without such a value");
    findings.push(Diagnostic { level, ..finding });
}

fn core_taint() -> Taint {
    Taint {
        key: components::DEDICATED[0].to_owned(),
        value: "core".to_owned(),
        effect: Effect::NoSchedule,
    }
}

/// Returns the level if the policy has no pools: core nodes exist if the hub selects them. A toleration of the hub alone
/// is weak evidence, because the chart sets it by default. Workloads that select nodes have no finding.
fn level_next_to_hub(stream: &Stream<'_>, demands: &Demands) -> Option<Level> {
    let workloads = stream.workloads.iter();
    let hubs = workloads.filter(|workload| workload.template.is_component(&["hub"]));
    let demands_of_hubs = hubs.map(|hub| Demands::of(&hub.template.spec));
    let mut on_core =
        demands_of_hubs.filter(|hub| components::has_purpose(&hub.tolerations, "core"));
    if selects_nodes(demands) || tolerates_core(demands) {
        return None;
    }
    let hub = on_core.next()?;
    let has_core = selects_nodes(&hub) || on_core.any(|hub| selects_nodes(&hub));
    Some(if has_core { Level::Note } else { Level::Hint })
}

/// Whether pods select their nodes.
fn selects_nodes(demands: &Demands) -> bool {
    !demands.affinity.node_selector.is_empty() || demands.affinity.required.is_some()
}

fn tolerates_core(demands: &Demands) -> bool {
    let mut tolerations = demands.tolerations.iter();
    let taint = core_taint();
    tolerations.any(|toleration| toleration.tolerates(&taint))
}

/// Returns the level for a workload that no core pool accepts: a warning if no other pool accepts it either.
fn level_on_pools(pools: &[Pool], demands: &Demands) -> Option<Level> {
    let is_core = |pool: &&Pool| {
        let mut taints = pool.taints.iter();
        taints.any(|taint| components::DEDICATED.contains(&&*taint.key) && taint.value == "core")
    };
    let accepts = |pool: &&Pool| !matches!(pool.fit(demands).0, Fit::Refuses(_));
    let mut core = pools.iter().filter(is_core).peekable();
    core.peek()?;
    if core.any(|pool| accepts(&pool)) || tolerates_core(demands) {
        return None;
    }
    if !pools.iter().any(|pool| accepts(&pool)) {
        return Some(Level::Warning);
    }
    (!selects_nodes(demands)).then_some(Level::Note)
}
