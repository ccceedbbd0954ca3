use crate::diag::{Code, Diagnostic, Level};
use crate::k8s::{Object, SelectorExt as _, Workload, read_selector};
use crate::lint::{Check, Rule, Stream};
use crate::yaml::{NodeRef, Scalar};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Stream(check),
};

static CODE: Code = Code::warning(
    "XR009",
    "pdb-allows-no-disruption",
    "a disruption budget blocks node drains, or protects no pod",
)
.page(include_str!("disruption_budget.md"));

fn check(stream: &Stream<'_>, findings: &mut Vec<Diagnostic>) {
    let budgets: Vec<_> = stream.of_kind("policy", "PodDisruptionBudget").collect();
    let mut seen: Vec<(&Object<'_>, Vec<&Workload<'_>>)> = Vec::new();
    for budget in budgets {
        let Some(selected) = selected(stream, budget) else {
            continue;
        };
        for (other, workloads) in &seen {
            let mut both = workloads.iter().filter(|one| {
                let mut selected = selected.iter();
                selected.any(|other| std::ptr::eq(*other, **one))
            });
            findings.extend(both.next().map(|both| two_budgets(stream, budget, other, both)));
        }
        if selected.is_empty() {
            findings.extend(protects_no_pod(stream, budget));
        } else {
            findings.extend(blocks(stream, budget, &selected));
        }
        seen.push((budget, selected));
    }
}

/// Returns the workloads whose pods a budget selects; nothing if the selector is missing, unreadable or selects all.
fn selected<'s>(stream: &'s Stream<'_>, budget: &Object<'_>) -> Option<Vec<&'s Workload<'s>>> {
    let selector = budget
        .node
        .get_path(&["spec", "selector"])
        .filter(|selector| !selector.is_null())?;
    let selector = read_selector(selector).filter(|selector| !selector.selects_all())?;
    let workloads = stream.workloads.iter().filter(|workload| {
        // An object without a namespace is in the release's, which is not known.
        let may_share_namespace = match (workload.object.namespace(), budget.namespace()) {
            (Some(one), Some(other)) => one == other,
            _ => true,
        };
        may_share_namespace && selector.matches(&workload.template.labels())
    });
    Some(workloads.collect())
}

fn two_budgets(
    stream: &Stream<'_>,
    budget: &Object<'_>,
    other: &Object<'_>,
    workload: &Workload<'_>,
) -> Diagnostic {
    let message = format!(
        "two disruption budgets select pods of `{}`, so these can never be evicted",
        workload.title()
    );
    Diagnostic::new(&CODE, message)
        .at(stream.place(budget), "one budget")
        .at(stream.place(other), "another budget")
        .help("keep one: the eviction API rejects a pod with two budgets")
}

/// Returns the finding about a budget without pods, unless an operator may create the pods that it selects.
fn protects_no_pod(stream: &Stream<'_>, budget: &Object<'_>) -> Option<Diagnostic> {
    let mut objects = stream.objects.iter();
    let has_operators = objects.any(|object| {
        const OWN: [&str; 6] = ["", "apps", "batch", "policy", "extensions", "autoscaling"];
        let group = object.gvk.group.as_str();
        let is_own = OWN.contains(&group) || group.ends_with(".k8s.io");
        !is_own && object.node.get_path(&["spec", "replicas"]).is_some()
    });
    let mut workloads = stream.workloads.iter();
    if has_operators || workloads.any(|workload| workload.caveat.is_some()) {
        return None;
    }
    let message = format!("`{}` protects no pod of the release", budget.title());
    let finding = Diagnostic::new(&CODE, message)
        .at(selector_span(stream, budget), "no pod template matches")
        .help("select the labels of a pod template, or remove the budget");
    let level = Level::Note;
    Some(Diagnostic { level, ..finding })
}

fn selector_span(stream: &Stream<'_>, budget: &Object<'_>) -> crate::text::Span {
    budget.node.get("spec").map_or_else(
        || stream.place(budget),
        |spec| stream.entry_span(budget, spec, "selector"),
    )
}

/// Returns the finding about a budget that allows no disruption even if all pods are ready.
fn blocks(
    stream: &Stream<'_>,
    budget: &Object<'_>,
    selected: &[&Workload<'_>],
) -> Option<Diagnostic> {
    let spec = budget.node.get("spec")?;
    let replicas = selected.iter().map(|workload| replicas(stream, workload));
    let replicas: i64 = replicas.collect::<Option<Vec<_>>>()?.into_iter().sum();
    // For a stateful single pod, blocking drains is a deliberate choice.
    let is_singleton = replicas == 1 && selected.iter().all(|one| one.kind() == "StatefulSet");
    let amount = |key| spec.get(key).and_then(|node| amount(node, replicas));
    let (key, is_blocking) = match (amount("maxUnavailable"), amount("minAvailable")) {
        (Some(max), _) => ("maxUnavailable", max <= 0),
        (None, Some(min)) => ("minAvailable", min >= replicas),
        (None, None) => return None,
    };
    if replicas == 0 || is_singleton || !is_blocking {
        return None;
    }
    let pods = if replicas == 1 { "pod" } else { "pods" };
    let message = format!(
        "`{}` allows no eviction, so nodes with its pods cannot be drained",
        budget.title()
    );
    let finding = Diagnostic::new(&CODE, message).at(
        stream.entry_span(budget, spec, key),
        format!("of {replicas} {pods}"),
    );
    let finding = selected.iter().fold(finding, |finding, workload| {
        finding.at(stream.place(&workload.object), "selected pods")
    });
    Some(finding.help("set `maxUnavailable: 1`, or run more replicas"))
}

/// Returns a number of pods; a percentage is rounded up, as the controller does.
fn amount(node: NodeRef<'_>, replicas: i64) -> Option<i64> {
    match node.scalar()? {
        Scalar::Int(number) => Some(number),
        Scalar::String(text) => {
            let percent: i64 = text.strip_suffix('%')?.parse().ok()?;
            let hundredfold = percent.checked_mul(replicas)?;
            Some(hundredfold.checked_add(99)?.div_euclid(100))
        }
        _ => None,
    }
}

/// Returns the least number of pods: `minReplicas` of a pod autoscaler, or `replicas`. Nothing if it is not known.
fn replicas(stream: &Stream<'_>, workload: &Workload<'_>) -> Option<i64> {
    const KINDS: [&str; 4] = [
        "Deployment",
        "StatefulSet",
        "ReplicaSet",
        "ReplicationController",
    ];
    let object = &workload.object;
    if !KINDS.contains(&workload.kind()) || object.gvk.group.contains('.') {
        return None;
    }
    let is_target = |scaler: &&Object<'_>| {
        let target = |key| {
            scaler
                .node
                .get_path(&["spec", "scaleTargetRef", key])
                .and_then(|node| node.text())
        };
        target("name") == Some(&object.name())
            && target("kind").is_none_or(|kind| kind == workload.kind())
    };
    if stream.of_kind("keda.sh", "ScaledObject").any(|scaler| is_target(&scaler)) {
        return None;
    }
    let scaler = stream.of_kind("autoscaling", "HorizontalPodAutoscaler").find(is_target);
    let number = match scaler {
        Some(scaler) => scaler.node.get_path(&["spec", "minReplicas"]),
        None => object.node.get_path(&["spec", "replicas"]),
    };
    match number.and_then(NodeRef::scalar) {
        None | Some(Scalar::Null) => Some(1),
        Some(Scalar::Int(number)) => Some(number),
        Some(_) => None,
    }
}
