use std::ops::RangeInclusive;

use crate::diag::Diagnostic;
use crate::text::{Source, SourceId, Span};

const MARK: &str = "# dunnage: ignore";

/// A comment that silences findings: `# dunnage: ignore[PH001,RS] until=2027-01-31 why`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// From its `#` to the end of its line.
    pub span: Span,
    /// What goes where the comment goes: its line, or the blanks before it too.
    pub whole: Span,
    /// Where it counts.
    pub scope: Scope,
    /// What it names, by codes, names and families; one empty word for everything.
    pub words: Vec<Word>,
    /// The last day on which it counts, as it is written.
    pub until: Option<Word>,
    /// Why; may be empty.
    pub reason: String,
}

/// Where a comment counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// On lines, counted from 1.
    Lines(RangeInclusive<usize>),
    /// In the whole file.
    File,
}

/// A word of a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The word.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

impl Comment {
    /// Whether it counts on a line.
    pub fn covers(&self, line: usize) -> bool {
        match &self.scope {
            Scope::Lines(lines) => lines.contains(&line),
            Scope::File => true,
        }
    }
}

/// A comment, with what came of it.
#[derive(Debug)]
pub struct JudgedComment<'c> {
    /// The comment.
    pub comment: &'c Comment,
    /// The words of it that name rules and suppressed nothing; the empty word too.
    pub unused: Vec<&'c Word>,
    /// The first word of it that names no rule, with the diagnostic about that.
    pub unknown: Option<(&'c Word, Diagnostic)>,
    /// Whether its time is over.
    pub is_expired: bool,
    /// Whether it lacks the reason that it has to give.
    pub lacks_reason: bool,
}

/// The comments of a text.
pub(super) fn comments(id: SourceId, source: &Source) -> Vec<Comment> {
    // Most texts have none, and lines are only counted where there is one.
    if !source.text().contains(MARK) {
        return Vec::new();
    }
    let lines = Lines { source };
    let all = 1..=source.line_starts().len();
    all.filter_map(|line| comment(id, &lines, line)).collect()
}

fn comment(id: SourceId, lines: &Lines<'_>, line: usize) -> Option<Comment> {
    let text = lines.text(line);
    let at = text.find(MARK)?;
    let start = lines.source.line_starts()[line - 1] + at;
    let rest = &text[at + MARK.len()..];
    let (kind, rest) = match rest.strip_prefix('-') {
        Some(rest) => {
            let end = rest.find(|c: char| !c.is_ascii_lowercase());
            rest.split_at(end.unwrap_or(rest.len()))
        }
        None => ("", rest),
    };
    // Where `rest` begins in the source.
    let base = start + text[at..].trim_end().len() - rest.trim_end().len();
    let span = |from: usize, length: usize| Span::new(id, base + from..base + from + length);
    let (words, tail_at) = match rest.strip_prefix('[').and_then(|list| list.find(']')) {
        Some(end) => (words(&rest[1..=end], &span), end + 2),
        None => (
            vec![Word {
                text: String::new(),
                span: span(0, 0),
            }],
            0,
        ),
    };
    let tail = rest[tail_at..].trim_end();
    let until = tail.find("until=").map(|found| {
        let value = &tail[found + "until=".len()..];
        let value = value.split_whitespace().next().unwrap_or_default();
        Word {
            text: value.to_owned(),
            span: span(tail_at + found, "until=".len() + value.len()),
        }
    });
    let reason = tail.split_whitespace();
    let reason = reason.filter(|word| !word.starts_with("until="));
    let is_alone = text[..at].trim().is_empty();
    let end = start + text[at..].trim_end().len();
    Some(Comment {
        span: Span::new(id, start..end),
        whole: if is_alone {
            let line_start = start - at;
            Span::new(id, line_start..line_start + text.len())
        } else {
            let before = text[..at].trim_end().len();
            Span::new(id, start - at + before..end)
        },
        scope: lines.scope(line, is_alone, kind),
        words,
        until,
        reason: reason.collect::<Vec<_>>().join(" "),
    })
}

fn words(list: &str, span: &dyn Fn(usize, usize) -> Span) -> Vec<Word> {
    let mut at = 1;
    let mut words = Vec::new();
    for part in list.trim_end_matches(']').split(',') {
        let word = part.trim();
        let start = at + (part.len() - part.trim_start().len());
        words.push(Word {
            text: word.to_owned(),
            span: span(start, word.len()),
        });
        at += part.len() + 1;
    }
    words
}

/// A text by its lines, which count from 1.
struct Lines<'s> {
    source: &'s Source,
}

impl<'s> Lines<'s> {
    fn text(&self, line: usize) -> &'s str {
        &self.source.text()[self.source.line_range(line)]
    }

    fn count(&self) -> usize {
        self.source.line_starts().len()
    }

    fn is_comment_or_blank(&self, line: usize) -> bool {
        let text = self.text(line).trim_start();
        text.is_empty() || text.starts_with('#')
    }

    fn indent(&self, line: usize) -> usize {
        let text = self.text(line);
        text.len() - text.trim_start_matches(' ').len()
    }

    /// A comment with a line before it counts there; one alone on the next line that is no comment; at the
    /// head of a file, or as `ignore-file`, in all of it; as `ignore-block` in all that stands below the
    /// line too.
    fn scope(&self, line: usize, is_alone: bool, kind: &str) -> Scope {
        let is_head = is_alone && (1..line).all(|line| self.is_comment_or_blank(line));
        if kind == "file" || is_head && kind.is_empty() {
            return Scope::File;
        }
        let is_content = |line: &usize| !self.is_comment_or_blank(*line);
        let meant = if is_alone {
            (line + 1..=self.count()).find(is_content)
        } else {
            Some(line)
        };
        let Some(first) = meant else {
            return Scope::Lines(line..=line);
        };
        if kind != "block" {
            return Scope::Lines(first..=first);
        }
        let indent = self.indent(first);
        let is_item = |line: usize| {
            self.indent(line) == indent
                && self.text(line).trim_start().starts_with("- ")
                && !self.text(first).trim_start().starts_with("- ")
        };
        let below = (first + 1..=self.count()).take_while(|&line| {
            self.is_comment_or_blank(line) || self.indent(line) > indent || is_item(line)
        });
        Scope::Lines(first..=below.last().unwrap_or(first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Sources;

    #[track_caller]
    fn check(text: &str, expected: &[(&str, &[&str], Option<&str>, &str)]) {
        let mut sources = Sources::default();
        let id = sources.add("a.yaml", text.to_owned());
        let found = comments(id, sources.get(id));
        let shown: Vec<_> = found
            .iter()
            .map(|comment| {
                let scope = match &comment.scope {
                    Scope::File => "file".to_owned(),
                    Scope::Lines(lines) => format!("{}-{}", lines.start(), lines.end()),
                };
                for word in comment.words.iter().filter(|word| !word.text.is_empty()) {
                    assert_eq!(sources.slice(word.span), word.text);
                }
                if let Some(until) = &comment.until {
                    assert_eq!(sources.slice(until.span), format!("until={}", until.text));
                }
                let words: Vec<String> =
                    comment.words.iter().map(|word| word.text.clone()).collect();
                let until = comment.until.as_ref().map(|until| until.text.clone());
                (scope, words, until, comment.reason.clone())
            })
            .collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|(scope, words, until, reason)| {
                let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
                let until = until.map(str::to_owned);
                ((*scope).to_owned(), words, until, (*reason).to_owned())
            })
            .collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_comment_counts_where_it_stands() {
        check(
            "a: 1 # dunnage: ignore[PH001, RS] for a test\n# dunnage: ignore\n# more\nb: 2\n",
            &[
                ("1-1", &["PH001", "RS"], None, "for a test"),
                ("4-4", &[""], None, ""),
            ],
        );
        check(
            "# dunnage: ignore[PH001] until=2027-01-31 for a test\n\na: 1\n",
            &[("file", &["PH001"], Some("2027-01-31"), "for a test")],
        );
        check(
            "a: 1\nb: 2 # dunnage: ignore-file[PH] why\n",
            &[("file", &["PH"], None, "why")],
        );
        let block = "x: 1\n# dunnage: ignore-block[PH]\na:\n  b: 1\n\n  c:\n  - d\ne: 1\n";
        check(block, &[("3-7", &["PH"], None, "")]);
        let items = "x: 1\na: # dunnage: ignore-block[PH]\n- b: 1\n- c: 2\ne: 1\n";
        check(items, &[("2-4", &["PH"], None, "")]);
        check("a: 1\n# dunnage: ignore[PH]", &[("2-2", &["PH"], None, "")]);
    }
}
