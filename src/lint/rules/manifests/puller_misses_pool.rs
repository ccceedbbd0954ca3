use crate::diag::{Code, Diagnostic};
use crate::hub::components;
use crate::k8s::{Demands, Effect, Fit, Operator, PodField, Taint, Toleration, Workload};
use crate::lint::{Check, Rule, Stream};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Workload(check),
};

static CODE: Code = Code::warning(
    "XR005",
    "puller-misses-pool",
    "images are not pulled ahead on nodes where their pods may run",
)
.page(include_str!("puller_misses_pool.md"));

fn check(stream: &Stream<'_>, puller: &Workload<'_>, findings: &mut Vec<Diagnostic>) {
    if !components::is_puller(puller) || components::is_of_one_pool(puller) {
        return;
    }
    for consumer in stream.workloads.iter().filter(|one| is_for(puller, one)) {
        let missed = if stream.cluster.pools.is_empty() {
            missed_taint(puller, consumer)
        } else {
            missed_pool(stream, puller, consumer)
        };
        let Some(missed) = missed else { continue };
        let message = format!("`{}` pulls nothing on nodes {missed}", puller.title());
        findings.push(
            Diagnostic::new(&CODE, message)
                .at(stream.place(&puller.object), "the puller does not run there")
                .at(stream.place(&consumer.object), "these pods may")
                .help("give the puller the tolerations and the selector of the pods that it pulls for"),
        );
    }
}

/// Whether a puller pulls for a workload: z2jh's for placeholders, which stand for users, and any for pods that
/// run one of its images.
fn is_for(puller: &Workload<'_>, other: &Workload<'_>) -> bool {
    if other.kind() == "DaemonSet" {
        return false;
    }
    let is_pulled = |image: &str| {
        let mut containers = components::pulled(puller);
        containers.any(|container| {
            let found = container.get("image").and_then(|image| image.text());
            found == Some(image)
        })
    };
    let containers = other.template.spec.get(PodField::Containers).into_iter();
    let mut images = containers
        .flat_map(|list| list.items())
        .filter_map(|container| container.get("image")?.text());
    components::is_hub_puller(puller) && components::is_placeholder(other) || images.any(is_pulled)
}

/// A taint that the pods tolerate by its name and the puller does not.
fn missed_taint(puller: &Workload<'_>, consumer: &Workload<'_>) -> Option<String> {
    let tolerations = |workload: &Workload<'_>| Demands::of(&workload.template.spec).tolerations;
    let pullers = tolerations(puller);
    let consumers = tolerations(consumer).into_iter();
    // The controller of DaemonSets adds those of nodes in trouble.
    let mut named = consumers.filter(|toleration| {
        !toleration.key.is_empty() && !toleration.key.starts_with("node.kubernetes.io/")
    });
    let missed = named.find(|toleration| !pullers.iter().any(|one| covers(one, toleration)))?;
    let equals = if missed.value.is_empty() { "" } else { "=" };
    Some(format!(
        "with the taint `{}{equals}{}`",
        missed.key, missed.value
    ))
}

/// Whether one toleration bears at least every taint that another does.
fn covers(one: &Toleration, other: &Toleration) -> bool {
    if other.is_malformed {
        return true;
    }
    let exists = one.operator == Operator::Exists;
    if matches!(other.operator, Operator::Other(_)) || !exists && other.operator == Operator::Exists
    {
        return matches!(other.operator, Operator::Other(_));
    }
    let has_effect = one.effect.is_none() || one.effect == other.effect;
    let taint = Taint {
        key: other.key.clone(),
        value: other.value.clone(),
        effect: other.effect.unwrap_or(Effect::NoSchedule),
    };
    has_effect && one.tolerates(&taint)
}

fn missed_pool(
    stream: &Stream<'_>,
    puller: &Workload<'_>,
    consumer: &Workload<'_>,
) -> Option<String> {
    let refuses = |workload: &Workload<'_>| {
        let demands = Demands::of(&workload.template.spec);
        move |pool: &crate::policy::Pool| matches!(pool.fit(&demands).0, Fit::Refuses(_))
    };
    let (puller, consumer) = (refuses(puller), refuses(consumer));
    let mut pools = stream.cluster.pools.iter();
    let missed = pools.find(|pool| puller(pool) && !consumer(pool))?;
    Some(format!("of the pool `{}`", missed.name.value))
}
