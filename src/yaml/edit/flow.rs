//! Edits in flow style, always in JSON's spelling: what was JSON stays JSON.

use super::splice::Splice;
use super::{Edit, Present, Refusal};
use crate::yaml::quote;
use crate::yaml::tree::{CollectionStyle, Entry, NodeContent, NodeRef};
use crate::yaml::value::Value;

pub(super) fn plan(
    mapping: NodeRef<'_>,
    present: &Present<'_>,
    edit: &Edit,
    splices: &mut Vec<Splice>,
) -> Result<(), Refusal> {
    let value = edit.whole_value();
    let splice = match present {
        Present::Missing => {
            let pair = format!("{}: {}", quote::json_text(edit.target().1), json(&value));
            let last = mapping.raw_entries().last();
            let Some(last) = last else {
                splices.push(append(mapping, None, pair));
                return Ok(());
            };
            // The colon of `{a:}` belongs to the key.
            let is_of_key = mapping.document().at(last.key).range().end == last.colon_end;
            match append(mapping, Some(entry_end(mapping, last)), pair) {
                splice if is_of_key => splice.without_blank_before_comma(),
                splice => splice,
            }
        }
        Present::Empty(entry) => fill(mapping.document().at(entry.value), &value)
            .unwrap_or_else(|| replace(mapping, entry, &value)),
        Present::Scalar(entry) => replace(mapping, entry, &value),
        Present::Items(sequence) => match sequence.node().content {
            NodeContent::Sequence {
                style: CollectionStyle::Flow,
                ..
            } => push(*sequence, &value),
            _ => return Err(Refusal::FlowPair(sequence.range())),
        },
    };
    splices.push(splice);
    Ok(())
}

/// A value in flow style.
pub(super) fn json(value: &Value) -> String {
    let mut text = String::new();
    value.write_json(&mut text);
    text
}

/// Appends values to a flow sequence.
pub(super) fn push(sequence: NodeRef<'_>, values: &Value) -> Splice {
    let end = sequence.items().last().map(|item| item.range().end);
    append(sequence, end, members(values))
}

/// Puts a collection's members into an empty one of its kind, whose own bytes (a comment between the
/// brackets, say) stay.
pub(super) fn fill(empty: NodeRef<'_>, value: &Value) -> Option<Splice> {
    let same = match value {
        Value::Mapping(_) => empty.is_mapping(),
        Value::Sequence(_) => empty.is_sequence(),
        _ => false,
    };
    same.then(|| append(empty, None, members(value)))
}

/// What is between the brackets of a collection.
fn members(collection: &Value) -> String {
    let text = json(collection);
    text[1..text.len() - 1].to_owned()
}

/// Text for a new last member: after the last one there is, or right after the opening bracket.
/// A comma is added before it unless one trails already.
fn append(collection: NodeRef<'_>, last_end: Option<usize>, text: String) -> Splice {
    let Some(last_end) = last_end else {
        let at = collection.range().start + 1;
        return Splice::first_member(at, text);
    };
    if let Some(comma) = trailing_comma(collection, last_end) {
        return Splice::first_member(comma + 1, format!(" {text}"));
    }
    // go-yaml reads `key:,` as one plain scalar.
    let after_colon = collection.document().text[..last_end].ends_with(':');
    let comma = if after_colon { " , " } else { ", " };
    Splice::inline(last_end..last_end, format!("{comma}{text}"))
}

/// Where a comma is between the last member and the closing bracket.
fn trailing_comma(collection: NodeRef<'_>, last_end: usize) -> Option<usize> {
    let document = collection.document();
    let mut at = last_end;
    let end = collection.range().end;
    while at < end {
        match document.text.as_bytes()[at] {
            b',' => return Some(at),
            b'#' => {
                let rest = &document.text.as_bytes()[at..end];
                at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            }
            _ => at += 1,
        }
    }
    None
}

fn entry_end(mapping: NodeRef<'_>, entry: &Entry) -> usize {
    mapping.document().at(entry.value).range().end.max(entry.colon_end)
}

fn replace(mapping: NodeRef<'_>, entry: &Entry, value: &Value) -> Splice {
    let document = mapping.document();
    let old = document.at(entry.value);
    if !matches!(old.node().content, NodeContent::Absent) {
        return Splice::inline(old.range(), json(value));
    }
    let has_colon = document.text[..entry.colon_end].ends_with(':');
    let text = format!("{}{}", if has_colon { " " } else { ": " }, json(value));
    Splice::value(entry.colon_end, text)
}
