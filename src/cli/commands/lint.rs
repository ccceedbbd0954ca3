//! `dunnage lint`: what is wrong in the values of a hub, in a chart's, or in manifests.

pub(in crate::cli) mod baseline;
mod fixes;
mod writer;

use std::collections::BTreeMap;

use crate::cli::Exit;
use crate::cli::args::LintOptions;
use crate::cli::session::Session;
use crate::diag::{Code, Diagnostic, Level};
use crate::lint::{self, Repeats};
use crate::project::{LoadedLint, load_lint};
use fixes::Fixing;

pub(in crate::cli) static NOTHING: Code = Code::error(
    "CL007",
    "nothing-to-lint",
    "there is nothing that the linter knows",
)
.page(include_str!("../codes/nothing.md"));

/// Lints every subject that the command line names; what cannot be read of one keeps no other from being
/// linted.
pub(in crate::cli) fn run(session: &mut Session<'_>, options: &LintOptions) -> Exit {
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
        policy_folder,
    } = match loaded {
        Ok(loaded) => loaded,
        Err(errors) => return session.fail(&errors),
    };
    let selection = input.selection.clone();
    let has_manifests = !input.streams.is_empty();
    let outcome = lint::judge(&session.reader.sources, input, Repeats::Hidden);
    let mut findings = outcome.findings;
    errors.extend(outcome.errors);
    if known == 0 && !errors.iter().any(Diagnostic::is_error) && !options.skip_unknown {
        session.show(&[nothing_known(options)]);
        return Exit::Nothing;
    }
    let mut diff = String::new();
    if options.fix || options.diff {
        let first = (!has_manifests).then(|| {
            let errors = errors.iter().cloned();
            findings.iter().cloned().chain(errors).collect()
        });
        let fixing = Fixing {
            options,
            request: &request,
            selection: &selection,
            policy_folder: policy_folder.as_deref(),
        };
        let fixed = fixes::run(session, fixing, first);
        diff = fixed.diff;
        if !options.diff {
            findings = fixed.left;
        }
        errors.extend(fixed.errors);
        for line in &fixed.lines {
            session.say(line);
        }
    }
    selection.apply(&mut findings);
    if let Err(error) = baseline::apply(session, options, &mut findings) {
        return session.fail(&[error]);
    }
    let diff = options.diff.then_some(diff.as_str());
    report(session, options, diff, &errors, findings)
}

/// Writes the diff if there is one, else the findings.
fn report(
    session: &Session<'_>,
    options: &LintOptions,
    diff: Option<&str>,
    errors: &[Diagnostic],
    findings: Vec<Diagnostic>,
) -> Exit {
    let exit = match diff {
        Some(diff) => show_diff(session, diff, errors, findings),
        None => tell(session, options, errors, findings),
    };
    match exit {
        Exit::Findings if options.exit_zero => Exit::Fine,
        exit => exit,
    }
}

fn nothing_known(options: &LintOptions) -> Diagnostic {
    let message = if options.to.is_some() {
        "there is no hub in what was named, and nothing else goes to that version"
    } else {
        "there is no hub, no chart and no manifest in what was named"
    };
    Diagnostic::new(&NOTHING, message)
        .help("name values files of the z2jh chart, a chart, or rendered manifests")
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
        options
            .baseline
            .iter()
            .for_each(|path| outputs.add_output(path));
    }
    session.check_outputs()
}

/// The diff is what was asked for; the findings go to files, and to standard error for programs.
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

/// Findings in the order of their places, once each, and with them what could not be read.
fn together(errors: &[Diagnostic], findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut all = errors.to_vec();
    all.extend(findings);
    all.sort_by_key(|finding| (finding.span().is_some(), finding.span(), finding.code.id));
    all.dedup();
    all
}

/// Findings are what was asked for, so they go to standard output.
fn tell(
    session: &Session<'_>,
    options: &LintOptions,
    errors: &[Diagnostic],
    findings: Vec<Diagnostic>,
) -> Exit {
    let all = together(errors, findings);
    if let Err(error) = session.write_files(&all) {
        return session.fail(&[error]);
    }
    let shown = if options.statistics && session.is_for_people() {
        statistics(&all)
    } else {
        session.findings(&all)
    };
    let written = session.write(&shown);
    session.say(&match (&options.to, all.is_empty()) {
        (Some(to), true) => format!("nothing has to change for z2jh {to}"),
        _ => count(&all),
    });
    let is_clean = all.iter().all(|finding| finding.level >= Level::Note);
    match written {
        Exit::Fine if errors.iter().any(Diagnostic::is_error) => Exit::Usage,
        Exit::Fine if !is_clean => Exit::Findings,
        written => written,
    }
}

/// How often each rule speaks, the worst first.
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

fn count(findings: &[Diagnostic]) -> String {
    let levels = [Level::Error, Level::Warning, Level::Note, Level::Hint];
    let of_level = |level: &Level| {
        let findings = findings.iter();
        findings.filter(|finding| finding.level == *level).count()
    };
    let counts: Vec<String> = levels
        .iter()
        .map(|level| (of_level(level), level.name()))
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}{}", if count == 1 { "" } else { "s" }))
        .collect();
    if counts.is_empty() {
        "nothing to complain about".to_owned()
    } else {
        counts.join(", ")
    }
}
