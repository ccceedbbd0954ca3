use std::ops::{Range, RangeInclusive};

use super::strings::Strings;
use crate::diag::Diagnostic;
use crate::text::{Source, SourceId, Span};

/// What starts a comment that suppresses.
const MARK: &str = "# dunnage: ignore";

/// The program's name, by which a comment is recognized whose form is not right.
const NAME: &str = "dunnage";

/// What linters have in place of `ignore`.
const VERBS: [&str; 8] = [
    "ignore", "disable", "suppress", "skip", "noqa", "nolint", "allow", "off",
];

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
    /// How to write a comment whose form is not right; it suppresses nothing and has no words.
    pub rewritten: Option<String>,
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

    /// Whether it suppresses nothing whatever is found: its form is not right, or its last day is no date.
    pub fn is_malformed(&self) -> bool {
        let is_day = self.until.as_ref().is_none_or(|until| is_day(&until.text));
        self.rewritten.is_some() || !is_day
    }
}

/// Whether a text is a date as `2027-01-31`, a form in which the order of texts is that of days.
pub(in crate::lint) fn is_day(text: &str) -> bool {
    let is_form = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    let number = |range: Range<usize>| text.get(range).and_then(|part| part.parse::<u16>().ok());
    let (Some(year), Some(month), Some(day)) = (number(0..4), number(5..7), number(8..10)) else {
        return false;
    };
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    is_form && (1..=days).contains(&day)
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

/// The comments of a text: not what stands inside of its strings. `is_rule` tells the words that name rules.
pub(super) fn comments(
    id: SourceId,
    source: &Source,
    is_rule: &dyn Fn(&str) -> bool,
) -> Vec<Comment> {
    // Most texts have none, and lines are only counted where there is one.
    if !may_have_comments(source.text()) {
        return Vec::new();
    }
    let lines = Lines { source };
    let strings = Strings::of(source.text());
    let reader = CommentReader {
        id,
        lines: &lines,
        strings: &strings,
        is_rule,
    };
    let all = 1..=source.line_starts().len();
    all.filter_map(|line| reader.read(line)).collect()
}

fn may_have_comments(text: &str) -> bool {
    let mut marks = hashes(text);
    marks.any(|at| starts_with_name(&text[at + 1..]).is_some())
}

fn hashes(text: &str) -> impl Iterator<Item = usize> + '_ {
    text.match_indices('#').map(|(at, _)| at)
}

/// What follows the program's name at the start of a comment's text.
fn starts_with_name(text: &str) -> Option<&str> {
    let text = text.trim_start_matches([' ', '\t']);
    let name = text.get(..NAME.len())?;
    name.eq_ignore_ascii_case(NAME).then(|| &text[NAME.len()..])
}

/// Reads the comments of one text.
struct CommentReader<'r> {
    id: SourceId,
    lines: &'r Lines<'r>,
    strings: &'r Strings,
    is_rule: &'r dyn Fn(&str) -> bool,
}

impl CommentReader<'_> {
    fn read(&self, line: usize) -> Option<Comment> {
        let text = self.lines.text(line);
        let line_start = self.lines.source.line_starts()[line - 1];
        hashes(text)
            .filter(|&at| at == 0 || text[..at].ends_with([' ', '\t']))
            .filter(|&at| starts_with_name(&text[at + 1..]).is_some())
            .filter(|&at| !self.strings.has(line_start + at))
            .find_map(|at| self.comment(line, at))
    }

    /// The comment that starts at a byte of a line; none where it only mentions the program.
    fn comment(&self, line: usize, at: usize) -> Option<Comment> {
        let text = self.lines.text(line);
        let shown = text[at..].trim_end();
        if let Some(comment) = self.well_formed(line, at, shown) {
            return Some(comment);
        }
        let rewritten = self.rewritten(starts_with_name(&shown[1..])?)?;
        Some(Comment {
            rewritten: Some(rewritten),
            ..self.bare(line, at, shown, "")
        })
    }

    fn well_formed(&self, line: usize, at: usize, shown: &str) -> Option<Comment> {
        let rest = shown.strip_prefix(MARK)?;
        let (kind, rest) = match rest.strip_prefix("-file") {
            Some(rest) => ("file", rest),
            None => rest.strip_prefix("-block").map_or(("", rest), |rest| ("block", rest)),
        };
        let base = self.lines.source.line_starts()[line - 1] + at + shown.len() - rest.len();
        let span =
            |from: usize, length: usize| Span::new(self.id, base + from..base + from + length);
        let (words, tail) = match rest.strip_prefix('[') {
            Some(list) => {
                let end = list.find(']')?;
                (words(&list[..end], &span), &list[end + 1..])
            }
            None if self.starts_with_rule(rest) => return None,
            None => {
                let everything = Word {
                    text: String::new(),
                    span: span(0, 0),
                };
                (vec![everything], rest)
            }
        };
        if words.is_empty() || !(tail.is_empty() || tail.starts_with([' ', '\t'])) {
            return None;
        }
        let tail_at = rest.len() - tail.len();
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
        Some(Comment {
            words,
            until,
            reason: reason.collect::<Vec<_>>().join(" "),
            ..self.bare(line, at, shown, kind)
        })
    }

    /// Whether a rule is named, or a list begins, where the list of rules should be: nobody means everything.
    fn starts_with_rule(&self, rest: &str) -> bool {
        let word = tokens(rest).next().unwrap_or_default();
        rest.trim_start().starts_with('[') || self.is_like_rule(word)
    }

    /// Whether a word is a rule, or has the form of a code.
    fn is_like_rule(&self, word: &str) -> bool {
        let letters = word.len() - word.trim_start_matches(|c: char| c.is_ascii_alphabetic()).len();
        let digits = &word[letters..];
        let is_code =
            letters == 2 && digits.len() >= 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_code || !word.is_empty() && (self.is_rule)(word)
    }

    /// A comment whose form is not right, as it should be; none for a sentence that begins with the program's name.
    fn rewritten(&self, after_name: &str) -> Option<String> {
        let mut words = tokens(after_name);
        let verb = words.next()?.to_ascii_lowercase();
        let mut parts = verb.split(['-', '_']);
        let is_verb = parts.next().is_some_and(|first| VERBS.contains(&first));
        let has_colon = after_name.trim_start().starts_with(':');
        let rules: Vec<&str> = words
            .clone()
            .skip_while(|word| matches!(*word, "file" | "block" | "line" | "next-line"))
            .take_while(|word| self.is_like_rule(word))
            .collect();
        let is_meant = is_verb && (has_colon || !rules.is_empty() || words.next().is_none());
        let kind = match parts.next() {
            Some("file") => "-file",
            Some("block") => "-block",
            _ => "",
        };
        let rules = match rules.as_slice() {
            [] => "RULE".to_owned(),
            rules => rules.join(", "),
        };
        is_meant.then(|| format!("{MARK}{kind}[{rules}]"))
    }

    /// A comment with nothing but its places.
    fn bare(&self, line: usize, at: usize, shown: &str, kind: &str) -> Comment {
        let text = self.lines.text(line);
        let line_start = self.lines.source.line_starts()[line - 1];
        let is_alone = text[..at].trim().is_empty();
        let end = line_start + at + shown.len();
        Comment {
            span: Span::new(self.id, line_start + at..end),
            whole: if is_alone {
                Span::new(self.id, line_start..line_start + text.len())
            } else {
                let before = text[..at].trim_end().len();
                Span::new(self.id, line_start + before..end)
            },
            scope: self.lines.scope(line, is_alone, kind),
            words: Vec::new(),
            until: None,
            reason: String::new(),
            rewritten: None,
        }
    }
}

/// The words of a comment, without what people put between them.
fn tokens(text: &str) -> impl Iterator<Item = &str> + Clone {
    let between = |c: char| c.is_whitespace() || ",;:=()[]".contains(c);
    let words = text.split(between);
    words
        .map(|word| word.trim_matches(['-', '_', '.']))
        .filter(|word| !word.is_empty())
}

/// The words of a list without its brackets; `span` gives the place of bytes counted from the opening one.
fn words(list: &str, span: &dyn Fn(usize, usize) -> Span) -> Vec<Word> {
    let mut at = 1;
    let mut words = Vec::new();
    for part in list.split(',') {
        let word = part.trim();
        let start = at + (part.len() - part.trim_start().len());
        if !word.is_empty() {
            words.push(Word {
                text: word.to_owned(),
                span: span(start, word.len()),
            });
        }
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
        let found = comments(id, sources.get(id), &|word| {
            ["PH001", "RS", "RS004"].contains(&word)
        });
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

    #[test]
    fn text_inside_of_strings_is_no_comment() {
        let mark = "# dunnage: ignore[PH001]";
        for text in [
            format!("a: |\n  b {mark}\n  {mark}\nc: 1\n"),
            format!("a: 'b {mark}'\n"),
            format!("a: \"b\n  {mark}\n  c\"\n"),
            format!("a: b{mark}\n"),
            format!("- >-\n  {mark}\n"),
        ] {
            check(&text, &[]);
        }
        let after = format!("a: |\n  b\n{mark}\nc: 1\n");
        check(&after, &[("4-4", &["PH001"], None, "")]);
        let beside = format!("a: 'b' {mark}\n");
        check(&beside, &[("1-1", &["PH001"], None, "")]);
        // Values in a GitOps object are YAML, whose comments count.
        let inside = format!(
            "apiVersion: v1\nkind: Application\nspec:\n  values: |\n    a: 1 {mark}\n  other: |\n    {mark}\n"
        );
        check(&inside, &[("5-5", &["PH001"], None, "")]);
        // What is no YAML has no strings.
        let broken = format!("a: [\nb: 1 {mark}\n");
        check(&broken, &[("2-2", &["PH001"], None, "")]);
    }

    #[track_caller]
    fn check_rewritten(comment: &str, expected: Option<&str>) {
        let mut sources = Sources::default();
        let text = format!("x: 1\na: 1 {comment} \n");
        let id = sources.add("a.yaml", text.clone());
        let is_rule = |word: &str| ["RS004", "RS003", "overcommit-ratio"].contains(&word);
        let found = comments(id, sources.get(id), &is_rule);
        let rewritten = found.first().map(|found| found.rewritten.as_deref());
        assert_eq!(rewritten.flatten(), expected, "{comment}");
        for found in &found {
            assert_eq!(found.is_malformed(), expected.is_some(), "{comment}");
            assert_eq!(sources.slice(found.span), comment);
        }
    }

    #[test]
    fn a_comment_of_another_form_is_recognized() {
        let right = Some("# dunnage: ignore[RS004]");
        for comment in [
            "# dunnage:ignore RS004",
            "# dunnage: ignore RS004",
            "# dunnage: ignore RS004 for a test",
            "# dunnage: ignore: RS004",
            "# dunnage: ignore [RS004] for a test",
            "# dunnage: ignore[RS004",
            "# dunnage: ignore(RS004)",
            "# dunnage:ignore[RS004]",
            "#dunnage: ignore[RS004]",
            "#  dunnage: ignore[RS004]",
            "# Dunnage: Ignore[RS004]",
            "# dunnage ignore RS004",
            "# dunnage-ignore RS004",
            "# dunnage-ignore: RS004",
            "# dunnage: disable=RS004",
            "# dunnage: ignore-next-line RS004",
            "# dunnage: noqa: RS004",
        ] {
            check_rewritten(comment, right);
        }
        for (comment, expected) in [
            (
                "# dunnage: ignore RS004, RS003",
                "# dunnage: ignore[RS004, RS003]",
            ),
            ("# dunnage: ignore RS99", "# dunnage: ignore[RS99]"),
            (
                "# dunnage: ignore-file RS004",
                "# dunnage: ignore-file[RS004]",
            ),
            (
                "# dunnage:ignore-block overcommit-ratio",
                "# dunnage: ignore-block[overcommit-ratio]",
            ),
            ("# dunnage: ignore[]", "# dunnage: ignore[RULE]"),
            ("# dunnage:ignore", "# dunnage: ignore[RULE]"),
            ("# dunnage: ignores this", ""),
        ] {
            check_rewritten(
                comment,
                Some(expected).filter(|expected| !expected.is_empty()),
            );
        }
        for comment in [
            "# dunnage: ignore",
            "# dunnage: ignore for a test",
            "# dunnage: ignore[RS004] for a test",
            "# dunnage: see the README",
            "# dunnage reads this file",
            "# dunnage skips what it does not know",
            "# RS004 dunnage: ignore",
        ] {
            check_rewritten(comment, None);
        }
    }

    #[test]
    fn an_empty_word_of_a_list_is_not_everything() {
        check(
            "a: 1 # dunnage: ignore[PH001,]\n",
            &[("1-1", &["PH001"], None, "")],
        );
    }

    #[test]
    fn a_day_is_one_of_the_calendar() {
        for day in ["2027-01-31", "2028-02-29", "2000-02-29", "2027-12-31"] {
            assert!(is_day(day), "{day}");
        }
        for text in [
            "2027-02-30",
            "2027-02-29",
            "2100-02-29",
            "2027-04-31",
            "2027-00-10",
            "2027-13-01",
            "2027-1-31",
            "2027-01-00",
            "31.01.2027",
            "+027-01-31",
            "2027-01-311",
            "tomorrow",
            "",
        ] {
            assert!(!is_day(text), "{text}");
        }
    }
}
