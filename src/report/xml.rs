//! The two XML reports that build servers read.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::clean;
use crate::diag::{Diagnostic, Level};
use crate::text::{LineColumn, Sources};

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// Returns all diagnostics as `JUnit` tests: errors and warnings are failed tests, notes passed tests with output. Without
/// diagnostics, there is one passed test.
pub fn junit(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let diagnostics = &clean::diagnostics(sources, diagnostics);
    let is_failure = |diagnostic: &&Diagnostic| diagnostic.level <= Level::Warning;
    let failures = diagnostics.iter().filter(is_failure).count();
    let tests = diagnostics.len().max(1);
    let mut text = format!(
        "{HEAD}<testsuites>\n  <testsuite name=\"dunnage\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\">\n"
    );
    if diagnostics.is_empty() {
        text.push_str("    <testcase classname=\"dunnage\" name=\"no problems found\"/>\n");
    }
    for diagnostic in diagnostics {
        let (file, place) = place(sources, diagnostic);
        let code = diagnostic.code;
        let name = format!(
            "{} {} at {}:{}",
            code.id, code.name, place.line, place.column
        );
        let message = clean::one_line(&diagnostic.message);
        let help = diagnostic.help.as_deref().map(clean::lines).unwrap_or_default();
        let (open, close) = if is_failure(&diagnostic) {
            let kind = diagnostic.level.name();
            let open = format!(
                "<failure type=\"{kind}\" message=\"{}\">",
                escaped(&message)
            );
            (open, "</failure>")
        } else {
            (
                format!("<system-out>{}\n", escaped(&message)),
                "</system-out>",
            )
        };
        writeln!(
            text,
            "    <testcase classname=\"{}\" name=\"{}\">\n      {open}{}{close}\n    </testcase>",
            escaped(file),
            escaped(&name),
            escaped(&help),
        )
        .expect("a String takes it all");
    }
    text + "  </testsuite>\n</testsuites>\n"
}

/// Returns all diagnostics as a Checkstyle report, by file.
pub fn checkstyle(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let diagnostics = &clean::diagnostics(sources, diagnostics);
    let mut files: BTreeMap<&str, String> = BTreeMap::new();
    for diagnostic in diagnostics {
        let (file, place) = place(sources, diagnostic);
        let severity = match diagnostic.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note | Level::Hint => "info",
        };
        writeln!(
            files.entry(file).or_default(),
            "    <error line=\"{}\" column=\"{}\" severity=\"{severity}\" message=\"{}\" source=\"dunnage.{}\"/>",
            place.line,
            place.column,
            escaped(&clean::one_line(&diagnostic.message)),
            diagnostic.code.id,
        )
        .expect("a String takes it all");
    }
    let mut text = format!("{HEAD}<checkstyle version=\"4.3\">\n");
    for (file, errors) in files {
        write!(
            text,
            "  <file name=\"{}\">\n{errors}  </file>\n",
            escaped(file)
        )
        .expect("a String takes it all");
    }
    text + "</checkstyle>\n"
}

fn place<'s>(sources: &'s Sources, diagnostic: &Diagnostic) -> (&'s str, LineColumn) {
    match diagnostic.span() {
        Some(span) => {
            let source = sources.get(span.source);
            (source.name(), source.line_column(span.start))
        }
        None => ("dunnage", LineColumn { line: 1, column: 1 }),
    }
}

/// Returns a text for XML content or attributes. XML 1.0 cannot represent most control characters.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in clean::without_controls(text).chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push_str("&#10;"),
            '\u{fffe}' | '\u{ffff}' => escaped.push('?'),
            letter => escaped.push(letter),
        }
    }
    escaped
}
