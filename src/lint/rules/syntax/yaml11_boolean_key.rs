use super::yaml11_boolean::is_word;
use crate::diag::{Code, Diagnostic, FixKind};
use crate::lint::{Check, Rule, Values, fixes};
use crate::values::{Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Values(check),
};

static CODE: Code = Code::warning(
    "SY008",
    "yaml11-boolean-key",
    "an unquoted key such as `on` or `y` is read as `true` or `false`",
)
.page(include_str!("yaml11_boolean_key.md"))
.fix(FixKind::Safe);

fn check(values: &Values<'_>, findings: &mut Vec<Diagnostic>) {
    look(values, values.root, findings);
}

fn look(values: &Values<'_>, value: &Value, findings: &mut Vec<Diagnostic>) {
    match &value.content {
        Content::Map(map) => {
            for (key, below) in &map.entries {
                if key == "true" || key == "false" {
                    findings.extend(finding(values, key, below));
                }
                look(values, below, findings);
            }
        }
        Content::List(items) => {
            for item in items.iter() {
                look(values, item, findings);
            }
        }
        _ => {}
    }
}

fn finding(values: &Values<'_>, key: &str, value: &Value) -> Option<Diagnostic> {
    let span = value.set.key?;
    let text = values.sources.slice(span);
    let is_default = values.defaults.contains(&span.source);
    if is_default || !is_word(text) {
        return None;
    }
    let message =
        format!("unquoted key `{text}` is read as `{key}`, so nothing finds it under `{text}`");
    let finding = Diagnostic::new(&CODE, message).at(span, "read as a boolean");
    let finding = finding.help(format!("quote the key: \"{text}\""));
    let edits = fixes::rename_key(values, value, text);
    Some(fixes::safe_fix(finding, "quote the key", edits))
}
