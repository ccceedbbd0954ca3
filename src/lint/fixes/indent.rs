//! Keys that belong below an empty key, and stand beside it.

use super::super::documents::{DocumentEditor, Editable, Edits};
use crate::diag::TextEdit;
use crate::text::Span;
use crate::values::{Content, Setting, Value};
use crate::yaml::{self, Document, Entry, NodeRef};

/// Returns the keys that follow an empty key in its mapping, with their names, in the order of the text.
pub(in crate::lint) fn keys_after<'v>(
    files: impl Into<Editable<'v>>,
    empty: Setting,
) -> Vec<(String, Span)> {
    let Some(editor) = DocumentEditor::of(files.into(), empty.value) else {
        return Vec::new();
    };
    let Some((mapping, entries)) = followers(&editor, empty) else {
        return Vec::new();
    };
    let document = mapping.document();
    let named = entries.iter().map_while(|entry| {
        let key = document.at(entry.key);
        Some((key.text()?.to_owned(), editor.span(key)))
    });
    named.collect()
}

/// Moves the next `count` keys below an empty key, by a deeper indentation of their lines.
pub(in crate::lint) fn indent<'v>(
    files: impl Into<Editable<'v>>,
    empty: Setting,
    count: usize,
) -> Edits {
    let files = files.into();
    let editor = DocumentEditor::of(files, empty.value)?;
    let (mapping, entries) = followers(&editor, empty)?;
    let moved = entries.get(..count)?;
    let document = mapping.document();
    let first = document.at(moved.first()?.key).range().start;
    let end = document.at(moved.last()?.value).range().end;
    let text = &document.text;
    let start = line_start(text, first);
    let column = first - start;
    if !text[start..first].bytes().all(|byte| byte == b' ') {
        return None;
    }
    let deeper = " ".repeat(step(mapping, column));
    let mut at = start;
    let mut inserts = Vec::new();
    for line in text[start..end].split_inclusive('\n') {
        if !line.trim().is_empty() {
            inserts.push(at);
        }
        at += line.len();
    }
    let mut new = text.to_string();
    for at in inserts.iter().rev() {
        new.insert_str(*at, &deeper);
    }
    let key = document.at(moved_below(mapping, empty, &editor)?.key);
    if !is_below(document, &new, key, moved) {
        return None;
    }
    let offset = editor.span(key).start - key.range().start;
    let edits = inserts.into_iter().map(|at| TextEdit {
        span: Span::new(empty.value.source, offset + at..offset + at),
        text: deeper.clone(),
    });
    Some(edits.collect())
}

/// The mapping of an empty key, and the entries behind it.
fn followers<'e>(
    editor: &'e DocumentEditor<'_>,
    empty: Setting,
) -> Option<(NodeRef<'e>, &'e [Entry])> {
    let value = Value::new(Content::Null, empty.key, empty.value);
    let (mapping, entry) = editor.entry(&value)?;
    let entries = mapping.raw_entries();
    let at = entries.iter().position(|other| other.key == entry.key)?;
    Some((mapping, &entries[at + 1..]))
}

fn moved_below(mapping: NodeRef<'_>, empty: Setting, editor: &DocumentEditor<'_>) -> Option<Entry> {
    let document = mapping.document();
    let mut entries = mapping.raw_entries().iter();
    let is_empty = |entry: &&Entry| Some(editor.span(document.at(entry.key))) == empty.key;
    entries.find(is_empty).copied()
}

/// By how much keys are indented in the mapping around this one; else two.
fn step(mapping: NodeRef<'_>, column: usize) -> usize {
    const USUAL: usize = 2;
    let document = mapping.document();
    let around = mapping.node().parent.map(|parent| document.at(parent));
    let around = around.map(|around| {
        let start = around.range().start;
        start - line_start(document.text, start)
    });
    let step = around.and_then(|around| column.checked_sub(around));
    step.filter(|step| (1..=8).contains(step)).unwrap_or(USUAL)
}

fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |end| end + 1)
}

/// Whether the new text has these entries, as they were, below the key.
fn is_below(document: &Document<'_>, new: &str, key: NodeRef<'_>, moved: &[Entry]) -> bool {
    let Ok(new) = yaml::parse(new) else {
        return false;
    };
    let mut nodes = new.nodes();
    let Some(node) = nodes.find(|node| node.range() == key.range()) else {
        return false;
    };
    let parent = node.node().parent.map(|parent| new.at(parent));
    let mut entries = parent.into_iter().flat_map(|parent| parent.raw_entries());
    let Some(entry) = entries.find(|entry| entry.key == node.id()) else {
        return false;
    };
    let below = new.at(entry.value);
    let entries = below.raw_entries();
    let is_same = |(new_entry, entry): (&Entry, &Entry)| {
        let keys = (new.at(new_entry.key).text(), document.at(entry.key).text());
        let values = [
            yaml::Value::of(new.at(new_entry.value)),
            yaml::Value::of(document.at(entry.value)),
        ];
        keys.0 == keys.1 && values[0] == values[1]
    };
    below.is_mapping() && entries.len() == moved.len() && entries.iter().zip(moved).all(is_same)
}
