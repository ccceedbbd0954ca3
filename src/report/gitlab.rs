use serde_json::{Value, json};

use super::{clean, fingerprint};
use crate::diag::{Diagnostic, Level};
use crate::text::Sources;

/// Returns all diagnostics as a code quality report, which GitLab shows in merge requests.
pub fn gitlab(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let diagnostics = &clean::diagnostics(sources, diagnostics);
    let fingerprints = fingerprint::unique(sources, diagnostics);
    let findings = diagnostics.iter().zip(fingerprints);
    let report: Vec<Value> = findings
        .map(|(diagnostic, fingerprint)| finding(sources, diagnostic, fingerprint))
        .collect();
    format!("{:#}\n", Value::from(report))
}

fn finding(sources: &Sources, diagnostic: &Diagnostic, fingerprint: u64) -> Value {
    let (path, line) = match diagnostic.span() {
        Some(span) => {
            let source = sources.get(span.source);
            (source.name(), source.line_column(span.start).line)
        }
        // GitLab rejects a report with an entry without a place.
        None => ("dunnage", 1),
    };
    json!({
        "description": clean::one_line(&diagnostic.message),
        "check_name": diagnostic.code.id,
        "fingerprint": format!("{fingerprint:016x}"),
        "severity": severity(diagnostic.level),
        "location": {"path": path.strip_prefix("./").unwrap_or(path), "lines": {"begin": line}},
    })
}

fn severity(level: Level) -> &'static str {
    match level {
        Level::Error => "critical",
        Level::Warning => "major",
        Level::Note => "minor",
        Level::Hint => "info",
    }
}
