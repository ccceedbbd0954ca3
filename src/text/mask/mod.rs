//! Which parts of a text are secret, found without parsing it.

mod block;
mod flow;
mod lines;
mod names;

use std::borrow::Cow;
use std::ops::Range;

use memchr::{memchr, memchr2_iter, memmem};

/// The parts of `text` that no output may show, sorted and disjoint, on character boundaries.
///
/// Works on lines and brackets and not on a parsed tree: a text that does not parse is shown in a diagnostic too, and
/// what was hidden while it parsed must stay hidden then. In doubt it hides.
pub fn masked(text: &str) -> Vec<Range<usize>> {
    let mut hidden = Vec::new();
    for document in documents(text) {
        block::hide(text, document, &mut hidden);
    }
    hide_assignments(text, &mut hidden);
    lines::hide(text, &mut hidden);
    hide_anywhere(text, &mut hidden);
    disjoint(hidden)
}

/// `text` with everything in [`masked`] as stars; it keeps its length in bytes, so every offset stays valid.
pub fn mask(text: &str) -> Cow<'_, str> {
    starred(text, 0..text.len(), &masked(text))
}

/// A sentence of ours with what it may quote hidden: passwords in URLs, encrypted values, private keys.
///
/// A message is prose, in which `token: missing` is no credential, so the names of keys do not count here.
pub fn mask_message(text: &str) -> Cow<'_, str> {
    let mut hidden = Vec::new();
    hide_anywhere(text, &mut hidden);
    starred(text, 0..text.len(), &disjoint(hidden))
}

/// The part `range` of `text` with the bytes in `hidden` (sorted and disjoint) as stars.
pub(super) fn starred<'a>(
    text: &'a str,
    range: Range<usize>,
    hidden: &[Range<usize>],
) -> Cow<'a, str> {
    let first = hidden.partition_point(|part| part.end <= range.start);
    let inside = hidden[first..]
        .iter()
        .take_while(|part| part.start < range.end);
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

/// The documents of a stream. Only `---` alone or before white space parts two, as in YAML: a PEM header at the start of
/// a line does not end the Secret it stands in.
fn documents(text: &str) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut from = 0;
    for at in memmem::find_iter(text.as_bytes(), "\n---") {
        let after = text.as_bytes().get(at + 4);
        if after.is_none_or(u8::is_ascii_whitespace) {
            parts.push(from..at + 1);
            from = at + 1;
        }
    }
    parts.push(from..text.len());
    parts
}

/// How far back from `=` or `:` a name may begin; what is longer is no name, and the scan stays linear.
const LONGEST_NAME: usize = 80;

/// Hides what follows a credential's name in running text: `--token=x`, `password = "x"`, and a key in a place where no
/// key belongs.
fn hide_assignments(text: &str, hidden: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    let mut done = 0;
    for at in memchr2_iter(b'=', b':', bytes) {
        let next = bytes.get(at + 1).copied().unwrap_or(b'\n');
        let assigns = if bytes[at] == b'=' {
            next != b'='
        } else {
            matches!(next, b' ' | b'\t')
        };
        if at < done || !assigns || !names::is_credential(name_before(text, at)) {
            continue;
        }
        let start = at + 1 + count(&bytes[at + 1..], |byte| matches!(byte, b' ' | b'\t'));
        let end = start + value_length(&bytes[start..], bytes[at]);
        if !names::is_empty_value(&text[start..end]) {
            hidden.push(start..end);
            done = end;
        }
    }
}

fn name_before(text: &str, end: usize) -> &str {
    let bytes = text.as_bytes();
    let floor = end.saturating_sub(LONGEST_NAME);
    let gap = bytes[floor..end]
        .iter()
        .rev()
        .take_while(|byte| matches!(byte, b' ' | b'"' | b'\''))
        .count();
    let end = end - gap;
    let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let length = bytes[floor..end].iter().rev().take_while(is_part).count();
    &text[end - length..end]
}

/// The length of a value in running text: to the closing quote, to the first space or, after a colon, to the line's end.
fn value_length(rest: &[u8], sign: u8) -> usize {
    match rest.first() {
        Some(&quote @ (b'"' | b'\'')) => {
            let inside = count(&rest[1..], |byte| byte != quote && byte != b'\n');
            (inside + 2).min(rest.len())
        }
        // A collection or a block scalar; what stands in it is judged by its own place.
        Some(b'{' | b'[' | b'|' | b'>' | b'&' | b'!') if sign == b':' => 0,
        _ if sign == b':' => count(rest, |byte| {
            !matches!(byte, b'\n' | b'\r' | b',' | b'}' | b']' | b'"')
        }),
        _ => count(rest, |byte| {
            !byte.is_ascii_whitespace() && !matches!(byte, b'"' | b'\'' | b'&' | b';' | b',')
        }),
    }
}

fn count(bytes: &[u8], holds: impl Fn(u8) -> bool) -> usize {
    bytes.iter().take_while(|&&byte| holds(byte)).count()
}

fn hide_anywhere(text: &str, hidden: &mut Vec<Range<usize>>) {
    hide_url_passwords(text, hidden);
    hide_encrypted(text, hidden);
    hide_private_keys(text, hidden);
}

/// Hides PASS in `scheme://user:PASS@host`, also where PASS holds a `/` that should have been escaped.
fn hide_url_passwords(text: &str, hidden: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    // A word may hold many URLs; its end and its last `@` are looked up once.
    let (mut word_end, mut last_at_sign) = (0, None);
    for at in memmem::find_iter(bytes, "://") {
        let start = at + 3;
        if start > word_end {
            word_end = start + count(&bytes[start..], is_url_byte);
            last_at_sign =
                memchr::memrchr(b'@', &bytes[start..word_end]).map(|offset| start + offset);
        }
        let length = count(&bytes[start..word_end], |byte| {
            !matches!(byte, b'/' | b'?' | b'#')
        });
        let authority = &bytes[start..start + length];
        let Some(colon) = memchr(b':', authority) else {
            continue;
        };
        let at_sign = match memchr::memrchr(b'@', authority) {
            Some(offset) => Some(start + offset),
            None if authority[colon + 1..].iter().all(u8::is_ascii_digit) => None,
            None => last_at_sign,
        };
        if let Some(at_sign) = at_sign.filter(|&at_sign| at_sign > start + colon) {
            hidden.push(start + colon + 1..at_sign);
        }
    }
}

fn is_url_byte(byte: u8) -> bool {
    !byte.is_ascii_whitespace() && !matches!(byte, b'"' | b'\'' | b'`' | b'<' | b'>')
}

/// Hides what stands in the brackets of `ENC[...]`, as sops writes it.
fn hide_encrypted(text: &str, hidden: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(found) = memmem::find(&bytes[from..], b"ENC[") {
        let start = from + found + 4;
        let length = count(&bytes[start..], |byte| {
            !matches!(byte, b']' | b'\n' | b'\r')
        });
        hidden.push(start..start + length);
        from = start + length;
    }
}

/// Hides the body of each PEM private key; one that is cut off is hidden to the end of the text.
fn hide_private_keys(text: &str, hidden: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(found) = memmem::find(&bytes[from..], b"-----BEGIN ") {
        let label = from + found + 11;
        let label_length = count(&bytes[label..], |byte| {
            byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b' '
        });
        from = label + label_length;
        let dashes = text[from..].starts_with("-----");
        if !dashes || !text[label..from].ends_with("PRIVATE KEY") {
            continue;
        }
        let body = from + 5;
        from = memmem::find(&bytes[body..], b"-----END").map_or(text.len(), |length| body + length);
        hidden.push(body..from);
    }
}

#[cfg(test)]
mod tests;
