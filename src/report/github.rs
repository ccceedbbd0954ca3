use std::fmt::Write as _;

use super::clean;
use crate::diag::{Diagnostic, Level};
use crate::text::Sources;

/// Returns one workflow command per diagnostic, which GitHub Actions shows next to the lines of a pull request.
pub fn github(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let diagnostics = &clean::diagnostics(sources, diagnostics);
    let mut text = String::new();
    for diagnostic in diagnostics {
        let level = match diagnostic.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note | Level::Hint => "notice",
        };
        write!(text, "::{level} ").expect("a String takes it all");
        if let Some(span) = diagnostic.span() {
            let source = sources.get(span.source);
            let (start, end) = (source.line_column(span.start), source.line_column(span.end));
            let name = property(source.name());
            write!(
                text,
                "file={name},line={},endLine={},",
                start.line, end.line
            )
            .expect("a String takes it all");
            if start.line == end.line {
                write!(
                    text,
                    "col={},endColumn={},",
                    start.column,
                    end.column.max(start.column)
                )
                .expect("a String takes it all");
            }
        }
        let title = format!("{} {}", diagnostic.code.id, diagnostic.code.name);
        let body = data(&body(sources, diagnostic));
        writeln!(text, "title={}::{body}", property(&title)).expect("a String takes it all");
    }
    text
}

/// Returns the message, the other places, and the help.
fn body(sources: &Sources, diagnostic: &Diagnostic) -> String {
    let mut lines = vec![clean::one_line(&diagnostic.message)];
    for label in diagnostic.labels.iter().skip(1) {
        let source = sources.get(label.span.source);
        let line = source.line_column(label.span.start).line;
        lines.push(format!(
            "{}:{line}: {}",
            source.name(),
            clean::one_line(&label.text)
        ));
    }
    let help = diagnostic.help.iter().map(|help| format!("help: {}", clean::lines(help)));
    lines.extend(help);
    lines.join("\n")
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
