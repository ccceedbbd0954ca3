use crate::diag::{Diagnostic, Level};
use crate::lint::select::NO_SUCH_RULE;
use crate::lint::{Check, JudgedComment, Rule};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &NO_SUCH_RULE,
    check: Check::Comment(check),
};

/// A warning, not an error: the comment suppresses nothing, so the finding is still reported.
fn check(judged: &JudgedComment<'_>) -> Option<Diagnostic> {
    let (word, error) = judged.unknown.clone()?;
    let mut finding = error.at(word.span, "suppresses nothing");
    finding.level = Level::Warning;
    Some(finding)
}
