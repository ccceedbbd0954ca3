//! The changes of a stream and their reasons, for people.

use super::patch;
use super::session::Session;
use crate::k8s::Manifests;
use crate::render::{AddedState, Outcome};
use crate::report;

/// The diff of one stream.
pub(super) struct Diff {
    text: String,
    altered: Option<report::Altered>,
}

impl Diff {
    /// Returns the diffs of several streams as one output; its last line says if it cannot be applied.
    pub(super) fn together(diffs: &[Self]) -> String {
        let mut text: String = diffs.iter().map(|diff| diff.text.as_str()).collect();
        let altered = diffs.iter().filter_map(|diff| diff.altered).max();
        text.push_str(&altered.map(report::Altered::comment).unwrap_or_default());
        text
    }
}

/// Returns the reasons of all changes, one patch of the stream, and a summary. The reasons come before the patch, because
/// `git apply` rejects comments between hunks.
pub(super) fn diff(session: &Session<'_>, release: &Manifests<'_>, outcome: &Outcome) -> Diff {
    let mut text = String::new();
    let mut replacements = Vec::with_capacity(outcome.documents.len() + outcome.splices.len());
    for document in &outcome.documents {
        let part = &release.parts[document.part];
        text.push_str(&reasons(session, part.file, outcome, document.part));
        replacements.push(report::Replacement {
            range: part.range.clone(),
            text: &document.text,
            title: title(outcome, document.part),
        });
    }
    text.push_str(&additions(session, outcome));
    let spliced = outcome.splices.iter();
    replacements.extend(spliced.map(|splice| report::Replacement {
        range: splice.range.clone(),
        text: &splice.text,
        title: splice.title.clone(),
    }));
    replacements.sort_by_key(|replacement| (replacement.range.start, replacement.range.end));
    let patch = patch::of_source(session, release.source, replacements);
    if !patch.text.is_empty() {
        text.push_str(&patch.text);
        text.push('\n');
    }
    text.push_str(&report::comment(&summary(outcome)));
    Diff {
        text,
        altered: patch.altered,
    }
}

/// Returns the changed objects of a document, for the header of a hunk.
fn title(outcome: &Outcome, part: usize) -> String {
    let changed = outcome.decided.iter();
    let mut titles: Vec<&str> = changed
        .filter(|decided| decided.part == part && !decided.changes.is_empty())
        .map(|decided| decided.title.as_str())
        .collect();
    titles.dedup();
    match titles[..] {
        [] => String::new(),
        [title] => title.to_owned(),
        [first, ..] => format!("{first} and {} more", titles.len() - 1),
    }
}

/// Returns the changes of each object of a document, with the policy row that causes them.
fn reasons(session: &Session<'_>, file: &str, outcome: &Outcome, part: usize) -> String {
    let of_part = outcome.decided.iter().filter(|decided| decided.part == part);
    let mut text = String::new();
    for decided in of_part.filter(|decided| !decided.changes.is_empty()) {
        let of_file = if file.is_empty() {
            String::new()
        } else {
            format!(" of {file}")
        };
        text.push_str(&report::comment(&format!("{}{of_file}", decided.title)));
        for change in &decided.changes {
            text.push_str(&report::comment(&format!("  {}", change.what)));
        }
        if let Some(caveat) = decided.caveat {
            text.push_str(&report::comment(&format!("  ({caveat})")));
        }
        let because = decided.because.as_ref().expect("a row asked for the change");
        let policy = session.reader.sources.get(because.row_span.source);
        text.push_str(&report::comment(&format!(
            "  by {} (pool {}), {}:{}",
            because.row,
            because.pools.join(" or "),
            policy.name(),
            policy.line_column(because.row_span.start).line,
        )));
    }
    text
}

/// Which objects are added, replaced or removed, and why.
fn additions(session: &Session<'_>, outcome: &Outcome) -> String {
    let mut text = String::new();
    for added in &outcome.added {
        let verb = match added.state {
            AddedState::Unchanged => continue,
            AddedState::New => "added",
            AddedState::Replaced => "replaced",
        };
        let pool = match &added.pool {
            Some(pool) => format!(", pool {pool}"),
            None => String::new(),
        };
        let policy = session.reader.sources.get(added.span.source);
        let line = policy.line_column(added.span.start).line;
        let title = format!("{}/{} is {verb}", added.kind, added.name);
        text.push_str(&report::comment(&title));
        text.push_str(&report::comment(&format!("  {}", added.why)));
        text.push_str(&report::comment(&format!(
            "  by entry {:?} ({}{pool}), {}:{line}",
            outcome.entry.as_deref().unwrap_or_default(),
            added.part.key(),
            policy.name(),
        )));
    }
    for removed in &outcome.removed {
        let line = format!(
            "{} is removed: `{}` is not enabled",
            removed.title, removed.addition
        );
        text.push_str(&report::comment(&line));
    }
    text
}

pub(super) fn summary(outcome: &Outcome) -> String {
    let count = |number: usize, noun: &str| match number {
        0 => format!("no {noun}"),
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    };
    if !outcome.is_changed() {
        return "no changes".to_owned();
    }
    let mut parts = Vec::new();
    let states = |state| outcome.added.iter().filter(|added| added.state == state).count();
    for (number, verb) in [
        (states(AddedState::New), "added"),
        (states(AddedState::Replaced), "replaced"),
        (outcome.removed.len(), "removed"),
    ] {
        if number > 0 {
            parts.push(format!("{} {verb}", count(number, "object")));
        }
    }
    if parts.is_empty() || !outcome.documents.is_empty() {
        let changes = count(outcome.changes(), "change");
        let documents = count(outcome.documents.len(), "document");
        parts.insert(0, format!("{changes} in {documents}"));
    }
    parts.push(format!(
        "{} will restart",
        count(outcome.restarts(), "workload")
    ));
    parts.join("; ")
}
