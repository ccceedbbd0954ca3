use crate::diag::{Code, Diagnostic};
use crate::lint::{Check, JudgedComment, Rule};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Comment(check),
};

static CODE: Code = Code::warning(
    "SP003",
    "suppression-without-reason",
    "a comment silences a finding and does not say why",
)
.page(include_str!("without_reason.md"));

fn check(judged: &JudgedComment<'_>) -> Option<Diagnostic> {
    if !judged.lacks_reason {
        return None;
    }
    let message = "this silences findings and does not say why";
    let finding = Diagnostic::new(&CODE, message).at(judged.comment.span, "");
    Some(finding.help("write the reason behind the list"))
}
