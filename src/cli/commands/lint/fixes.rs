//! `--fix` and `--diff`: the fixes of findings in the files that they stand in.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::Repeats;
use super::settings::{self, Settings};
use super::writer::{Named, Writer};
use crate::cli::args::LintOptions;
use crate::cli::patch;
use crate::cli::session::Session;
use crate::diag::{Diagnostic, Fix, Safety};
use crate::fix::{self, Allowed, Outcome, Texts};
use crate::host::{Host, Overlay};
use crate::report;
use crate::text::{SourceId, Sources, Span};

/// What came of the fixes that were asked for.
pub(super) struct Fixed {
    /// What is found after them, selected or not.
    pub(super) left: Vec<Diagnostic>,
    /// The diff, where one was asked for.
    pub(super) diff: String,
    /// What to tell of it.
    pub(super) lines: Vec<String>,
    /// The files that were not written, and why.
    pub(super) errors: Vec<Diagnostic>,
}

/// Fixes what is to be fixed, and writes each file as soon as its fixes are proven, unless a diff is asked for. `first`
/// is what was found in the files as they are, where that need not be found again: all of it in values.
pub(super) fn run(
    session: &mut Session<'_>,
    options: &LintOptions,
    settings: &Settings,
    mut first: Option<Vec<Diagnostic>>,
) -> Fixed {
    let allowed = if options.unsafe_fixes {
        Allowed::Unsafe
    } else {
        Allowed::Safe
    };
    let (host, sources) = (session.host, &session.sources);
    let linter = Linter {
        host,
        sources,
        options,
        settings,
        named: Named::of(host, options, settings),
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
    let diff = if options.diff {
        diff(session, &outcome)
    } else {
        String::new()
    };
    let mut lines = told(sources, &outcome, options.diff);
    lines.extend(linter.told_of_outside());
    session.sources = session.sources.replaced(&outcome.texts);
    Fixed {
        left,
        diff,
        lines,
        errors: refused.into_values().collect(),
    }
}

/// Leaves out what is in no file.
fn keep_written(outcome: &mut Outcome, written: BTreeMap<SourceId, String>) {
    outcome.texts = written;
    let texts = &outcome.texts;
    outcome.applied.retain(|applied| {
        let mut edits = applied.fix.edits.iter();
        edits.all(|edit| texts.contains_key(&edit.span.source))
    });
}

/// What it takes to lint everything again.
struct Linter<'l> {
    host: &'l dyn Host,
    sources: &'l Sources,
    options: &'l LintOptions,
    settings: &'l Settings,
    named: Named,
    /// The files that have fixes but are outside of what was named.
    outside: RefCell<BTreeSet<String>>,
}

impl Linter<'_> {
    /// Lints everything again, with the texts as they are so far.
    fn lint(&self, changed: &BTreeMap<SourceId, String>, repeats: Repeats) -> Vec<Diagnostic> {
        // What was read is not read again: who edits a file meanwhile must not change what fixes are proven by.
        let read = self.sources.iter().filter(|(_, source)| source.is_file());
        let read = read.map(|(id, source)| {
            let text = changed.get(&id).map_or(source.text(), String::as_str);
            (source.path().to_owned(), text)
        });
        let mut all = self.sources.iter();
        let stdin = all.find(|(_, source)| source.name() == "<stdin>");
        let overlay = Overlay {
            below: self.host,
            files: read.collect(),
            stdin: stdin.map_or_else(String::new, |(_, source)| source.text().to_owned()),
        };
        let mut session = Session::quiet(&overlay);
        // The policy was read without a fault before, and no fix changes it.
        let Ok(again) = settings::read(&mut session, self.options) else {
            return Vec::new();
        };
        let mut judged = super::judge(&mut session, self.options, &again, repeats);
        judged.findings.extend(judged.errors);
        let known = Known::new(&session.sources, self.sources);
        for finding in &mut judged.findings {
            known.place(finding);
            self.keep_fix(finding);
        }
        judged.findings
    }

    /// Takes the fix off a finding that is not to be fixed.
    fn keep_fix(&self, finding: &mut Diagnostic) {
        let is_asked_for = self.settings.selection.has(finding);
        if !is_asked_for || !finding.fix.as_ref().is_some_and(|fix| self.may_apply(fix)) {
            finding.fix = None;
        }
    }

    /// A line for each file that has fixes and may not be written.
    fn told_of_outside(&self) -> Vec<String> {
        let line =
            |name| format!("{name} was not fixed: it is outside of the named files and folders");
        self.outside.take().into_iter().map(line).collect()
    }

    /// Whether all that a fix changes are files that may be written.
    fn may_apply(&self, fix: &Fix) -> bool {
        let paths = fix
            .edits
            .iter()
            .map(|edit| self.sources.get(edit.span.source).path());
        let paths: BTreeSet<&Path> = paths.collect();
        if !paths.iter().all(|path| self.host.is_file(path)) {
            return false;
        }
        let is_outside = |path: &&&Path| !self.named.has(self.host, path);
        let outside: BTreeSet<&Path> = paths.iter().filter(is_outside).copied().collect();
        let is_allowed = self.options.unsafe_fixes || fix.safety == Safety::Safe;
        if is_allowed {
            let names = outside.iter().map(|path| path.display().to_string());
            self.outside.borrow_mut().extend(names);
        }
        outside.is_empty()
    }
}

/// The sources of one run by those of another: the same names in the same order.
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

    /// Moves the places of a finding; those in texts that the other run did not have go away.
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

/// One patch of all files that change; its last line says where it cannot be applied.
fn diff(session: &Session<'_>, outcome: &Outcome) -> String {
    let (mut text, mut altered) = (String::new(), None);
    for (id, new) in &outcome.texts {
        let whole = report::Replacement {
            range: 0..session.sources.get(*id).text().len(),
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

/// How many were fixed, and which were not and why.
fn told(sources: &Sources, outcome: &Outcome, is_diff: bool) -> Vec<String> {
    let count: usize = outcome
        .applied
        .iter()
        .map(|applied| applied.findings.len())
        .sum();
    let files = outcome.texts.len();
    let plural = |count: usize, noun: &str| match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    };
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
