use crate::diag::{Code, Diagnostic};
use crate::lint::{Check, JudgedComment, Rule};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Comment(check),
};

static CODE: Code = Code::warning(
    "SP003",
    "suppression-without-reason",
    "a suppression comment gives no reason, but the policy requires one",
)
.page(include_str!("without_reason.md"));

fn check(judged: &JudgedComment<'_>) -> Option<Diagnostic> {
    if !judged.lacks_reason {
        return None;
    }
    let message = "this suppression has no reason, but `lint.requireReasons` is true";
    let finding = Diagnostic::new(&CODE, message).at(judged.comment.span, "no reason given");
    Some(finding.help("add the reason after the list of rules"))
}
