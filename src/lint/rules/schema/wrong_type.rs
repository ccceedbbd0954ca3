use crate::diag::{Code, Diagnostic, FixKind};
use crate::lint::{Check, Rule, SchemaViolation, fixes};
use crate::schema::ViolationKind;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Violation,
};

static CODE: Code = Code::error(
    "SM005",
    "wrong-type",
    "a value has the wrong type, or is not one of the allowed values",
)
.page(include_str!("wrong_type.md"))
.fix(FixKind::Safe);

pub(in crate::lint) fn check(found: &SchemaViolation<'_, '_>) -> Option<Diagnostic> {
    let meant = match &found.violation.kind {
        ViolationKind::WrongType { meant, .. } => meant.clone(),
        ViolationKind::WrongValue { meant } => meant.clone().map(Into::into),
        _ => return None,
    };
    let finding = found.violation.clone().under(&CODE);
    let (Some(meant), Some(value)) = (meant, found.value) else {
        return Some(finding);
    };
    let sources = found.values.sources;
    let is_secret = sources.shown(value.set.value) != sources.slice(value.set.value);
    let message = match meant.as_str() {
        _ if is_secret => "write the expected value".to_owned(),
        Some(word) => format!("write `{word}`"),
        None => format!("write `{meant}`"),
    };
    let edits = fixes::replace_scalar(found.values, value, meant);
    Some(fixes::safe_fix(finding, message, edits))
}
