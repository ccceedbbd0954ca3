//! Finds the secret parts of a text without parsing it.
//!
//! Two tables decide: [`names`] of keys, variables and flags, and [`shapes`] of tokens, addresses and keys. One walker
//! per syntax uses them: [`block`] and [`flow`] for YAML, broken or not, [`code`] for Python and similar languages,
//! [`words`] for shell commands, [`tree`] for values that are not text yet.
//!
//! Hidden are:
//!
//! - everything in the `data` of a Secret and of a hub's `extraFiles`;
//! - what the name of a credential hides (`password`, `cookieSecret`, `DB_PASS`, a misspelled `passwrd`), and values of
//!   environment variables whatever their names: a text always, a boolean or a number of up to five digits only where
//!   its own key, or the `name` next to it, is a credential's. An empty value and `null` hide nothing.
//! - tokens, private keys, and secrets in addresses, by their shape, wherever they are.
//!
//! More is hidden in a document that does not parse: a block that hides extends to the next `---`, whatever the
//! indentation, because the line that broke the document may be a secret that was cut in two.

mod block;
mod code;
mod document;
mod embedded;
mod flow;
mod names;
mod shapes;
mod tree;
mod verdict;
mod words;

use std::borrow::Cow;
use std::ops::Range;

use embedded::Depth;
pub use tree::mask_values;

/// Returns the parts of `text` that no output may show, sorted and disjoint, on character boundaries. The documents at
/// the offsets `broken` are known not to parse.
///
/// It works on lines and brackets, not on a parsed tree: a text that does not parse is shown in diagnostics too, and
/// what was hidden while it parsed must stay hidden then. In doubt it hides.
pub(super) fn masked(text: &str, broken: &[usize]) -> Vec<Range<usize>> {
    let hidden = masked_at(text, broken, Depth::default());
    let Some(lines) = with_line_feeds(text) else {
        return hidden;
    };
    // YAML readers differ in what ends a line: what either of them finds is hidden.
    let of_lines = masked_at(&lines, broken, Depth::default()).into_iter();
    let whole = |range: Range<usize>| {
        text.ceil_char_boundary(range.start)..text.floor_char_boundary(range.end)
    };
    disjoint(hidden.into_iter().chain(of_lines.map(whole)).collect())
}

/// Returns the text with line feeds where only some YAML readers see a line end (a lone carriage return, U+0085,
/// U+2028, U+2029), each after as many blanks as keep every offset; `None` if there are none.
fn with_line_feeds(text: &str) -> Option<String> {
    let is_odd = |(at, letter): (usize, char)| match letter {
        '\r' => !text[at + 1..].starts_with('\n'),
        letter => matches!(letter, '\u{85}' | '\u{2028}' | '\u{2029}'),
    };
    let may_be_odd = !text.is_ascii() || text.contains('\r');
    if !may_be_odd || !text.char_indices().any(is_odd) {
        return None;
    }
    let mut lines = String::with_capacity(text.len());
    for (at, letter) in text.char_indices() {
        if is_odd((at, letter)) {
            lines.extend(std::iter::repeat_n(' ', letter.len_utf8() - 1));
            lines.push('\n');
        } else {
            lines.push(letter);
        }
    }
    Some(lines)
}

fn masked_at(text: &str, broken: &[usize], depth: Depth) -> Vec<Range<usize>> {
    let mut hidden = Vec::new();
    for document in document::documents(text) {
        let is_broken = broken.iter().any(|at| (document.start..=document.end).contains(at));
        block::hide(text, document, is_broken, depth, &mut hidden);
    }
    code::hide(text, &mut hidden);
    words::hide(text, &mut hidden);
    shapes::hide(text, &mut hidden);
    disjoint(hidden)
}

/// Returns `text` with its secrets as stars; it keeps its length in bytes, so every offset stays valid.
pub fn mask(text: &str) -> Cow<'_, str> {
    starred(text, 0..text.len(), &masked(text, &[]))
}

/// Returns a message of dunnage with secrets in quoted text hidden by their shape: tokens, passwords in URLs, private
/// keys.
///
/// A message is prose, in which `token: missing` is not a credential, so names of keys do not count here.
pub fn mask_message(text: &str) -> Cow<'_, str> {
    let mut hidden = Vec::new();
    shapes::hide(text, &mut hidden);
    starred(text, 0..text.len(), &disjoint(hidden))
}

/// Returns the range `range` of `text` with the bytes in `hidden` (sorted and disjoint) as stars.
pub(super) fn starred<'a>(
    text: &'a str,
    range: Range<usize>,
    hidden: &[Range<usize>],
) -> Cow<'a, str> {
    let first = hidden.partition_point(|part| part.end <= range.start);
    let inside = hidden[first..].iter().take_while(|part| part.start < range.end);
    let mut shown = String::new();
    let mut from = range.start;
    for part in inside {
        let (start, end) = (part.start.max(range.start), part.end.min(range.end));
        shown.push_str(&text[from..start]);
        push_stars(&mut shown, &text[start..end]);
        from = end;
    }
    if from == range.start {
        return Cow::Borrowed(&text[range]);
    }
    shown.push_str(&text[from..range.end]);
    Cow::Owned(shown)
}

fn push_stars(shown: &mut String, secret: &str) {
    for byte in secret.bytes() {
        shown.push(if matches!(byte, b'\n' | b'\r') {
            char::from(byte)
        } else {
            '*'
        });
    }
}

fn disjoint(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.retain(|range| !range.is_empty());
    ranges.sort_unstable_by_key(|range| range.start);
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

/// The longest name before `=` or `:`; what is longer is not a name, and the scan stays linear.
const LONGEST_NAME: usize = 80;

fn count(bytes: &[u8], holds: impl Fn(u8) -> bool) -> usize {
    bytes.iter().take_while(|&&byte| holds(byte)).count()
}

#[cfg(test)]
mod tests;
