use crate::diag::{Code, Diagnostic, FixKind};
use crate::lint::{Check, Rule, SchemaViolation, fixes};
use crate::schema::ViolationKind;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Violation,
};

static CODE: Code = Code::error(
    "SM001",
    "unknown-key",
    "a key that the chart does not know, for which it refuses the upgrade",
)
.page(include_str!("unknown_key.md"))
.fix(FixKind::Unsafe);

pub(in crate::lint) fn check(found: &SchemaViolation<'_, '_>) -> Option<Diagnostic> {
    let ViolationKind::UnknownKey { meant, .. } = &found.violation.kind else {
        return None;
    };
    let finding = found.violation.clone().under(&CODE);
    let (Some(meant), Some(value)) = (meant, found.value) else {
        return Some(finding);
    };
    let edits = fixes::rename_key(found.values, value, meant);
    Some(fixes::risky(finding, format!("call it `{meant}`"), edits))
}
