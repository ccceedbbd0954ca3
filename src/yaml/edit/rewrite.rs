//! Edits of existing nodes: replace a scalar, rename a key, remove a key.

use std::collections::BTreeSet;

use super::block::{after_line, comment_line, eol, line_start};
use super::splice::Splice;
use super::{Refusal, flow, refusal};
use crate::yaml::quote;
use crate::yaml::tree::{
    CollectionStyle, Document, Entry, NodeContent, NodeId, NodeRef, ScalarStyle,
};
use crate::yaml::value::Value;

/// One change of something that is written.
#[derive(Debug, Clone, PartialEq)]
pub enum Rewrite {
    /// Replaces a scalar, in the same quote style or without quotes if possible.
    Scalar {
        /// The old one.
        node: NodeId,
        /// The new value; not a collection with members.
        value: Value,
    },
    /// A key goes with its value, their lines, and the comments that belong to them. A mapping that loses its
    /// last key is empty, and not null.
    Remove {
        /// The mapping that holds the key.
        mapping: NodeId,
        /// The key's node: a name may occur twice.
        key: NodeId,
    },
    /// A key is called otherwise.
    Rename {
        /// The mapping that holds the key.
        mapping: NodeId,
        /// The key's node.
        key: NodeId,
        /// A name that the mapping does not have.
        name: String,
    },
}

/// `filled` are the mappings that get other keys at the same time.
pub(super) fn plan(
    document: &Document<'_>,
    rewrite: &Rewrite,
    filled: &BTreeSet<NodeId>,
    splices: &mut Vec<Splice>,
) -> Result<(), Refusal> {
    match rewrite {
        Rewrite::Scalar { node, value } => {
            splices.push(respell(document.at(*node), value)?);
        }
        Rewrite::Rename { mapping, key, name } => {
            let mapping = document.at(*mapping);
            let mut others = mapping.resolve().raw_entries().iter();
            let is_taken =
                |entry: &&Entry| entry.key != *key && document.at(entry.key).text() == Some(name);
            // A key may get its own name in quotes.
            if let Some(taken) = others.find(is_taken) {
                return Err(Refusal::Taken(document.at(taken.key).range()));
            }
            refusal::check_shared(mapping)?;
            splices.push(respell(document.at(*key), &Value::String(name.clone()))?);
        }
        Rewrite::Remove { mapping, key } => {
            let is_filled = filled.contains(mapping);
            remove(document.at(*mapping), *key, is_filled, splices)?;
        }
    }
    Ok(())
}

/// Puts a scalar in the place of another.
fn respell(node: NodeRef<'_>, value: &Value) -> Result<Splice, Refusal> {
    refusal::check_shared(node)?;
    let range = node.range();
    check_bare(node)?;
    let style = match node.node().content {
        NodeContent::Alias(_) => return Err(Refusal::Shared(range)),
        NodeContent::Scalar {
            style: ScalarStyle::Block,
            ..
        } => return Err(Refusal::BlockScalar(range)),
        NodeContent::Scalar { style, .. } => style,
        _ => return Err(Refusal::not_a("scalar", node)),
    };
    let old = &node.document().text[range.clone()];
    let text = match value {
        Value::String(new) if style == ScalarStyle::Plain && quote::can_be_plain(new) => {
            new.clone()
        }
        Value::String(new) if old.starts_with('\'') && quote::can_be_single_quoted(new) => {
            format!("'{}'", new.replace('\'', "''"))
        }
        other => flow::json(other),
    };
    Ok(Splice::inline(range, text))
}

fn check_bare(node: NodeRef<'_>) -> Result<(), Refusal> {
    match &node.node().properties {
        Some(_) => Err(Refusal::Decorated(
            node.node().anchor().unwrap_or(node.range()),
        )),
        None => Ok(()),
    }
}

fn remove(
    mapping: NodeRef<'_>,
    key: NodeId,
    is_filled: bool,
    splices: &mut Vec<Splice>,
) -> Result<(), Refusal> {
    refusal::check_shared(mapping)?;
    let NodeContent::Mapping { style, .. } = mapping.node().content else {
        return Err(Refusal::not_a("mapping", mapping));
    };
    let entries = mapping.raw_entries();
    let Some(index) = entries.iter().position(|entry| entry.key == key) else {
        return Err(Refusal::not_a("key of this mapping", mapping));
    };
    check_bare(mapping.document().at(key))?;
    check_unread(mapping.document().at(entries[index].value))?;
    if entries[index].explicit {
        return Err(Refusal::ExplicitKey(mapping.document().at(key).range()));
    }
    match style {
        CollectionStyle::Flow => splices.push(remove_member(mapping, index)?),
        CollectionStyle::FlowPair => return Err(Refusal::FlowPair(mapping.range())),
        CollectionStyle::Block if entries.len() == 1 && !is_filled => {
            empty(mapping, &entries[0], splices)?;
        }
        CollectionStyle::Block => splices.push(remove_lines(mapping, index)?),
    }
    Ok(())
}

/// Refuses to take away what an alias elsewhere reads.
fn check_unread(node: NodeRef<'_>) -> Result<(), Refusal> {
    if node.node().is_aliased {
        let anchor = node.node().anchor();
        return Err(Refusal::Shared(anchor.unwrap_or(node.range())));
    }
    let document = node.document();
    match &node.node().content {
        NodeContent::Mapping { entries, .. } => entries.iter().try_for_each(|entry| {
            check_unread(document.at(entry.key))?;
            check_unread(document.at(entry.value))
        }),
        NodeContent::Sequence { items, .. } => {
            let mut items = items.iter();
            items.try_for_each(|&item| check_unread(document.at(item)))
        }
        _ => Ok(()),
    }
}

/// A member of a flow mapping, with the comma after it; of the last one, the comma before it.
fn remove_member(mapping: NodeRef<'_>, index: usize) -> Result<Splice, Refusal> {
    let document = mapping.document();
    let entries = mapping.raw_entries();
    let start_of = |entry: &Entry| document.at(entry.key).range().start;
    let own = start_of(&entries[index])..end_of(document, &entries[index]);
    let (gone, between) = match (entries.get(index + 1), index.checked_sub(1)) {
        (Some(next), _) => {
            check_bare(document.at(next.key))?;
            let next = start_of(next);
            (own.start..next, own.end..next)
        }
        (None, Some(before)) => {
            let before = end_of(document, &entries[before]);
            (before..own.end, before..own.start)
        }
        (None, None) => (own.clone(), own.end..own.end),
    };
    if document.text[between.clone()].contains('#') {
        return Err(Refusal::Comment(between));
    }
    Ok(Splice::inline(gone, String::new()))
}

/// The only key of a block mapping: `{}` is there afterwards.
fn empty(mapping: NodeRef<'_>, entry: &Entry, splices: &mut Vec<Splice>) -> Result<(), Refusal> {
    check_bare(mapping)?;
    let document = mapping.document();
    let parent = mapping.node().parent.map(|parent| document.at(parent));
    let holder = parent.and_then(|parent| {
        let mut entries = parent.raw_entries().iter();
        entries.find(|entry| entry.value == mapping.id())
    });
    let start = document.at(entry.key).range().start;
    if let Some(holder) = holder.filter(|_| starts_line(document.text, start)) {
        if holder.explicit {
            return Err(Refusal::ExplicitKey(document.at(holder.key).range()));
        }
        let at = holder.colon_end;
        splices.push(Splice::inline(at..at, " {}".to_owned()));
        splices.push(remove_lines(mapping, 0)?);
        return Ok(());
    }
    let end = end_of(document, entry);
    let line_end = if document.text[start..end].ends_with('\n') {
        eol(document.text)
    } else {
        ""
    };
    splices.push(Splice::inline(start..end, format!("{{}}{line_end}")));
    Ok(())
}

/// The lines of a key: the comments right above it in its column, the value, and the comments below it that
/// stand deeper than the key.
fn remove_lines(mapping: NodeRef<'_>, index: usize) -> Result<Splice, Refusal> {
    let document = mapping.document();
    let text = document.text;
    let entries = mapping.raw_entries();
    let key = document.at(entries[index].key).range().start;
    if !starts_line(text, key) {
        return remove_behind_dash(mapping, index);
    }
    let column = key - line_start(text, key);
    // Above the first key is the line of its parent, or nothing.
    let above = index.checked_sub(1).map_or(0, |before| end_of(document, &entries[before]));
    let mut start = line_start(text, key);
    while start > above {
        let line = line_start(text, start - 1);
        let comment = comment_line(&text[line..]).filter(|_| line >= above);
        if comment.is_none_or(|(at, _)| at != column) {
            break;
        }
        start = line;
    }
    if text[start..].starts_with('\u{feff}') {
        start += '\u{feff}'.len_utf8();
    }
    let mut end = after_line(text, end_of(document, &entries[index]));
    while let Some((_, length)) = comment_line(&text[end..]).filter(|(at, _)| *at > column) {
        end += length;
    }
    if end == text.len() && !text.ends_with('\n') {
        let before = &text[..start];
        let before = before.strip_suffix('\n').unwrap_or(before);
        start = before.strip_suffix('\r').unwrap_or(before).len();
    }
    Ok(Splice::inline(start..end, String::new()))
}

/// The first key of a mapping on the line of a dash: the next one takes its place.
fn remove_behind_dash(mapping: NodeRef<'_>, index: usize) -> Result<Splice, Refusal> {
    let document = mapping.document();
    let entries = mapping.raw_entries();
    let start = document.at(entries[index].key).range().start;
    let end = end_of(document, &entries[index]);
    let Some(next) = entries.get(index + 1) else {
        return Err(Refusal::not_a("separate line", mapping));
    };
    check_bare(document.at(next.key))?;
    let next = document.at(next.key).range().start;
    let lines = after_line(document.text, end)..next;
    if document.text[lines.clone()].contains('#') {
        return Err(Refusal::Comment(lines));
    }
    Ok(Splice::inline(start..next, String::new()))
}

fn end_of(document: &Document<'_>, entry: &Entry) -> usize {
    document.at(entry.value).range().end.max(entry.colon_end)
}

fn starts_line(text: &str, at: usize) -> bool {
    let before = &text[line_start(text, at)..at];
    before.trim_start_matches('\u{feff}').trim().is_empty()
}
