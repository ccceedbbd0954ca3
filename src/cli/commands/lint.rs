//! `dunnage lint`: what is wrong in the values of a hub, in a chart's, or in manifests.

pub(in crate::cli) mod baseline;
mod fixes;
mod gathered;
mod said;
mod settings;
mod subjects;
mod writer;

use std::collections::BTreeMap;

use crate::cli::Exit;
use crate::cli::args::LintOptions;
use crate::cli::session::Session;
use crate::diag::{Code, Diagnostic, Level};
use crate::lint::{RULES, Selection};
use crate::policy::Policy;
use crate::text::SourceId;
use gathered::{Gathered, Judged};
use settings::Settings;

pub(in crate::cli) static NOTHING: Code = Code::error(
    "CL007",
    "nothing-to-lint",
    "there is nothing that the linter knows",
)
.page(include_str!("../codes/nothing.md"));

/// Lints every subject that the command line names; what cannot be read of one keeps no other from being
/// linted.
pub(in crate::cli) fn run(session: &mut Session<'_>, options: &LintOptions) -> Exit {
    let options = match options.with_twins(session.host) {
        Ok(options) => options,
        Err(error) => return session.fail(&[error]),
    };
    if let Err(error) = check_outputs(session, &options) {
        return session.fail(&[error]);
    }
    let settings = match settings::read(session, &options) {
        Ok(settings) => settings,
        Err(errors) => return session.fail(&errors),
    };
    let Judged {
        known,
        has_manifests,
        mut findings,
        mut errors,
    } = judge(session, &options, &settings, Repeats::Hidden);
    if known == 0 && !errors.iter().any(Diagnostic::is_error) && !options.skip_unknown {
        let message = if options.to.is_some() {
            "there is no hub in what was named, and nothing else goes to that version"
        } else {
            "there is no hub, no chart and no manifest in what was named"
        };
        session.show(&[Diagnostic::new(&NOTHING, message)
            .help("name values files of the z2jh chart, a chart, or rendered manifests")]);
        return Exit::Nothing;
    }
    let mut diff = String::new();
    if options.fix || options.diff {
        let first = (!has_manifests).then(|| {
            let errors = errors.iter().cloned();
            findings.iter().cloned().chain(errors).collect()
        });
        let fixed = fixes::run(session, &options, &settings, first);
        diff = fixed.diff;
        if !options.diff {
            findings = fixed.left;
        }
        errors.extend(fixed.errors);
        for line in &fixed.lines {
            session.say(line);
        }
    }
    settings.selection.apply(&mut findings);
    if let Err(error) = baseline::apply(session, &options, &mut findings) {
        return session.fail(&[error]);
    }
    let exit = if options.diff {
        show_diff(session, &diff, &errors, findings)
    } else {
        tell(session, &options, &errors, findings)
    };
    match exit {
        Exit::Findings if options.exit_zero => Exit::Fine,
        exit => exit,
    }
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
        Exit::Fine if !errors.is_empty() => Exit::Usage,
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

/// What stands in the way of manifests that are about to be handed on: the errors of the linter, as the
/// policy has them.
pub(in crate::cli) fn gate(
    session: &mut Session<'_>,
    manifests: SourceId,
    policy: Option<&Policy>,
) -> Vec<Diagnostic> {
    let mut gathered = Gathered::default();
    gathered.add_stream(session, manifests);
    let selection = policy.map(settings::selection);
    let selection = selection.unwrap_or_else(|| Selection::of(RULES));
    let Judged {
        mut findings,
        errors,
        ..
    } = gathered.judge(session, policy, Repeats::Hidden, &selection);
    findings.extend(errors);
    selection.apply(&mut findings);
    findings.retain(Diagnostic::is_error);
    findings
}

/// Whether findings in manifests are shown that findings about values say already.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Repeats {
    /// As fixes need it: the manifests stay wrong when the values are right.
    Shown,
    Hidden,
}

/// Lints all that is named; what is silenced is left out.
fn judge(
    session: &mut Session<'_>,
    options: &LintOptions,
    settings: &Settings,
    repeats: Repeats,
) -> Judged {
    let (subjects, notes) = subjects::subjects(session, options, settings);
    let mut gathered = Gathered::new(options, settings, notes);
    gathered.add(session, subjects);
    let policy = settings.policy.as_ref().map(|(policy, _)| policy);
    gathered.judge(session, policy, repeats, &settings.selection)
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
