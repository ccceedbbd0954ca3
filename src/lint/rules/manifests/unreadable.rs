use crate::diag::{Code, Diagnostic};
use crate::lint::{Check, Rule, Stream};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Stream(check),
};

static CODE: Code = Code::error(
    "XR014",
    "unreadable-manifest",
    "a manifest is not valid YAML, so Helm cannot install it",
)
.page(include_str!("unreadable.md"));

fn check(stream: &Stream<'_>, findings: &mut Vec<Diagnostic>) {
    for (part, error) in stream.documents.broken() {
        let message = format!("document is not valid YAML: {}", error.message);
        findings.push(
            Diagnostic::new(&CODE, message)
                .at(
                    stream.release.span(part, error.offset..error.offset),
                    "parser stops here",
                )
                .unparsed()
                .help("fix the chart template, or the values that it renders"),
        );
    }
}
