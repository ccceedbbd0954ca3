//! `dunnage lint`: lints Helm values, charts and rendered manifests.

pub(in crate::cli) mod baseline;
mod fixes;
mod linted_files;
mod summary;
mod writer;

use std::collections::BTreeMap;

use crate::cli::Exit;
use crate::cli::args::LintOptions;
use crate::cli::session::Session;
use crate::diag::{Code, Diagnostic, Level};
use crate::lint::{self, Memo, Repeats};
use crate::project::{LoadedLint, load_lint};
use fixes::Fixing;
use linted_files::LintedFiles;
use summary::LintSummary;

pub(in crate::cli) static NOTHING: Code = Code::error(
    "CL007",
    "nothing-to-lint",
    "the given paths contain no hub values, chart or manifest",
)
.page(include_str!("../codes/nothing.md"));

/// Lints all subjects of the command line; an unreadable one does not prevent the others from being linted.
pub(in crate::cli) fn run(session: &mut Session<'_>, options: &LintOptions) -> Exit {
    session.is_quiet = options.quiet;
    if let Err(error) = check_outputs(session, options) {
        return session.fail(&[error]);
    }
    let request = options.request();
    let loaded = load_lint(&mut session.reader, &request);
    session.show_notes();
    let LoadedLint {
        lint: input,
        mut errors,
        known,
        files,
        skipped,
        policy_folder,
    } = match loaded {
        Ok(loaded) => loaded,
        Err(errors) => return session.fail(&errors),
    };
    let selection = input.selection.clone();
    let has_manifests = input.has_manifests();
    let has_releases =
        (input.policy.as_ref()).is_some_and(|policy| !policy.lint.releases.is_empty());
    let mut memo = Memo::new(&session.reader.sources);
    let outcome = if options.fix || options.diff {
        lint::judge_again(&session.reader.sources, input, Repeats::Hidden, &mut memo)
    } else {
        lint::judge(&session.reader.sources, input, Repeats::Hidden)
    };
    let mut findings = outcome.findings;
    errors.extend(outcome.errors);
    if known == 0 && !errors.iter().any(Diagnostic::is_error) && !options.skip_unknown {
        session.show(&[nothing_known(options)]);
        return Exit::Nothing;
    }
    let fixing = Fixing {
        options,
        request: &request,
        selection: &selection,
        policy_folder: policy_folder.as_deref(),
    };
    let printed = fix(
        session,
        fixing,
        memo,
        has_manifests,
        &mut findings,
        &mut errors,
    );
    let mut linted = LintedFiles::of(session, &request, &errors, has_releases);
    let known = baseline::apply(session, options, &mut linted, &selection, &mut findings);
    if let Err(error) = known {
        return session.fail(&[error]);
    }
    let summary = LintSummary {
        files: files.len(),
        skipped,
        fixable: fixes::count(session, fixing, &findings),
    };
    report(session, options, printed, &errors, findings, summary)
}

/// Applies the requested fixes, and returns what to print instead of findings: a diff, or the fixed standard input.
fn fix(
    session: &mut Session<'_>,
    fixing: Fixing<'_>,
    memo: Memo,
    has_manifests: bool,
    findings: &mut Vec<Diagnostic>,
    errors: &mut Vec<Diagnostic>,
) -> Option<Printed> {
    let options = fixing.options;
    if !(options.fix || options.diff) {
        return None;
    }
    let first = (!has_manifests).then(|| {
        let errors = errors.iter().cloned();
        findings.iter().cloned().chain(errors).collect()
    });
    let fixed = fixes::run(session, fixing, memo, first);
    if !options.diff {
        *findings = fixed.left;
    }
    errors.extend(fixed.errors);
    for line in &fixed.lines {
        session.say(line);
    }
    if options.diff {
        Some(Printed::Diff(fixed.diff))
    } else {
        fixed.stdin.map(Printed::Text)
    }
}

/// What is printed instead of findings.
enum Printed {
    /// What fixes would change.
    Diff(String),
    /// The fixed text of standard input.
    Text(String),
}

/// Writes what is printed instead of findings, or else the findings.
fn report(
    session: &Session<'_>,
    options: &LintOptions,
    printed: Option<Printed>,
    errors: &[Diagnostic],
    findings: Vec<Diagnostic>,
    summary: LintSummary,
) -> Exit {
    let exit = match printed {
        Some(Printed::Diff(diff)) => show_diff(session, &diff, errors, findings),
        Some(Printed::Text(text)) => {
            tell(session, options, errors, findings, (summary, Some(&text)))
        }
        None => tell(session, options, errors, findings, (summary, None)),
    };
    match exit {
        Exit::Findings if options.exit_zero => Exit::Fine,
        exit => exit,
    }
}

fn nothing_known(options: &LintOptions) -> Diagnostic {
    let message = if options.to.is_some() {
        "no hub found in the given paths: `--to` checks only hubs"
    } else {
        "no hub values, chart or manifest found in the given paths"
    };
    Diagnostic::new(&NOTHING, message)
        .help("pass values files of the z2jh chart, a chart, or rendered manifests")
}

/// Refuses, before anything is read, an output that would replace an input.
fn check_outputs(session: &mut Session<'_>, options: &LintOptions) -> Result<(), Diagnostic> {
    let outputs = &mut session.outputs;
    let layers = &options.layers;
    let named = options.paths.iter().chain(&options.policy);
    for input in named.chain(&layers.values).chain(&layers.chart) {
        outputs.add_input(input);
    }
    if options.write_baseline {
        options.baseline.iter().for_each(|path| outputs.add_output(path));
    }
    session.check_outputs()
}

/// Writes the diff to standard output; findings go to files, and for programs to standard error.
fn show_diff(
    session: &Session<'_>,
    diff: &str,
    errors: &[Diagnostic],
    findings: Vec<Diagnostic>,
) -> Exit {
    let all = together(errors, findings);
    if let Err(error) = session.write_files(&all) {
        return session.fail(&[error]);
    }
    session.show(if session.has_document() { &all } else { errors });
    match session.write(diff) {
        Exit::Fine if errors.iter().any(Diagnostic::is_error) => Exit::Usage,
        Exit::Fine if !diff.is_empty() => Exit::Findings,
        written => written,
    }
}

/// Returns findings and read errors, sorted by place, without duplicates.
fn together(errors: &[Diagnostic], findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut all = errors.to_vec();
    all.extend(findings);
    all.sort_by_key(|finding| (finding.span().is_some(), finding.span(), finding.code.id));
    all.dedup();
    all
}

/// Writes findings to standard output, or to standard error if a fixed text goes to standard output.
fn tell(
    session: &Session<'_>,
    options: &LintOptions,
    errors: &[Diagnostic],
    findings: Vec<Diagnostic>,
    (summary, text): (LintSummary, Option<&str>),
) -> Exit {
    let all = together(errors, findings);
    if let Err(error) = session.write_files(&all) {
        return session.fail(&[error]);
    }
    let written = match text {
        Some(text) => {
            session.show(&all);
            session.write(text)
        }
        None if options.statistics && session.is_for_people() => session.write(&statistics(&all)),
        None => session.write(&session.findings(&all)),
    };
    session.say(&match (&options.to, all.is_empty()) {
        (Some(to), true) => format!("no changes needed for z2jh {to}"),
        _ => summary.line(&all),
    });
    let fail_on = options.fail_on.map_or(Level::Warning, Level::from);
    let is_clean = all.iter().all(|finding| finding.level > fail_on);
    match written {
        Exit::Fine if errors.iter().any(Diagnostic::is_error) => Exit::Usage,
        Exit::Fine if !is_clean => Exit::Findings,
        written => written,
    }
}

/// Returns the number of findings per rule, errors first.
fn statistics(findings: &[Diagnostic]) -> String {
    let mut counts: BTreeMap<(Level, &str, &str), usize> = BTreeMap::new();
    for finding in findings {
        let key = (finding.level, finding.code.id, finding.code.name);
        *counts.entry(key).or_default() += 1;
    }
    let line = |((level, id, name), count): ((Level, &str, &str), usize)| {
        format!("{count:>5}  {:<7}  {id}  {name}\n", level.name())
    };
    counts.into_iter().map(line).collect()
}
