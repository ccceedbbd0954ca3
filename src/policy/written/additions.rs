//! The section `additions` of the policy file.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Image, OneOrMany, Quantity};

/// Objects that `render` adds to a release: image pullers, priority classes and placeholders for each pool.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[expect(
    dead_code,
    reason = "the parts of a pool are read after they are merged"
)]
pub(in crate::policy) struct Addition {
    /// Name of the entry in messages and annotations; it must be unique.
    pub(in crate::policy) name: String,
    /// The releases that get the objects; it requires `chart` or `release`.
    #[serde(rename = "match")]
    pub(in crate::policy) criteria: ReleaseMatch,
    /// The pools that get the objects. A key under a pool overrides the same key of the entry.
    pub(in crate::policy) pools: BTreeMap<String, AddedParts>,
    /// Image pullers.
    pub(in crate::policy) pre_puller: Option<AddedPrePuller>,
    /// Priority classes and placeholders.
    pub(in crate::policy) scheduling: Option<AddedScheduling>,
}

/// Conditions on a release. All must be true; of a list, any item matches.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(in crate::policy) struct ReleaseMatch {
    /// A chart of the release: its own, or a subchart; `*`, `?` and `[..]` are patterns.
    pub(in crate::policy) chart: Option<OneOrMany>,
    /// Name of the release; `*`, `?` and `[..]` are patterns.
    pub(in crate::policy) release: Option<OneOrMany>,
    /// Namespace of the release; `*`, `?` and `[..]` are patterns.
    pub(in crate::policy) namespace: Option<OneOrMany>,
}

/// The objects of one pool.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(in crate::policy) struct AddedParts {
    /// Image pullers.
    #[serde(default)]
    pub(in crate::policy) pre_puller: AddedPrePuller,
    /// Priority classes and placeholders.
    #[serde(default)]
    pub(in crate::policy) scheduling: AddedScheduling,
}

/// Image pullers, in the same form as in the values of z2jh.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(in crate::policy) struct AddedPrePuller {
    /// A DaemonSet that pulls the images on each node of the pool.
    pub(in crate::policy) continuous: Option<Toggle>,
    /// Images to pull, by a name that becomes part of the container name.
    #[serde(default)]
    pub(in crate::policy) extra_images: BTreeMap<String, Image>,
    /// How an image is pulled. Default: `command`.
    pub(in crate::policy) via: Option<Via>,
    /// Names of Secrets with credentials for registries.
    #[serde(default)]
    pub(in crate::policy) pull_secrets: Vec<String>,
    /// The container that runs after the images are pulled, and in placeholders.
    pub(in crate::policy) pause: Option<Pause>,
}

/// How a puller pulls an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Via {
    /// An init container for each image, which runs `/bin/sh`. This is the default.
    #[default]
    Command,
    /// An image volume for each image, for images without a shell. It requires Kubernetes 1.35.
    Volume,
}

/// A part without settings of its own.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(in crate::policy) struct Toggle {
    /// Whether the part is enabled. Default: `true`.
    pub(in crate::policy) enabled: Option<bool>,
}

/// The pause container.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(in crate::policy) struct Pause {
    /// Image of the pause container.
    pub(in crate::policy) image: Image,
}

/// Priority classes and placeholders, in the same form as in the values of z2jh.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(in crate::policy) struct AddedScheduling {
    /// Priority classes for image pullers and user placeholders.
    pub(in crate::policy) pod_priority: Option<PodPriority>,
    /// Pods that reserve seats until users need them.
    pub(in crate::policy) user_placeholder: Option<UserPlaceholder>,
    /// Pods that keep a minimum number of nodes, however full they are.
    pub(in crate::policy) node_placeholder: Option<NodePlaceholder>,
}

/// Priority classes. Placeholders must have the lowest priority, users the highest.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(in crate::policy) struct PodPriority {
    /// Whether the part is enabled. Default: `true`.
    pub(in crate::policy) enabled: Option<bool>,
    /// Priority of image pullers. Default: `-5`.
    pub(in crate::policy) image_puller_priority: Option<i32>,
    /// Priority of user placeholders. Default: `-10`.
    pub(in crate::policy) user_placeholder_priority: Option<i32>,
}

/// User placeholders.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(in crate::policy) struct UserPlaceholder {
    /// Whether the part is enabled. Default: `true`.
    pub(in crate::policy) enabled: Option<bool>,
    /// Number of placeholders in each pool.
    pub(in crate::policy) replicas: Option<u32>,
    /// Number of seats that each placeholder reserves. Default: `1`.
    #[cfg_attr(test, schemars(range(min = 1)))]
    pub(in crate::policy) seats: Option<u32>,
    /// Resources of one seat. Default: those of the hub's values.
    pub(in crate::policy) resources: Option<SeatResources>,
}

/// Resources of one seat.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(in crate::policy) struct SeatResources {
    /// Requests by resource, such as `memory` or `nvidia.com/gpu`.
    #[serde(default)]
    pub(in crate::policy) requests: BTreeMap<String, Quantity>,
    /// Limits by resource.
    #[serde(default)]
    pub(in crate::policy) limits: BTreeMap<String, Quantity>,
}

/// Node placeholders.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(in crate::policy) struct NodePlaceholder {
    /// Whether the part is enabled. Default: `true`.
    pub(in crate::policy) enabled: Option<bool>,
    /// Minimum number of nodes in each pool.
    pub(in crate::policy) replicas: Option<u32>,
}
