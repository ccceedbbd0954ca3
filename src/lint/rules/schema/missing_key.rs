use crate::diag::{Code, Diagnostic};
use crate::lint::{Check, Rule, SchemaViolation};
use crate::schema::ViolationKind;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Violation,
};

static CODE: Code = Code::error(
    "SM011",
    "missing-key",
    "a key that the chart requires is missing",
)
.page(include_str!("missing_key.md"));

pub(in crate::lint) fn check(found: &SchemaViolation<'_, '_>) -> Option<Diagnostic> {
    let ViolationKind::MissingKey(_) = &found.violation.kind else {
        return None;
    };
    // SY002 reports keys that a `null` deleted.
    (!found.is_deleted).then(|| found.violation.clone().under(&CODE))
}
