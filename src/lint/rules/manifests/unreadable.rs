use crate::diag::{Code, Diagnostic};
use crate::lint::{Check, Rule, Stream};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Stream(check),
};

static CODE: Code = Code::error(
    "XR014",
    "unreadable-manifest",
    "a document of the stream is not YAML",
)
.page(include_str!("unreadable.md"));

fn check(stream: &Stream<'_>, findings: &mut Vec<Diagnostic>) {
    for (part, error) in stream.documents.broken() {
        let message = format!("this document is not YAML: {}", error.message);
        findings.push(
            Diagnostic::new(&CODE, message)
                .at(
                    stream.release.span(part, error.offset..error.offset),
                    "here",
                )
                .unparsed()
                .help("mend the chart's template, or the values that it writes out"),
        );
    }
}
