use std::collections::BTreeSet;

use crate::diag::{Code, Diagnostic};
use crate::lint::{Check, Rule, Values};
use crate::text::{SourceId, Span};
use crate::values::{self, Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    page: include_str!("multi_document.md"),
    check: Check::Values(check),
};

static CODE: Code = Code::warning(
    "SY006",
    "multi-document-values",
    "a values file with a second document, which one Helm reads and the other does not",
);

fn check(values: &Values<'_>, findings: &mut Vec<Diagnostic>) {
    let mut sources = BTreeSet::new();
    note(values.root, &mut sources);
    for inside in values.inside {
        sources.remove(&inside.values.source);
    }
    findings.extend(sources.into_iter().filter_map(|id| {
        let source = values.sources.get(id);
        let second = values::second_document(source.text())?;
        let message = "Helm 3 reads the first document of this file alone, Helm 4 all of them";
        let line = first_line(source.text(), second.start);
        let finding = Diagnostic::new(&CODE, message);
        let finding = finding.at(Span::new(id, line), "to Helm 3 this is not there");
        Some(finding.help("put all into one document, and take the `---` between them away"))
    }));
}

/// Every text that something of the values stands in.
fn note(value: &Value, sources: &mut BTreeSet<SourceId>) {
    sources.insert(value.set.value.source);
    for lost in &value.lost {
        note(lost, sources);
    }
    if let Content::Map(map) = &value.content {
        let below = map.entries.values().chain(map.deleted.values());
        for value in below {
            note(value, sources);
        }
    }
}

/// The first line of a document with more than a comment.
fn first_line(text: &str, start: usize) -> std::ops::Range<usize> {
    let mut at = start;
    for line in text[start..].split_inclusive('\n') {
        let content = line.trim();
        if !content.is_empty() && !content.starts_with('#') {
            let from = at + (line.len() - line.trim_start().len());
            return from..from + content.len();
        }
        at += line.len();
    }
    start..start
}
