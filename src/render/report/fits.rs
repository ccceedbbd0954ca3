//! Whether the pools of the policy can run the pods of a rendered stream.

use serde::Serialize;

use crate::k8s::{Demands, Fit, Manifests, Workload};
use crate::policy::{Policy, Pool};
use crate::render::Outcome;
use crate::render::additions::is_addition;
use crate::text::mask_message;

/// Whether a pod can be scheduled on the nodes of a pool, by taints and labels.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct PoolFit {
    /// Name of the pool.
    pool: String,
    /// Whether the pod fits.
    fit: FitAnswer,
    /// Sum of the weights of the preferred node affinity terms that match the pool.
    preference: i64,
    /// The first reason why the pod does not fit, or the labels that decide.
    why: Option<String>,
    /// The event message of kube-scheduler if the pod does not fit.
    event: Option<&'static str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
enum FitAnswer {
    /// The pod fits.
    Takes,
    /// It depends on node labels that the policy does not define.
    Depends,
    /// The pod does not fit.
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

/// Returns the fit of every pool for each pod template of the rendered stream, in its order.
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
        .filter(|object| !is_addition(object))
        .flat_map(|object| Workload::all(object, &policy.kinds));
    let of_pools = |workload: Workload<'_>| {
        let demands = Demands::of(&workload.template.spec);
        let pools = policy.pools.iter();
        pools.map(|pool| PoolFit::of(pool, &demands)).collect()
    };
    workloads.map(of_pools).collect()
}
