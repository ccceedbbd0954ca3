//! Applies a policy to the manifests of a release.
//!
//! In [`run`], each pass (`passes/`) plans changes of each workload. The plans become edits of the original text, and
//! every edited document is parsed again to verify it. The result is the complete text, or none.

mod additions;
mod codes;
mod common;
mod context;
mod document;
mod engine;
mod expect;
mod hub_values;
mod input;
mod job;
mod mode;
mod passes;
mod plan;
mod previous;
mod report;
mod unknown;

#[cfg(test)]
mod tests;

pub use additions::{
    AddedObject, AddedState, AdditionPart, ImageList, ImageRequest, ListedImage, NotAdded,
    PAGES as ADDITION_PAGES, RemovedAddition, StreamSplice, list_images,
};
pub use codes::{ALL as CODES, is_unmet};
pub use engine::{EditedDocument, Outcome, run};
pub use input::unreadable;
pub use job::Job;
pub use mode::{Mode, NO_DOCUMENTS};
pub use passes::{PASSES, Pass};
pub use plan::{Because, Change, Decided, Kept, Reason, Seen};
pub use previous::run_after;
pub use report::Report;

use std::collections::BTreeSet;
use std::sync::Arc;

/// The options of a run.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The mode; `None` detects it from the stream.
    pub mode: Option<Mode>,
    /// How dunnage was started, for detecting the mode.
    pub caller: Caller,
    /// Whether the stream is a live manifest (`helm get manifest`), which contains no hooks.
    pub is_live: bool,
    /// Whether to drop the objects and decisions of each document, to save memory.
    pub forgets_decisions: bool,
    /// The name of the release, for added objects.
    pub release: Option<String>,
    /// The namespace of the release, for objects without one and for added objects.
    pub namespace: Option<String>,
    /// `HELM_NAMESPACE`, if nothing else tells the namespace of the release.
    pub helm_namespace: Option<String>,
    /// The hub in values files (`--values`), if the stream does not contain its values.
    pub hub: Option<Arc<crate::hub::StoredHub>>,
    /// Images in the hub's values (`--values`).
    pub hub_images: Vec<crate::hub::HubImage>,
    /// Existing objects with an immutable template, by part and index: they are not changed.
    pub unchangeable: BTreeSet<(usize, usize)>,
}

/// How dunnage was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Caller {
    /// `dunnage render`, by a person or in a pipe.
    #[default]
    Person,
    /// The bare command, as Helm 3 starts a post-renderer.
    PostRenderer,
    /// The Helm 4 plugin.
    Plugin,
}
