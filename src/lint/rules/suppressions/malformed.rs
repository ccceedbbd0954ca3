use crate::diag::{Code, Diagnostic};
use crate::lint::suppress::is_day;
use crate::lint::{Check, JudgedComment, Rule};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Comment(check),
};

static CODE: Code = Code::warning(
    "SP004",
    "malformed-suppression",
    "a suppression comment has a wrong form or date, so it suppresses nothing",
)
.page(include_str!("malformed.md"));

fn check(judged: &JudgedComment<'_>) -> Option<Diagnostic> {
    let comment = judged.comment;
    if let Some(rewritten) = &comment.rewritten {
        let message = "this comment suppresses nothing: its form is not `# dunnage: ignore[RULE]`";
        let finding = Diagnostic::new(&CODE, message).at(comment.span, "wrong form");
        return Some(finding.help(format!("write `{rewritten}`")));
    }
    let until = comment.until.as_ref()?;
    if is_day(&until.text) {
        return None;
    }
    let message = format!(
        "this comment suppresses nothing: `{}` is not a date",
        until.text
    );
    let finding = Diagnostic::new(&CODE, message).at(until.span, "not a date");
    Some(finding.help("write the date as `until=2027-01-31`"))
}
