//! Hides values in brackets, as YAML's flow style and JSON write them.

use std::ops::Range;

use super::verdict::{Cover, Hiding, Verdict};
use super::{Depth, embedded, names};

/// Returns the length of the brackets that open `bytes`, if they close.
pub(super) fn length(bytes: &[u8]) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            b'"' | b'\'' if starts_token(bytes, at) => at += quoted_length(&bytes[at..])? - 1,
            b'#' if is_comment(bytes, at) => at += line_length(&bytes[at..]),
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

/// Returns the length of the quoted scalar that opens `bytes`, with both quotes.
pub(super) fn quoted_length(bytes: &[u8]) -> Option<usize> {
    let quote = *bytes.first()?;
    let mut at = 1;
    while let Some(found) = memchr::memchr2(quote, b'\\', bytes.get(at..)?) {
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
    }
    None
}

/// The context of the brackets.
pub(super) struct FlowContext<'c> {
    pub(super) is_secret: bool,
    pub(super) depth: Depth,
    /// The key whose value they are.
    pub(super) parent: &'c str,
    /// The decision of that key.
    pub(super) verdict: Verdict,
}

/// Adds to `hidden` what must not be shown of the brackets in `range`.
pub(super) fn hide(
    text: &str,
    range: Range<usize>,
    context: &FlowContext<'_>,
    hidden: &mut Vec<Range<usize>>,
) {
    let mut scan = FlowScan {
        text,
        end: range.end,
        context,
        open: Vec::new(),
        value: context.verdict,
        key: None,
        hidden,
    };
    let mut at = range.start;
    while at < range.end {
        at = scan.token(at);
    }
}

/// An open bracket.
#[derive(Debug, Default)]
struct Open {
    verdict: Verdict,
    /// The key whose value it is; `None` for the outermost one.
    parent: Option<Range<usize>>,
    /// Whether its `name` is a credential's, and the `value` that is shown otherwise.
    names_credential: bool,
    shown: Option<Range<usize>>,
}

struct FlowScan<'a> {
    text: &'a str,
    end: usize,
    context: &'a FlowContext<'a>,
    /// The open brackets, outermost first.
    open: Vec<Open>,
    /// The decision about the next value.
    value: Verdict,
    /// The key whose value is not read yet.
    key: Option<Range<usize>>,
    hidden: &'a mut Vec<Range<usize>>,
}

impl FlowScan<'_> {
    fn token(&mut self, at: usize) -> usize {
        let bytes = &self.text.as_bytes()[..self.end];
        match bytes[at] {
            b'{' | b'[' => {
                let of_list = self.open.last().and_then(|open| open.parent.clone());
                self.open.push(Open {
                    verdict: self.value,
                    parent: self.key.take().or(of_list),
                    ..Open::default()
                });
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
        let around = self.open.last().map(|open| open.verdict);
        self.value = around.unwrap_or_default().of_item();
        self.key = None;
    }

    /// Reads a scalar as a key if a colon follows, otherwise as a value.
    fn scalar(&mut self, range: Range<usize>, quotes: usize) {
        let bytes = &self.text.as_bytes()[..self.end];
        let after = bytes[range.end..].trim_ascii_start();
        let inner =
            range.start + quotes..range.end.saturating_sub(quotes).max(range.start + quotes);
        if after.first() == Some(&b':') {
            self.read_key(inner);
            return;
        }
        self.complete_pair(&range, inner);
        let text = &self.text[range.clone()];
        if self.value.scalar.hides(text) || embedded::holds_secret(text, self.context.depth) {
            self.hidden.push(range);
        }
    }

    fn read_key(&mut self, key: Range<usize>) {
        let (text, context) = (self.text, self.context);
        // A second key without a comma before it: the brackets are not what they seem, so what was hidden stays hidden.
        let (outer, parent) = match self.open.last_mut() {
            Some(open) => {
                if self.key.is_some() && self.value.nested != Hiding::Nothing {
                    open.verdict = self.value;
                }
                let parent = open.parent.clone().map_or(context.parent, |key| &text[key]);
                (open.verdict.nested, parent)
            }
            None => (Hiding::Nothing, context.parent),
        };
        self.value = Verdict::of(&text[key.clone()], parent, outer, context.is_secret);
        self.key = Some(key);
    }

    /// Hides the `value` next to a `name` that is a credential's, whatever it is.
    fn complete_pair(&mut self, range: &Range<usize>, inner: Range<usize>) {
        let key = self.key.clone().map(|key| &self.text[key]);
        let (Some(open), Some(key @ ("name" | "value"))) = (self.open.last_mut(), key) else {
            return;
        };
        if key == "name" {
            open.names_credential = names::is_credential(&self.text[inner]);
            let shown = open.shown.take().filter(|_| open.names_credential);
            self.hidden.extend(shown);
        } else if open.names_credential {
            self.value.scalar = self.value.scalar.max(Cover::Settings);
        } else {
            open.shown = Some(range.clone());
        }
    }
}

/// Returns the length of an unquoted scalar: to the next sign of the flow style, a comment or the end of the line.
fn plain_length(bytes: &[u8]) -> usize {
    let ends = |at: usize| match bytes[at] {
        b',' | b'[' | b']' | b'{' | b'}' | b'\n' | b'\r' => true,
        b':' => bytes.get(at + 1).is_none_or(|next| {
            next.is_ascii_whitespace() || matches!(next, b',' | b'[' | b']' | b'{' | b'}' | b'"')
        }),
        b'#' => is_comment(bytes, at),
        _ => false,
    };
    let length = (1..bytes.len()).find(|&at| ends(at)).unwrap_or(bytes.len());
    bytes[..length].trim_ascii_end().len().max(1)
}

fn is_comment(bytes: &[u8], at: usize) -> bool {
    at.checked_sub(1).is_none_or(|before| bytes[before].is_ascii_whitespace())
}

/// Returns whether a quote at `at` opens a scalar: within a plain one it is an ordinary letter.
fn starts_token(bytes: &[u8], at: usize) -> bool {
    let before = bytes[..at].trim_ascii_end().last();
    before.is_none_or(|byte| matches!(byte, b'{' | b'[' | b'}' | b']' | b',' | b':' | b'"' | b'\''))
        || at.checked_sub(1).is_some_and(|before| bytes[before] == b'\n')
}

fn line_length(bytes: &[u8]) -> usize {
    memchr::memchr(b'\n', bytes).unwrap_or(bytes.len())
}
