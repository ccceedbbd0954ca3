use std::borrow::Cow;

use crate::diag::TextEdit;
use crate::text::{self, Sources};

/// A message as it may be shown: its secrets hidden, shortened, on one line, and without anything that steers a
/// terminal.
pub fn one_line(message: &str) -> String {
    let message = shortened(text::mask_message(message));
    without_controls(&message.replace("\r\n", " ").replace('\n', " "))
}

/// A text of several lines as it may be shown.
pub(super) fn lines(message: &str) -> String {
    without_controls(&shortened(text::mask_message(message)))
}

/// The bytes of a message that are shown at most.
const LONGEST_MESSAGE: usize = 2_000;

/// The bytes of a quoted text that are shown of a message that is longer.
const LONGEST_QUOTE: usize = 100;

/// A message of a length that somebody can read: names and values come from files, and can have megabytes. First
/// each quoted text is cut, then the whole.
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

/// The start and the end of a text that has more than `most` bytes, with an ellipsis between them.
fn cut(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let head = text.floor_char_boundary(most * 3 / 4);
    let tail = text.ceil_char_boundary(text.len() - most / 4);
    format!("{}...{}", &text[..head], &text[tail..])
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
