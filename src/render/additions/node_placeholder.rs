use super::added::AdditionPart;
use super::continuous_puller::pause;
use super::objects::{Owner, PlannedObject, PodSettings, selector};
use super::user_placeholder::StatefulSet;
use crate::hub::components::NODE_PLACEHOLDER;
use crate::policy::{NodePlaceholder, Pool};

pub(super) const PAGE: &str = include_str!("node_placeholder.md");

/// Returns the `StatefulSet` that keeps a number of nodes in a pool: one pod on each, without requests.
pub(super) fn object(
    owner: &Owner<'_>,
    pool: &Pool,
    written: &NodePlaceholder,
    pause_image: &str,
    pull_secrets: &[String],
) -> PlannedObject {
    let labels = owner.labels(NODE_PLACEHOLDER, Some(&pool.name.value));
    let settings = PodSettings {
        apart_from: Some(selector(&labels)),
        pull_secrets,
        containers: vec![pause(pause_image, Vec::new())],
        ..PodSettings::default()
    };
    let replicas = written.replicas.value;
    let nodes = if replicas == 1 { "node" } else { "nodes" };
    let set = StatefulSet {
        part: AdditionPart::NodePlaceholder,
        component: NODE_PLACEHOLDER,
        replicas,
        span: written.span,
        why: format!("keeps at least {replicas} {nodes}"),
    };
    set.object(owner, pool, settings)
}
