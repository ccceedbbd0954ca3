use crate::diag::{Code, Diagnostic};
use crate::lint::{Check, Rule, SchemaViolation};
use crate::schema::ViolationKind;
use crate::values::{Content, key_without_space};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Violation,
};

static CODE: Code = Code::error(
    "TX004",
    "missing-space",
    "a space is missing after a colon, so key and value are one string",
)
.page(include_str!("missing_space.md"));

/// Claims the violations in which the chart expects a mapping and finds a string such as `limit:2G`.
pub(in crate::lint) fn check(found: &SchemaViolation<'_, '_>) -> Option<Diagnostic> {
    let ViolationKind::WrongType {
        wants_string: false,
        ..
    } = found.violation.kind
    else {
        return None;
    };
    let value = found.value?;
    let Content::String(text) = &value.content else {
        return None;
    };
    let key = key_without_space(text)?;
    let written = found.values.sources.slice(value.set.value);
    if !written.starts_with(key) {
        return None;
    }
    let holder = found.path.last()?;
    // The string may be a credential that contains a colon: only the snippet shows it, which masks secrets.
    let message =
        format!("`{holder}` is a string, not a mapping: a space is missing after the colon");
    let finding = Diagnostic::new(&CODE, message)
        .at(value.set.value, "read as one string")
        .help("put a space after the colon");
    Some(finding)
}
