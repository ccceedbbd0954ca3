use super::clean;
use crate::diag::{Diagnostic, Safety};
use crate::text::Sources;

/// Returns one line per diagnostic, as editors and `grep` expect: `name:line:column: error[RN003] message`, with `[*]`
/// before a message that has a safe fix.
pub fn concise(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let diagnostics = &clean::diagnostics(sources, diagnostics);
    diagnostics.iter().map(|diagnostic| line(sources, diagnostic)).collect()
}

fn line(sources: &Sources, diagnostic: &Diagnostic) -> String {
    let level = diagnostic.level.name();
    let message = clean::one_line(&diagnostic.message);
    let fix = diagnostic.fix.as_ref();
    let mark = if fix.is_some_and(|fix| fix.safety == Safety::Safe) {
        " [*]"
    } else {
        ""
    };
    let finding = format!("{level}[{}]{mark} {message}\n", diagnostic.code.id);
    let Some(span) = diagnostic.span() else {
        return format!("{}: {finding}", diagnostic.code.name);
    };
    let source = sources.get(span.source);
    let place = source.line_column(span.start);
    format!(
        "{}:{}:{}: {finding}",
        clean::one_line(source.name()),
        place.line,
        place.column
    )
}
