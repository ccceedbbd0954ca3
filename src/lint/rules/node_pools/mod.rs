pub(super) mod core_pods_partly_pinned;
pub(super) mod dedicated_toleration;
pub(super) mod extra_pod_config_bypass;
pub(super) mod malformed_toleration;
pub(super) mod ored_required_affinity;
pub(super) mod placement_contradiction;
pub(super) mod profile_replaces_placement;
pub(super) mod purpose_without_pool;
pub(super) mod tolerates_but_does_not_select;
pub(super) mod user_pods_safe_to_evict;

use crate::hub::Hub;
use crate::values::{Content, Value};

/// The path of the setting that makes user pods prefer or require nodes with their purpose.
const USER_MATCH: &str = "scheduling.userPods.nodeAffinity.matchNodePurpose";

/// The path of the same setting for core pods.
const CORE_MATCH: &str = "scheduling.corePods.nodeAffinity.matchNodePurpose";

/// Returns the paths of the core pods that the chart renders, such as `proxy.chp`.
fn core_pods(hub: &Hub<'_>) -> Vec<&'static str> {
    let mut pods = vec!["hub", "proxy.chp"];
    if hub.flag("scheduling.userScheduler.enabled") == Some(true) {
        pods.push("scheduling.userScheduler");
    }
    let has_hosts = hub.get("proxy.https.hosts").is_some_and(has_items);
    if hub.flag("proxy.https.enabled") == Some(true)
        && hub.text("proxy.https.type") == Some("letsencrypt")
        && has_hosts
    {
        pods.push("proxy.traefik");
    }
    pods
}

/// Whether a value is a list or a mapping with items. An encrypted value counts as one.
fn has_items(value: &Value) -> bool {
    match &value.content {
        Content::List(items) => !items.is_empty(),
        Content::Map(map) => !map.entries.is_empty(),
        Content::Encrypted(..) => true,
        _ => false,
    }
}
