use std::fmt::Write;
use std::ops::Range;

use similar::{ChangeTag, DiffOp, TextDiff};

use super::clean;
use crate::text;

/// A line that explains a diff.
pub fn comment(line: &str) -> String {
    format!("# {}\n", clean::one_line(line))
}

/// How the change of one document is shown.
#[derive(Debug, Clone, Copy)]
pub struct DiffLook<'a> {
    /// What is changed, for both header lines.
    pub name: &'a str,
    /// The line of the old stream that the document starts at, from 1.
    pub old_start: usize,
    /// The same in the new stream: changes above have moved it.
    pub new_start: usize,
    /// Whether lines are coloured as git colours them.
    pub color: bool,
}

/// Lines around a change, as in every other diff.
const CONTEXT: usize = 3;

const RED: &str = "31";
const GREEN: &str = "32";
const CYAN: &str = "36";
const BOLD: &str = "1";

/// The unified diff of one document; empty where nothing changes.
///
/// Lines are compared as they are and shown masked: a hidden value that changed is a changed line that looks the same.
pub fn unified(old: &str, new: &str, look: &DiffLook<'_>) -> String {
    let (old_lines, new_lines) = (lines(old), lines(new));
    let diff = TextDiff::from_slices(&old_lines, &new_lines);
    let mut shown = String::new();
    let hunks: Vec<Vec<DiffOp>> = diff
        .grouped_ops(CONTEXT)
        .into_iter()
        .filter(|hunk| !hunk.is_empty())
        .collect();
    if hunks.is_empty() {
        return shown;
    }
    let (old_masked, new_masked) = (text::mask(old), text::mask(new));
    let (old_shown, new_shown) = (lines(&old_masked), lines(&new_masked));
    let name = clean::one_line(look.name);
    push(&mut shown, look, BOLD, &format!("--- {name}"), "\n");
    push(&mut shown, look, BOLD, &format!("+++ {name}"), "\n");
    for hunk in hunks {
        push(&mut shown, look, CYAN, &header(&hunk, look), "\n");
        for change in hunk.iter().flat_map(|op| diff.iter_changes(op)) {
            let line = match (change.old_index(), change.new_index()) {
                (Some(index), None) => old_shown[index],
                (_, Some(index)) => new_shown[index],
                (None, None) => continue,
            };
            push_line(&mut shown, look, change.tag(), line);
        }
    }
    shown
}

/// Lines with their ends. A lone carriage return ends none: it does not in [`text::Source`] either.
fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

fn header(hunk: &[DiffOp], look: &DiffLook<'_>) -> String {
    let (first, last) = (hunk[0], hunk[hunk.len() - 1]);
    let old = numbers(
        first.old_range().start..last.old_range().end,
        look.old_start,
    );
    let new = numbers(
        first.new_range().start..last.new_range().end,
        look.new_start,
    );
    format!("@@ -{old} +{new} @@")
}

/// A hunk's lines as `start,count`; an empty range names the line before it and a single line has no count.
fn numbers(range: Range<usize>, document_start: usize) -> String {
    let first = document_start + range.start;
    match range.len() {
        0 => format!("{},0", first.saturating_sub(1)),
        1 => first.to_string(),
        count => format!("{first},{count}"),
    }
}

fn push_line(shown: &mut String, look: &DiffLook<'_>, tag: ChangeTag, line: &str) {
    let (sign, color) = match tag {
        ChangeTag::Equal => (' ', ""),
        ChangeTag::Delete => ('-', RED),
        ChangeTag::Insert => ('+', GREEN),
    };
    let content = line.strip_suffix('\n').unwrap_or(line);
    let is_whole = content.len() < line.len();
    let (content, end) = match content.strip_suffix('\r') {
        Some(content) if is_whole => (content, "\r\n"),
        _ => (content, "\n"),
    };
    push(
        shown,
        look,
        color,
        &format!("{sign}{}", clean::without_controls(content)),
        end,
    );
    if !is_whole {
        shown.push_str("\\ No newline at end of file\n");
    }
}

fn push(shown: &mut String, look: &DiffLook<'_>, color: &str, line: &str, end: &str) {
    if look.color && !color.is_empty() {
        write!(shown, "\u{1b}[{color}m{line}\u{1b}[m{end}")
            .expect("a string takes all that is written");
    } else {
        shown.push_str(line);
        shown.push_str(end);
    }
}
