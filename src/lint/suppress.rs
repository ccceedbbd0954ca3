//! Comments that silence findings: `# dunnage: ignore[PH001] reason`, on the line or above it, or at the head
//! of a file for all of it.

use crate::diag::Diagnostic;
use crate::text::{Source, Sources};

const MARK: &str = "dunnage: ignore";

/// Leaves out the findings that a comment at their first place silences.
pub(super) fn apply(sources: &Sources, findings: &mut Vec<Diagnostic>) {
    findings.retain(|finding| {
        let Some(span) = finding.span() else {
            return true;
        };
        let source = sources.get(span.source);
        let line = source.line_column(span.start).line;
        let names = |number: usize| ignored(source, number).any(|name| is_name(finding, name));
        let above = (1..line)
            .rev()
            .take_while(|&number| is_comment(source, number));
        let head = (1..=source.line_starts().len()).take_while(|&number| {
            is_comment(source, number) || text(source, number).trim().is_empty()
        });
        !(names(line) || above.into_iter().any(names) || head.into_iter().any(names))
    });
}

fn is_name(finding: &Diagnostic, name: &str) -> bool {
    let code = finding.code;
    name.eq_ignore_ascii_case(code.id) || name == code.name || name.is_empty()
}

/// A line by its number, from 1.
fn text(source: &Source, number: usize) -> &str {
    let starts = source.line_starts();
    let end = starts.get(number).copied().unwrap_or(source.text().len());
    &source.text()[starts[number - 1]..end]
}

fn is_comment(source: &Source, number: usize) -> bool {
    text(source, number).trim_start().starts_with('#')
}

/// The codes and names in the comment of a line; an empty one for all of them.
fn ignored(source: &Source, number: usize) -> impl Iterator<Item = &str> {
    let line = text(source, number);
    let comment = line.find('#').map_or("", |at| &line[at..]);
    let rest = comment.find(MARK).map(|at| &comment[at + MARK.len()..]);
    let names = rest.map(|rest| {
        let list = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        list.map_or("", |(list, _)| list)
    });
    names
        .into_iter()
        .flat_map(|names| names.split(','))
        .map(str::trim)
}
