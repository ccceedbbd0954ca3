//! Reading values files.

use std::borrow::Cow;
use std::ops::Range;

use super::{Content, Helm, Map, Value, lay_over, pasted};
use crate::diag::{Code, Diagnostic};
use crate::text::{SourceId, Span};
use crate::yaml;

pub(super) static NOT_VALUES: Code = Code::error(
    "VA001",
    "values-unreadable",
    "a values file is not YAML or not a mapping",
)
.page(include_str!("not_values.md"));

/// The key with the metadata of sops, which is no value of the release.
const SOPS: &str = "sops";

/// Reads a values file as Helm does. An empty file is an empty mapping. Of several documents, Helm 3 reads the first
/// (`yaml.Unmarshal`), and Helm 4 merges each over those before it (`loader.LoadValues`). The metadata of sops is
/// removed.
pub fn read(source: SourceId, text: &str, helm: Helm) -> Result<Value, Diagnostic> {
    let mut values = Value::new(Content::map(Map::default()), None, Span::new(source, 0..0));
    for range in documents(source, text, helm)? {
        if let Some(document) = read_document(source, text, range, helm)? {
            values.set = document.set;
            lay_over(&mut values, document);
        }
    }
    if let Some(map) = values.as_map_mut() {
        map.entries.remove(SOPS);
    }
    Ok(values)
}

fn problem(source: SourceId, message: impl Into<String>, range: Range<usize>) -> Diagnostic {
    Diagnostic::new(&NOT_VALUES, message).at(Span::new(source, range), "here")
}

fn read_document(
    source: SourceId,
    text: &str,
    range: Range<usize>,
    helm: Helm,
) -> Result<Option<Value>, Diagnostic> {
    let offset = range.start;
    let mut document = Cow::Borrowed(&text[range]);
    if helm == Helm::Four && !document.ends_with('\n') {
        // Helm 4 reads lines and ends each with a line break.
        document.to_mut().push('\n');
    }
    let at = |place: usize| (offset + place).min(text.len());
    let moved = |range: Range<usize>| at(range.start)..at(range.end);
    let document = yaml::parse(&document).map_err(|error| {
        if let Some(reason) = pasted::reason(&document, error.offset) {
            let span = Span::new(source, moved(reason.range));
            let message = format!("this is not YAML: {}", reason.message);
            let finding = Diagnostic::new(&NOT_VALUES, message).at(span, reason.label);
            return finding.help(reason.help).unparsed();
        }
        if let Some(found) = between_levels(&document, error.offset) {
            let (start, end) = (found.key.start, found.key.end);
            return problem(source, found.message, moved(start..end)).help(found.help).unparsed();
        }
        let message = format!("this is not YAML: {}", error.message);
        problem(source, message, moved(error.offset..error.offset)).unparsed()
    })?;
    let Some(root) = document.root().filter(|root| !root.is_null()) else {
        return Ok(None);
    };
    if !root.is_mapping() {
        let message = "a values file must be a mapping";
        return Err(problem(source, message, moved(root.range())));
    }
    Value::read_to(text.len(), source, offset, root)
        .map(Some)
        .map_err(|error| problem(source, error.message, moved(error.range)))
}

/// A key whose indentation is between those of two open mappings.
struct BetweenLevels {
    key: Range<usize>,
    message: String,
    help: String,
}

/// Returns a key at the parse error whose indentation is deeper than one key above it, and less deep than the keys
/// below that one.
fn between_levels(text: &str, offset: usize) -> Option<BetweenLevels> {
    let indentation = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let start = text.get(..offset)?.rfind('\n').map_or(0, |end| end + 1);
    let line = text[start..].lines().next()?;
    let own = indentation(line);
    let name = line
        .trim_start()
        .split(':')
        .next()
        .filter(|name| name.len() < line.trim().len())?;
    let mut levels: Vec<usize> = Vec::new();
    for above in text[..start].lines() {
        let content = above.trim_start();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        let level = indentation(above);
        levels.retain(|open| *open < level);
        levels.push(level);
    }
    let lower = *levels.iter().rev().find(|level| **level < own)?;
    let higher = *levels.iter().find(|level| **level > own)?;
    if levels.contains(&own) {
        return None;
    }
    Some(BetweenLevels {
        key: start + own..start + own + name.len(),
        message: format!(
            "this is not YAML: a key is indented by {own} spaces, but the keys above it by {lower} and {higher}"
        ),
        help: format!("indent it by {higher} spaces, or by {lower}"),
    })
}

/// Returns the ranges of the documents that Helm reads.
fn documents(source: SourceId, text: &str, helm: Helm) -> Result<Vec<Range<usize>>, Diagnostic> {
    if helm == Helm::Three {
        return Ok(vec![first_document(text)]);
    }
    let mut starts = vec![0];
    for (at, line) in lines(text) {
        let Some(behind) = line.strip_prefix("---") else {
            continue;
        };
        let behind = behind.trim();
        if !(behind.is_empty() || behind.starts_with('#')) {
            let message = "Helm 4 allows only a comment after `---`";
            return Err(problem(source, message, at..at + line.trim_end().len()));
        }
        starts.push(at);
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let parts = starts.iter().zip(ends).map(|(&start, end)| {
        let first = first_document(&text[start..end]);
        start + first.start..start + first.end
    });
    Ok(parts.collect())
}

/// Returns the range of the second document that is not empty. Helm 3 ignores it, Helm 4 does not.
pub fn second_document(text: &str) -> Option<Range<usize>> {
    let mut at = first_document(text).end;
    loop {
        let rest = text.get(at..)?;
        let (mark, _) = lines(rest).find(|(_, line)| line.starts_with("---"))?;
        let found = first_document(&rest[mark..]);
        let range = at + mark + found.start..at + mark + found.end;
        if !yaml::is_blank(&text[range.clone()]) {
            return Some(range);
        }
        at = range.end;
    }
}

/// Returns the range of the first document of a YAML stream, without the markers around it. `---` and `...` at the
/// start of a line are always markers.
fn first_document(text: &str) -> Range<usize> {
    let mut start = 0;
    let mut is_open = false;
    for (at, line) in lines(text) {
        let content = line.trim_start_matches('\u{feff}').trim();
        let is_mark = |mark: &str| {
            let behind = line.strip_prefix(mark);
            behind.is_some_and(|behind| {
                behind.is_empty() || behind.starts_with([' ', '\t', '\r', '\n'])
            })
        };
        if is_mark("---") {
            if is_open {
                return start..at;
            }
            (start, is_open) = (at + 3, true);
        } else if is_mark("...") {
            if is_open {
                return start..at;
            }
        } else if !(content.is_empty() || content.starts_with('#') || line.starts_with('%')) {
            is_open = true;
        }
    }
    start..text.len()
}

/// Returns the lines with their line breaks, each with its offset.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        (start, line)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Sources;

    #[track_caller]
    fn check(text: &str, helm: Helm, json: &str) {
        let mut sources = Sources::default();
        let source = sources.add("values.yaml", text.to_owned());
        let read = read(source, text, helm).map(|values| values.to_json().to_string());
        assert_eq!(read.map_err(|error| error.message), Ok(json.to_owned()));
    }

    #[track_caller]
    fn check_refused(text: &str, helm: Helm, message: &str) {
        let mut sources = Sources::default();
        let source = sources.add("values.yaml", text.to_owned());
        let read = read(source, text, helm);
        assert_eq!(read.map_err(|error| error.message), Err(message.to_owned()));
    }

    #[test]
    fn a_problem_is_shown_where_it_stands_in_the_file() {
        for (text, at) in [
            ("a: 1\n---\n- b\n", "- b"),
            ("a: 1\n---\nb: 2\nc: *d\n", "*d"),
            ("a: 1\n--- b\n", "--- b"),
        ] {
            let source = Sources::default().add("values.yaml", text.to_owned());
            let problem = read(source, text, Helm::Four).expect_err("a problem");
            let span = problem.labels[0].span;
            assert!(text[span.range()].starts_with(at), "{text:?}: {span:?}");
        }
    }

    #[test]
    fn an_empty_file_is_an_empty_mapping() {
        for text in ["", "# nothing\n", "---\n", "null\n"] {
            check(text, Helm::Three, "{}");
            check(text, Helm::Four, "{}");
        }
        // Helm 4 cuts the directive off before it reads it.
        check("%YAML 1.1\n---\n", Helm::Three, "{}");
    }

    #[test]
    fn helm_3_reads_the_first_document_and_helm_4_all() {
        let two = "# first\n---\na: {b: 1}\n--- # second\na: {c: 2}\nd: null\n";
        check(two, Helm::Three, r#"{"a":{"b":1}}"#);
        check(two, Helm::Four, r#"{"a":{"b":1,"c":2},"d":null}"#);
        let broken = "a: 1\n---\nb: [\n";
        check(broken, Helm::Three, r#"{"a":1}"#);
        let same_line = "a: 1\n--- {b: 2}\n";
        check(same_line, Helm::Three, r#"{"a":1}"#);
        check_refused(
            same_line,
            Helm::Four,
            "Helm 4 allows only a comment after `---`",
        );
        check("a: |\n  ---\n  b\n", Helm::Four, r#"{"a":"---\nb\n"}"#);
        check("a: 1\n...\nb: 2\n", Helm::Four, r#"{"a":1}"#);
    }

    /// As `toJson` of a template prints them.
    #[test]
    fn an_integer_is_held_as_a_float64() {
        for (written, held) in [
            ("9007199254740991", "9007199254740991"),
            ("9007199254740993", "9007199254740992"),
            ("-9007199254740993", "-9007199254740992"),
            ("1234567890123456789", "1234567890123456800"),
            ("0x7fffffffffffffff", "9223372036854776000"),
        ] {
            let (text, json) = (format!("a: [{written}]\n"), format!("{{\"a\":[{held}]}}"));
            check(&text, Helm::Three, &json);
            check(&text, Helm::Four, &json);
        }
    }

    #[test]
    fn what_a_later_key_overrides_need_not_be_json() {
        for (text, json) in [
            ("a: {k: .inf, k: 1}\n", r#"{"a":{"k":1}}"#),
            ("a: [.nan]\na: {b: 1}\n", r#"{"a":{"b":1}}"#),
            ("a: {~: 1}\na: {b: 1}\n", r#"{"a":{"b":1}}"#),
        ] {
            check(text, Helm::Three, json);
            check(text, Helm::Four, json);
        }
        let message = "JSON cannot represent this number";
        check_refused("a: {k: 1, k: .inf}\n", Helm::Three, message);
        check_refused("a: {k: .inf, l: 1}\n", Helm::Four, message);
    }

    #[test]
    fn no_value_reaches_past_the_end_of_its_file() {
        let text = "a: |\n  b";
        let mut sources = Sources::default();
        let source = sources.add("values.yaml", text.to_owned());
        let values = read(source, text, Helm::Four).expect("values");
        let block = values.get("a").expect("a value");
        assert_eq!(block.set.value, Span::new(source, 3..text.len()));
    }

    #[test]
    fn the_second_document_is_one_that_holds_something() {
        for (text, second) in [
            ("a: 1\n", None),
            ("# a\n---\na: 1\n---\n# b\n", None),
            ("---\na: 1\n---\n---\nb: 2\n", Some("\nb: 2\n")),
            ("a: 1\n--- {b: 2}\n---\nc: 3\n", Some(" {b: 2}\n")),
            ("a: 1\n...\n# b\n--- # c\nd: 2\n", Some(" # c\nd: 2\n")),
            ("a: |\n  ---\n  b\n", None),
            ("", None),
        ] {
            let found = second_document(text).map(|range| &text[range]);
            assert_eq!(found, second, "{text:?}");
        }
    }

    #[test]
    fn what_sops_needs_is_no_value() {
        let text = "a: ENC[AES256_GCM,data:x,iv:x,tag:x,type:bool]\nsops: {version: 3.9.0}\n";
        check(
            text,
            Helm::Three,
            r#"{"a":"ENC[AES256_GCM,data:x,iv:x,tag:x,type:bool]"}"#,
        );
    }

    #[test]
    fn a_key_between_two_levels_is_told_from_other_mistakes() {
        let text = "a:\n  b:\n    c: 1\n   d: 2\n";
        check_refused(
            text,
            Helm::Four,
            "this is not YAML: a key is indented by 3 spaces, but the keys above it by 2 and 4",
        );
        let text = "a:\n    b: 1\n  c: 2\n";
        check_refused(
            text,
            Helm::Three,
            "this is not YAML: a key is indented by 2 spaces, but the keys above it by 0 and 4",
        );
        for text in ["a: {b: 1\n", "a: 'b\n"] {
            let source = Sources::default().add("values.yaml", text.to_owned());
            let error = read(source, text, Helm::Four).expect_err("no YAML");
            assert!(!error.message.contains("indented"), "{}", error.message);
        }
    }

    #[test]
    fn values_are_keys_with_values() {
        let message = "a values file must be a mapping";
        check_refused("[a]\n", Helm::Three, message);
        check_refused("---\na\n", Helm::Four, message);
    }
}
