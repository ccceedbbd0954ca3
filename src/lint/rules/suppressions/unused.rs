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
            "nothing is found here that this could silence".to_owned(),
            comment.span,
        )
    } else {
        let message = format!("nothing is found here of `{}`", names.join("`, `"));
        (message, first.span)
    };
    let is_whole = unused.len() == comment.words.len();
    let (edit, advice) = if is_whole {
        (without_comment(comment), "take the comment away")
    } else {
        (without_words(comment, unused), "take it out of the list")
    };
    let finding = Diagnostic::new(&UNUSED_SUPPRESSION, message).at(span, "is not needed");
    Some(finding.help(advice).fix(Fix {
        message: advice.to_owned(),
        safety: Safety::Safe,
        edits: vec![edit],
    }))
}

/// All of a comment; the blanks and the line that it leaves behind are taken by whoever applies it.
fn without_comment(comment: &Comment) -> TextEdit {
    TextEdit {
        span: comment.whole,
        text: String::new(),
    }
}

/// The list of what is left.
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
