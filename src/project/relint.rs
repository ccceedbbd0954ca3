//! Lints a run again with changed texts.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::lint::{LintRequest, load_lint};
use super::reader::Reader;
use crate::diag::Diagnostic;
use crate::host::{Overlay, Read};
use crate::lint::{self, Memo, Repeats};
use crate::text::{Origin, SourceId, SourceMap, SourceNames, Sources};

/// A run of the linter that can be repeated.
pub struct Relint<'r> {
    host: &'r dyn Read,
    /// The sources of the first run.
    pub sources: &'r Sources,
    request: &'r LintRequest,
    /// What is known of releases whose texts do not change.
    memo: RefCell<Memo>,
}

impl<'r> Relint<'r> {
    /// Returns the run of a request that a reader has read; `memo` has seen it.
    pub fn new(reader: &'r Reader<'r>, request: &'r LintRequest, memo: Memo) -> Self {
        Self {
            host: reader.host,
            sources: &reader.sources,
            request,
            memo: RefCell::new(memo),
        }
    }

    /// Lints everything again with these texts instead of those that were read, releases only if one of their texts changed;
    /// returns all findings, selected or not, with spans in the sources that were read.
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
        let memo = &mut *self.memo.borrow_mut();
        let outcome = lint::judge_again(&reader.sources, loaded.lint, repeats, memo);
        let to_first = SourceMap::new(&reader.sources, &SourceNames::new(self.sources));
        let mut findings = outcome.findings;
        findings.extend(loaded.errors);
        findings.extend(outcome.errors);
        for finding in &mut findings {
            finding.relocate(&to_first);
        }
        findings
    }
}
