use crate::diag::{Code, Diagnostic};
use crate::lint::{Check, Rule};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Property(is_across_files),
};

static CODE: Code = Code::note(
    "XL003",
    "cross-file-finding",
    "a finding involves lines of several files",
)
.page(include_str!("contradicted_across_files.md"));

fn is_across_files(finding: &Diagnostic) -> bool {
    let mut sources = finding.labels.iter().map(|label| label.span.source);
    let first = sources.next();
    sources.any(|source| Some(source) != first)
}
