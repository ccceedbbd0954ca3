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
    "a key is unknown to the chart, whose schema rejects it",
)
.page(include_str!("unknown_key.md"))
.fix(FixKind::Unsafe);

pub(in crate::lint) fn check(found: &SchemaViolation<'_, '_>) -> Option<Diagnostic> {
    let ViolationKind::UnknownKey { meant, .. } = &found.violation.kind else {
        return None;
    };
    let finding = found.violation.clone().under(&CODE);
    if let Some(nested) = found.path.last().and_then(|key| nested(key)) {
        return Some(finding.help(format!(
            "did you mean `{nested}`? Dots separate levels only in `--set`"
        )));
    }
    let (Some(meant), Some(value)) = (meant, found.value) else {
        return Some(finding);
    };
    let edits = fixes::rename_key(found.values, value, meant);
    Some(fixes::unsafe_fix(
        finding,
        format!("rename it to `{meant}`"),
        edits,
    ))
}

/// Returns a path that is written as one key (`singleuser.memory.limit`) as nested mappings.
fn nested(key: &str) -> Option<String> {
    let names: Vec<&str> = key.split('.').collect();
    if names.len() < 2 || key.contains('/') || names.iter().any(|name| name.is_empty()) {
        return None;
    }
    let last = format!("{}: ...", names[names.len() - 1]);
    let around = names.iter().rev().skip(1);
    Some(around.fold(last, |inside, name| format!("{name}: {{{inside}}}")))
}
