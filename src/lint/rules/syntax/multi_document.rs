use std::collections::BTreeSet;
use std::ops::Range;

use crate::diag::{Code, Diagnostic, FixKind, TextEdit};
use crate::lint::documents::Edits;
use crate::lint::{Check, Rule, Values, fixes};
use crate::text::{SourceId, Span};
use crate::values::{self, Content, Value};
use crate::yaml;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Values(check),
};

static CODE: Code = Code::warning(
    "SY006",
    "multi-document-values",
    "a values file with a second document, which one Helm reads and the other does not",
)
.page(include_str!("multi_document.md"))
.fix(FixKind::Unsafe);

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
        let finding =
            finding.help("put all into one document, and take the `---` between them away");
        Some(fixes::risky(
            finding,
            "make them one document",
            joined(values, id),
        ))
    }));
}

/// Without the marks between documents that hold something; nothing where two of them have a key in common, and
/// where one is no mapping that begins a line.
fn joined(values: &Values<'_>, id: SourceId) -> Edits {
    let source = values.sources.get(id);
    let text = source.text();
    if !source.is_file() || values.defaults.contains(&id) {
        return None;
    }
    let parts = yaml::split(text);
    let is_held = |part: &Range<usize>| !yaml::is_blank(&text[part.clone()]);
    let (first, last) = (
        parts.iter().position(is_held)?,
        parts.iter().rposition(is_held)?,
    );
    let mut keys = BTreeSet::new();
    for part in parts[first..=last].iter().filter(|part| is_held(part)) {
        let document = yaml::parse(&text[part.clone()]).ok()?;
        if document.trailing.is_some() {
            return None;
        }
        let root = document.root().filter(|root| root.is_mapping())?;
        let start = root.range().start;
        let is_block = document.text[..start].ends_with('\n') || start == 0;
        for (key, _) in root.entries() {
            let key = yaml::key_name(key)?;
            if !is_block || key == "sops" || !keys.insert(key) {
                return None;
            }
        }
    }
    let edits = parts[first..last].iter().map(|part| {
        let line = text[part.end..].split_inclusive('\n').next()?;
        let span = Span::new(id, part.end..part.end + line.len());
        (line.trim_end() == "---").then(|| TextEdit {
            span,
            text: String::new(),
        })
    });
    edits.collect()
}

/// Every text that something of the values stands in.
fn note(value: &Value, sources: &mut BTreeSet<SourceId>) {
    sources.insert(value.set.value.source);
    for lost in &value.overridden {
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
fn first_line(text: &str, start: usize) -> Range<usize> {
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
