//! Where the documents of a stream lie, as Helm splits them.

use std::ops::Range;

/// The parts of a stream: each holds at most one document, and together with the `---` marks between
/// them they are every byte of the text.
///
/// A line that starts with `---` separates, also where text is glued on (`---kind: Pod`), because Helm
/// splits there (`(?m)^---`); four dashes and more do not. What follows the mark on its line
/// (`--- # why`, `--- {"kind": ..}`) belongs to the part that it opens.
pub fn split(text: &str) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = 0;
    for mark in marks(text) {
        parts.push(start..mark);
        start = mark + 3;
    }
    parts.push(start..text.len());
    parts
}

/// Offsets of the `---` that separate.
fn marks(text: &str) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes();
    let bom = if text.starts_with('\u{feff}') {
        '\u{feff}'.len_utf8()
    } else {
        0
    };
    let first = text[bom..].starts_with("---").then_some(bom);
    first
        .into_iter()
        .chain(memchr::memmem::find_iter(bytes, "\n---").map(|at| at + 1))
        .filter(move |&at| bytes.get(at + 3) != Some(&b'-'))
}

/// Whether a part holds no document: only blank lines, comments, directives, a byte order mark and `...`.
pub fn is_blank(part: &str) -> bool {
    // As go-yaml has them: what follows one on a line with a comment is not a comment.
    let line_breaks = ['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'];
    let mut lines = part.trim_start_matches('\u{feff}').split(line_breaks);
    lines.all(|line| {
        let content = line.trim();
        content.is_empty() || content.starts_with('#') || line.starts_with('%') || content == "..."
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_split(text: &str, expected: &[&str]) {
        let parts: Vec<&str> = split(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(parts, expected);
    }

    #[test]
    fn parts_lie_between_marks() {
        check_split("a: 1\n---\nb: 2\n", &["a: 1\n", "\nb: 2\n"]);
        check_split("---\na: 1\n---\n", &["", "\na: 1\n", "\n"]);
        check_split(
            "---\r\na: 1\r\n--- # why\r\n",
            &["", "\r\na: 1\r\n", " # why\r\n"],
        );
        check_split("", &[""]);
        check_split("\u{feff}---\na: 1\n", &["\u{feff}", "\na: 1\n"]);
    }

    #[test]
    fn text_behind_the_mark_belongs_to_the_part_it_opens() {
        check_split(
            "--- {\"kind\": \"Pod\"}\n---kind: Pod\n",
            &["", " {\"kind\": \"Pod\"}\n", "kind: Pod\n"],
        );
    }

    #[test]
    fn more_dashes_or_an_indent_do_not_separate() {
        check_split(
            "a: |\n  ---\n  b\n-----BEGIN\n",
            &["a: |\n  ---\n  b\n-----BEGIN\n"],
        );
    }

    #[test]
    fn blank_parts_hold_no_document() {
        for blank in [
            "",
            "\n",
            "\n# Source: a/b.yaml\n  # c\n",
            "%YAML 1.1\n",
            "\u{feff}",
            "\r\n...\r\n",
        ] {
            assert!(is_blank(blank), "{blank:?}");
        }
        for full in [
            "a: 1",
            "\n# c\nnull\n",
            "{}",
            "# c\ra: 1",
            "# c\u{85}a: 1\n",
            "# c\u{2028}a: 1\n",
            "# c\u{2029}a: 1\n",
        ] {
            assert!(!is_blank(full), "{full:?}");
        }
    }
}
