use crate::diag::{Code, Diagnostic};
use crate::hub::span;
use crate::lint::{Check, Context, Rule};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::warning(
    "CU003",
    "zero-cull-setting",
    "`0` does not disable culling: it selects the culler's default",
)
.page(include_str!("zero_means_default.md"));

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    /// Keys that the chart passes on only if they are truthy, and the default of the culler.
    const KEYS: [(&str, &str); 3] = [
        ("cull.timeout", "600 seconds"),
        ("cull.every", "half of the timeout"),
        ("cull.concurrency", "10 servers at a time"),
    ];
    let hub = cx.hub;
    if hub.flag("cull.enabled") != Some(true) {
        return;
    }
    for (path, default) in KEYS {
        const HELP: &str = "set a positive number, or `cull.enabled: false` to disable culling (only `cull.maxAge: 0` means no limit)";
        const LABEL: &str = "not passed to the culler";
        if hub.number(path) == Some(0.0) {
            let message = format!("`{path}: 0` is ignored: the culler uses its default, {default}");
            let finding = Diagnostic::new(&CODE, message).help(HELP);
            findings.push(hub.at(finding, &[(path, LABEL)]));
        }
        let null = hub.deleted(path).filter(|_| path == "cull.concurrency");
        if let Some(null) = null {
            let message = format!(
                "`{path}: null` does not remove the limit: the culler uses its default, {default}"
            );
            let finding = Diagnostic::new(&CODE, message).help(HELP);
            findings.push(finding.at(span(null), LABEL));
        }
    }
}
