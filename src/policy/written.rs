//! The types of the policy file, before names are resolved. The published JSON Schema is generated from these
//! types; editors show their comments as descriptions.

mod additions;

pub use additions::Via;
pub(super) use additions::{AddedParts, Addition, PodPriority, ReleaseMatch, UserPlaceholder};

use std::collections::BTreeMap;

use serde::Deserialize;

/// A dunnage policy: the node pools of a cluster, and the workloads that belong on them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(title = "dunnage policy"))]
pub(super) struct Policy {
    /// Version of the policy format: `1`.
    #[cfg_attr(test, schemars(extend("const" = 1)))]
    #[expect(dead_code, reason = "the schema has already compared it")]
    pub(super) version: u32,
    /// Node pools by name; rows refer to these names.
    #[serde(default)]
    pub(super) pools: BTreeMap<String, Pool>,
    /// Rows that assign workloads to pools; the first matching row applies.
    #[serde(default)]
    pub(super) workloads: Vec<Row>,
    /// Priority classes of the cluster.
    #[serde(default)]
    pub(super) priority_classes: PriorityClasses,
    /// Additional images for the image pullers.
    #[serde(default)]
    pub(super) pre_puller: PrePuller,
    /// Objects to add to releases: image pullers, priority classes and placeholders for each pool.
    #[serde(default)]
    pub(super) additions: Vec<Addition>,
    /// What to do with Jobs that are not hooks: the pod template of an existing Job is immutable.
    #[serde(default)]
    pub(super) jobs: Jobs,
    /// Additional kinds whose objects have pod templates, such as custom resources.
    #[serde(default)]
    pub(super) templates: Vec<Templates>,
    /// The autoscaler that adds and removes nodes.
    pub(super) autoscaler: Option<Autoscaler>,
    /// How many users start a server at the same time, for example at the start of a class.
    pub(super) demand: Option<Demand>,
    /// How long a user server takes to start on a new node.
    pub(super) lead: Option<Lead>,
    /// Settings of `dunnage lint`.
    #[serde(default)]
    pub(super) lint: Lint,
}

/// The autoscaler of the cluster.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Autoscaler {
    /// Kind of the autoscaler.
    pub(super) kind: AutoscalerKind,
    /// `--expendable-pods-priority-cutoff` of the cluster autoscaler: pods with a lower priority never cause a
    /// scale-up. Default: `-10`.
    pub(super) priority_cutoff: Option<i32>,
}

/// Kind of the autoscaler.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) enum AutoscalerKind {
    /// The Kubernetes cluster autoscaler, including the managed ones of cloud providers.
    ClusterAutoscaler,
    /// Karpenter.
    Karpenter,
    /// No autoscaler: the number of nodes is fixed.
    None,
}

/// A wave of users, for example at the start of a class.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Demand {
    /// Number of users who start a server.
    pub(super) users: u32,
    /// Time in which they start, such as `90s`, `10m` or `1h30m`.
    pub(super) within: String,
}

/// Durations of the steps of a start on a new node, such as `90s`, `10m` or `1h30m`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Lead {
    /// Time from the request for a node until the node is ready.
    pub(super) boot: String,
    /// Time to pull the image.
    pub(super) pull: String,
    /// Time until the user server responds. Default: `10s`.
    pub(super) start: Option<String>,
}

/// Settings of `dunnage lint`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Lint {
    /// Rules to run, by code, name or family (`PH001`, `priority-order`, `PH`). Default: all rules.
    #[serde(default)]
    pub(super) select: Vec<String>,
    /// Rules to skip, by code, name or family.
    #[serde(default)]
    pub(super) ignore: Vec<String>,
    /// Levels of rules, by code, name or family.
    #[serde(default)]
    pub(super) levels: BTreeMap<String, LintLevel>,
    /// Releases that `dunnage lint` checks if no path is given.
    #[serde(default)]
    pub(super) releases: Vec<LintRelease>,
    /// Suppressed findings, for files that cannot have comments.
    #[serde(default)]
    pub(super) suppress: Vec<Suppression>,
    /// Whether every suppression comment must give a reason.
    #[serde(default)]
    pub(super) require_reasons: bool,
}

/// A suppression.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Suppression {
    /// Suppressed rules, by code, name or family.
    #[cfg_attr(test, schemars(length(min = 1)))]
    pub(super) rules: Vec<String>,
    /// Files, as named in findings; `*`, `?` and `[..]` are patterns. Default: all files.
    #[serde(default)]
    pub(super) files: Vec<String>,
    /// Why the findings are suppressed.
    #[expect(dead_code, reason = "people read it in the file")]
    pub(super) reason: String,
    /// Last day of the suppression, such as `2027-01-31`.
    #[cfg_attr(test, schemars(regex(pattern = r"^\d{4}-\d{2}-\d{2}$")))]
    pub(super) until: Option<String>,
}

/// Level of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) enum LintLevel {
    /// The release or a spawn fails, or data is lost.
    Error,
    /// It works, but probably not as intended.
    Warning,
    /// Worth knowing, but not a problem in itself.
    Note,
    /// Shown only with `--pedantic`.
    Hint,
}

/// A release with all its layers. Paths are relative to the directory of the policy.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct LintRelease {
    /// Name of the release in messages; it must be unique.
    pub(super) name: String,
    /// Chart directory, or an archive from `helm package`.
    pub(super) chart: Option<String>,
    /// Version of the z2jh chart, if its files are not available.
    pub(super) chart_version: Option<String>,
    /// Values files; later files override earlier ones. With `{name}` or `*` in a path, the entry stands for one release
    /// for each set of files that match; a name is the same text everywhere in the entry. A pattern without a file for a
    /// release is left out of that release.
    #[serde(default)]
    pub(super) values: Vec<String>,
    /// Arguments of `--set`, one per item.
    #[serde(default)]
    pub(super) set: Vec<String>,
    /// Path of the z2jh values in the values files, separated by dots. Default: detected.
    pub(super) hub: Option<String>,
}

/// A node pool: nodes with the same labels and taints.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Pool {
    /// Labels of the nodes; pods of this pool prefer or require all of them.
    #[serde(default)]
    pub(super) labels: BTreeMap<String, String>,
    /// Taints of the nodes, as in `kubectl taint`: `key=value:Effect`. Pods of this pool tolerate them.
    #[serde(default)]
    pub(super) taints: Vec<String>,
    /// Taints that nodes have only until they are ready for users. Only image pullers tolerate them.
    #[serde(default)]
    pub(super) startup_taints: Vec<String>,
    /// Also tolerate each taint with `_` instead of `/` in its key: some clouds do not allow `/`. Keys under
    /// `hub.jupyter.org/` are always tolerated in both spellings.
    #[serde(default)]
    pub(super) twin: bool,
    /// Machine type of the nodes.
    pub(super) node: Option<String>,
    /// How pods select the nodes by label. A row can override this.
    pub(super) node_selection: Option<NodeSelection>,
    /// Allocatable resources of one node.
    pub(super) allocatable: Option<Allocatable>,
    /// Minimum number of nodes.
    pub(super) min: Option<u32>,
    /// Maximum number of nodes.
    pub(super) max: Option<u32>,
    /// Price of a node for an hour, in dollars.
    #[cfg_attr(test, schemars(range(min = 0.0)))]
    pub(super) price: Option<f64>,
    /// Requests of all `DaemonSet` pods on a node, and their number.
    pub(super) daemon_sets: Option<Allocatable>,
}

/// Allocatable resources of a node, as in `kubectl describe node`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Allocatable {
    /// CPU cores, such as `7.69` or `7690m`.
    pub(super) cpu: Option<Quantity>,
    /// Memory, such as `60.8Gi`.
    pub(super) memory: Option<Quantity>,
    /// Maximum number of pods on a node.
    pub(super) pods: Option<Quantity>,
}

/// A Kubernetes quantity.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[expect(dead_code, reason = "only the shape matters here")]
pub(super) enum Quantity {
    /// A number.
    Number(f64),
    /// A string with a unit, such as `500m` or `60.8Gi`.
    Text(String),
}

/// A row: which workloads it matches, and where they belong.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Row {
    /// Name of the row in messages.
    pub(super) name: Option<String>,
    /// Conditions on the workloads. Without it, the row matches every workload except `DaemonSet`.
    #[serde(default, rename = "match")]
    pub(super) criteria: Match,
    /// The pool of the workloads, a list of alternative pools, or `none` to leave the workloads unchanged.
    pub(super) pool: OneOrMany,
    /// Whether pods prefer or require the labels of the pool. Default: `prefer`; with
    /// `nodeSelection: nodeSelector` it is `require`, and only `ignore` can be set instead.
    pub(super) match_node_purpose: Option<Purpose>,
    /// How pods select the nodes by label. Default: the setting of the pool.
    pub(super) node_selection: Option<NodeSelection>,
    /// Priority class for pods without one.
    pub(super) priority_class_name: Option<String>,
    /// Fields that the row replaces even if the chart sets them.
    #[serde(rename = "override")]
    pub(super) overrides: Option<Vec<Overridable>>,
    /// Number of objects that the row must match in each release of its chart: `0`, `3` or `1+`. It requires
    /// `match.chart`; with `hook: true` it is checked only if hooks are part of the input.
    pub(super) expect: Option<Expect>,
    /// Whether each matched `DaemonSet` is an image puller, although it has no label of z2jh.
    pub(super) puller: Option<bool>,
    /// Additional images for these image pullers.
    pub(super) images: Option<Vec<String>>,
}

/// Conditions on a workload. All must be true; of a list, any item matches.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Match {
    /// The chart of the release, or the subchart that renders the object; `*`, `?` and `[..]` are patterns.
    pub(super) chart: Option<OneOrMany>,
    /// Kind of the object. Default: every kind except `DaemonSet`.
    pub(super) kind: Option<OneOrMany>,
    /// API group of the object; empty for the core group.
    pub(super) group: Option<OneOrMany>,
    /// Name of the object; `*`, `?` and `[..]` are patterns.
    pub(super) name: Option<OneOrMany>,
    /// Namespace of the object, by default that of the release; `*`, `?` and `[..]` are patterns.
    pub(super) namespace: Option<OneOrMany>,
    /// Labels of the pods.
    #[serde(default)]
    pub(super) labels: BTreeMap<String, OneOrMany>,
    /// Annotations of the object.
    #[serde(default)]
    pub(super) annotations: BTreeMap<String, OneOrMany>,
    /// Whether the object is a Helm hook.
    pub(super) hook: Option<bool>,
    /// Pod template, if the object has several: `head`, `worker`, `driver`, `executor`, or the name of a worker
    /// group, a replica type or a step; `*`, `?` and `[..]` are patterns.
    pub(super) template: Option<OneOrMany>,
}

/// A string, or a list of strings.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) enum OneOrMany {
    /// A single value.
    One(String),
    /// Any of these values.
    Many(#[cfg_attr(test, schemars(length(min = 1)))] Vec<String>),
}

impl OneOrMany {
    pub(super) fn as_slice(&self) -> &[String] {
        match self {
            OneOrMany::One(one) => std::slice::from_ref(one),
            OneOrMany::Many(many) => many,
        }
    }
}

/// A kind with the paths of the pod templates in its objects.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Templates {
    /// API group, such as `example.org`; empty for the core group.
    pub(super) group: String,
    /// Kind of the objects.
    pub(super) kind: String,
    /// Path of the pod template in the object, separated by dots: `spec.groups[].template`. `[]` means each item
    /// of a list, `*` each value of a mapping. A key that ends with `?`, and the keys after it, are created if
    /// they are missing. Use a list of paths for several templates, and an empty list to leave the pods of this
    /// kind unchanged.
    pub(super) path: Paths,
    /// What the path leads to: a pod template (a mapping with `spec`), the fields of a pod spec, or a placement
    /// (`nodeAffinity` and `tolerations` without `affinity`).
    #[serde(default)]
    pub(super) holds: Holds,
    /// Whether the operator replaces running pods when the template changes.
    #[serde(default)]
    pub(super) restarts: bool,
}

/// A path, or a list of paths.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) enum Paths {
    /// A single path.
    One(String),
    /// Several paths.
    Many(Vec<String>),
}

impl Paths {
    pub(super) fn as_slice(&self) -> &[String] {
        match self {
            Paths::One(one) => std::slice::from_ref(one),
            Paths::Many(many) => many,
        }
    }
}

/// What the path of a pod template leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) enum Holds {
    /// A mapping with the pods' `metadata` and `spec`.
    #[default]
    Template,
    /// A mapping with the fields of a pod spec, such as `tolerations` and `affinity`.
    PodSpec,
    /// A mapping with `tolerations` and `nodeAffinity`, and no other field of a pod spec.
    Placement,
}

/// Whether pods prefer or require the labels of their pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) enum Purpose {
    /// Neither: pods get tolerations only.
    Ignore,
    /// One preferred term with weight 100 and all labels.
    Prefer,
    /// All labels are required.
    Require,
}

/// How pods select the nodes of their pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) enum NodeSelection {
    /// With node affinity. This is the default.
    Affinity,
    /// With `nodeSelector`, to which the labels are added. A node selector is always a requirement.
    NodeSelector,
}

/// A field that a row can replace even if the chart sets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) enum Overridable {
    /// The priority class, unless it starts with `system-`.
    PriorityClassName,
    /// The pool's labels in the node selector; other keys are not changed. Requires
    /// `nodeSelection: nodeSelector`.
    NodeSelector,
}

/// An expected number of objects.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) enum Expect {
    /// Exactly this number.
    Exactly(u32),
    /// `3` for exactly three, `1+` for one or more.
    Text(String),
}

/// Priority classes of the cluster.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct PriorityClasses {
    /// Priority classes that exist in the cluster without this release.
    #[serde(default)]
    pub(super) existing: Vec<String>,
}

/// Settings of the image pullers, in the same form as in the values of z2jh.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct PrePuller {
    /// Images to pull, by a name that becomes part of the container name.
    #[serde(default)]
    pub(super) extra_images: BTreeMap<String, Image>,
}

/// An image with its name and tag.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Image {
    /// Image name, without the tag.
    pub(super) name: String,
    /// Image tag.
    pub(super) tag: String,
}

/// What to do with Jobs that are not hooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Jobs {
    /// Place them like all other workloads. This is the default.
    #[default]
    Patch,
    /// Leave them unchanged.
    Skip,
    /// Fail if a row would change one.
    Error,
}
