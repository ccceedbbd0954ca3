use crate::diag::{Code, Diagnostic, FixKind, Level};
use crate::hub::KubernetesValue;
use crate::hub::traits::snake_case;
use crate::lint::{Check, Context, Rule, fixes};
use crate::schema::{Step, Violation, ViolationKind, nearest_quantity};
use crate::values::{Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Violation,
};

static CODE: Code = Code::error(
    "KB001",
    "refused-kubernetes-value",
    "values hold an object of Kubernetes that the API server refuses",
)
.page(include_str!("refused_value.md"))
.fix(FixKind::Unsafe);

/// The finding about what an object of Kubernetes in the values violates.
pub(in crate::lint) fn finding(
    cx: &Context<'_>,
    object: KubernetesValue<'_>,
    violation: &Violation,
    value: Option<&Value>,
) -> Option<Diagnostic> {
    let is_default = cx.hub.defaults.contains(&violation.span.source);
    if is_default || is_of_tolerations(violation) || is_python_name(object, violation) {
        return None;
    }
    let mut violation = violation.clone();
    let is_unknown = matches!(violation.kind, ViolationKind::UnknownKey { .. });
    let consequence = match (is_unknown, object.is_of_spawner) {
        (true, _) => "it has no effect, or is refused",
        (false, true) => "no user server starts",
        (false, false) => "the API server refuses it",
    };
    violation.message = format!("{}: {consequence}", violation.message);
    let kind = violation.kind.clone();
    let steps = violation.steps.clone();
    let mut found = violation.under(&CODE);
    if is_unknown {
        found.level = Level::Warning;
    }
    let Some(value) = value else {
        return Some(found);
    };
    let text = value.as_text().unwrap_or_default();
    if is_placeholder(text) {
        found.level = Level::Note;
    }
    let last = steps.last();
    let is_command = matches!(last, Some(Step::Key(key)) if key == "command" || key == "args");
    if is_command && !text.is_empty() {
        found.help = Some("write a list, such as `[sh, -c, \"...\"]`".to_owned());
    }
    Some(with_fix(cx, found, &kind, value))
}

fn with_fix(
    cx: &Context<'_>,
    found: Diagnostic,
    kind: &ViolationKind,
    value: &Value,
) -> Diagnostic {
    match kind {
        ViolationKind::UnknownKey {
            meant: Some(meant), ..
        } => {
            let edits = fixes::rename_key(cx, value, meant);
            fixes::risky(found, format!("write `{meant}`"), edits)
        }
        ViolationKind::WrongType {
            meant: Some(meant), ..
        } => {
            let edits = fixes::replace_scalar(cx, value, meant.clone());
            fixes::risky(found, format!("write `{meant}`"), edits)
        }
        ViolationKind::WrongValue { meant } => {
            let quantity = match &value.content {
                Content::String(text) => nearest_quantity(text),
                _ => None,
            };
            let Some(meant) = meant.clone().or(quantity) else {
                return found;
            };
            let edits = fixes::replace_scalar(cx, value, meant.clone());
            fixes::risky(found, format!("write `{meant}`"), edits)
        }
        _ => found,
    }
}

/// Whether a text stands for one that is still to be written: `GROUP-ID`, `<group>`.
fn is_placeholder(text: &str) -> bool {
    let is_capital = |c: char| c.is_ascii_uppercase() || c == '-' || c == '_';
    text.starts_with('<') || (text.contains(['-', '_']) && text.chars().all(is_capital))
}

/// Tolerations have rules of their own, in pod specs too.
fn is_of_tolerations(violation: &Violation) -> bool {
    let mut steps = violation.steps.iter();
    steps.any(|step| matches!(step, Step::Key(key) if key == "tolerations"))
}

/// Whether KubeSpawner takes the name of its Python client for the field: `mount_path` for `mountPath`.
fn is_python_name(object: KubernetesValue<'_>, violation: &Violation) -> bool {
    if !object.is_of_spawner || !violation.steps.is_empty() {
        return false;
    }
    match &violation.kind {
        ViolationKind::UnknownKey {
            key,
            meant: Some(meant),
            ..
        } => *key == snake_case(meant),
        ViolationKind::MissingKey(key) => object.value.get(&snake_case(key)).is_some(),
        _ => false,
    }
}
