use serde::Serialize;

use crate::k8s::{Manifests, Object, PodField, Workload};
use crate::text::Span;
use crate::yaml::Edit;

/// The decisions about one pod template.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    /// The index of its part in the release.
    pub part: usize,
    /// The index of the object in that part.
    pub object: usize,
    /// The name in messages, with the template if the object has several: `RayCluster/a (worker gpu)`.
    pub title: String,
    /// The names for `match.template`; empty if the object has one template.
    pub template: Vec<String>,
    /// The matching row, if any.
    pub because: Option<Because>,
    /// Whether a change restarts running pods.
    pub restarts: bool,
    /// A condition of the operator for applying the fields.
    pub caveat: Option<&'static str>,
    /// The planned changes.
    pub changes: Vec<Change>,
    /// Fields that do not change, with reasons.
    pub kept: Vec<Kept>,
    /// The images that it pulls after the changes, if it is an image puller.
    pub pulls: Vec<String>,
}

impl Decided {
    /// Returns empty decisions for a template of the object with that index.
    pub(super) fn of(object: usize, workload: &Workload<'_>, because: Option<Because>) -> Self {
        Self {
            part: workload.object.part,
            object,
            title: workload.title(),
            template: workload.template.names().map(str::to_owned).collect(),
            because,
            restarts: workload.restarts(),
            caveat: workload.caveat,
            changes: Vec::new(),
            kept: Vec::new(),
            pulls: Vec::new(),
        }
    }
}

/// An object of the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The index of its part in the release.
    pub part: usize,
    /// The API group; empty for the core group.
    pub group: String,
    /// The kind.
    pub kind: String,
    /// The name; empty if it has none.
    pub name: String,
    /// The namespace, if the object sets one.
    pub namespace: Option<String>,
    /// The chart template that rendered it; empty if unknown.
    pub file: String,
    /// The hook events; empty for an ordinary object.
    pub hooks: Vec<String>,
    /// The bytes of the object.
    pub span: Span,
}

impl Seen {
    pub(super) fn of(object: &Object<'_>, release: &Manifests<'_>) -> Self {
        Self {
            part: object.part,
            group: object.gvk.group.clone(),
            kind: object.gvk.kind.clone(),
            name: object.name(),
            namespace: object.namespace().map(str::to_owned),
            file: object.chart.file.clone(),
            hooks: object.hooks().map(str::to_owned).collect(),
            span: release.node_span(object.part, object.node),
        }
    }
}

/// The row behind a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Because {
    /// The title of the row.
    pub row: String,
    /// The span of the row in the policy.
    pub row_span: Span,
    /// The pools of the row; empty for `pool: none`.
    pub pools: Vec<String>,
}

/// One planned change of one field.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The field.
    pub field: PodField,
    /// The change in a few words.
    pub what: String,
    /// The edits; empty once they are applied.
    pub(super) edits: Vec<Edit>,
}

/// A field that does not change, or all fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The field; `None` if the reason applies to all fields.
    pub field: Option<PodField>,
    /// The reason.
    pub reason: Reason,
    /// The reason in a few words.
    pub what: String,
}

/// The reason why a field does not change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Reason {
    /// The chart already has what the row asks for.
    Covered,
    /// The chart sets the field, and the row does not override it.
    ChartsOwn,
    /// The chart and the row contradict each other.
    Contradicts,
    /// The object has the annotation `dunnage/ignore`.
    OptOut,
    /// The object already exists and is immutable (`--previous`).
    Exists,
    /// The row sets `pool: none`.
    PoolNone,
    /// No row matches.
    NoRow,
    /// The object is immutable: a Pod without a controller, or a Job with `jobs: skip` or `jobs: error`.
    Immutable,
    /// The pod sets `nodeName` and bypasses the scheduler.
    Pinned,
    /// The template inherits the field from another place of the object.
    Inherited,
    /// It would have no effect, such as a preference for pods of a DaemonSet.
    NoUse,
    /// The priority class is unknown, or created too late.
    NoClass,
    /// The kind does not have the field.
    NoField,
    /// The image puller has no init container to copy.
    NoForm,
    /// An error explains it.
    Refused,
}
