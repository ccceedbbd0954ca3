//! Lints a run again with changed texts.

use std::collections::BTreeMap;

use super::lint::{LintRequest, load_lint};
use super::reader::Reader;
use crate::diag::Diagnostic;
use crate::host::{Overlay, Read};
use crate::lint::{self, Repeats};
use crate::text::{Origin, SourceId, Sources, Span};

/// A run of the linter that can be repeated.
#[derive(Clone, Copy)]
pub struct Relint<'r> {
    host: &'r dyn Read,
    /// The sources of the first run.
    pub sources: &'r Sources,
    request: &'r LintRequest,
}

impl<'r> Relint<'r> {
    /// Returns the run of a request that a reader has read.
    pub fn new(reader: &'r Reader<'r>, request: &'r LintRequest) -> Self {
        Self {
            host: reader.host,
            sources: &reader.sources,
            request,
        }
    }

    /// Lints everything again with these texts instead of those that were read; returns all findings, selected or not,
    /// with spans in the sources that were read.
    pub fn lint(&self, changed: &BTreeMap<SourceId, String>, repeats: Repeats) -> Vec<Diagnostic> {
        // Files are not read again: a change by another program must not affect the verification of fixes.
        let files = self.sources.iter().filter_map(|(id, source)| {
            let text = changed.get(&id).map_or(source.text(), String::as_str);
            Some((source.file()?.to_owned(), text))
        });
        let mut all = self.sources.iter();
        let stdin = all.find(|(_, source)| *source.origin() == Origin::Stdin);
        let stdin =
            stdin.map(|(id, source)| changed.get(&id).map_or(source.text(), String::as_str));
        let overlay = Overlay {
            below: self.host,
            files: files.collect(),
            stdin: stdin.unwrap_or_default().to_owned(),
        };
        let mut reader = Reader::new(&overlay);
        // The policy was read without an error before, and no fix changes it.
        let Ok(loaded) = load_lint(&mut reader, self.request) else {
            return Vec::new();
        };
        let outcome = lint::judge(&reader.sources, loaded.lint, repeats);
        let known = Known::new(&reader.sources, self.sources);
        let mut findings = outcome.findings;
        findings.extend(loaded.errors);
        findings.extend(outcome.errors);
        for finding in &mut findings {
            known.place(finding);
        }
        findings
    }
}

/// Maps the sources of one run to those of another: the same names in the same order.
struct Known {
    ids: BTreeMap<SourceId, SourceId>,
}

impl Known {
    fn new(of: &Sources, by: &Sources) -> Self {
        let mut names: BTreeMap<&str, Vec<SourceId>> = BTreeMap::new();
        for (id, source) in by.iter() {
            names.entry(source.name()).or_default().push(id);
        }
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        let mut ids = BTreeMap::new();
        for (id, source) in of.iter() {
            let count = seen.entry(source.name()).or_default();
            let twins = names.get(source.name());
            ids.extend(
                twins
                    .and_then(|twins| twins.get(*count))
                    .map(|twin| (id, *twin)),
            );
            *count += 1;
        }
        Self { ids }
    }

    /// Maps the places of a finding; places in sources that the other run does not have are removed.
    fn place(&self, finding: &mut Diagnostic) {
        finding
            .labels
            .retain_mut(|label| self.span(&mut label.span));
        if let Some(fix) = &mut finding.fix {
            let mut edits = fix.edits.iter_mut();
            if !edits.all(|edit| self.span(&mut edit.span)) {
                finding.fix = None;
            }
        }
    }

    fn span(&self, span: &mut Span) -> bool {
        let id = self.ids.get(&span.source);
        span.source = *id.unwrap_or(&span.source);
        id.is_some()
    }
}
