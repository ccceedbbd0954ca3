use std::fmt;

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents,
};
use miette::{Severity, SourceCode, SourceSpan, SpanContents, ThemeCharacters, ThemeStyles};

use super::excerpt::{Excerpt, ExcerptFrame, Mark, excerpts};
use super::{Pages, clean};
use crate::diag::{Diagnostic, Fix, Level, Safety};
use crate::text::Sources;

/// The capabilities of the terminal.
#[derive(Debug, Clone)]
pub struct OutputOptions {
    /// Whether it shows colours.
    pub color: bool,
    /// Whether it shows characters outside ASCII.
    pub unicode: bool,
    /// Its width in columns; longer source lines are cut.
    pub width: usize,
    /// Whether messages are wrapped at words; in a log each one is on one line, so that `grep` finds it.
    pub wraps: bool,
    /// Returns the pages that codes link to (with the escape sequence OSC 8); `None` if the stream is not a terminal.
    pub pages: Option<Pages>,
}

/// Returns each diagnostic with its source lines, separated by blank lines.
///
/// The first line of each has everything important, for logs that show only that.
pub fn graphical(sources: &Sources, diagnostics: &[Diagnostic], options: &OutputOptions) -> String {
    let diagnostics = &clean::diagnostics(sources, diagnostics);
    let blocks: Vec<String> = diagnostics
        .iter()
        .map(|diagnostic| block(sources, diagnostic, options))
        .collect();
    blocks.join("\n")
}

/// The columns before a source line.
const GUTTER: usize = 12;

/// The least width at which a cut line is useful.
const NARROWEST: usize = 40;

/// The columns that miette adds before each line of a message except the first, and before the help.
const MESSAGE_INDENT: usize = 4;
const HELP_INDENT: usize = 8;

/// Wraps a text between words into lines of up to `width` columns, given the columns before its first line and before
/// the others.
fn wrap(text: &str, [first, others]: [usize; 2], width: usize) -> String {
    let mut wrapped = String::with_capacity(text.len() + 8);
    let mut column = first;
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            wrapped.push('\n');
            column = others;
        }
        for (index, word) in line.split(' ').enumerate() {
            let length = word.chars().count();
            if index > 0 && column + 1 + length > width {
                wrapped.push('\n');
                column = others;
            } else if index > 0 {
                wrapped.push(' ');
                column += 1;
            }
            wrapped.push_str(word);
            column += length;
        }
    }
    wrapped
}

fn block(sources: &Sources, diagnostic: &Diagnostic, options: &OutputOptions) -> String {
    let ellipsis = if options.unicode { "…" } else { "..." };
    let width = options.width.saturating_sub(GUTTER).max(NARROWEST);
    let wrapped = |text: String, first: usize, others: usize| {
        if options.wraps {
            wrap(&text, [first, others], options.width.max(NARROWEST))
        } else {
            text
        }
    };
    let message = format!(
        "{}: {}",
        diagnostic.code.name,
        clean::one_line(&diagnostic.message)
    );
    let head = diagnostic.level.name().len() + diagnostic.code.id.len() + "[] ".len();
    let shown = Shown {
        message: wrapped(message, head, MESSAGE_INDENT),
        severity: severity(diagnostic.level),
        help: help(diagnostic).map(|help| wrapped(help, HELP_INDENT, HELP_INDENT)),
        view: View::new(excerpts(
            sources,
            &diagnostic.labels,
            ExcerptFrame { width, ellipsis },
        )),
    };
    let handler = GraphicalReportHandler::new_themed(theme(diagnostic, options))
        .with_links(false)
        .with_wrap_lines(false)
        .without_syntax_highlighting()
        .with_context_lines(1);
    let mut text = String::new();
    handler.render_report(&mut text, &shown).expect("every label is in an excerpt");
    // miette indents the first line for its icon; the level and the code replace it.
    text.strip_prefix("  ").map(str::to_owned).unwrap_or(text)
}

fn theme(diagnostic: &Diagnostic, options: &OutputOptions) -> GraphicalTheme {
    let mut characters = if options.unicode {
        ThemeCharacters::unicode()
    } else {
        ThemeCharacters::ascii()
    };
    let head = format!("{}[{}]", diagnostic.level.name(), id(diagnostic, options));
    match diagnostic.level {
        Level::Error => characters.error = head,
        Level::Warning => characters.warning = head,
        Level::Note | Level::Hint => characters.advice = head,
    }
    let styles = if options.color {
        ThemeStyles::ansi()
    } else {
        ThemeStyles::none()
    };
    GraphicalTheme { characters, styles }
}

/// Returns the code, as a link to its page if one is known.
fn id(diagnostic: &Diagnostic, options: &OutputOptions) -> String {
    let id = diagnostic.code.id;
    let pages = options.pages.as_ref();
    match pages.and_then(|pages| pages.link(diagnostic.code)) {
        Some(link) => format!("\u{1b}]8;;{link}\u{1b}\\{id}\u{1b}]8;;\u{1b}\\"),
        None => id.to_owned(),
    }
}

fn severity(level: Level) -> Severity {
    match level {
        Level::Error => Severity::Error,
        Level::Warning => Severity::Warning,
        Level::Note | Level::Hint => Severity::Advice,
    }
}

fn help(diagnostic: &Diagnostic) -> Option<String> {
    let help = diagnostic.help.as_deref().map(clean::lines);
    let fix = diagnostic.fix.as_ref().map(offer);
    match (help, fix) {
        (Some(help), Some(fix)) => Some(format!("{help}\n{fix}")),
        (help, fix) => help.or(fix),
    }
}

fn offer(fix: &Fix) -> String {
    let message = clean::lines(&fix.message);
    match fix.safety {
        Safety::Safe => format!("fix: {message}"),
        Safety::Unsafe => format!("unsafe fix: {message}"),
    }
}

/// A diagnostic in the form that miette expects.
#[derive(Debug)]
struct Shown {
    message: String,
    severity: Severity,
    help: Option<String>,
    view: View,
}

impl fmt::Display for Shown {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Shown {}

impl miette::Diagnostic for Shown {
    fn severity(&self) -> Option<Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.view)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.view.parts.iter().flat_map(BlockPart::labels)))
    }
}

/// All excerpts of a diagnostic as one text, which miette then shows as snippets with their own names.
#[derive(Debug)]
struct View {
    parts: Vec<BlockPart>,
}

/// An excerpt and its position in the view.
#[derive(Debug)]
struct BlockPart {
    base: usize,
    excerpt: Excerpt,
}

impl View {
    fn new(excerpts: Vec<Excerpt>) -> Self {
        let mut parts = Vec::with_capacity(excerpts.len());
        let mut base = 0;
        for excerpt in excerpts {
            // The byte between two excerpts belongs to neither.
            let next = base + excerpt.text.len() + 1;
            parts.push(BlockPart { base, excerpt });
            base = next;
        }
        Self { parts }
    }
}

impl BlockPart {
    fn labels(&self) -> impl Iterator<Item = LabeledSpan> + '_ {
        self.excerpt.marks.iter().map(|mark| {
            let text = (!mark.text.is_empty()).then(|| mark.text.clone());
            let span = SourceSpan::new((self.base + mark.range.start).into(), mark.range.len());
            if mark.is_primary {
                LabeledSpan::new_primary_with_span(text, span)
            } else {
                LabeledSpan::new_with_span(text, span)
            }
        })
    }

    fn mark_at(&self, offset: usize) -> Option<&Mark> {
        self.excerpt.marks.iter().find(|mark| self.base + mark.range.start == offset)
    }
}

impl SourceCode for View {
    /// Returns the whole excerpt around a span; without context lines, only the place of the label, for the heading.
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        _lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let end = span.offset() + span.len();
        let holds = |part: &&BlockPart| {
            part.base <= span.offset() && end <= part.base + part.excerpt.text.len()
        };
        let part = self.parts.iter().find(holds).ok_or(MietteError::OutOfBounds)?;
        let Excerpt {
            name,
            first_line,
            text,
            ..
        } = &part.excerpt;
        let place =
            part.mark_at(span.offset()).filter(|_| lines_before == 0).map(|mark| mark.place);
        let (line, column) =
            place.map_or((*first_line, 0), |place| (place.line - 1, place.column - 1));
        let whole = SourceSpan::new(part.base.into(), text.len());
        let count = text.lines().count();
        Ok(Box::new(MietteSpanContents::new_named(
            name.clone(),
            text.as_bytes(),
            whole,
            line,
            column,
            count,
        )))
    }
}
