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
    "core-workload-without-core-toleration",
    "pods beside a hub do not tolerate the taint of the core's nodes",
)
.page(include_str!("core_toleration_missing.md"));

const KINDS: [&str; 4] = ["Deployment", "StatefulSet", "Job", "CronJob"];

fn check(stream: &Stream<'_>, workload: &Workload<'_>, findings: &mut Vec<Diagnostic>) {
    let is_passing = !KINDS.contains(&workload.kind()) || workload.object.is_hook();
    if is_passing || components::is_of_users(workload) {
        return;
    }
    let demands = Demands::of(&workload.template.spec);
    let level = match stream.cluster.pools {
        [] => beside_a_hub(stream, &demands),
        pools => on_pools(pools, &demands),
    };
    let Some(level) = level else { return };
    let taint = core_taint();
    let message = format!(
        "the pods of `{}` do not tolerate `{taint}`",
        workload.title()
    );
    let label = if level == Level::Warning {
        "no pool of the policy takes these"
    } else {
        "these cannot run on nodes that are the core's alone"
    };
    let finding = Diagnostic::new(&CODE, message)
        .at(stream.place(&workload.object), label)
        .help("let them tolerate it, as the pods of the hub do; `dunnage render` adds it to charts that cannot");
    findings.push(Diagnostic { level, ..finding });
}

fn core_taint() -> Taint {
    Taint {
        key: components::DEDICATED[0].to_owned(),
        value: "core".to_owned(),
        effect: Effect::NoSchedule,
    }
}

/// Without pools, the hub tells: where its pods choose the core's nodes, there are some. That they tolerate a
/// taint alone says little, as the chart lets them do so by default. Whoever chose nodes is left alone.
fn beside_a_hub(stream: &Stream<'_>, demands: &Demands) -> Option<Level> {
    let workloads = stream.workloads.iter();
    let hubs = workloads.filter(|workload| workload.template.is_component(&["hub"]));
    let demands_of_hubs = hubs.map(|hub| Demands::of(&hub.template.spec));
    let mut on_core =
        demands_of_hubs.filter(|hub| components::has_purpose(&hub.tolerations, "core"));
    if chooses(demands) || tolerates_core(demands) {
        return None;
    }
    let hub = on_core.next()?;
    let has_core = chooses(&hub) || on_core.any(|hub| chooses(&hub));
    Some(if has_core { Level::Note } else { Level::Hint })
}

fn chooses(demands: &Demands) -> bool {
    !demands.affinity.node_selector.is_empty() || demands.affinity.required.is_some()
}

fn tolerates_core(demands: &Demands) -> bool {
    let mut tolerations = demands.tolerations.iter();
    let taint = core_taint();
    tolerations.any(|toleration| toleration.tolerates(&taint))
}

/// A workload that the core's pools refuse for their taint, and whether any other takes it.
fn on_pools(pools: &[Pool], demands: &Demands) -> Option<Level> {
    let is_core = |pool: &&Pool| {
        let mut taints = pool.taints.iter();
        taints.any(|taint| components::DEDICATED.contains(&&*taint.key) && taint.value == "core")
    };
    let takes = |pool: &&Pool| !matches!(pool.fit(demands).0, Fit::Refuses(_));
    let mut core = pools.iter().filter(is_core).peekable();
    core.peek()?;
    if core.any(|pool| takes(&pool)) || tolerates_core(demands) {
        return None;
    }
    if !pools.iter().any(|pool| takes(&pool)) {
        return Some(Level::Warning);
    }
    (!chooses(demands)).then_some(Level::Note)
}
