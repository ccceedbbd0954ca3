//! From a release and a policy to the release's new text.
//!
//! [`run`] lets each pass plan its changes of each workload (`passes/`), turns the plans into edits of
//! the original text, and reads every edited document again. It gives back all of the text or none.

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

/// What a run is told besides release and policy.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Who reads the output; found from the stream where nothing is said.
    pub mode: Option<Mode>,
    /// What calls us, where the stream alone cannot tell.
    pub caller: Caller,
    /// Whether the stream is a live manifest (`helm get manifest`), which never has the hooks of its release.
    pub is_live: bool,
    /// Whether nobody asks what was seen and decided: then it is forgotten with each document.
    pub forgets_decisions: bool,
    /// The release's namespace, for objects that name none.
    pub namespace: Option<String>,
    /// Images that the hub's own values name (`--values`).
    pub hub_images: Vec<crate::hub::HubImage>,
    /// Objects that exist and could not take a change, each by its part and its index there: they are left
    /// alone.
    pub unchangeable: BTreeSet<(usize, usize)>,
}

/// How dunnage was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Caller {
    /// By `dunnage render`, by a person or in a pipe.
    #[default]
    Person,
    /// By the bare command, as Helm 3 starts a post-renderer.
    PostRenderer,
    /// By the Helm 4 plugin.
    Plugin,
}
