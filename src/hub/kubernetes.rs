//! The values of the z2jh chart that are Kubernetes objects, with their types. The chart's schema does not check them.

use super::traits::Traits;
use super::{Hub, profiles};
use crate::schema::Extent::{self, Part, Whole};
use crate::values::{Content, Value};

/// How a key holds objects of its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    /// One object.
    One,
    /// A list of objects, or a mapping whose values are the objects.
    Many,
    /// A list of objects. A mapping has another form.
    Listed,
}

use Holds::{Listed, Many, One};

/// A key, the type of its objects, their extent, and how the key holds them.
type KeyRow = (&'static str, &'static str, Extent, Holds);

/// Keys of the chart that its templates copy into manifests. Tolerations have their own rules.
const TEMPLATE_KEYS: &[KeyRow] = &[
    (
        "hub.containerSecurityContext",
        "SecurityContext",
        Whole,
        One,
    ),
    ("hub.db.pvc.selector", "LabelSelector", Whole, One),
    ("hub.db.pvc.storage", "Quantity", Whole, One),
    ("hub.extraContainers", "Container", Whole, Many),
    ("hub.extraEnv", "EnvVar", Whole, Listed),
    ("hub.extraPodSpec", "PodSpec", Part, One),
    ("hub.extraVolumeMounts", "VolumeMount", Whole, Many),
    ("hub.extraVolumes", "Volume", Whole, Many),
    ("hub.initContainers", "Container", Whole, Many),
    ("hub.lifecycle", "Lifecycle", Whole, One),
    (
        "hub.networkPolicy.egress",
        "NetworkPolicyEgressRule",
        Whole,
        Many,
    ),
    (
        "hub.networkPolicy.ingress",
        "NetworkPolicyIngressRule",
        Whole,
        Many,
    ),
    ("hub.podSecurityContext", "PodSecurityContext", Whole, One),
    ("hub.resources", "ResourceRequirements", Whole, One),
    ("ingress.extraPaths", "HTTPIngressPath", Whole, Many),
    ("ingress.tls", "IngressTLS", Whole, Many),
    (
        "prePuller.containerSecurityContext",
        "SecurityContext",
        Whole,
        One,
    ),
    (
        "prePuller.hook.containerSecurityContext",
        "SecurityContext",
        Whole,
        One,
    ),
    (
        "prePuller.hook.resources",
        "ResourceRequirements",
        Whole,
        One,
    ),
    (
        "prePuller.pause.containerSecurityContext",
        "SecurityContext",
        Whole,
        One,
    ),
    ("prePuller.resources", "ResourceRequirements", Whole, One),
    (
        "proxy.chp.containerSecurityContext",
        "SecurityContext",
        Whole,
        One,
    ),
    ("proxy.chp.extraEnv", "EnvVar", Whole, Listed),
    ("proxy.chp.extraPodSpec", "PodSpec", Part, One),
    (
        "proxy.chp.networkPolicy.egress",
        "NetworkPolicyEgressRule",
        Whole,
        Many,
    ),
    (
        "proxy.chp.networkPolicy.ingress",
        "NetworkPolicyIngressRule",
        Whole,
        Many,
    ),
    ("proxy.chp.resources", "ResourceRequirements", Whole, One),
    (
        "proxy.secretSync.containerSecurityContext",
        "SecurityContext",
        Whole,
        One,
    ),
    (
        "proxy.secretSync.resources",
        "ResourceRequirements",
        Whole,
        One,
    ),
    (
        "proxy.traefik.containerSecurityContext",
        "SecurityContext",
        Whole,
        One,
    ),
    (
        "proxy.traefik.extraInitContainers",
        "Container",
        Whole,
        Many,
    ),
    ("proxy.traefik.extraEnv", "EnvVar", Whole, Listed),
    ("proxy.traefik.extraPodSpec", "PodSpec", Part, One),
    (
        "proxy.traefik.extraVolumeMounts",
        "VolumeMount",
        Whole,
        Many,
    ),
    ("proxy.traefik.extraVolumes", "Volume", Whole, Many),
    (
        "proxy.traefik.networkPolicy.egress",
        "NetworkPolicyEgressRule",
        Whole,
        Many,
    ),
    (
        "proxy.traefik.networkPolicy.ingress",
        "NetworkPolicyIngressRule",
        Whole,
        Many,
    ),
    (
        "proxy.traefik.resources",
        "ResourceRequirements",
        Whole,
        One,
    ),
    (
        "scheduling.userPlaceholder.containerSecurityContext",
        "SecurityContext",
        Whole,
        One,
    ),
    (
        "scheduling.userPlaceholder.extraPodSpec",
        "PodSpec",
        Part,
        One,
    ),
    (
        "scheduling.userPlaceholder.resources",
        "ResourceRequirements",
        Whole,
        One,
    ),
    (
        "scheduling.userScheduler.containerSecurityContext",
        "SecurityContext",
        Whole,
        One,
    ),
    (
        "scheduling.userScheduler.extraPodSpec",
        "PodSpec",
        Part,
        One,
    ),
    (
        "scheduling.userScheduler.resources",
        "ResourceRequirements",
        Whole,
        One,
    ),
    (
        "singleuser.networkPolicy.egress",
        "NetworkPolicyEgressRule",
        Whole,
        Many,
    ),
    (
        "singleuser.networkPolicy.ingress",
        "NetworkPolicyIngressRule",
        Whole,
        Many,
    ),
    (
        "singleuser.networkTools.resources",
        "ResourceRequirements",
        Whole,
        One,
    ),
];

/// Keys of the chart that KubeSpawner puts into user pods.
const SPAWNER_KEYS: &[KeyRow] = &[
    ("singleuser.extraContainers", "Container", Whole, Many),
    (
        "singleuser.extraNodeAffinity.preferred",
        "PreferredSchedulingTerm",
        Whole,
        Many,
    ),
    (
        "singleuser.extraNodeAffinity.required",
        "NodeSelectorTerm",
        Whole,
        Many,
    ),
    (
        "singleuser.extraPodAffinity.preferred",
        "WeightedPodAffinityTerm",
        Whole,
        Many,
    ),
    (
        "singleuser.extraPodAffinity.required",
        "PodAffinityTerm",
        Whole,
        Many,
    ),
    (
        "singleuser.extraPodAntiAffinity.preferred",
        "WeightedPodAffinityTerm",
        Whole,
        Many,
    ),
    (
        "singleuser.extraPodAntiAffinity.required",
        "PodAffinityTerm",
        Whole,
        Many,
    ),
    ("singleuser.extraPodConfig", "PodSpec", Part, One),
    (
        "singleuser.extraResource.guarantees",
        "Quantity",
        Whole,
        Many,
    ),
    ("singleuser.extraResource.limits", "Quantity", Whole, Many),
    ("singleuser.initContainers", "Container", Whole, Many),
    ("singleuser.lifecycleHooks", "Lifecycle", Whole, One),
    ("singleuser.storage.capacity", "Quantity", Whole, One),
    (
        "singleuser.storage.extraVolumeMounts",
        "VolumeMount",
        Whole,
        Many,
    ),
    ("singleuser.storage.extraVolumes", "Volume", Whole, Many),
];

/// Traits of KubeSpawner, in `kubespawner_override` and in `hub.config.KubeSpawner`.
const TRAITS: &[KeyRow] = &[
    ("container_security_context", "SecurityContext", Part, One),
    ("extra_container_config", "Container", Part, One),
    ("extra_containers", "Container", Whole, Many),
    ("extra_pod_config", "PodSpec", Part, One),
    ("extra_resource_guarantees", "Quantity", Whole, Many),
    ("extra_resource_limits", "Quantity", Whole, Many),
    ("init_containers", "Container", Whole, Many),
    ("lifecycle_hooks", "Lifecycle", Part, One),
    (
        "node_affinity_preferred",
        "PreferredSchedulingTerm",
        Whole,
        Many,
    ),
    ("node_affinity_required", "NodeSelectorTerm", Whole, Many),
    (
        "pod_affinity_preferred",
        "WeightedPodAffinityTerm",
        Whole,
        Many,
    ),
    ("pod_affinity_required", "PodAffinityTerm", Whole, Many),
    (
        "pod_anti_affinity_preferred",
        "WeightedPodAffinityTerm",
        Whole,
        Many,
    ),
    ("pod_anti_affinity_required", "PodAffinityTerm", Whole, Many),
    ("pod_security_context", "PodSecurityContext", Part, One),
    ("storage_capacity", "Quantity", Whole, One),
    ("volume_mounts", "VolumeMount", Whole, Many),
    ("volumes", "Volume", Whole, Many),
];

/// A Kubernetes object in the values of a hub.
#[derive(Debug, Clone, Copy)]
pub struct KubernetesValue<'v> {
    /// The type name: `Container`.
    pub type_name: &'static str,
    /// Whether the value is a whole object or fields that are added to one.
    pub extent: Extent,
    /// The object.
    pub value: &'v Value,
    /// Whether KubeSpawner reads it, which also accepts the names of the Python client, such as `volume_mounts`.
    pub is_of_spawner: bool,
}

/// Returns every Kubernetes object that a layer of the release sets.
pub fn kubernetes_values<'v>(hub: &Hub<'v>) -> Vec<KubernetesValue<'v>> {
    let mut found = Vec::new();
    for (rows, is_of_spawner) in [(TEMPLATE_KEYS, false), (SPAWNER_KEYS, true)] {
        for row in rows {
            let value = hub.get(row.0).filter(|value| !hub.is_default(value) || value.is_map());
            found.extend(value.into_iter().flat_map(|value| objects(row, value, is_of_spawner)));
        }
    }
    let sections = ["KubeSpawner", "Spawner"].into_iter();
    let sections = sections.filter_map(|name| hub.get("hub.config")?.get(name));
    let overrides = profiles::all_overrides(hub).into_iter().chain(sections);
    let traits = Traits::of(hub.version);
    for settings in overrides {
        for (key, value) in settings.as_map().into_iter().flat_map(|map| &map.entries) {
            let name = traits.renamed(key).unwrap_or(key);
            let row = TRAITS.iter().find(|row| row.0 == name);
            found.extend(row.into_iter().flat_map(|row| objects(row, value, true)));
        }
    }
    found
}

fn objects<'v>(
    &(_, type_name, extent, holds): &KeyRow,
    value: &'v Value,
    is_of_spawner: bool,
) -> Vec<KubernetesValue<'v>> {
    let object = |value| KubernetesValue {
        type_name,
        extent,
        value,
        is_of_spawner,
    };
    match (holds, &value.content) {
        (_, Content::Null) => Vec::new(),
        (One, _) => vec![object(value)],
        (Many | Listed, Content::List(items)) => items.iter().map(object).collect(),
        // A mapping that is an object itself is not a mapping of objects.
        (Many, Content::Map(map))
            if type_name == "Quantity" || map.entries.values().all(Value::is_map) =>
        {
            map.entries.values().map(object).collect()
        }
        // The chart's schema or the trait rejects everything else.
        (Many | Listed, _) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_trait_of_the_table_exists() {
        let traits = Traits::of(crate::hub::ChartVersion::new(4, 4));
        for (name, ..) in TRAITS {
            assert!(traits.get(name).is_some(), "{name}");
        }
    }
}
