use crate::diag::{Code, Diagnostic};
use crate::lint::{Check, Found, Rule};
use crate::schema::ViolationKind;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    page: include_str!("wrong_type.md"),
    check: Check::Violation(check),
};

static CODE: Code = Code::error(
    "SM005",
    "wrong-type",
    "a value of a type, or one of a list of words, that the chart does not take",
);

fn check(found: &Found<'_>) -> Option<Diagnostic> {
    match &found.violation.kind {
        ViolationKind::WrongType { .. } | ViolationKind::WrongValue => {
            Some(found.violation.clone().under(&CODE))
        }
        _ => None,
    }
}
