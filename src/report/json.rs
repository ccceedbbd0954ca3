use serde::Serialize;

use super::clean;
use crate::diag::{Diagnostic, Fix, Label, Level, Safety, TextEdit};
use crate::text::{Source, Sources, Span};

/// Returns all diagnostics as one JSON document. `version` increases if a member changes its meaning or is removed.
pub fn json(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let diagnostics = findings(sources, diagnostics);
    let document = JsonDocument {
        version: 1,
        diagnostics,
    };
    let mut text =
        serde_json::to_string_pretty(&document).expect("strings and numbers always serialize");
    text.push('\n');
    text
}

/// Returns each diagnostic as one line of JSON.
pub fn json_lines(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let findings = findings(sources, diagnostics).into_iter();
    findings
        .map(|finding| {
            let line = serde_json::to_string(&finding);
            line.expect("strings and numbers always serialize") + "\n"
        })
        .collect()
}

/// Returns each diagnostic in the form of the JSON report.
pub fn findings<'d>(
    sources: &Sources,
    diagnostics: impl IntoIterator<Item = &'d Diagnostic>,
) -> Vec<Finding> {
    let diagnostics = clean::diagnostics(sources, diagnostics);
    diagnostics.iter().map(|diagnostic| finding(sources, diagnostic)).collect()
}

#[derive(Serialize)]
struct JsonDocument {
    version: u32,
    diagnostics: Vec<Finding>,
}

/// A finding with its places.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Finding {
    /// The code: `RN003`.
    code: &'static str,
    /// The code's name: `affinity-contradiction`.
    name: &'static str,
    /// Level of the finding.
    level: Level,
    /// The message, in one line.
    message: String,
    /// The places; the first one is the primary one.
    labels: Vec<JsonPlace>,
    /// How to fix it.
    help: Option<String>,
    /// A fix that can be applied automatically.
    fix: Option<JsonFix>,
}

/// A span with a text: the text of a label, or the replacement of an edit.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct JsonPlace {
    /// The file, or the name of the stream.
    file: String,
    /// The start.
    start: JsonPosition,
    /// The end, which is exclusive.
    end: JsonPosition,
    /// The text of the label, or the replacement.
    text: String,
}

/// A position in a file.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct JsonPosition {
    /// Line, from 1.
    line: usize,
    /// Column in characters, from 1.
    column: usize,
    /// Offset in bytes, from 0.
    offset: usize,
}

/// A fix that can be applied automatically.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "Fix"))]
struct JsonFix {
    /// Returns what the fix does.
    message: String,
    /// `safe`, or `unsafe` if the fix needs review.
    safety: &'static str,
    /// Replacements, which do not overlap.
    edits: Vec<JsonPlace>,
}

fn finding(sources: &Sources, diagnostic: &Diagnostic) -> Finding {
    let label = |label: &Label| place(sources, label.span, clean::lines(&label.text));
    Finding {
        code: diagnostic.code.id,
        name: diagnostic.code.name,
        level: diagnostic.level,
        message: clean::lines(&diagnostic.message),
        labels: diagnostic.labels.iter().map(label).collect(),
        help: diagnostic.help.as_deref().map(clean::lines),
        fix: diagnostic.fix.as_ref().map(|fix| change(sources, fix)),
    }
}

fn change(sources: &Sources, fix: &Fix) -> JsonFix {
    let edit = |edit: &TextEdit| place(sources, edit.span, clean::edit(sources, edit));
    let safety = match fix.safety {
        Safety::Safe => "safe",
        Safety::Unsafe => "unsafe",
    };
    JsonFix {
        message: clean::lines(&fix.message),
        safety,
        edits: fix.edits.iter().map(edit).collect(),
    }
}

fn place(sources: &Sources, span: Span, text: String) -> JsonPlace {
    let source = sources.get(span.source);
    let file = source.name().to_owned();
    JsonPlace {
        file,
        start: position(source, span.start),
        end: position(source, span.end),
        text,
    }
}

fn position(source: &Source, offset: usize) -> JsonPosition {
    let place = source.line_column(offset);
    JsonPosition {
        line: place.line,
        column: place.column,
        offset,
    }
}
