use crate::diag::{Code, Diagnostic};
use crate::lint::{Check, Found, Rule};
use crate::schema::ViolationKind;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    page: include_str!("unknown_key.md"),
    check: Check::Violation(check),
};

static CODE: Code = Code::error(
    "SM001",
    "unknown-key",
    "a key that the chart does not know, for which it refuses the upgrade",
);

fn check(found: &Found<'_>) -> Option<Diagnostic> {
    let ViolationKind::UnknownKey { .. } = &found.violation.kind else {
        return None;
    };
    Some(found.violation.clone().under(&CODE))
}
