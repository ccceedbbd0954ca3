use crate::diag::{Code, Diagnostic, FixKind};
use crate::lint::{Check, Rule, SchemaViolation, fixes};
use crate::schema::ViolationKind;
use crate::values::Content;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Violation,
};

static CODE: Code = Code::warning(
    "SY004",
    "yaml11-boolean",
    "an unquoted `yes`, `on` or `n` is read as a boolean: the chart expects a string",
)
.page(include_str!("yaml11_boolean.md"))
.fix(FixKind::Safe);

/// Returns whether a plain scalar is a boolean in YAML 1.1 but not in YAML 1.2 (go-yaml's `resolve`).
pub(super) fn is_word(text: &str) -> bool {
    matches!(
        text.to_ascii_lowercase().as_str(),
        "y" | "n" | "yes" | "no" | "on" | "off"
    )
}

pub(in crate::lint) fn check(found: &SchemaViolation<'_, '_>) -> Option<Diagnostic> {
    let value = found.value?;
    let text = found.values.sources.shown(value.set.value);
    let Content::Bool(is_true) = value.content else {
        return None;
    };
    let is_meant = matches!(
        found.violation.kind,
        ViolationKind::WrongType {
            wants_string: true,
            ..
        } | ViolationKind::WrongValue { .. }
    );
    if !is_meant || !is_word(&text) {
        return None;
    }
    let message = format!("unquoted `{text}` is read as `{is_true}`: the chart expects a string");
    let finding = Diagnostic::new(&CODE, message).at(found.violation.span, "read as a boolean");
    let finding = finding.help(format!("quote the value: \"{text}\""));
    let edits = fixes::quote(found.values, value);
    Some(fixes::safe_fix(finding, "quote the value", edits))
}
