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
    "rejected-kubernetes-value",
    "the API server rejects a Kubernetes object in the values",
)
.page(include_str!("refused_value.md"))
.fix(FixKind::Unsafe);

/// Returns the finding about a Kubernetes object in the values that violates its type.
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
        (true, _) => "it is ignored or rejected",
        (false, true) => "no user server starts",
        (false, false) => "the API server rejects it",
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
        found.help = Some("use a list, such as `[sh, -c, \"...\"]`".to_owned());
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
            fixes::unsafe_fix(found, format!("rename it to `{meant}`"), edits)
        }
        ViolationKind::WrongType {
            meant: Some(meant), ..
        } => {
            let edits = fixes::replace_scalar(cx, value, meant.clone());
            fixes::unsafe_fix(found, format!("replace it with `{meant}`"), edits)
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
            fixes::unsafe_fix(found, format!("replace it with `{meant}`"), edits)
        }
        _ => found,
    }
}

/// Whether a string is a placeholder that the user must replace: `GROUP-ID`, `<group>`.
fn is_placeholder(text: &str) -> bool {
    let is_capital = |c: char| c.is_ascii_uppercase() || c == '-' || c == '_';
    text.starts_with('<') || (text.contains(['-', '_']) && text.chars().all(is_capital))
}

/// Whether the violation is in a toleration, which other rules check, in pod specs too.
fn is_of_tolerations(violation: &Violation) -> bool {
    let mut steps = violation.steps.iter();
    steps.any(|step| matches!(step, Step::Key(key) if key == "tolerations"))
}

/// Whether the key is a name of the Python client, which KubeSpawner accepts: `mount_path` for `mountPath`.
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
