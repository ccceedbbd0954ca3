//! `--fix` and `--diff`: the fixes of findings in the files that they stand in.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::Repeats;
use super::settings::{self, Settings};
use crate::cli::args::LintOptions;
use crate::cli::session::{Session, UNWRITABLE, unwritable};
use crate::diag::Diagnostic;
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
}

/// Fixes what is to be fixed, and writes the files unless a diff is asked for. `first` is what was found in the
/// files as they are, where that need not be found again: all of it in values.
pub(super) fn run(
    session: &mut Session<'_>,
    options: &LintOptions,
    settings: &Settings,
    mut first: Option<Vec<Diagnostic>>,
) -> Result<Fixed, Diagnostic> {
    let allowed = if options.unsafe_fixes {
        Allowed::Unsafe
    } else {
        Allowed::Safe
    };
    let host = session.host;
    let sources = &session.sources;
    let lint = |changed: &BTreeMap<SourceId, String>, repeats| {
        lint(host, changed, sources, options, settings, repeats)
    };
    let has_manifests = first.is_none();
    let mut outcome = fix::run(
        sources,
        allowed,
        &mut |texts: &Texts<'_>| match first.take() {
            Some(mut findings) => {
                for finding in &mut findings {
                    keep_fix(finding, host, sources, settings);
                }
                findings
            }
            None => lint(texts.changed(), Repeats::Shown),
        },
    );
    let left = if has_manifests {
        lint(&outcome.texts, Repeats::Hidden)
    } else {
        std::mem::take(&mut outcome.left)
    };
    let diff = if options.diff {
        diff(session, &outcome)
    } else {
        write(host, sources, &outcome)?;
        String::new()
    };
    let lines = told(sources, &outcome, options.diff);
    session.sources = session.sources.replaced(&outcome.texts);
    Ok(Fixed { left, diff, lines })
}

/// Lints everything again, with the texts as they are so far.
fn lint(
    host: &dyn Host,
    changed: &BTreeMap<SourceId, String>,
    sources: &Sources,
    options: &LintOptions,
    settings: &Settings,
    repeats: Repeats,
) -> Vec<Diagnostic> {
    let named =
        |(id, text): (&SourceId, &String)| (PathBuf::from(sources.get(*id).name()), text.clone());
    let stdin = sources
        .iter()
        .find(|(_, source)| source.name() == "<stdin>");
    let overlay = Overlay {
        below: host,
        files: changed.iter().map(named).collect(),
        stdin: stdin.map_or_else(String::new, |(_, source)| source.text().to_owned()),
    };
    let mut session = Session::quiet(&overlay);
    // The policy was read without a fault before, and no fix changes it.
    let Ok(again) = settings::read(&mut session, options) else {
        return Vec::new();
    };
    let mut judged = super::judge(&mut session, options, &again, repeats);
    judged.findings.extend(judged.errors);
    let known = Known::new(&session.sources, sources);
    let findings = judged.findings.into_iter();
    findings
        .map(|mut finding| {
            known.place(&mut finding);
            keep_fix(&mut finding, host, sources, settings);
            finding
        })
        .collect()
}

/// Takes the fix off a finding that is not asked for, and one whose edits are not all in files.
fn keep_fix(finding: &mut Diagnostic, host: &dyn Host, sources: &Sources, settings: &Settings) {
    let Some(fix) = finding.fix.take() else {
        return;
    };
    let names: BTreeSet<SourceId> = fix.edits.iter().map(|edit| edit.span.source).collect();
    let is_file = |id: &SourceId| host.is_file(Path::new(sources.get(*id).name()));
    if settings.selection.has(finding) && names.iter().all(is_file) {
        finding.fix = Some(fix);
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

/// Writes what is fixed, or nothing where one of the files is kept from it.
fn write(host: &dyn Host, sources: &Sources, outcome: &Outcome) -> Result<(), Diagnostic> {
    let path = |id: &SourceId| Path::new(sources.get(*id).name());
    if let Some(kept) = outcome
        .texts
        .keys()
        .map(path)
        .find(|path| host.is_read_only(path))
    {
        let message = format!("{} is read-only, and nothing was fixed", kept.display());
        return Err(Diagnostic::new(&UNWRITABLE, message).help(
            "let it be written, or leave its findings out: `--ignore`, `--diff` to see them",
        ));
    }
    for (id, text) in &outcome.texts {
        let written = host.write_file(path(id), text.as_bytes());
        written.map_err(|error| unwritable(&error))?;
    }
    Ok(())
}

fn diff(session: &Session<'_>, outcome: &Outcome) -> String {
    let color = session.colors(session.host.stdout_is_terminal());
    let changed = outcome.texts.iter().map(|(id, text)| {
        let source = session.sources.get(*id);
        let look = report::DiffLook {
            name: source.name(),
            old_start: 1,
            new_start: 1,
            color,
        };
        report::unified(source.text(), text, &look) + "\n"
    });
    changed.collect()
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
        lines.push(format!("{id}{place} was not fixed: {reason}"));
    }
    lines
}
