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
    "a values file has several documents: Helm 3 reads only the first, Helm 4 merges all",
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
        let message =
            "several documents in a values file: Helm 3 reads only the first, Helm 4 merges all";
        let line = first_line(source.text(), second.start);
        let finding = Diagnostic::new(&CODE, message);
        let finding = finding.at(Span::new(id, line), "ignored by Helm 3");
        let finding =
            finding.help("put everything into one document: remove the `---` between them");
        Some(fixes::unsafe_fix(
            finding,
            "join the documents",
            joined(values, id),
        ))
    }));
}

/// Returns edits that remove the `---` between documents with content; `None` if two of them share a key, or one is
/// not a block mapping.
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

/// Collects the sources of all values.
fn note(value: &Value, sources: &mut BTreeSet<SourceId>) {
    sources.insert(value.set.value.source);
    for overridden in &value.overridden {
        note(overridden, sources);
    }
    if let Content::Map(map) = &value.content {
        let below = map.entries.values().chain(map.deleted.values());
        for value in below {
            note(value, sources);
        }
    }
}

/// Returns the range of the first line of a document that is not only a comment.
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
