//! `--fix` and `--diff`: applies the fixes of findings to their files.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::summary::{Fixable, plural};
use super::writer::{Access, Named, Writer};
use crate::cli::args::LintOptions;
use crate::cli::patch;
use crate::cli::session::Session;
use crate::diag::{Diagnostic, Fix, Safety};
use crate::fix::{self, Allowed, FixOutcome, Texts};
use crate::host::Host;
use crate::lint::{Memo, Repeats, Selection};
use crate::project::{LintRequest, Relint};
use crate::report;
use crate::text::{SourceId, Sources};

/// The request of a run with fixes.
#[derive(Clone, Copy)]
pub(super) struct Fixing<'f> {
    pub(super) options: &'f LintOptions,
    pub(super) request: &'f LintRequest,
    pub(super) selection: &'f Selection,
    pub(super) policy_folder: Option<&'f Path>,
}

/// The result of a run with fixes.
pub(super) struct Fixed {
    /// The remaining findings, selected or not.
    pub(super) left: Vec<Diagnostic>,
    /// The diff, if requested.
    pub(super) diff: String,
    /// Lines for the user.
    pub(super) lines: Vec<String>,
    /// Why files were not written.
    pub(super) errors: Vec<Diagnostic>,
    /// The fixed standard input, if it is linted.
    pub(super) stdin: Option<String>,
}

/// Counts the findings with a fix that may be applied.
pub(super) fn count(session: &Session<'_>, fixing: Fixing<'_>, findings: &[Diagnostic]) -> Fixable {
    let named = Named::of(session.host, &fixing);
    let sources = &session.reader.sources;
    let may_apply = |fix: &&Fix| {
        let mut edits = fix.edits.iter();
        edits.all(|edit| {
            let source = sources.get(edit.span.source);
            named.access(session.host, source) == Access::Allowed
        })
    };
    let fixes = findings.iter().filter_map(|finding| finding.fix.as_ref());
    let mut fixable = Fixable::default();
    for fix in fixes.filter(may_apply) {
        match fix.safety {
            Safety::Safe => fixable.safe_fixes += 1,
            Safety::Unsafe => fixable.unsafe_fixes += 1,
        }
    }
    fixable
}

/// Applies the fixes and writes each file as soon as its fixes are verified, unless a diff is requested. `first` has the
/// findings in the unchanged files, if these need not be linted again: that is so without manifests.
/// `memo` has seen that run.
pub(super) fn run(
    session: &mut Session<'_>,
    fixing: Fixing<'_>,
    memo: Memo,
    mut first: Option<Vec<Diagnostic>>,
) -> Fixed {
    let options = fixing.options;
    let allowed = if options.unsafe_fixes {
        Allowed::Unsafe
    } else {
        Allowed::Safe
    };
    let (host, sources) = (session.host, &session.reader.sources);
    let linter = Linter {
        host,
        relint: Relint::new(&session.reader, fixing.request, memo),
        fixing,
        named: Named::of(host, &fixing),
        outside: RefCell::default(),
    };
    let has_manifests = first.is_none();
    let mut writer = Writer::new(host, sources, &linter.named);
    let mut outcome = fix::run_and_hand_on(
        sources,
        allowed,
        &mut |texts: &Texts<'_>| match first.take() {
            Some(mut findings) => {
                for finding in &mut findings {
                    linter.keep_fix(finding);
                }
                findings
            }
            None => linter.lint(texts.changed(), Repeats::Shown),
        },
        &mut |texts| {
            if !options.diff {
                writer.write(texts);
            }
        },
    );
    let Writer {
        written, refused, ..
    } = writer;
    let is_written = refused.is_empty();
    if !is_written {
        keep_written(&mut outcome, written);
    }
    let left = if has_manifests || !is_written {
        linter.lint(&outcome.texts, Repeats::Hidden)
    } else {
        std::mem::take(&mut outcome.left)
    };
    let diff = options.diff.then(|| diff(session, &outcome));
    let mut lines = told(sources, &outcome, options.diff);
    lines.extend(linter.told_of_outside());
    let stdin = linter.fixed_stdin(&outcome);
    session.reader.sources = session.reader.sources.replaced(&outcome.texts);
    Fixed {
        stdin,
        left,
        diff: diff.unwrap_or_default(),
        lines,
        errors: refused.into_values().collect(),
    }
}

/// Keeps only the fixes of files that were written.
fn keep_written(outcome: &mut FixOutcome, written: BTreeMap<SourceId, String>) {
    outcome.texts = written;
    let texts = &outcome.texts;
    outcome.applied.retain(|applied| {
        let mut edits = applied.fix.edits.iter();
        edits.all(|edit| texts.contains_key(&edit.span.source))
    });
}

/// Lints the run again with changed texts.
struct Linter<'l> {
    host: &'l dyn Host,
    relint: Relint<'l>,
    fixing: Fixing<'l>,
    named: Named,
    /// The files with fixes outside the given paths.
    outside: RefCell<BTreeSet<String>>,
}

impl Linter<'_> {
    /// Returns the findings with the texts changed so far.
    fn lint(&self, changed: &BTreeMap<SourceId, String>, repeats: Repeats) -> Vec<Diagnostic> {
        let mut findings = self.relint.lint(changed, repeats);
        for finding in &mut findings {
            self.keep_fix(finding);
        }
        findings
    }

    /// Removes the fix of a finding that must not be fixed.
    fn keep_fix(&self, finding: &mut Diagnostic) {
        let is_asked_for = self.fixing.selection.has(finding);
        if !is_asked_for || !finding.fix.as_ref().is_some_and(|fix| self.may_apply(fix)) {
            finding.fix = None;
        }
    }

    /// Returns the fixed standard input, if it is printed.
    fn fixed_stdin(&self, outcome: &FixOutcome) -> Option<String> {
        let mut sources = self.relint.sources.iter();
        let (id, source) = sources
            .find(|(_, source)| self.named.is_printed(source))
            .filter(|_| self.fixing.options.prints_fixed())?;
        let fixed = outcome.texts.get(&id).map(String::as_str);
        Some(fixed.unwrap_or(source.text()).to_owned())
    }

    /// Returns a line for each file with fixes that must not be written.
    fn told_of_outside(&self) -> Vec<String> {
        let line = |name| format!("{name} was not fixed: it is outside the given paths");
        self.outside.take().into_iter().map(line).collect()
    }

    /// Returns whether a fix changes only files that may be written.
    fn may_apply(&self, fix: &Fix) -> bool {
        let mut outside = BTreeSet::new();
        for edit in &fix.edits {
            let source = self.relint.sources.get(edit.span.source);
            match self.named.access(self.host, source) {
                Access::Allowed => {}
                Access::Outside => {
                    outside.insert(source.name().to_owned());
                }
                Access::Never => return false,
            }
        }
        let is_inside = outside.is_empty();
        if self.fixing.options.unsafe_fixes || fix.safety == Safety::Safe {
            self.outside.borrow_mut().extend(outside);
        }
        is_inside
    }
}

/// Returns one patch of all changed files; its last line says if it cannot be applied.
fn diff(session: &Session<'_>, outcome: &FixOutcome) -> String {
    let (mut text, mut altered) = (String::new(), None);
    for (id, new) in &outcome.texts {
        let whole = report::Replacement {
            range: 0..session.reader.sources.get(*id).text().len(),
            text: new,
            title: String::new(),
        };
        let patch = patch::of_source(session, *id, vec![whole]);
        text.push_str(&patch.text);
        text.push('\n');
        altered = altered.max(patch.altered);
    }
    text + &altered.map(report::Altered::comment).unwrap_or_default()
}

/// Returns lines on how many findings were fixed, and why others were not.
fn told(sources: &Sources, outcome: &FixOutcome, is_diff: bool) -> Vec<String> {
    let count: usize = outcome.applied.iter().map(|applied| applied.findings.len()).sum();
    let files = outcome.texts.len();
    let would = if is_diff { "would be " } else { "" };
    let mut lines = Vec::new();
    if count > 0 {
        let (findings, files) = (plural(count, "finding"), plural(files, "file"));
        lines.push(format!("{findings} {would}fixed in {files}"));
    }
    for refused in &outcome.refused {
        let finding = &refused.finding;
        let place = finding.span().map_or_else(String::new, |span| {
            let source = sources.get(span.source);
            format!(" in {}", source.name())
        });
        let (id, reason) = (finding.code.id, &refused.reason);
        let line = format!("{id}{place} was not fixed: {reason}");
        lines.push(report::one_line(&line));
    }
    lines
}
