//! What each pool of the policy says to the pods of a rendered stream.

use serde::Serialize;

use crate::k8s::{Demands, Fit, Manifests, Workload};
use crate::policy::{Policy, Pool};
use crate::render::Outcome;
use crate::text::mask_message;

/// Whether nodes of a pool can take a pod, as far as taints and labels decide.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct PoolFit {
    /// The pool.
    pool: String,
    /// Whether they can.
    fit: FitAnswer,
    /// The sum of the weights of the pod's preferred node affinity that speak for them.
    preference: i64,
    /// The first reason why they cannot, or what it depends on.
    why: Option<String>,
    /// What kube-scheduler writes into the events of the pod where they cannot.
    event: Option<&'static str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
enum FitAnswer {
    /// They can.
    Takes,
    /// They can if labels that the policy does not name are what the pod asks for.
    Depends,
    /// They cannot.
    Refuses,
}

impl PoolFit {
    fn of(pool: &Pool, demands: &Demands) -> Self {
        let (fit, preference) = pool.fit(demands);
        let (answer, why, event) = match fit {
            Fit::Takes => (FitAnswer::Takes, None, None),
            Fit::Depends(labels) => {
                let labels: Vec<String> = labels.iter().map(|key| format!("`{key}`")).collect();
                let why = format!("depends on the node labels {}", labels.join(", "));
                (FitAnswer::Depends, Some(why), None)
            }
            Fit::Refuses(refusal) => (
                FitAnswer::Refuses,
                Some(mask_message(&refusal.to_string()).into_owned()),
                Some(refusal.event()),
            ),
        };
        Self {
            pool: pool.name.value.clone(),
            fit: answer,
            preference,
            why,
            event,
        }
    }
}

/// What the pools say to every pod template of the stream as it is rendered, in its order.
pub(super) fn of_templates(
    release: &Manifests<'_>,
    policy: &Policy,
    outcome: &Outcome,
) -> Vec<Vec<PoolFit>> {
    let text = outcome.text(release);
    let rendered = Manifests::read(release.source, &text, &policy.kinds);
    let documents = rendered.documents(|_| true);
    let objects = documents.objects(&rendered);
    let workloads = objects
        .iter()
        .flat_map(|object| Workload::all(object, &policy.kinds));
    let of_pools = |workload: Workload<'_>| {
        let demands = Demands::of(&workload.template.spec);
        let pools = policy.pools.iter();
        pools.map(|pool| PoolFit::of(pool, &demands)).collect()
    };
    workloads.map(of_pools).collect()
}
