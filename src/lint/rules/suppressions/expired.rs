use crate::diag::{Code, Diagnostic};
use crate::lint::{Check, JudgedComment, Rule};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Comment(check),
};

static CODE: Code = Code::warning(
    "SP002",
    "expired-suppression",
    "a comment was to silence a finding until a day that is over",
)
.page(include_str!("expired.md"));

fn check(judged: &JudgedComment<'_>) -> Option<Diagnostic> {
    let until = judged.comment.until.as_ref()?;
    // What it silences nothing of is only in the way.
    if !judged.is_expired || judged.unused.len() == judged.comment.words.len() {
        return None;
    }
    let message = format!("this counts no more since {}", until.text);
    let finding = Diagnostic::new(&CODE, message).at(until.span, "is over");
    Some(finding.help("mend what it silenced, or give it another day"))
}
