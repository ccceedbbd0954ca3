use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::diag::{Diagnostic, Label, TextEdit};
use crate::text::{self, Sources, Span};

/// Returns diagnostics as they may be shown: secrets that are masked in source lines are masked in messages too.
pub(super) fn diagnostics<'d>(
    sources: &Sources,
    diagnostics: impl IntoIterator<Item = &'d Diagnostic>,
) -> Vec<Diagnostic> {
    let mut shown: Vec<Diagnostic> = diagnostics.into_iter().cloned().collect();
    let unparsed = shown.iter().filter(|diagnostic| diagnostic.is_unparsed);
    for span in unparsed.filter_map(Diagnostic::span) {
        sources.get(span.source).note_broken(span.start);
    }
    for diagnostic in &mut shown {
        hide_secrets(sources, diagnostic);
    }
    shown
}

fn hide_secrets(sources: &Sources, diagnostic: &mut Diagnostic) {
    let labels = diagnostic.labels.iter().map(|label| label.span);
    let edits = diagnostic.fix.iter().flat_map(|fix| &fix.edits);
    let spans = labels.chain(edits.map(|edit| edit.span));
    let secrets: BTreeSet<String> = spans.flat_map(|span| secrets(sources, span)).collect();
    if secrets.is_empty() {
        return;
    }
    let texts = diagnostic.labels.iter_mut().map(|Label { text, .. }| text);
    let texts = texts.chain(&mut diagnostic.help);
    let texts = texts.chain(diagnostic.fix.as_mut().map(|fix| &mut fix.message));
    for text in texts.chain([&mut diagnostic.message]) {
        hide_words(text, &secrets);
    }
}

/// A span of more lines is a collection, which no message quotes.
const MOST_LINES: usize = 20;

/// Returns the secrets in the lines of a span, as they are written and as they are read.
fn secrets(sources: &Sources, span: Span) -> Vec<String> {
    let source = sources.get(span.source);
    let first = source.line_column(span.start).line;
    let last = source.line_column(span.end).line.min(first + MOST_LINES);
    let lines = source.line_range(first).start..source.line_range(last).end;
    let masked = source.masked();
    let from = masked.partition_point(|range| range.end <= lines.start);
    let inside = masked[from..].iter().take_while(|range| range.start < lines.end);
    let pieces = inside.flat_map(|range| {
        let range = range.start.max(lines.start)..range.end.min(lines.end);
        source.text()[range].lines()
    });
    pieces
        .flat_map(|piece| {
            let piece = piece.trim();
            let inner = piece.trim_matches(['"', '\'', '`']);
            let read = serde_json::from_str::<String>(piece).ok();
            let read = read.or_else(|| Some(inner.replace("\'\'", "'")));
            [Some(piece.to_owned()), Some(inner.to_owned()), read]
        })
        .flatten()
        .filter(|secret| !secret.is_empty())
        .collect()
}

/// Replaces secrets with stars; a short one only where it is quoted.
fn hide_words(text: &mut String, secrets: &BTreeSet<String>) {
    const SHORT: usize = 4;
    let mut longest_first: Vec<&String> = secrets.iter().collect();
    longest_first.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    for secret in longest_first {
        if !text.contains(secret.as_str()) {
            continue;
        }
        if secret.len() >= SHORT {
            *text = text.replace(secret.as_str(), "***");
            continue;
        }
        for quote in ['`', '"', '\''] {
            *text = text.replace(
                &format!("{quote}{secret}{quote}"),
                &format!("{quote}***{quote}"),
            );
        }
    }
}

/// Returns a message as it may be shown: masked, shortened, on one line, and without control characters.
pub fn one_line(message: &str) -> String {
    let message = shortened(text::mask_message(message));
    without_controls(&message.replace("\r\n", " ").replace('\n', " "))
}

/// Returns a text of several lines as it may be shown.
pub(super) fn lines(message: &str) -> String {
    without_controls(&shortened(text::mask_message(message)))
}

/// The most bytes of a message that are shown.
const LONGEST_MESSAGE: usize = 2_000;

/// The most bytes of a quoted text that are shown in a message that is too long.
const LONGEST_QUOTE: usize = 100;

/// Returns a message of readable length: names and values come from files and can have megabytes. Quoted texts are cut
/// first, then the whole message.
fn shortened(message: Cow<'_, str>) -> Cow<'_, str> {
    if message.len() <= LONGEST_MESSAGE {
        return message;
    }
    let quotes = message.split('`').enumerate();
    let parts: Vec<String> = quotes
        .map(|(index, part)| match index % 2 {
            0 => part.to_owned(),
            _ => cut(part, LONGEST_QUOTE),
        })
        .collect();
    Cow::Owned(cut(&parts.join("`"), LONGEST_MESSAGE))
}

/// Returns the start and the end of a text of more than `most` bytes, with an ellipsis between them.
fn cut(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let head = text.floor_char_boundary(most * 3 / 4);
    let tail = text.ceil_char_boundary(text.len() - most / 4);
    format!("{}...{}", &text[..head], &text[tail..])
}

/// Returns the text of an edit as it may be shown. The value alone does not show that it is a secret; its key does.
pub(super) fn edit(sources: &Sources, edit: &TextEdit) -> String {
    let is_secret = sources.shown(edit.span) != sources.slice(edit.span);
    if is_secret {
        return "***".to_owned();
    }
    text::mask(&edit.text).into_owned()
}

/// Replaces control characters with question marks, one for each byte, so that offsets stay valid.
///
/// Manifests are untrusted: an escape sequence must not change the terminal, and marks of writing direction must not
/// disguise the text.
pub(super) fn without_controls(shown: &str) -> String {
    let mut clean = String::with_capacity(shown.len());
    for letter in shown.chars() {
        let is_direction = matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if (letter.is_control() && !matches!(letter, '\n' | '\t')) || is_direction {
            clean.extend(std::iter::repeat_n('?', letter.len_utf8()));
        } else {
            clean.push(letter);
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_as_long_as_somebody_can_read() {
        let name = format!("start{}end", "ä".repeat(3 << 20));
        let shown = one_line(&format!("`{name}` is no name"));
        let (start, end) = ("`startä", "end` is no name");
        assert!(shown.starts_with(start) && shown.ends_with(end), "{shown}");
        assert!(shown.len() < 200, "{shown}");
        // What is not quoted is cut as well, in the middle.
        let shown = lines(&format!("first {} last", "word ".repeat(1 << 20)));
        assert!(shown.starts_with("first") && shown.ends_with(" last"));
        assert_eq!(shown.len(), LONGEST_MESSAGE + "...".len());
        let short = "`a` is not a value of `b`";
        assert_eq!(one_line(short), short);
    }
}
