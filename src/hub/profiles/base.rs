//! The settings of a user server without a profile.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::SpawnerSettings;
use crate::hub::Hub;
use crate::hub::components::PURPOSE;
use crate::values::{Content, Map, Value};

/// Keys of the chart, with the traits that they set.
const TRAITS: [(&str, &str); 19] = [
    ("singleuser.memory.limit", "mem_limit"),
    ("singleuser.memory.guarantee", "mem_guarantee"),
    ("singleuser.cpu.limit", "cpu_limit"),
    ("singleuser.cpu.guarantee", "cpu_guarantee"),
    ("singleuser.extraResource.limits", "extra_resource_limits"),
    (
        "singleuser.extraResource.guarantees",
        "extra_resource_guarantees",
    ),
    ("singleuser.nodeSelector", "node_selector"),
    (
        "singleuser.extraPodAffinity.required",
        "pod_affinity_required",
    ),
    (
        "singleuser.extraPodAffinity.preferred",
        "pod_affinity_preferred",
    ),
    (
        "singleuser.extraPodAntiAffinity.required",
        "pod_anti_affinity_required",
    ),
    (
        "singleuser.extraPodAntiAffinity.preferred",
        "pod_anti_affinity_preferred",
    ),
    ("singleuser.extraLabels", "extra_labels"),
    ("singleuser.extraAnnotations", "extra_annotations"),
    ("singleuser.extraEnv", "environment"),
    ("singleuser.extraContainers", "extra_containers"),
    ("singleuser.extraPodConfig", "extra_pod_config"),
    ("singleuser.startTimeout", "start_timeout"),
    ("singleuser.storage.capacity", "storage_capacity"),
    ("singleuser.storage.dynamic.storageClass", "storage_class"),
];

/// Returns the settings of a user server without a profile, as the chart's `jupyterhub_config.py` sets them.
pub fn base<'v>(hub: &Hub<'v>) -> SpawnerSettings<'v> {
    let known = TRAITS.iter().filter_map(|&(path, name)| {
        let value = hub.get(path).filter(|value| !value.is_null())?;
        Some((name, Cow::Borrowed(value)))
    });
    let mut traits: BTreeMap<&str, Cow<'_, Value>> = known.collect();
    let made = [
        ("tolerations", tolerations(hub)),
        ("node_affinity_required", affinity(hub, "require")),
        ("node_affinity_preferred", affinity(hub, "prefer")),
        ("init_containers", init_containers(hub)),
        ("image", image(hub)),
    ];
    for (name, value) in made {
        traits.extend(value.map(|value| (name, Cow::Owned(value))));
    }
    SpawnerSettings::new("a user server", traits)
}

fn tolerations(hub: &Hub<'_>) -> Option<Value> {
    let lists = [
        hub.get("scheduling.userPods.tolerations"),
        hub.get("singleuser.extraTolerations"),
    ];
    joined(lists.into_iter().flatten())
}

/// Returns the node affinity terms: those of `extraNodeAffinity`, then the chart's own.
fn affinity(hub: &Hub<'_>, kind: &str) -> Option<Value> {
    const MATCH: &str = "scheduling.userPods.nodeAffinity.matchNodePurpose";
    let extra = hub.get(match kind {
        "prefer" => "singleuser.extraNodeAffinity.preferred",
        _ => "singleuser.extraNodeAffinity.required",
    });
    let own = hub.get(MATCH).filter(|_| hub.text(MATCH) == Some(kind));
    let own = own.map(|set| {
        let text = |text: &str| Content::String(text.to_owned());
        let expression = map(
            set,
            [
                ("key", text(PURPOSE)),
                ("operator", text("In")),
                ("values", list(set, [text("user")])),
            ],
        );
        let term = map(set, [("matchExpressions", list(set, [expression]))]);
        let term = match kind {
            "prefer" => map(
                set,
                [
                    ("weight", Content::Number(100.into())),
                    ("preference", term),
                ],
            ),
            _ => term,
        };
        like(set, list(set, [term]))
    });
    joined(extra.into_iter().chain(own.as_ref()))
}

/// Returns the init containers: those of the values, then the one that blocks the cloud metadata server.
fn init_containers(hub: &Hub<'_>) -> Option<Value> {
    const BLOCK: &str = "singleuser.cloudMetadata.blockWithIptables";
    let block = hub.get(BLOCK).filter(|_| hub.flag(BLOCK) == Some(true));
    let block = block.map(|set| {
        let name = Content::String("block-cloud-metadata".to_owned());
        like(set, list(set, [map(set, [("name", name)])]))
    });
    let extra = hub.get("singleuser.initContainers");
    joined(extra.into_iter().chain(block.as_ref()))
}

fn image(hub: &Hub<'_>) -> Option<Value> {
    let name = hub.text("singleuser.image.name")?;
    let value = hub.get("singleuser.image.name")?;
    let tag = hub.get("singleuser.image.tag").map(|tag| &tag.content);
    let image = match tag {
        Some(Content::String(tag)) => format!("{name}:{tag}"),
        Some(Content::Number(tag)) => format!("{name}:{tag}"),
        Some(Content::Encrypted(..)) => return None,
        _ => name.to_owned(),
    };
    Some(like(value, Content::String(image)))
}

/// Returns the items of several lists as one, at the place of the last list with items; `None` if one of the lists is
/// unknown.
fn joined<'v>(lists: impl Iterator<Item = &'v Value>) -> Option<Value> {
    let mut all = Vec::new();
    let mut place = None;
    for list in lists {
        match &list.content {
            Content::List(items) => {
                place = place.filter(|_| items.is_empty()).or(Some(list));
                all.extend(items.iter().cloned());
            }
            Content::Null => {}
            _ => return None,
        }
    }
    place.map(|place| like(place, Content::list(all)))
}

/// Returns a value at the place of another.
fn like(place: &Value, content: Content) -> Value {
    Value::new(content, place.set.key, place.set.value)
}

fn map<const N: usize>(place: &Value, entries: [(&str, Content); N]) -> Content {
    let mut map = Map::default();
    for (key, content) in entries {
        map.entries.insert(key.to_owned(), like(place, content));
    }
    Content::map(map)
}

fn list<const N: usize>(place: &Value, items: [Content; N]) -> Content {
    Content::list(items.into_iter().map(|item| like(place, item)).collect())
}
