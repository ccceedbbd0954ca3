use super::{Code, Level};
use crate::text::{SourceId, SourceMap, Span};

/// A place in a source and what to say of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What stands there, in a few words; may be empty.
    pub text: String,
}

/// Whether a fix keeps the meaning of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Safety {
    /// The meaning stays.
    Safe,
    /// Somebody has to look at it.
    Unsafe,
}

/// One replacement of bytes; an insertion has an empty span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextEdit {
    /// The bytes that go.
    pub span: Span,
    /// What stands there instead.
    pub text: String,
}

/// A change of the user's files that would make the diagnostic go away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What the fix does, as an instruction.
    pub message: String,
    /// Whether it may be applied without being looked at.
    pub safety: Safety,
    /// Non-overlapping replacements.
    pub edits: Vec<TextEdit>,
}

/// One finding: what is wrong (message), where (labels), what to do (help, fix).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which kind of finding.
    pub code: &'static Code,
    /// The level it is shown at; starts as the code's own.
    pub level: Level,
    /// What is wrong, in one line, user text in backticks.
    pub message: String,
    /// The primary place first; the others may lie in other sources. Empty where there is no text to show.
    pub labels: Vec<Label>,
    /// What to do about it.
    pub help: Option<String>,
    /// A mechanical way to do it.
    pub fix: Option<Fix>,
    /// Whether the document at the primary place does not parse, so that its lines tell less about what is secret.
    pub is_unparsed: bool,
}

impl Diagnostic {
    /// A diagnostic with no place yet.
    pub fn new(code: &'static Code, message: impl Into<String>) -> Self {
        Self {
            code,
            level: code.level,
            message: message.into(),
            labels: Vec::new(),
            help: None,
            fix: None,
            is_unparsed: false,
        }
    }

    /// Adds a place; the first one added is the primary one.
    #[must_use]
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label {
            span,
            text: text.into(),
        });
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Offers a mechanical way to do it.
    #[must_use]
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }

    /// Says that the document at the primary place does not parse.
    #[must_use]
    pub fn unparsed(mut self) -> Self {
        self.is_unparsed = true;
        self
    }

    /// The primary place, where there is one.
    pub fn span(&self) -> Option<Span> {
        self.labels.first().map(|label| label.span)
    }

    /// Where the primary place begins.
    pub fn start(&self) -> Option<(SourceId, usize)> {
        self.span().map(|span| (span.source, span.start))
    }

    /// Moves its places to the sources of another run. A label in a source that the other run does not have is removed; so
    /// is a fix of one.
    pub fn relocate(&mut self, map: &SourceMap) {
        self.labels.retain_mut(|label| map.relocate(&mut label.span));
        if let Some(fix) = &mut self.fix {
            let mut edits = fix.edits.iter_mut();
            if !edits.all(|edit| map.relocate(&mut edit.span)) {
                self.fix = None;
            }
        }
    }

    /// Whether it is shown as an error.
    pub fn is_error(&self) -> bool {
        self.level == Level::Error
    }
}
