//! Hides values in brackets, as YAML's flow style and JSON write them.

use std::ops::Range;

use super::block::{Hiding, Verdict};
use super::names;

/// The length of the brackets that open `bytes`, where they close.
pub(super) fn length(bytes: &[u8]) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            b'"' | b'\'' if starts_token(bytes, at) => at += quoted_length(&bytes[at..])? - 1,
            b'#' if is_comment(bytes, at) => at += line_length(&bytes[at..]) - 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

/// The length of the quoted scalar that opens `bytes`, with both quotes.
pub(super) fn quoted_length(bytes: &[u8]) -> Option<usize> {
    let quote = *bytes.first()?;
    let mut at = 1;
    while let Some(found) = memchr::memchr2(quote, b'\\', &bytes[at..]) {
        at += found;
        let escaped = match (quote, bytes[at]) {
            (b'"', b'\\') => true,
            (_, b'\\') => {
                at += 1;
                continue;
            }
            _ => quote == b'\'' && bytes.get(at + 1) == Some(&b'\''),
        };
        if !escaped {
            return Some(at + 1);
        }
        at += 2;
        if at > bytes.len() {
            return None;
        }
    }
    None
}

/// Adds to `hidden` what the brackets in `range` must not show; the outermost one hides `hiding`.
pub(super) fn hide(
    text: &str,
    range: Range<usize>,
    hiding: Hiding,
    is_secret: bool,
    hidden: &mut Vec<Range<usize>>,
) {
    let outside = Verdict {
        scalar: hiding != Hiding::Nothing,
        nested: hiding,
    };
    let mut scan = Scan {
        text,
        end: range.end,
        is_secret,
        open: Vec::new(),
        value: outside,
        has_key: false,
        hidden,
    };
    let mut at = range.start;
    while at < range.end {
        at = scan.token(at);
    }
}

struct Scan<'a> {
    text: &'a str,
    end: usize,
    is_secret: bool,
    /// What each open bracket hides, the outermost first.
    open: Vec<Hiding>,
    /// What follows for the value that comes next.
    value: Verdict,
    /// Whether a key was read and its value not yet.
    has_key: bool,
    hidden: &'a mut Vec<Range<usize>>,
}

impl Scan<'_> {
    fn token(&mut self, at: usize) -> usize {
        let bytes = &self.text.as_bytes()[..self.end];
        match bytes[at] {
            b'{' | b'[' => {
                self.open.push(self.value.nested);
                self.next_entry();
            }
            b'}' | b']' => {
                self.open.pop();
                self.next_entry();
            }
            b',' => self.next_entry(),
            b'#' if is_comment(bytes, at) => return at + line_length(&bytes[at..]),
            byte if byte.is_ascii_whitespace() || byte == b':' => {}
            b'"' | b'\'' => {
                let length = quoted_length(&bytes[at..]).unwrap_or(bytes.len() - at);
                self.scalar(at..at + length, 1);
                return at + length;
            }
            _ => {
                let length = plain_length(&bytes[at..]);
                self.scalar(at..at + length, 0);
                return at + length;
            }
        }
        at + 1
    }

    fn next_entry(&mut self) {
        let nested = self.open.last().copied().unwrap_or(Hiding::Nothing);
        self.value = Verdict {
            scalar: nested != Hiding::Nothing,
            nested,
        };
        self.has_key = false;
    }

    /// Reads a scalar as a key, where a colon follows, or as a value.
    fn scalar(&mut self, range: Range<usize>, quotes: usize) {
        let bytes = &self.text.as_bytes()[..self.end];
        let after = bytes[range.end..].trim_ascii_start();
        let is_key = after.first() == Some(&b':');
        if !is_key {
            let text = &self.text[range.clone()];
            let is_switch = self.value.nested != Hiding::Data && names::is_empty_value(text);
            if self.value.scalar && !is_switch {
                self.hidden.push(range);
            }
            return;
        }
        // A second key with no comma before it: the brackets are not what they seem, so what was hidden stays hidden.
        let outer = match self.open.last_mut() {
            Some(outer) => {
                if self.has_key && self.value.nested != Hiding::Nothing {
                    *outer = self.value.nested;
                }
                *outer
            }
            None => Hiding::Nothing,
        };
        let key = &self.text
            [range.start + quotes..range.end.saturating_sub(quotes).max(range.start + quotes)];
        self.value = Verdict::of(key, outer, self.is_secret);
        self.has_key = true;
    }
}

/// The length of an unquoted scalar: to the next sign of the flow style, a comment or the line's end.
fn plain_length(bytes: &[u8]) -> usize {
    let ends = |at: usize| match bytes[at] {
        b',' | b'[' | b']' | b'{' | b'}' | b'\n' | b'\r' => true,
        b':' => bytes.get(at + 1).is_none_or(|next| {
            next.is_ascii_whitespace() || matches!(next, b',' | b'[' | b']' | b'{' | b'}' | b'"')
        }),
        b'#' => is_comment(bytes, at) && at > 0,
        _ => false,
    };
    let length = (1..bytes.len()).find(|&at| ends(at)).unwrap_or(bytes.len());
    bytes[..length].trim_ascii_end().len().max(1)
}

fn is_comment(bytes: &[u8], at: usize) -> bool {
    at.checked_sub(1)
        .is_none_or(|before| bytes[before].is_ascii_whitespace())
}

/// Whether a quote at `at` opens a scalar: within a plain one it is a letter like any other.
fn starts_token(bytes: &[u8], at: usize) -> bool {
    let before = bytes[..at].trim_ascii_end().last();
    before.is_none_or(|byte| matches!(byte, b'{' | b'[' | b'}' | b']' | b',' | b':' | b'"' | b'\''))
        || at
            .checked_sub(1)
            .is_some_and(|before| bytes[before] == b'\n')
}

fn line_length(bytes: &[u8]) -> usize {
    memchr::memchr(b'\n', bytes).unwrap_or(bytes.len())
}
