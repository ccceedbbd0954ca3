use serde::Serialize;

use crate::k8s::{Manifests, Object, PodField, Workload};
use crate::text::Span;
use crate::yaml::Edit;

/// What was decided about one pod template.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    /// The part of the release that holds it.
    pub part: usize,
    /// Which object of that part, counted from 0.
    pub object: usize,
    /// The object, and which template where it has several: `RayCluster/a (worker gpu)`.
    pub title: String,
    /// What `match.template` may call it; empty for the only template of its object.
    pub template: Vec<String>,
    /// Why; nothing where no row matches.
    pub because: Option<Because>,
    /// Whether running pods start again where it changes.
    pub restarts: bool,
    /// What has to hold besides, so that the pods get what is written.
    pub caveat: Option<&'static str>,
    /// What changes.
    pub changes: Vec<Change>,
    /// What does not, though a row or a pool speaks of it.
    pub kept: Vec<Kept>,
    /// The images that it pulls afterwards, if it is an image puller.
    pub pulls: Vec<String>,
}

impl Decided {
    /// Nothing is decided yet about this template of the object of that index.
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

/// An object that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The part of the release that holds it.
    pub part: usize,
    /// The API group; empty for the core group.
    pub group: String,
    /// The kind.
    pub kind: String,
    /// The name; empty where there is none.
    pub name: String,
    /// The namespace, where it names one.
    pub namespace: Option<String>,
    /// The template of the chart that it came from; empty where the stream does not say.
    pub file: String,
    /// The events at which Helm runs it; none for an ordinary object.
    pub hooks: Vec<String>,
    /// Its bytes.
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

/// Which row a decision follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Because {
    /// The policy's row, as its title.
    pub row: String,
    /// The row in the policy.
    pub row_span: Span,
    /// The pools that the row names; none where it leaves things alone.
    pub pools: Vec<String>,
}

/// One planned change of one field.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The field.
    pub field: PodField,
    /// What happens to it, in a few words.
    pub what: String,
    /// How; nothing is left of it once the document is edited.
    pub(super) edits: Vec<Edit>,
}

/// A field that stays as it is, or all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The field; nothing where the reason is one for all.
    pub field: Option<PodField>,
    /// Why it stays.
    pub reason: Reason,
    /// Why, in a few words.
    pub what: String,
}

/// Why something was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Reason {
    /// What is there does already what the row asks for.
    Covered,
    /// The chart set it, and the row does not override the chart.
    ChartsOwn,
    /// What is there and what the row asks for exclude each other.
    Contradicts,
    /// The object asks to be left alone, by `dunnage/ignore`.
    OptOut,
    /// The object exists already, and could not take the change (`--previous`).
    Exists,
    /// The row says `pool: none`.
    PoolNone,
    /// No row matches.
    NoRow,
    /// What exists cannot change: a Pod without a controller, or a Job as the policy wants it.
    Immutable,
    /// The pods never come to the scheduler, as they name their node.
    Pinned,
    /// It comes from another place of the same object, where it is decided.
    Inherited,
    /// It does not help there: a preference for pods that are pinned to their nodes one by one.
    NoUse,
    /// A priority class that is not known, or that comes too late.
    NoClass,
    /// The kind has no field for it at that place.
    NoField,
    /// A puller has no container whose form another could take.
    NoForm,
    /// An error says why.
    Refused,
}
