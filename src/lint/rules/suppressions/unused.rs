use crate::diag::{Diagnostic, Fix, Safety, TextEdit};
use crate::lint::suppress::UNUSED_SUPPRESSION;
use crate::lint::{Check, Comment, JudgedComment, Rule, Word};
use crate::text::Span;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &UNUSED_SUPPRESSION,
    check: Check::Comment(check),
};

fn check(judged: &JudgedComment<'_>) -> Option<Diagnostic> {
    let unused = &judged.unused;
    let first = unused.first()?;
    let comment = judged.comment;
    let names: Vec<&str> = unused.iter().map(|word| word.text.as_str()).collect();
    let (message, span) = if first.text.is_empty() {
        (
            "unused suppression: there are no findings here".to_owned(),
            comment.span,
        )
    } else {
        let message = format!(
            "unused suppression of `{}`: no such finding here",
            names.join("`, `")
        );
        (message, first.span)
    };
    let is_whole = unused.len() == comment.words.len();
    let (edit, advice) = if is_whole {
        (without_comment(comment), "remove the comment")
    } else {
        (
            without_words(comment, unused),
            "remove the unused rules from the list",
        )
    };
    let finding = Diagnostic::new(&UNUSED_SUPPRESSION, message).at(span, "suppresses nothing");
    Some(finding.help(advice).fix(Fix {
        message: advice.to_owned(),
        safety: Safety::Safe,
        edits: vec![edit],
    }))
}

/// Returns the edit that removes a whole comment; applying fixes also removes the blanks and the line left behind.
fn without_comment(comment: &Comment) -> TextEdit {
    TextEdit {
        span: comment.whole,
        text: String::new(),
    }
}

/// Returns the edit that writes the list without the unused rules.
fn without_words(comment: &Comment, unused: &[&Word]) -> TextEdit {
    let (Some(first), Some(last)) = (comment.words.first(), comment.words.last()) else {
        return without_comment(comment);
    };
    let left = comment.words.iter().filter(|word| !unused.contains(word));
    let left: Vec<&str> = left.map(|word| word.text.as_str()).collect();
    TextEdit {
        span: Span::new(first.span.source, first.span.start..last.span.end),
        text: left.join(", "),
    }
}
