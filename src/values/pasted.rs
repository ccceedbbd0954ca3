//! Reasons for YAML syntax errors that come from a merge, an editor or a web page.

use std::ops::Range;

use crate::text::{invisible_name, is_typographic_quote};

/// A known reason for a syntax error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ParseReason {
    /// The message.
    pub message: String,
    /// The label at the range.
    pub label: &'static str,
    /// The help.
    pub help: String,
    /// The place.
    pub range: Range<usize>,
}

/// The number of lines before the error that are checked.
const LINES_BEFORE: usize = 3;

/// Returns why the parser stopped at `offset`, if the reason is known.
pub(super) fn reason(text: &str, offset: usize) -> Option<ParseReason> {
    if let Some(at) = text.find('\0') {
        return Some(ParseReason {
            message: "this is UTF-16, not UTF-8".to_owned(),
            label: "NUL byte",
            help: UTF_16.to_owned(),
            range: at..at,
        });
    }
    conflict(text).or_else(|| of_lines(text, offset))
}

const UTF_16: &str = "save it as UTF-8; in PowerShell, write it with `| Out-File -Encoding utf8 FILE` instead of `> FILE`";

fn conflict(text: &str) -> Option<ParseReason> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let mark = line.trim_end();
        if mark.starts_with("<<<<<<< ") || mark.starts_with(">>>>>>> ") {
            return Some(ParseReason {
                message: "git conflict markers are left in the file".to_owned(),
                label: "conflict marker",
                help: "resolve the conflict, and remove the lines that begin with `<<<<<<<`, `=======` and `>>>>>>>`"
                    .to_owned(),
                range: at..at + mark.len(),
            });
        }
        at += line.len();
    }
    None
}

/// Checks the line of the error, then those before it.
fn of_lines(text: &str, offset: usize) -> Option<ParseReason> {
    let offset = (0..=offset.min(text.len())).rev().find(|at| text.is_char_boundary(*at))?;
    let mut end = text[offset..].find('\n').map_or(text.len(), |at| offset + at);
    for _ in 0..=LINES_BEFORE {
        let start = text[..end].rfind('\n').map_or(0, |at| at + 1);
        if let Some(found) = of_line(&text[start..end], start) {
            return Some(found);
        }
        if start == 0 {
            break;
        }
        end = start - 1;
    }
    None
}

fn of_line(line: &str, start: usize) -> Option<ParseReason> {
    let content = line.trim_start_matches([' ', '\t']);
    if content.starts_with('#') {
        return None;
    }
    let indent = &line[..line.len() - content.len()];
    if let Some(at) = indent.find('\t').filter(|_| !content.is_empty()) {
        return Some(ParseReason {
            message: "a tab is in the indentation, where YAML allows only spaces".to_owned(),
            label: "tab",
            help: "replace the tab with spaces".to_owned(),
            range: start + at..start + at + 1,
        });
    }
    let invisible = line.char_indices().find_map(|(at, c)| Some((at, c, invisible_name(c)?)));
    if let Some((at, c, name)) = invisible {
        return Some(ParseReason {
            message: format!("a {name} is where a space belongs"),
            label: "looks like a space",
            help: "replace it with a space".to_owned(),
            range: start + at..start + at + c.len_utf8(),
        });
    }
    if let Some(reason) = missing_space(line, start) {
        return Some(reason);
    }
    let quote = line.char_indices().find(|(_, c)| is_typographic_quote(*c));
    quote.map(|(at, c)| ParseReason {
        message: format!("`{c}` is a typographic quote, which does not quote in YAML"),
        label: "typographic quote",
        help: "use `\"` or `'`".to_owned(),
        range: start + at..start + at + c.len_utf8(),
    })
}

/// Returns the reason for a key without a space after its colon: `limit:2G`.
fn missing_space(line: &str, start: usize) -> Option<ParseReason> {
    let content = line.trim_start_matches([' ', '-']);
    let at = line.len() - content.len();
    let key = key_without_space(content)?;
    Some(ParseReason {
        message: "a space is missing after the colon of this key".to_owned(),
        label: "no space after the colon",
        help: "put a space after the colon".to_owned(),
        range: start + at..start + at + key.len() + 1,
    })
}

/// Returns the key of a string such as `limit:2G`; `None` for a URL, an image, a time or anything else that may be
/// meant as written.
pub fn key_without_space(text: &str) -> Option<&str> {
    let (key, value) = text.split_once(':')?;
    let is_key = key.starts_with(|c: char| c.is_ascii_alphabetic())
        && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let is_value = !value.is_empty()
        && !value.starts_with([' ', '/', ':', '\t', '\r'])
        && !value.trim_end().contains(": ");
    (is_key && is_value).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, message: &str, at: &str) {
        let error = crate::yaml::parse(text).expect_err("no YAML");
        let found = reason(text, error.offset).expect("a reason");
        assert_eq!((found.message.as_str(), &text[found.range]), (message, at));
    }

    #[test]
    fn pasted_text_has_a_reason() {
        check(
            "<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> x\n",
            "git conflict markers are left in the file",
            "<<<<<<< HEAD",
        );
        check(
            "a:\n  b:\n\t  c: 1\n",
            "a tab is in the indentation, where YAML allows only spaces",
            "\t",
        );
        check(
            "a:\n  limit:2G\n  guarantee: 1G\n",
            "a space is missing after the colon of this key",
            "limit:",
        );
        check(
            "a:\n  name:\u{a0}x\n  tag: y\n",
            "a no-break space (U+00A0) is where a space belongs",
            "\u{a0}",
        );
    }

    #[test]
    fn other_errors_have_none() {
        for text in ["a: [1\n", "a: b: c\n", "url: http://a\n  b: c\n"] {
            let error = crate::yaml::parse(text).expect_err("no YAML");
            assert_eq!(reason(text, error.offset), None, "{text}");
        }
    }

    #[test]
    fn a_key_needs_its_space() {
        for (text, key) in [
            ("limit:2G", Some("limit")),
            ("http://a", None),
            ("a: b", None),
            ("10:30", None),
            ("registry.example.org/a:1", None),
            ("a::b", None),
        ] {
            assert_eq!(key_without_space(text), key, "{text}");
        }
    }
}
