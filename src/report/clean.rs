use crate::diag::TextEdit;
use crate::text::{self, Sources};

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
