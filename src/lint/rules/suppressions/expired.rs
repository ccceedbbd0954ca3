use crate::diag::{Code, Diagnostic};
use crate::lint::{Check, JudgedComment, Rule};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Comment(check),
};

static CODE: Code = Code::warning(
    "SP002",
    "expired-suppression",
    "a suppression comment has expired, so its findings are reported again",
)
.page(include_str!("expired.md"));

fn check(judged: &JudgedComment<'_>) -> Option<Diagnostic> {
    let until = judged.comment.until.as_ref()?;
    // A comment that matches no finding is reported as unused only.
    if !judged.is_expired || judged.unused.len() == judged.comment.words.len() {
        return None;
    }
    let message = format!(
        "this suppression expired after {}: its findings are reported again",
        until.text
    );
    let finding = Diagnostic::new(&CODE, message).at(until.span, "expired");
    Some(finding.help("fix the finding, or set a later date"))
}
