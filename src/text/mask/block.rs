//! Hides values by the keys and the indentation they stand under; brackets are left to [`flow`].

use std::ops::Range;

use memchr::memmem;

use super::{flow, names};

/// What is hidden below a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hiding {
    /// Only what its own name gives away.
    Nothing,
    /// Every scalar but those of keys that name things; below a credential or in an `env` list.
    Values,
    /// Every scalar: the data of a Secret.
    Data,
    /// Every byte: the lines of a hidden scalar.
    Lines,
}

/// What follows from one key for the value beside it and the lines below it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Verdict {
    /// Whether a scalar is hidden.
    pub(super) scalar: bool,
    /// What is hidden in a collection.
    pub(super) nested: Hiding,
}

impl Verdict {
    /// Judges `key`, which stands in a collection that hides `outer`.
    pub(super) fn of(key: &str, outer: Hiding, is_secret: bool) -> Self {
        match outer {
            Hiding::Lines | Hiding::Data => Self {
                scalar: true,
                nested: outer,
            },
            Hiding::Values => Self {
                scalar: !names::is_naming(key),
                nested: Hiding::Values,
            },
            Hiding::Nothing if is_secret && matches!(key, "data" | "stringData") => Self {
                scalar: true,
                nested: Hiding::Data,
            },
            Hiding::Nothing if names::is_environment(key) => Self {
                scalar: false,
                nested: Hiding::Values,
            },
            Hiding::Nothing if names::is_credential(key) => Self {
                scalar: true,
                nested: Hiding::Values,
            },
            Hiding::Nothing => Self {
                scalar: false,
                nested: Hiding::Nothing,
            },
        }
    }
}

/// Deeper than any manifest; what is nested deeper is hidden whole, so that depth cannot cost memory.
const DEEPEST: usize = 500;

/// Adds to `hidden` what `document`, a range of `text`, must not show.
pub(super) fn hide(text: &str, document: Range<usize>, hidden: &mut Vec<Range<usize>>) {
    let is_secret = declares_secret(&text.as_bytes()[document.clone()]);
    let mut scan = Scan {
        text,
        end: document.end,
        is_secret,
        frames: Vec::new(),
        closes: true,
        hidden,
    };
    let mut at = document.start;
    while at < document.end {
        let rest = &text.as_bytes()[at..document.end];
        let line_end = memchr::memchr(b'\n', rest).map_or(document.end, |length| at + length);
        // A flow collection may end lines further down; the scan goes on after the line it ends in.
        let end = scan.line(at..line_end);
        at = if end > line_end {
            next_line(text, end, document.end)
        } else {
            line_end + 1
        };
    }
}

fn next_line(text: &str, from: usize, end: usize) -> usize {
    memchr::memchr(b'\n', &text.as_bytes()[from..end]).map_or(end, |length| from + length + 1)
}

/// Whether some object in the document says `kind: Secret`, in any spelling.
fn declares_secret(document: &[u8]) -> bool {
    memmem::find_iter(document, "kind").any(|at| {
        let after = &document[at + 4..document.len().min(at + 100)];
        let after = after.trim_ascii_start();
        let after = after
            .strip_prefix(b"\"")
            .or(after.strip_prefix(b"'"))
            .unwrap_or(after);
        // In JSON that is quoted in YAML the quotes are escaped.
        let after = after
            .strip_prefix(b"\\\"")
            .unwrap_or(after)
            .trim_ascii_start();
        after.strip_prefix(b":").is_some_and(names_secret)
    })
}

fn names_secret(value: &[u8]) -> bool {
    let word = |part: &&[u8]| !part.is_empty() && !matches!(part[0], b'!' | b'&' | b'|' | b'>');
    let Some(value) = value.split(u8::is_ascii_whitespace).find(word) else {
        return false;
    };
    let value = value.trim_ascii_start();
    let open = value
        .iter()
        .take_while(|byte| matches!(byte, b'"' | b'\'' | b'\\'))
        .count();
    let name = &value[open..];
    let length = name
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric())
        .count();
    matches!(&name[..length], b"Secret" | b"SecretList")
}

/// A key or a dash whose block is open.
#[derive(Debug, Clone, Copy)]
struct Frame {
    column: usize,
    is_dash: bool,
    /// Whether a line of scalar text below it is hidden.
    scalar: bool,
    nested: Hiding,
}

struct Scan<'a> {
    text: &'a str,
    end: usize,
    is_secret: bool,
    frames: Vec<Frame>,
    /// False once a bracket was found open to the document's end: none after it is looked up again.
    closes: bool,
    hidden: &'a mut Vec<Range<usize>>,
}

impl Scan<'_> {
    /// Scans one line and returns where it stopped: past the line's end if a flow collection went on.
    fn line(&mut self, line: Range<usize>) -> usize {
        let text = self.text[line.clone()].trim_end();
        let indent = text.len() - text.trim_start_matches([' ', '\t', '\u{feff}']).len();
        let line_end = line.start + text.len();
        if indent >= text.len() || text == "..." || text.starts_with('%') {
            return line.end;
        }
        let mut at = line.start + indent;
        if let Some(after) = text
            .strip_prefix("---")
            .filter(|after| !after.starts_with('-'))
        {
            self.frames.clear();
            at = line_end - after.trim_start().len();
        }
        while let Some(item) = self.dash(line.start, at, line_end) {
            at = item;
        }
        if at < line_end {
            self.content(line.start, at, line_end).max(line.end)
        } else {
            line.end
        }
    }

    /// Opens a list item at `at`, where one starts; returns where its content starts.
    fn dash(&mut self, line_start: usize, at: usize, line_end: usize) -> Option<usize> {
        let rest = &self.text[at..line_end];
        let after = rest
            .strip_prefix('-')
            .filter(|after| after.is_empty() || after.starts_with([' ', '\t']))?;
        let column = at - line_start;
        self.close(column, true);
        if self.top().nested == Hiding::Lines {
            return None;
        }
        let Frame { scalar, nested, .. } = self.top();
        self.open(Frame {
            column,
            is_dash: true,
            scalar: scalar || nested == Hiding::Values,
            nested,
        });
        Some(line_end - after.trim_start_matches([' ', '\t']).len())
    }

    /// Scans what stands after indentation and dashes.
    fn content(&mut self, line_start: usize, at: usize, line_end: usize) -> usize {
        let rest = &self.text[at..line_end];
        self.close(at - line_start, false);
        let top = self.top();
        if top.nested == Hiding::Lines {
            self.hidden.push(at..line_end);
            return line_end;
        }
        if rest.starts_with('#') {
            return line_end;
        }
        if rest.starts_with(['{', '[']) {
            return self.flow(at, line_end, top.nested);
        }
        let Some((key, value)) = split_key(rest) else {
            let is_stray = self.is_secret && top.nested != Hiding::Nothing;
            if top.scalar || is_stray || self.is_stray_in_secret(rest) {
                self.hide_scalar(at, line_end);
            }
            return line_end;
        };
        let verdict = Verdict::of(key, top.nested, self.is_secret);
        let value = line_end - value.len();
        self.value(
            Frame {
                column: at - line_start,
                is_dash: false,
                scalar: verdict.scalar,
                nested: verdict.nested,
            },
            value,
            line_end,
        )
    }

    /// A line of a Secret that is neither key nor item is the rest of some scalar, most likely of its data.
    fn is_stray_in_secret(&self, rest: &str) -> bool {
        self.is_secret
            && !rest.starts_with(['}', ']'])
            && self.frames.iter().all(|frame| !frame.is_dash)
    }

    /// Scans the value beside a key and opens the key's block.
    fn value(&mut self, mut frame: Frame, start: usize, line_end: usize) -> usize {
        let start = line_end - skip_properties(&self.text[start..line_end]).len();
        let value = &self.text[start..line_end];
        if value.starts_with(['{', '[']) {
            let inside = if frame.scalar && frame.nested == Hiding::Nothing {
                Hiding::Values
            } else {
                frame.nested
            };
            self.open(frame);
            return self.flow(start, line_end, inside);
        }
        let is_empty = value.is_empty() || value.starts_with('#');
        if !is_empty && frame.scalar {
            let is_switch =
                frame.nested != Hiding::Data && names::is_empty_value(without_comment(value));
            if !is_switch {
                self.hide_value(start, line_end);
                frame.nested = Hiding::Lines;
            }
        } else if is_empty && frame.nested == Hiding::Data && self.top().nested == Hiding::Data {
            frame.nested = Hiding::Lines;
        }
        self.open(frame);
        line_end
    }

    /// Hides a value but for the header of a block scalar, and the lines of a quoted one down to its closing quote,
    /// however they are indented.
    fn hide_value(&mut self, start: usize, line_end: usize) {
        let value = &self.text[start..line_end];
        let header = without_comment(value);
        let is_header = header.len() <= 3
            && header.starts_with(['|', '>'])
            && header[1..]
                .bytes()
                .all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-'));
        if is_header {
            return;
        }
        self.hidden.push(start..line_end);
        let quote = value.as_bytes()[0];
        if matches!(quote, b'"' | b'\'') && flow::quoted_length(value.as_bytes()).is_none() {
            let rest = &self.text.as_bytes()[start..self.end];
            if let Some(length) = flow::quoted_length(rest) {
                self.hidden.push(line_end..start + length);
            }
        }
    }

    fn hide_scalar(&mut self, start: usize, line_end: usize) {
        if self.top().nested == Hiding::Data || !names::is_empty_value(&self.text[start..line_end])
        {
            self.hidden.push(start..line_end);
        }
    }

    /// Scans the brackets that open at `start`: to where they close or, where they never do, to the line's end.
    fn flow(&mut self, start: usize, line_end: usize, hiding: Hiding) -> usize {
        let bytes = self.text.as_bytes();
        let closed = if self.closes {
            flow::length(&bytes[start..self.end])
        } else {
            None
        };
        self.closes &= closed.is_some();
        let end = closed.map_or(line_end, |length| start + length);
        flow::hide(self.text, start..end, hiding, self.is_secret, self.hidden);
        end
    }

    fn top(&self) -> Frame {
        let nested = Hiding::Nothing;
        self.frames.last().copied().unwrap_or(Frame {
            column: 0,
            is_dash: false,
            scalar: false,
            nested,
        })
    }

    fn open(&mut self, mut frame: Frame) {
        if self.frames.len() >= DEEPEST {
            frame = Frame {
                scalar: true,
                nested: Hiding::Lines,
                ..frame
            };
        }
        self.frames.push(frame);
    }

    /// Closes the blocks that content at `column` does not belong to. The items of a list may stand right under its key.
    fn close(&mut self, column: usize, is_dash: bool) {
        while let Some(top) = self.frames.last() {
            let is_inside =
                top.column < column || (top.column == column && is_dash && !top.is_dash);
            if is_inside {
                break;
            }
            self.frames.pop();
        }
    }
}

/// The key at the start of a line and what stands after its colon.
fn split_key(rest: &str) -> Option<(&str, &str)> {
    let rest = rest.strip_prefix("? ").unwrap_or(rest);
    let rest = skip_properties(rest);
    let bytes = rest.as_bytes();
    if matches!(bytes.first()?, b'"' | b'\'') {
        let length = flow::quoted_length(bytes)?;
        let value = rest[length..].trim_start().strip_prefix(':')?;
        return Some((&rest[1..length - 1], value.trim_start()));
    }
    if matches!(
        bytes[0],
        b'#' | b'{' | b'[' | b'|' | b'>' | b'%' | b'@' | b'`'
    ) {
        return None;
    }
    let is_end = |&at: &usize| bytes.get(at + 1).is_none_or(u8::is_ascii_whitespace);
    let colon = memchr::memchr_iter(b':', bytes).find(is_end)?;
    let key = rest[..colon].trim_end();
    (!key.contains(" #")).then(|| (key, rest[colon + 1..].trim_start()))
}

/// What follows anchors and tags.
fn skip_properties(mut rest: &str) -> &str {
    while rest.starts_with(['&', '!']) {
        let Some((_, after)) = rest.split_once([' ', '\t']) else {
            return "";
        };
        rest = after.trim_start();
    }
    rest
}

fn without_comment(value: &str) -> &str {
    value.split(" #").next().unwrap_or(value).trim_end()
}
