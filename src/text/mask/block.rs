//! Hides values by the keys and the indentation they are under; brackets are left to [`flow`].

use std::ops::Range;

use super::document::declares_secret;
use super::names;
use super::verdict::{Cover, Hiding, Verdict};
use super::{Depth, embedded, flow};

/// The deepest nesting that is scanned, deeper than any manifest; what is nested deeper is hidden, so that depth cannot
/// exhaust memory.
const DEEPEST: usize = 500;

/// Adds to `hidden` what must not be shown of `document`, a range of `text`. If the document does not parse
/// (`is_broken`, or lines that YAML cannot have), a block that hides extends to the end of the document.
pub(super) fn hide(
    text: &str,
    document: Range<usize>,
    is_broken: bool,
    depth: Depth,
    hidden: &mut Vec<Range<usize>>,
) {
    let is_secret = declares_secret(&text.as_bytes()[document.clone()]);
    let scan = |is_broken| BlockScan {
        text,
        end: document.end,
        is_secret,
        is_broken,
        depth,
        frames: Vec::new(),
        root: None,
        pair: Pair::default(),
        sticky: Hiding::Nothing,
        literal: None,
        quoted: 0,
        is_odd: false,
        closes: true,
        hidden: Vec::new(),
    };
    let mut found = scan(is_broken).run(document.start);
    if found.is_odd && !is_broken && !found.hidden.is_empty() {
        found = scan(true).run(document.start);
    }
    hidden.append(&mut found.hidden);
}

/// A key or a dash with an open block.
#[derive(Debug, Clone, Default)]
struct OpenBlock {
    column: usize,
    is_dash: bool,
    /// The decision about the lines below it.
    verdict: Verdict,
    /// The bytes of the key; for a dash, those of the list's key.
    key: Range<usize>,
    /// Whether a scalar is next to the key, so that no block can follow below.
    has_scalar: bool,
    /// Whether its scalar is complete, so that no line below can belong to it.
    is_sealed: bool,
    /// The column of the blocks below it, and whether they are dashes.
    below: Option<(usize, bool)>,
}

/// A variable or parameter with `name` and `value`, as far as it was read.
#[derive(Debug, Default)]
struct Pair {
    column: usize,
    /// Whether its name is a credential's.
    is_credential: bool,
    /// A value that is hidden if the name after it is a credential's.
    shown: Option<Range<usize>>,
}

/// A block scalar.
#[derive(Debug, Clone, Copy)]
struct Literal {
    /// The column of its key or dash; a line that is not indented more ends it.
    column: usize,
    /// Where it ends; computed on demand.
    end: Option<usize>,
    /// False once a bracket or quote was found unclosed to its end, so that no later one is looked up.
    closes: bool,
}

impl Literal {
    fn below(column: usize) -> Self {
        Self {
            column,
            end: None,
            closes: true,
        }
    }
}

/// One document while it is scanned.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own about the document"
)]
struct BlockScan<'a> {
    text: &'a str,
    end: usize,
    is_secret: bool,
    /// Whether blocks that hide extend to the end of the document.
    is_broken: bool,
    depth: Depth,
    frames: Vec<OpenBlock>,
    /// The column of the outermost blocks, and whether they are dashes.
    root: Option<(usize, bool)>,
    pair: Pair,
    /// What a block hid that ended in a broken document.
    sticky: Hiding,
    /// The block scalar that is open.
    literal: Option<Literal>,
    /// The end of a quoted scalar that goes over several lines.
    quoted: usize,
    /// Whether it has a line that YAML cannot have.
    is_odd: bool,
    /// False once a bracket or quote was found unclosed to the end of the document, so that no later one is looked up.
    closes: bool,
    hidden: Vec<Range<usize>>,
}

impl BlockScan<'_> {
    /// Scans all lines from `start`.
    fn run(mut self, start: usize) -> Self {
        let mut at = start;
        while at < self.end {
            let line_end = line_end(self.text, at, self.end);
            // A flow collection may end lines below; the scan continues after the line in which it ends.
            let stopped = self.line(at..line_end).clamp(line_end, self.end);
            at = self::line_end(self.text, stopped, self.end) + 1;
        }
        self
    }

    /// Scans one line and returns where it stopped: past the end of the line if a flow collection continued.
    fn line(&mut self, line: Range<usize>) -> usize {
        let text = self.text[line.clone()].trim_end();
        let indent = text.len() - text.trim_start_matches([' ', '\t', '\u{feff}']).len();
        let line_end = line.start + text.len();
        if indent >= text.len() || text == "..." || text.starts_with('%') {
            return line.end;
        }
        let mut at = line.start + indent;
        if let Some(after) = text.strip_prefix("---").filter(|after| !after.starts_with('-')) {
            self.frames.clear();
            (self.root, self.literal) = (None, None);
            at = line_end - after.trim_start().len();
        }
        self.literal = self.literal.filter(|literal| indent > literal.column);
        self.is_odd |= self.is_structure(at) && has_control(text);
        while let Some(item) = self.dash(line.start, at, line_end) {
            at = item;
        }
        if at < line_end {
            self.content(line.start, at, line_end).max(line.end)
        } else {
            line.end
        }
    }

    /// Returns whether the text at `at` is YAML syntax, not a line of a scalar.
    fn is_structure(&self, at: usize) -> bool {
        self.literal.is_none() && at >= self.quoted
    }

    /// Opens a list item at `at`, if one starts there; returns where its content starts.
    fn dash(&mut self, line_start: usize, at: usize, line_end: usize) -> Option<usize> {
        let rest = &self.text[at..line_end];
        let after = rest
            .strip_prefix('-')
            .filter(|after| after.is_empty() || after.starts_with([' ', '\t']))?;
        let column = at - line_start;
        self.close(column, true);
        let top = self.top();
        if top.verdict.nested == Hiding::Lines {
            return None;
        }
        self.place(at, column, true);
        let content = line_end - after.trim_start_matches([' ', '\t']).len();
        self.pair = Pair::default();
        let mut verdict = top.verdict.of_item();
        if self.is_structure(at) && is_block_header(&self.text[content..line_end]) {
            self.literal = Some(Literal::below(column));
            if verdict.scalar != Cover::Nothing {
                verdict.nested = Hiding::Lines;
            }
        }
        self.open(OpenBlock {
            column,
            is_dash: true,
            verdict,
            key: top.key,
            ..OpenBlock::default()
        });
        Some(content)
    }

    /// Scans what is after indentation and dashes.
    fn content(&mut self, line_start: usize, at: usize, line_end: usize) -> usize {
        let rest = &self.text[at..line_end];
        let column = at - line_start;
        if rest.starts_with('#') {
            self.comment(column, at, line_end);
            return line_end;
        }
        self.close(column, false);
        let top = self.top();
        let key = split_key(rest);
        let is_own = self.sticky == Hiding::Lines
            && key
                .as_ref()
                .is_some_and(|(key, _)| self.is_manifest_key(column, &rest[key.clone()]));
        if top.verdict.nested == Hiding::Lines && !is_own {
            self.is_odd |= top.has_scalar && key.is_some() && self.is_structure(at);
            self.hidden.push(at..line_end);
            return line_end;
        }
        if rest.starts_with(['{', '[']) {
            self.place(at, column, false);
            return self.flow(at, line_end, top.verdict, &top.key);
        }
        let Some((key, value)) = key else {
            self.text_line(&top, at, line_end);
            return line_end;
        };
        let fits = self.place(at, column, false);
        if !fits && self.sticky != Hiding::Nothing {
            // Most likely the rest of a secret that looks like a key by chance.
            self.hidden.push(at..line_end);
            return line_end;
        }
        let key = at + key.start..at + key.end;
        let outer = if is_own {
            Hiding::Nothing
        } else {
            top.verdict.nested
        };
        let (name, parent) = (&self.text[key.clone()], &self.text[top.key.clone()]);
        let verdict = Verdict::of(name, parent, outer, self.is_secret);
        let frame = OpenBlock {
            column,
            verdict,
            key,
            ..OpenBlock::default()
        };
        self.value(frame, at + value, line_end)
    }

    /// Hides a comment among the lines of a hidden scalar and in the data of a Secret; in other hidden blocks, the
    /// value in it. It closes no block.
    fn comment(&mut self, column: usize, at: usize, line_end: usize) {
        let around = self.frames.iter().rev().find(|frame| frame.column < column);
        let nested = around.map_or(Hiding::Nothing, |frame| frame.verdict.nested);
        let nested = match nested {
            Hiding::Nothing | Hiding::Files => self.sticky,
            nested => nested,
        };
        let rest = &self.text[at..line_end];
        let value = match nested {
            Hiding::Nothing | Hiding::Files => return,
            Hiding::Lines => 0,
            Hiding::Data => 1,
            Hiding::Values | Hiding::Environment => match rest.find(": ") {
                Some(colon) => colon + 2,
                None => return,
            },
        };
        self.hidden.push(at + value..line_end);
    }

    /// Returns whether a key of a broken Secret belongs to the manifest, not to its data.
    fn is_manifest_key(&self, column: usize, key: &str) -> bool {
        const KEYS: [&str; 7] = [
            "apiVersion",
            "kind",
            "metadata",
            "type",
            "immutable",
            "data",
            "stringData",
        ];
        self.root.is_none_or(|(root, _)| root == column) && KEYS.contains(&key)
    }

    /// Hides a line without a key if it belongs to a hidden scalar.
    fn text_line(&mut self, top: &OpenBlock, at: usize, line_end: usize) {
        let rest = &self.text[at..line_end];
        if self.is_structure(at) {
            let is_lost = match self.frames.last_mut() {
                Some(frame) => {
                    frame.has_scalar = true;
                    frame.below.is_some()
                }
                None => self.root.is_some(),
            };
            self.is_odd |= is_lost;
        }
        let is_stray = self.is_secret && top.verdict.nested != Hiding::Nothing;
        let is_hidden = top.verdict.scalar.hides(rest)
            || is_stray
            || self.is_stray_in_secret(rest)
            || embedded::holds_secret(rest, self.depth);
        if is_hidden {
            let quoted = self.quoted_end(at, line_end).unwrap_or_default();
            self.hidden.push(at..line_end.max(quoted));
            self.quoted = self.quoted.max(quoted);
        }
    }

    /// Returns whether a line of a Secret, neither key nor item, is the rest of a scalar, most likely of its data.
    fn is_stray_in_secret(&self, rest: &str) -> bool {
        self.is_secret
            && !rest.starts_with(['}', ']'])
            && self.frames.iter().all(|frame| !frame.is_dash)
    }

    /// Scans the value next to a key and opens the key's block.
    fn value(&mut self, mut frame: OpenBlock, start: usize, line_end: usize) -> usize {
        let start = line_end - skip_properties(&self.text[start..line_end]).len();
        let value = &self.text[start..line_end];
        self.complete_pair(&mut frame, start..line_end);
        if value.starts_with(['{', '[']) {
            let (verdict, key) = (frame.verdict, frame.key.clone());
            self.open(frame);
            return self.flow(start, line_end, verdict, &key);
        }
        let is_empty = value.is_empty() || value.starts_with('#');
        if is_block_header(value) {
            if self.is_structure(start) {
                self.literal = Some(Literal::below(frame.column));
            }
            if frame.verdict.scalar != Cover::Nothing {
                frame.verdict.nested = Hiding::Lines;
            }
        } else if !is_empty {
            self.scalar(&mut frame, start, line_end);
        } else if frame.verdict.nested == Hiding::Data && self.top().verdict.nested == Hiding::Data
        {
            frame.verdict.nested = Hiding::Lines;
        }
        self.open(frame);
        line_end
    }

    /// Hides the scalar next to a key and, if it is quoted, its lines down to the closing quote.
    fn scalar(&mut self, frame: &mut OpenBlock, start: usize, line_end: usize) {
        let value = &self.text[start..line_end];
        frame.has_scalar = true;
        let quoted = self.quoted_end(start, line_end);
        self.is_odd |= self.is_structure(start)
            && is_odd_scalar(value, quoted.is_some_and(|end| end <= line_end));
        let is_hidden = frame.verdict.scalar.hides(without_comment(value));
        if is_hidden || embedded::holds_secret(value, self.depth) {
            self.hidden.push(start..line_end.max(quoted.unwrap_or_default()));
        }
        if is_hidden {
            frame.verdict.nested = Hiding::Lines;
        }
        frame.is_sealed = !is_hidden || quoted.is_some_and(|end| end <= line_end);
        self.quoted = self.quoted.max(quoted.unwrap_or_default());
    }

    /// Returns where the quoted scalar that starts there ends; `None` for a plain one.
    fn quoted_end(&mut self, start: usize, line_end: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        if !matches!(bytes[start], b'"' | b'\'') {
            return None;
        }
        if let Some(length) = flow::quoted_length(&bytes[start..line_end]) {
            return Some(start + length);
        }
        if start < self.quoted {
            return None;
        }
        let length = self.closed(start, flow::quoted_length);
        self.is_odd |= length.is_none() && self.literal.is_none();
        length.map(|length| start + length)
    }

    /// Hides the `value` next to a `name` that is a credential's, whatever it is.
    fn complete_pair(&mut self, frame: &mut OpenBlock, value: Range<usize>) {
        let key = &self.text[frame.key.clone()];
        if !matches!(key, "name" | "value") {
            return;
        }
        if self.pair.column != frame.column {
            let column = frame.column;
            self.pair = Pair {
                column,
                ..Pair::default()
            };
        }
        let text = without_comment(&self.text[value.clone()]);
        if key == "name" {
            self.pair.is_credential = names::is_credential(text.trim_matches(['"', '\'']));
            let shown = self.pair.shown.take().filter(|_| self.pair.is_credential);
            self.hidden.extend(shown);
        } else if self.pair.is_credential {
            frame.verdict.scalar = frame.verdict.scalar.max(Cover::Settings);
        } else if !text.starts_with(['|', '>', '{', '['])
            && names::worth(text) != names::Worth::Nothing
        {
            self.pair.shown = Some(value);
        }
    }

    /// Scans the brackets that open at `start`, to where they close, or to the end of the line if they never do.
    fn flow(
        &mut self,
        start: usize,
        line_end: usize,
        verdict: Verdict,
        key: &Range<usize>,
    ) -> usize {
        let closed = self.closed(start, flow::length);
        self.is_odd |= closed.is_none() && self.is_structure(start);
        let end = closed.map_or(line_end, |length| start + length);
        let context = flow::FlowContext {
            is_secret: self.is_secret,
            depth: self.depth,
            parent: &self.text[key.clone()],
            verdict,
        };
        flow::hide(self.text, start..end, &context, &mut self.hidden);
        end
    }

    /// Returns the length of what opens at `start`, if it closes before the end of its block scalar or of the document.
    fn closed(&mut self, start: usize, length: fn(&[u8]) -> Option<usize>) -> Option<usize> {
        let text = self.text;
        let (document, mut literal) = (self.end, self.literal);
        let (end, closes) = match &mut literal {
            Some(Literal {
                column,
                end,
                closes,
            }) => {
                let end = *end.get_or_insert_with(|| literal_end(text, start, document, *column));
                (end, closes)
            }
            None => (document, &mut self.closes),
        };
        let found = closes.then(|| length(&text.as_bytes()[start..end])).flatten();
        *closes &= found.is_some();
        self.literal = literal;
        found
    }

    /// Returns the innermost open block; in a broken document it hides at least what a block before it did.
    fn top(&self) -> OpenBlock {
        let mut top = self.frames.last().cloned().unwrap_or_default();
        let verdict = &mut top.verdict;
        if self.sticky != Hiding::Nothing
            && matches!(verdict.nested, Hiding::Nothing | Hiding::Files)
        {
            verdict.nested = self.sticky;
            verdict.scalar = verdict.scalar.max(Cover::Texts);
        }
        top
    }

    fn open(&mut self, mut frame: OpenBlock) {
        if self.frames.len() >= DEEPEST {
            frame.verdict = Verdict {
                scalar: Cover::All,
                nested: Hiding::Lines,
            };
        }
        self.frames.push(frame);
    }

    /// Records the column of a block: those of one collection share a column, and none is below a scalar. Returns
    /// whether the column is possible.
    fn place(&mut self, at: usize, column: usize, is_dash: bool) -> bool {
        if !self.is_structure(at) {
            return true;
        }
        let (has_scalar, below) = match self.frames.last_mut() {
            Some(frame) => (frame.has_scalar, &mut frame.below),
            None => (false, &mut self.root),
        };
        let place = (column, is_dash);
        let fits = !has_scalar && below.is_none_or(|below| below == place);
        if fits {
            *below = Some(place);
        }
        self.is_odd |= !fits;
        fits
    }

    /// Closes the blocks that content at `column` does not belong to. The items of a list may be right under its key.
    fn close(&mut self, column: usize, is_dash: bool) {
        while let Some(top) = self.frames.last() {
            let is_inside =
                top.column < column || (top.column == column && is_dash && !top.is_dash);
            if is_inside {
                break;
            }
            let hides = top.verdict.scalar != Cover::Nothing
                || !matches!(top.verdict.nested, Hiding::Nothing | Hiding::Files);
            if self.is_broken && hides && !top.is_sealed {
                self.sticky = if self.is_secret {
                    Hiding::Lines
                } else {
                    Hiding::Values
                };
            }
            self.frames.pop();
        }
    }
}

fn line_end(text: &str, from: usize, end: usize) -> usize {
    memchr::memchr(b'\n', &text.as_bytes()[from..end]).map_or(end, |length| from + length)
}

/// Returns whether a line has characters that YAML does not allow: a control character, or a tab as indentation.
fn has_control(line: &str) -> bool {
    let indent = line.len() - line.trim_start().len();
    line[..indent].contains('\t') || line.bytes().any(|byte| byte < b' ' && byte != b'\t')
}

/// Returns whether YAML cannot have a scalar that starts like this next to a key.
fn is_odd_scalar(value: &str, closes: bool) -> bool {
    let value = without_comment(value);
    if value.starts_with(['"', '\'']) {
        return closes && flow::quoted_length(value.as_bytes()) != Some(value.len());
    }
    value.starts_with(['@', '`', '%', '|', '>', ']', '}', ',', '*'])
        || value.starts_with("- ")
        || value.contains(": ")
        || value.ends_with(':')
}

fn is_block_header(value: &str) -> bool {
    let header = without_comment(value);
    header.len() <= 3
        && header.starts_with(['|', '>'])
        && header[1..]
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-'))
}

/// Returns the key at the start of a line without its quotes, and where the text after its colon begins.
fn split_key(line: &str) -> Option<(Range<usize>, usize)> {
    let rest = line.strip_prefix("? ").unwrap_or(line);
    let rest = skip_properties(rest);
    let start = line.len() - rest.len();
    let bytes = rest.as_bytes();
    let value_at = |colon: usize| line.len() - rest[colon + 1..].trim_start().len();
    if matches!(bytes.first()?, b'"' | b'\'') {
        let length = flow::quoted_length(bytes)?;
        let gap = rest[length..].len() - rest[length..].trim_start().len();
        let colon = length + gap;
        return (bytes.get(colon) == Some(&b':'))
            .then(|| (start + 1..start + length - 1, value_at(colon)));
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
    (!key.contains(" #")).then(|| (start..start + key.len(), value_at(colon)))
}

/// Returns the text after anchors and tags.
fn skip_properties(mut rest: &str) -> &str {
    while rest.starts_with(['&', '!']) {
        let Some((_, after)) = rest.split_once([' ', '\t']) else {
            return "";
        };
        rest = after.trim_start();
    }
    rest
}

/// Returns a value without the comment after it.
fn without_comment(value: &str) -> &str {
    if value.starts_with(['"', '\''])
        && let Some(length) = flow::quoted_length(value.as_bytes())
    {
        let rest = value[length..].trim_start();
        return if rest.starts_with('#') {
            &value[..length]
        } else {
            value
        };
    }
    value.split(" #").next().unwrap_or(value).trim_end()
}

/// Returns where a block scalar ends: before the first line that is not indented more than its key.
fn literal_end(text: &str, at: usize, end: usize, column: usize) -> usize {
    let mut from = line_end(text, at, end);
    for line in text[from..end].split_inclusive('\n') {
        let indent = line.len() - line.trim_start_matches(' ').len();
        if !line.trim().is_empty() && indent <= column {
            return from;
        }
        from += line.len();
    }
    end
}
