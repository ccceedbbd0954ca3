use std::collections::BTreeSet;

use crate::diag::{Diagnostic, Label, TextEdit};
use crate::text::{self, Sources, Span};

/// Diagnostics as they may be shown: what is hidden in the lines that they point at is hidden in their words too.
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

/// A place of more lines is a collection, and no message quotes it.
const MOST_LINES: usize = 20;

/// What is hidden in the lines of a place: as it is written, and as it is read where it is quoted.
fn secrets(sources: &Sources, span: Span) -> Vec<String> {
    let source = sources.get(span.source);
    let first = source.line_column(span.start).line;
    let last = source.line_column(span.end).line.min(first + MOST_LINES);
    let lines = source.line_range(first).start..source.line_range(last).end;
    let masked = source.masked();
    let from = masked.partition_point(|range| range.end <= lines.start);
    let inside = masked[from..]
        .iter()
        .take_while(|range| range.start < lines.end);
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

/// Puts stars in the place of secrets; a short one is one only where it is quoted.
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

/// A message as it may be shown: its secrets hidden, on one line, and without anything that steers a terminal.
pub(super) fn one_line(message: &str) -> String {
    let message = text::mask_message(message);
    without_controls(&message.replace("\r\n", " ").replace('\n', " "))
}

/// A text of several lines as it may be shown.
pub(super) fn lines(message: &str) -> String {
    without_controls(&text::mask_message(message))
}

/// What an edit puts there, as it may be shown. By itself a value does not tell that it is a secret; the place
/// that it goes to does.
pub(super) fn edit(sources: &Sources, edit: &TextEdit) -> String {
    let is_secret = sources.shown(edit.span) != sources.slice(edit.span);
    if is_secret {
        return "***".to_owned();
    }
    text::mask(&edit.text).into_owned()
}

/// Control characters as question marks, as many as they have bytes, so that offsets stay valid.
///
/// Manifests come from anywhere: an escape sequence in one must not repaint the terminal of who reads the message, and
/// marks of writing direction must not show another text than the one that stands there.
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
