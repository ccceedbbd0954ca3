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
    "a colon without a space after it makes a key and its value one string",
)
.page(include_str!("missing_space.md"));

/// A string where the chart wants a mapping.
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
    // The text may be a credential that happens to have a colon: it is shown by the snippet alone, which hides it then.
    let message = format!("a space is missing after the colon, so `{holder}` is a string");
    let finding = Diagnostic::new(&CODE, message)
        .at(value.set.value, "one string")
        .help("put a space after the colon");
    Some(finding)
}
