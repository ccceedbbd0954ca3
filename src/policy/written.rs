//! The policy as it is written: shapes and words, nothing resolved. The published JSON Schema is made
//! from these types, and their comments are what an editor shows.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A dunnage policy: which pools of nodes there are, and which workloads belong on them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(title = "dunnage policy"))]
pub(super) struct Policy {
    /// The version of this format: 1.
    #[cfg_attr(test, schemars(extend("const" = 1)))]
    #[expect(dead_code, reason = "the schema has already compared it")]
    pub(super) version: u32,
    /// Sets of nodes, by a name that rows use.
    #[serde(default)]
    pub(super) pools: BTreeMap<String, Pool>,
    /// Which workloads belong where; the first row that matches decides.
    #[serde(default)]
    pub(super) workloads: Vec<Row>,
    /// Priority classes.
    #[serde(default)]
    pub(super) priority_classes: PriorityClasses,
    /// What the image pullers pull besides what the chart lets them pull.
    #[serde(default)]
    pub(super) pre_puller: PrePuller,
    /// What to do with a Job that is no hook: its template cannot change once it exists.
    #[serde(default)]
    pub(super) jobs: Jobs,
    /// Kinds whose objects have pods, besides those that are built in.
    #[serde(default)]
    pub(super) templates: Vec<Templates>,
    /// What adds nodes to the cluster and takes them away.
    pub(super) autoscaler: Option<Autoscaler>,
    /// How many users come at once.
    pub(super) demand: Option<Demand>,
    /// How long a server takes to start where its node is still to come.
    pub(super) lead: Option<Lead>,
    /// What the linter looks at, and how much its findings matter.
    #[serde(default)]
    pub(super) lint: Lint,
}

/// What adds nodes and takes them away.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Autoscaler {
    /// Which one it is.
    pub(super) kind: AutoscalerKind,
    /// The cluster autoscaler's `--expendable-pods-priority-cutoff`: pods below it never bring a node. It is
    /// -10 where nothing is said.
    pub(super) priority_cutoff: Option<i32>,
}

/// Which autoscaler it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) enum AutoscalerKind {
    /// The cluster autoscaler of Kubernetes, also as clouds run it.
    ClusterAutoscaler,
    /// Karpenter.
    Karpenter,
    /// The number of nodes is fixed.
    None,
}

/// A wave of users, as at the beginning of a class.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Demand {
    /// How many start a server.
    pub(super) users: u32,
    /// In which time: `90s`, `10m`, `1h30m`.
    pub(super) within: String,
}

/// The parts of a start on a new node, each such as `90s`, `10m` or `1h30m`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Lead {
    /// From the wish for a node until it is ready.
    pub(super) boot: String,
    /// Until the image is there.
    pub(super) pull: String,
    /// Until the server answers. It is `10s` where nothing is said.
    pub(super) start: Option<String>,
}

/// Settings of the linter.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Lint {
    /// Only these rules, by code, name or family: `PH001`, `priority-order`, `PH`.
    #[serde(default)]
    pub(super) select: Vec<String>,
    /// Not these rules.
    #[serde(default)]
    pub(super) ignore: Vec<String>,
    /// How much findings of a rule or of a family matter.
    #[serde(default)]
    pub(super) levels: BTreeMap<String, LintLevel>,
    /// The releases that `dunnage lint` without a path checks.
    #[serde(default)]
    pub(super) releases: Vec<LintRelease>,
    /// Findings that are not shown, for files in which no comment can stand.
    #[serde(default)]
    pub(super) suppress: Vec<Suppression>,
    /// Whether each comment that silences a finding has to say why.
    #[serde(default)]
    pub(super) require_reasons: bool,
}

/// Findings that are not shown.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Suppression {
    /// Of these rules, by code, name or family.
    #[cfg_attr(test, schemars(length(min = 1)))]
    pub(super) rules: Vec<String>,
    /// In these files, by the names that messages have for them; `*`, `?` and `[..]` are patterns. In all
    /// files where nothing is said.
    #[serde(default)]
    pub(super) files: Vec<String>,
    /// Why.
    #[expect(dead_code, reason = "it is there to be read in the file")]
    pub(super) reason: String,
    /// The last day on which it counts: `2027-01-31`.
    #[cfg_attr(test, schemars(regex(pattern = r"^\d{4}-\d{2}-\d{2}$")))]
    pub(super) until: Option<String>,
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) enum LintLevel {
    /// The release or a spawn fails, or data is lost.
    Error,
    /// It works, but not as the author believes.
    Warning,
    /// Worth a sentence.
    Note,
    /// Shown with `--pedantic` only.
    Hint,
}

/// A release with all of its layers; paths start at the policy's folder.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct LintRelease {
    /// What messages call it.
    pub(super) name: String,
    /// The chart: its folder, or the archive that `helm package` made.
    pub(super) chart: Option<String>,
    /// The version of the z2jh chart, where its files are not at hand.
    pub(super) chart_version: Option<String>,
    /// The values files; later ones override earlier ones. With `{name}` or `*` in a path the entry stands for one release
    /// for each set of files that match; a name is the same text everywhere in the entry. A pattern that has no file for
    /// a release is left out of it.
    #[serde(default)]
    pub(super) values: Vec<String>,
    /// What `--set` says, one text each.
    #[serde(default)]
    pub(super) set: Vec<String>,
    /// The keys, with dots between, under which the values of the z2jh chart stand; found where nothing is
    /// said.
    pub(super) hub: Option<String>,
}

/// A set of nodes that have labels and taints in common.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Pool {
    /// Labels of the nodes; pods that belong here prefer or require all of them.
    #[serde(default)]
    pub(super) labels: BTreeMap<String, String>,
    /// Taints of the nodes, as kubectl writes them: `key=value:Effect`. Pods that belong here tolerate them.
    #[serde(default)]
    pub(super) taints: Vec<String>,
    /// Taints that nodes have only until they are ready for users; tolerated by image pullers only.
    #[serde(default)]
    pub(super) startup_taints: Vec<String>,
    /// Also tolerate each taint with `_` for `/` in its key, as some clouds cannot have a `/` there. Keys
    /// under `hub.jupyter.org/` are always tolerated both ways.
    #[serde(default)]
    pub(super) twin: bool,
    /// The machine type of the nodes.
    pub(super) node: Option<String>,
    /// How pods that belong here ask for the labels. A row's own setting overrides it.
    pub(super) node_selection: Option<NodeSelection>,
    /// What a node of this pool has for pods.
    pub(super) allocatable: Option<Allocatable>,
    /// The most nodes that the pool grows to.
    pub(super) max: Option<u32>,
}

/// What a node offers to pods.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Allocatable {
    /// Cores, such as `7.69` or `7690m`.
    pub(super) cpu: Option<Quantity>,
    /// Memory, such as `60.8Gi`.
    pub(super) memory: Option<Quantity>,
    /// How many pods run on a node.
    pub(super) pods: Option<Quantity>,
}

/// A quantity of Kubernetes; its text is read from the file, where no digit is rounded.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[expect(dead_code, reason = "only the shape matters here")]
pub(super) enum Quantity {
    /// As a number.
    Number(f64),
    /// With a unit.
    Text(String),
}

/// What happens to the workloads that match.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Row {
    /// What messages call the row.
    pub(super) name: Option<String>,
    /// What workloads have to look like; a row without it matches everything but `DaemonSet`.
    #[serde(default, rename = "match")]
    pub(super) criteria: Match,
    /// The pool that the workloads belong on, a list for any of several, or `none` to leave them alone.
    pub(super) pool: OneOrMany,
    /// How strongly the pool's labels are asked for. With `nodeSelection: nodeSelector` it is `require`, or
    /// `ignore` to write no node selector.
    pub(super) match_node_purpose: Option<Purpose>,
    /// How the pool's labels are asked for; the pool's own setting if it is not set here.
    pub(super) node_selection: Option<NodeSelection>,
    /// The priority class of pods whose chart gave them none.
    pub(super) priority_class_name: Option<String>,
    /// What is replaced although the chart set it.
    #[serde(rename = "override")]
    pub(super) overrides: Option<Vec<Overridable>>,
    /// How many workloads the row has to match in each release of its chart: `0`, `3`, `1+`. It needs
    /// `match.chart`; with `hook: true` it is checked only where hooks are visible.
    pub(super) expect: Option<Expect>,
    /// Whether the workloads are image pullers, though not labelled as those of z2jh are.
    pub(super) puller: Option<bool>,
    /// Images that these pullers pull as well.
    pub(super) images: Option<Vec<String>>,
}

/// Conditions on a workload. All must hold; a list means any of its items.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Match {
    /// The release's chart or a chart below it that the object came from; `*`, `?` and `[..]` are patterns.
    pub(super) chart: Option<OneOrMany>,
    /// The object's kind. Without it, every kind but `DaemonSet`.
    pub(super) kind: Option<OneOrMany>,
    /// The object's API group; empty for the core group.
    pub(super) group: Option<OneOrMany>,
    /// The object's name; `*`, `?` and `[..]` are patterns.
    pub(super) name: Option<OneOrMany>,
    /// The object's namespace, or the release's where it names none; `*`, `?` and `[..]` are patterns.
    pub(super) namespace: Option<OneOrMany>,
    /// Labels of the pods.
    #[serde(default)]
    pub(super) labels: BTreeMap<String, OneOrMany>,
    /// Annotations of the object.
    #[serde(default)]
    pub(super) annotations: BTreeMap<String, OneOrMany>,
    /// Whether the object is a hook of Helm.
    pub(super) hook: Option<bool>,
    /// Which pod template, where an object has several: `head`, `worker`, `driver`, `executor`, or the name
    /// of a worker group, a replica type or a step; `*`, `?` and `[..]` are patterns.
    pub(super) template: Option<OneOrMany>,
}

/// A word, or several.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) enum OneOrMany {
    /// Exactly this.
    One(String),
    /// Any of these.
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

/// A kind whose objects have pods, and where.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Templates {
    /// The API group, such as `example.org`; empty for the core group.
    pub(super) group: String,
    /// The kind.
    pub(super) kind: String,
    /// Keys from the object to its pod template, parted by dots: `spec.groups[].template`, with `[]` for each
    /// item of a list and `*` for each value of a mapping. A key that ends with `?`, and those behind it, are
    /// created where they are missing. A list of paths for several templates, an empty one to say that the
    /// pods of this kind are not to be placed.
    pub(super) path: Paths,
    /// What stands at the path: a pod template (a mapping with `spec`), the fields of a pod spec, or a
    /// placement (`nodeAffinity` and `tolerations` without an `affinity`).
    #[serde(default)]
    pub(super) holds: Holds,
    /// Whether running pods are replaced where the template changes.
    #[serde(default)]
    pub(super) restarts: bool,
}

/// A path, or several.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) enum Paths {
    /// The only one.
    One(String),
    /// All of these.
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

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) enum Holds {
    /// A mapping with the pods' `metadata` and `spec`.
    #[default]
    Template,
    /// A mapping with `tolerations`, `affinity` and so on.
    PodSpec,
    /// A mapping with `tolerations` and `nodeAffinity`, and no other field of a pod spec.
    Placement,
}

/// How strongly the labels of a pool are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) enum Purpose {
    /// Not at all: tolerations only.
    Ignore,
    /// One preference of weight 100 that holds all labels.
    Prefer,
    /// Each label is required.
    Require,
}

/// How the labels of a pool are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) enum NodeSelection {
    /// By a node affinity. This is the default.
    Affinity,
    /// By `nodeSelector`, to which each label is added. A node selector is always a requirement.
    NodeSelector,
}

/// A field of the chart's that a row may replace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) enum Overridable {
    /// The priority class, unless it is one of the system's.
    PriorityClassName,
    /// The values of the pool's labels in the node selector; other keys stay. Needs
    /// `nodeSelection: nodeSelector`.
    NodeSelector,
}

/// A count of workloads.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) enum Expect {
    /// Exactly as many.
    Exactly(u32),
    /// `3`, or `1+` for one or more.
    Text(String),
}

/// Priority classes that the policy speaks of.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct PriorityClasses {
    /// Known to be in the cluster, so that naming them is safe.
    #[serde(default)]
    pub(super) existing: Vec<String>,
}

/// Settings of the image pullers, in the shape that they have in z2jh's values.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct PrePuller {
    /// Images to pull, by a name that becomes part of the container's.
    #[serde(default)]
    pub(super) extra_images: BTreeMap<String, Image>,
}

/// An image in two parts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Image {
    /// Everything before the `:`.
    pub(super) name: String,
    /// Everything after the `:`.
    pub(super) tag: String,
}

/// What to do with a Job that is no hook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Jobs {
    /// Change it like any other workload.
    #[default]
    Patch,
    /// Leave it as it is.
    Skip,
    /// Refuse to render.
    Error,
}
