//! Linting again, with some texts changed, where nothing else may have changed.

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
    /// The texts of the first run.
    pub sources: &'r Sources,
    request: &'r LintRequest,
    /// What is known of releases whose texts do not change.
    memo: RefCell<Memo>,
}

impl<'r> Relint<'r> {
    /// Prepares to repeat the run of a request that a reader has read; `memo` has seen that run.
    pub fn new(reader: &'r Reader<'r>, request: &'r LintRequest, memo: Memo) -> Self {
        Self {
            host: reader.host,
            sources: &reader.sources,
            request,
            memo: RefCell::new(memo),
        }
    }

    /// Lints everything with these texts in place of those that were read, releases only where one of their texts changed;
    /// returns the findings with their spans in the sources that were read, selected or not.
    pub fn lint(&self, changed: &BTreeMap<SourceId, String>, repeats: Repeats) -> Vec<Diagnostic> {
        // What was read is not read again: who edits a file meanwhile must not change what fixes are proven by.
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
        // The policy was read without a fault before, and no fix changes it.
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
