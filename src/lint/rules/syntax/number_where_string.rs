use crate::diag::{Code, Diagnostic, FixKind};
use crate::lint::{Check, Rule, SchemaViolation, fixes};
use crate::schema::ViolationKind;
use crate::values::Content;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Violation,
};

static CODE: Code = Code::error(
    "SY003",
    "number-where-string",
    "an unquoted value is read as a number: the chart expects a string",
)
.page(include_str!("number_where_string.md"))
.fix(FixKind::Safe);

pub(in crate::lint) fn check(found: &SchemaViolation<'_, '_>) -> Option<Diagnostic> {
    let ViolationKind::WrongType {
        wants_string: true, ..
    } = found.violation.kind
    else {
        return None;
    };
    let value = found.value?;
    let Content::Number(number) = &value.content else {
        return None;
    };
    let text = found.values.sources.shown(value.set.value);
    let is_secret = text != found.values.sources.slice(value.set.value);
    let message = if is_secret {
        "a secret is read as a number: the chart expects a string".to_owned()
    } else if text == number.to_string() {
        format!("unquoted `{text}` is read as a number: the chart expects a string")
    } else {
        format!("unquoted `{text}` is read as the number {number}: the chart expects a string")
    };
    let finding = Diagnostic::new(&CODE, message).at(found.violation.span, "read as a number");
    let finding = finding.help(if is_secret {
        "quote the value".to_owned()
    } else {
        format!("quote the value: \"{text}\"")
    });
    let edits = fixes::quote(found.values, value);
    Some(fixes::safe_fix(finding, "quote the value", edits))
}
