//! Edits in block style: whole lines, indented as the document's own.

use std::ops::Range;

use super::splice::Splice;
use super::{Edit, Present, Refusal, flow};
use crate::yaml::quote;
use crate::yaml::tree::{CollectionStyle, Document, Entry, NodeContent, NodeRef, ScalarStyle};
use crate::yaml::value::{Layout, Value};

pub(super) fn plan(
    mapping: NodeRef<'_>,
    present: &Present<'_>,
    edit: &Edit,
    style: Style,
    splices: &mut Vec<Splice>,
) -> Result<(), Refusal> {
    match present {
        Present::Missing => {
            let entry = Value::Mapping(vec![(
                edit.target().1.to_owned(),
                edit.whole_value().into_owned(),
            )]);
            splices.push(new_entry(mapping, &entry, style)?);
        }
        Present::Empty(entry) => fill(mapping, entry, &edit.whole_value(), style, splices),
        Present::Scalar(entry) => splices.push(replace(mapping, entry, &edit.whole_value())),
        Present::Items(sequence) => splices.push(push(*sequence, &edit.whole_value(), style)?),
    }
    Ok(())
}

/// A key that the mapping does not have: after its last line, or before its last key where nothing
/// can follow.
fn new_entry(mapping: NodeRef<'_>, entry: &Value, style: Style) -> Result<Splice, Refusal> {
    let column = column(mapping);
    let layout = style.layout(mapping, column);
    if can_be_followed(mapping) {
        return Ok(lines_after(mapping, column, entry, layout));
    }
    let start =
        line_of_last_key(mapping).ok_or_else(|| Refusal::UnendedBlockScalar(mapping.range()))?;
    let mut text = String::new();
    entry.write_block(&mut text, layout);
    Ok(Splice::lines(start, text, depth(mapping)))
}

/// Whether a line can follow the collection without a change of its last value: a clip or keep block
/// scalar that ends the file without a line break would gain one.
pub(super) fn can_be_followed(collection: NodeRef<'_>) -> bool {
    let document = collection.document();
    let end = collection.range().end;
    if end < document.text.len() || document.text.ends_with('\n') {
        return true;
    }
    let leaf = last_leaf(collection);
    let is_block = matches!(
        leaf.node().content,
        NodeContent::Scalar {
            style: ScalarStyle::Block,
            ..
        }
    );
    !is_block || header(document, &leaf.range()).contains('-')
}

/// The line of a block scalar's indicators, `|-` or `>2`.
fn header<'d>(document: &'d Document<'_>, range: &Range<usize>) -> &'d str {
    let line = document.text[range.clone()].lines().next().unwrap_or_default();
    line.split('#').next().unwrap_or_default()
}

fn last_leaf(node: NodeRef<'_>) -> NodeRef<'_> {
    let last = match &node.node().content {
        NodeContent::Mapping { entries, .. } => entries.last().map(|entry| entry.value),
        NodeContent::Sequence { items, .. } => items.last().copied(),
        _ => None,
    };
    last.map_or(node, |last| last_leaf(node.document().at(last)))
}

/// Where the line of the last key starts, or the first of the comments right above it; `None` if
/// more than blanks is before the key.
fn line_of_last_key(mapping: NodeRef<'_>) -> Option<usize> {
    let (last, before) = mapping.raw_entries().split_last()?;
    let document = mapping.document();
    let key = document.at(last.key).range().start;
    let mut start = line_start(document.text, key);
    if !document.text[start..key].bytes().all(|byte| byte == b' ') {
        return None;
    }
    let column = key - start;
    let first = before.last().map_or(0, |entry| {
        let value = document.at(entry.value).range();
        value.end.max(entry.colon_end)
    });
    while start > first {
        let above = line_start(document.text, start - 1);
        if above < first || comment_line(&document.text[above..]).is_none_or(|(at, _)| at != column)
        {
            break;
        }
        start = above;
    }
    Some(start)
}

/// Lines after the collection's last one, and after the comments that belong to it.
fn lines_after(collection: NodeRef<'_>, column: usize, value: &Value, layout: Layout) -> Splice {
    let document = collection.document();
    let end = after_line(document.text, collection.range().end);
    let at = after_comments(document.text, end, column);
    let mut text = String::new();
    value.write_block(&mut text, layout);
    if !document.text[..at].ends_with('\n') {
        text.insert_str(0, layout.eol);
        text.truncate(text.len() - layout.eol.len());
    }
    Splice::lines(at, text, depth(collection))
}

/// Puts a collection under a key that holds nothing yet.
fn fill(
    mapping: NodeRef<'_>,
    entry: &Entry,
    value: &Value,
    style: Style,
    splices: &mut Vec<Splice>,
) {
    let document = mapping.document();
    let old = document.at(entry.value);
    let has_comment = document.text[old.range()].contains('#');
    if let Some(splice) = has_comment.then(|| flow::fill(old, value)).flatten() {
        return splices.push(splice);
    }
    let old = old.range();
    let colon_end = entry.colon_end;
    let before = before_value(&document.text[colon_end..old.start.max(colon_end)]);
    let gone = colon_end + before.len()..old.end;
    let column = column(mapping);
    let mut layout = style.layout(mapping, column);
    match value {
        Value::Mapping(pairs) if !pairs.is_empty() => layout.indent += layout.map_step,
        Value::Sequence(items) if !items.is_empty() => layout.indent += layout.seq_step,
        _ => return splices.push(replace(mapping, entry, value)),
    }
    if !gone.is_empty() {
        let blank = blank_before_comment(document, gone.end).to_owned();
        splices.push(Splice::inline(gone, blank));
    }
    let at = after_line(document.text, old.end.max(colon_end));
    let mut text = String::new();
    value.write_block(&mut text, layout);
    if !document.text[..at].ends_with('\n') {
        text.insert_str(0, layout.eol);
        text.truncate(text.len() - layout.eol.len());
    }
    // A new child is deeper than anything that ends where it begins.
    splices.push(Splice::lines(at, text, depth(mapping) + 1));
}

/// What stays between a colon and a value that goes: on other lines than the value's own, comments
/// and blank lines may be there.
fn before_value(between: &str) -> &str {
    let line = between.trim_end_matches([' ', '\t']);
    match line.strip_suffix('\n') {
        Some(lines) => lines.strip_suffix('\r').unwrap_or(lines),
        None => line,
    }
}

/// Puts a scalar (or an empty collection) where a scalar or nothing is.
fn replace(mapping: NodeRef<'_>, entry: &Entry, value: &Value) -> Splice {
    let old = mapping.document().at(entry.value);
    let mut text = match value {
        Value::String(text) => quote::block_scalar_text(text).into_owned(),
        other => flow::json(other),
    };
    if matches!(old.node().content, NodeContent::Absent) {
        text.insert(0, ' ');
    }
    let range = old.range();
    if range.is_empty() {
        return Splice::inline(entry.colon_end..entry.colon_end, text);
    }
    text.push_str(blank_before_comment(mapping.document(), range.end));
    Splice::inline(range, text)
}

/// The blank that a comment needs which is right after a quote or a bracket (`{}# none`), once something else
/// is before it.
fn blank_before_comment(document: &Document<'_>, at: usize) -> &'static str {
    if document.text[at..].starts_with('#') {
        " "
    } else {
        ""
    }
}

/// Appends to a sequence that has items, in whatever style it is written.
fn push(sequence: NodeRef<'_>, values: &Value, style: Style) -> Result<Splice, Refusal> {
    let NodeContent::Sequence {
        style: of_sequence,
        column,
        ..
    } = sequence.node().content
    else {
        return Err(Refusal::not_a("list", sequence));
    };
    match of_sequence {
        CollectionStyle::Flow => Ok(flow::push(sequence, values)),
        CollectionStyle::FlowPair => Err(Refusal::FlowPair(sequence.range())),
        CollectionStyle::Block if !can_be_followed(sequence) => {
            Err(Refusal::UnendedBlockScalar(last_leaf(sequence).range()))
        }
        CollectionStyle::Block => Ok(lines_after(
            sequence,
            column,
            values,
            style.layout(sequence, column),
        )),
    }
}

fn column(collection: NodeRef<'_>) -> usize {
    match collection.node().content {
        NodeContent::Mapping { column, .. } | NodeContent::Sequence { column, .. } => column,
        _ => 0,
    }
}

/// How the first collections of a document indent, for places with none next to them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    map_step: Option<usize>,
    seq_step: Option<usize>,
    eol: &'static str,
}

impl Style {
    pub(super) fn of(document: &Document<'_>) -> Self {
        let first = |of_mapping| first_step(&mut document.nodes(), of_mapping);
        Self {
            map_step: first(true),
            seq_step: first(false),
            eol: eol(document.text),
        }
    }

    /// How lines in a collection are laid out: as the collections next to the place are.
    fn layout(self, collection: NodeRef<'_>, indent: usize) -> Layout {
        let document = collection.document();
        let near = |of_mapping| {
            let values = collection.raw_entries().iter().map(|entry| entry.value);
            first_step(&mut values.map(|value| document.at(value)), of_mapping)
        };
        Layout {
            indent,
            map_step: near(true).or(self.map_step).unwrap_or(2),
            seq_step: near(false).or(self.seq_step).unwrap_or(0),
            eol: self.eol,
        }
    }
}

/// How much deeper than its key the first of these nodes is that is a mapping, or a sequence.
fn first_step(nodes: &mut dyn Iterator<Item = NodeRef<'_>>, of_mapping: bool) -> Option<usize> {
    nodes.filter(|node| node.is_mapping() == of_mapping).find_map(step)
}

/// How much deeper a block collection is than the block mapping that holds it.
fn step(node: NodeRef<'_>) -> Option<usize> {
    let parent = node.document().at(node.node().parent?);
    let is_block = |node: NodeRef<'_>| {
        matches!(
            node.node().content,
            NodeContent::Mapping {
                style: CollectionStyle::Block,
                ..
            } | NodeContent::Sequence {
                style: CollectionStyle::Block,
                ..
            }
        )
    };
    if node.is_alias() || !is_block(node) || !is_block(parent) || !parent.is_mapping() {
        return None;
    }
    column(node).checked_sub(column(parent))
}

pub(super) fn eol(text: &str) -> &'static str {
    match memchr::memchr(b'\n', text.as_bytes()) {
        Some(at) if text[..at].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

fn depth(node: NodeRef<'_>) -> usize {
    let parents = std::iter::successors(Some(node), |node| {
        node.node().parent.map(|parent| node.document().at(parent))
    });
    parents.count()
}

/// The start of the line after the one that holds `at`; a place at the start of a line that follows a
/// block scalar is that line itself.
pub(super) fn after_line(text: &str, at: usize) -> usize {
    if text[..at].ends_with('\n') {
        return at;
    }
    memchr::memchr(b'\n', &text.as_bytes()[at..]).map_or(text.len(), |newline| at + newline + 1)
}

pub(super) fn line_start(text: &str, at: usize) -> usize {
    memchr::memrchr(b'\n', &text.as_bytes()[..at]).map_or(0, |newline| newline + 1)
}

/// The end of the comments at `at` that belong to a collection before them: those indented like it or
/// deeper, but not like the next key, which comes in the same column after an indentless sequence.
fn after_comments(text: &str, mut at: usize, column: usize) -> usize {
    let next = next_content_column(&text[at..]);
    while let Some((comment, length)) = comment_line(&text[at..]) {
        if comment < column || Some(comment) == next {
            break;
        }
        at += length;
    }
    at
}

/// The column of the first line that holds more than a comment.
fn next_content_column(text: &str) -> Option<usize> {
    text.lines().find_map(|line| {
        let content = line.trim_start_matches(' ');
        let is_content = !content.trim_end().is_empty() && !content.starts_with('#');
        is_content.then_some(line.len() - content.len())
    })
}

/// The column and the whole length of the first line if it is a comment.
pub(super) fn comment_line(text: &str) -> Option<(usize, usize)> {
    let content = text.trim_start_matches(' ');
    if !content.starts_with('#') {
        return None;
    }
    let length = memchr::memchr(b'\n', text.as_bytes()).map_or(text.len(), |newline| newline + 1);
    Some((text.len() - content.len(), length))
}
