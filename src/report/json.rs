use serde::Serialize;

use super::clean;
use crate::diag::{Diagnostic, Fix, Label, Level, Safety, TextEdit};
use crate::text::{Source, Sources, Span, mask};

/// All diagnostics as one JSON document. `version` goes up when a member changes its meaning or goes away.
pub fn json(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let diagnostics = diagnostics
        .iter()
        .map(|diagnostic| finding(sources, diagnostic))
        .collect();
    let document = Document {
        version: 1,
        diagnostics,
    };
    let mut text =
        serde_json::to_string_pretty(&document).expect("strings and numbers always serialize");
    text.push('\n');
    text
}

#[derive(Serialize)]
struct Document {
    version: u32,
    diagnostics: Vec<Finding>,
}

#[derive(Serialize)]
struct Finding {
    code: &'static str,
    name: &'static str,
    level: Level,
    message: String,
    labels: Vec<Place>,
    help: Option<String>,
    fix: Option<Change>,
}

/// A span with what is said of it: a label's text, or what an edit puts there.
#[derive(Serialize)]
struct Place {
    file: String,
    start: Position,
    end: Position,
    text: String,
}

#[derive(Serialize)]
struct Position {
    line: usize,
    column: usize,
    offset: usize,
}

#[derive(Serialize)]
struct Change {
    message: String,
    safety: &'static str,
    edits: Vec<Place>,
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

fn change(sources: &Sources, fix: &Fix) -> Change {
    let edit = |edit: &TextEdit| place(sources, edit.span, mask(&edit.text).into_owned());
    let safety = match fix.safety {
        Safety::Safe => "safe",
        Safety::Unsafe => "unsafe",
    };
    Change {
        message: clean::lines(&fix.message),
        safety,
        edits: fix.edits.iter().map(edit).collect(),
    }
}

fn place(sources: &Sources, span: Span, text: String) -> Place {
    let source = sources.get(span.source);
    let file = source.name().to_owned();
    Place {
        file,
        start: position(source, span.start),
        end: position(source, span.end),
        text,
    }
}

fn position(source: &Source, offset: usize) -> Position {
    let place = source.line_column(offset);
    Position {
        line: place.line,
        column: place.column,
        offset,
    }
}
