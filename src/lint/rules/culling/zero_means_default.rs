use crate::diag::{Code, Diagnostic};
use crate::hub::span;
use crate::lint::{Check, Context, Rule};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::warning(
    "CU003",
    "zero-means-default",
    "a zero does not switch it off, it means the culler's own default",
)
.page(include_str!("zero_means_default.md"));

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    /// What the chart leaves out where it is falsy, and what the culler does then.
    const FLAGS: [(&str, &str); 3] = [
        (
            "cull.timeout",
            "stops servers that were idle for 600 seconds",
        ),
        ("cull.every", "looks every half `timeout`"),
        ("cull.concurrency", "stops 10 servers at a time"),
    ];
    let hub = cx.hub;
    if hub.flag("cull.enabled") != Some(true) {
        return;
    }
    for (path, meaning) in FLAGS {
        const HELP: &str =
            "`cull.enabled: false` switches culling off; `cull.maxAge: 0` does mean no limit";
        const NOT_TOLD: &str = "the culler is not told of it";
        if hub.number(path) == Some(0.0) {
            let message = format!("`{path}: 0` does not mean never: the culler {meaning}");
            let finding = Diagnostic::new(&CODE, message).help(HELP);
            findings.push(hub.at(finding, &[(path, NOT_TOLD)]));
        }
        let null = hub.deleted(path).filter(|_| path == "cull.concurrency");
        if let Some(null) = null {
            let message = format!("`{path}: null` does not mean no limit: the culler {meaning}");
            let finding = Diagnostic::new(&CODE, message).help(HELP);
            findings.push(finding.at(span(null), NOT_TOLD));
        }
    }
}
