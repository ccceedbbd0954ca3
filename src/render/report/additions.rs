//! What the policy adds to a stream, and what it does not.

use serde::Serialize;

use super::place;
use crate::render::{AddedState, Outcome};
use crate::text::Sources;

/// The objects of the entry of `additions` that applies.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct ReportedAdditions {
    /// Name of the entry; `null` if no entry applies.
    entry: Option<String>,
    /// Objects that the output contains.
    added: Vec<ReportedAddition>,
    /// Enabled parts that were not added.
    not_added: Vec<ReportedNotAdded>,
    /// Objects of an earlier run that the output does not contain any more.
    removed: Vec<ReportedRemoved>,
}

/// An added object.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ReportedAddition {
    /// Kind of the object.
    kind: &'static str,
    /// Name of the object.
    name: String,
    /// The part of the entry: `prePuller.continuous`.
    part: &'static str,
    /// Pool of the object; `null` if it belongs to several.
    pool: Option<String>,
    /// Place of the part in the policy: `dunnage.yaml:12`.
    at: String,
    /// The reason in a few words.
    why: String,
    /// Whether the input had the object before.
    state: AddedState,
}

/// An enabled part that was not added.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ReportedNotAdded {
    /// The part of the entry.
    part: &'static str,
    /// The pool; `null` if the part belongs to several.
    pool: Option<String>,
    /// The reason in a few words.
    why: String,
}

/// A removed object.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ReportedRemoved {
    /// `Kind/name`
    object: String,
    /// Entry and part of the object.
    addition: String,
}

/// Returns what was added; `None` if that concerns no object.
pub(super) fn report(sources: &Sources, outcome: &Outcome) -> Option<ReportedAdditions> {
    if outcome.entry.is_none() && outcome.removed.is_empty() {
        return None;
    }
    let added = outcome.added.iter().map(|added| ReportedAddition {
        kind: added.kind,
        name: added.name.clone(),
        part: added.part.key(),
        pool: added.pool.clone(),
        at: place(sources, added.span),
        why: added.why.clone(),
        state: added.state,
    });
    let not_added = outcome.not_added.iter().map(|left| ReportedNotAdded {
        part: left.part.key(),
        pool: left.pool.clone(),
        why: left.why.clone(),
    });
    let removed = outcome.removed.iter().map(|removed| ReportedRemoved {
        object: removed.title.clone(),
        addition: removed.addition.clone(),
    });
    Some(ReportedAdditions {
        entry: outcome.entry.clone(),
        added: added.collect(),
        not_added: not_added.collect(),
        removed: removed.collect(),
    })
}
