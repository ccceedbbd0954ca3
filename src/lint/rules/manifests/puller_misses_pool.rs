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
    "an image puller does not run on all nodes where its images are used",
)
.page(include_str!("puller_misses_pool.md"));

fn check(stream: &Stream<'_>, puller: &Workload<'_>, findings: &mut Vec<Diagnostic>) {
    if !components::is_puller(puller) || components::is_of_one_pool(puller) {
        return;
    }
    for consumer in stream.workloads.iter().filter(|one| pulls_for(puller, one)) {
        let missed = if stream.cluster.pools.is_empty() {
            missed_taint(puller, consumer)
        } else {
            missed_pool(stream, puller, consumer)
        };
        let Some(missed) = missed else { continue };
        let message = format!(
            "`{}` does not run on nodes {missed}, so images are not pulled there",
            puller.title()
        );
        findings.push(
            Diagnostic::new(&CODE, message)
                .at(stream.place(&puller.object), "image puller")
                .at(stream.place(&consumer.object), "these pods can run there")
                .help("give the image puller the same tolerations and node selector as these pods"),
        );
    }
}

/// Whether a puller pulls images for a workload: z2jh's pullers for placeholders, which run where user pods run, and
/// any puller for pods with one of its images.
fn pulls_for(puller: &Workload<'_>, other: &Workload<'_>) -> bool {
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

/// Returns a taint that the pods tolerate by its key and the puller does not.
fn missed_taint(puller: &Workload<'_>, consumer: &Workload<'_>) -> Option<String> {
    let tolerations = |workload: &Workload<'_>| Demands::of(&workload.template.spec).tolerations;
    let pullers = tolerations(puller);
    let consumers = tolerations(consumer).into_iter();
    // The DaemonSet controller adds tolerations of `node.kubernetes.io` taints.
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

/// Whether one toleration tolerates at least every taint that another does.
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

/// Returns a pool on which the pods can run and the puller cannot.
fn missed_pool(
    stream: &Stream<'_>,
    puller: &Workload<'_>,
    consumer: &Workload<'_>,
) -> Option<String> {
    let is_refused = |workload: &Workload<'_>| {
        let demands = Demands::of(&workload.template.spec);
        move |pool: &crate::policy::Pool| matches!(pool.fit(&demands).0, Fit::Refuses(_))
    };
    let (puller, consumer) = (is_refused(puller), is_refused(consumer));
    let mut pools = stream.cluster.pools.iter();
    let missed = pools.find(|pool| puller(pool) && !consumer(pool))?;
    Some(format!("of pool `{}`", missed.name.value))
}
