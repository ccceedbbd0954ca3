//! What changes, and why, for people to read.

use super::session::Session;
use crate::k8s::Release;
use crate::render::Outcome;
use crate::report;

/// The change of each document under the reasons for it, and what it comes to. Line numbers are those of
/// the stream, before and after.
pub(super) fn diff(session: &Session<'_>, release: &Release<'_>, outcome: &Outcome) -> String {
    let color = session.colors(session.host.stdout_is_terminal());
    let source = session.sources.get(release.source);
    let (mut old_lines, mut new_lines) = (0, 0);
    let mut text = String::new();
    for document in &outcome.documents {
        let part = &release.parts[document.part];
        let old = &release.text[part.range.clone()];
        let old_start = source.line_column(part.range.start).line;
        let look = report::DiffLook {
            name: source.name(),
            old_start,
            new_start: old_start + new_lines - old_lines,
            color,
        };
        text.push_str(&reasons(session, part.file, outcome, document.part));
        text.push_str(&report::unified(old, &document.text, &look));
        text.push('\n');
        old_lines += old.matches('\n').count();
        new_lines += document.text.matches('\n').count();
    }
    text.push_str(&report::comment(&summary(outcome)));
    text
}

/// What happens to each object of a document, and which row of the policy asks for it.
fn reasons(session: &Session<'_>, file: &str, outcome: &Outcome, part: usize) -> String {
    let of_part = outcome
        .decided
        .iter()
        .filter(|decided| decided.part == part);
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
        let because = decided
            .because
            .as_ref()
            .expect("a row asked for the change");
        let policy = session.sources.get(because.row_span.source);
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

pub(super) fn summary(outcome: &Outcome) -> String {
    let count = |number: usize, noun: &str| match number {
        0 => format!("no {noun}"),
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    };
    if outcome.documents.is_empty() {
        return "nothing changes".to_owned();
    }
    format!(
        "{} in {}; {} will restart",
        count(outcome.changes(), "change"),
        count(outcome.documents.len(), "document"),
        count(outcome.restarts(), "workload"),
    )
}
