use crate::diag::{Code, Diagnostic, FixKind};
use crate::lint::{Check, Rule, Values, fixes};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Values(check),
};

static CODE: Code = Code::error(
    "TX005",
    "helm-output-header",
    "a values file starts with the header line of `helm get values`",
)
.page(include_str!("helm_header.md"))
.fix(FixKind::Safe);

/// What Helm prints above the values.
const HEADERS: [&str; 2] = ["USER-SUPPLIED VALUES", "COMPUTED VALUES"];

fn check(values: &Values<'_>, findings: &mut Vec<Diagnostic>) {
    for header in HEADERS {
        let Some(value) = values.root.get(header) else {
            continue;
        };
        let message =
            format!("`{header}` is not a value: `helm get values` prints it above the values");
        let finding = Diagnostic::new(&CODE, message)
            .at(
                value.set.key.unwrap_or(value.set.value),
                "header printed by Helm",
            )
            .help(
                "remove the line, or export with `helm get values -o yaml`, which prints no header",
            );
        let edits = Some(value).filter(|value| value.is_null());
        let edits = edits.and_then(|value| fixes::remove(values, value));
        findings.push(fixes::safe_fix(finding, "remove the line", edits));
    }
}
