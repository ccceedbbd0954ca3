use crate::diag::{Code, Diagnostic, Level};
use crate::lint::suppress::{Judged, Word};
use crate::lint::{Check, Rule, is_rule, no_such_rule};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    page: include_str!("no_such_rule.md"),
    check: Check::Comment(check),
};

pub(in crate::lint) static CODE: Code = Code::error(
    "CL006",
    "no-such-rule",
    "an option, the policy or a comment names a rule that does not exist",
);

/// A comment that names no rule suppresses nothing, which stops nobody: the finding is still reported.
fn check(judged: &Judged<'_>) -> Option<Diagnostic> {
    let is_unknown = |word: &&Word| !word.text.is_empty() && !is_rule(&word.text);
    let word = judged.comment.words.iter().find(is_unknown)?;
    let mut finding = no_such_rule(&word.text).at(word.span, "suppresses nothing");
    finding.level = Level::Warning;
    Some(finding)
}
