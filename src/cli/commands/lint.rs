//! `dunnage lint`: what is wrong in the values of a hub, in a chart's, or in manifests.

mod settings;
mod subjects;

use crate::cli::Exit;
use crate::cli::args::LintOptions;
use crate::cli::session::Session;
use crate::cli::stack::{self, Files};
use crate::diag::{Code, Diagnostic, Level};
use crate::lint::{self, Plan, Shared};
use settings::Settings;
use subjects::{Stack, Subject};

static NOTHING: Code = Code::error(
    "CL007",
    "nothing-to-lint",
    "there is nothing that the linter knows",
);

/// Lints every subject that the command line names; what cannot be read of one keeps no other from being
/// linted.
pub(in crate::cli) fn run(session: &mut Session<'_>, options: &LintOptions) -> Exit {
    let options = match options.with_twins(session.host) {
        Ok(options) => options,
        Err(error) => return session.fail(&[error]),
    };
    let settings = match settings::read(session, &options) {
        Ok(settings) => settings,
        Err(errors) => return session.fail(&errors),
    };
    let subjects = subjects::subjects(session, &options, &settings);
    let outcome = lint(session, &settings, subjects);
    if outcome.known == 0 && outcome.errors.is_empty() {
        let message = "there is no hub, no chart and no manifest in what was named";
        session.show(&[Diagnostic::new(&NOTHING, message)
            .help("name values files of the z2jh chart, a chart, or rendered manifests")]);
        return Exit::Nothing;
    }
    let mut findings = outcome.findings;
    settings.selection.apply(&mut findings);
    let exit = tell(session, &outcome.errors, findings);
    match exit {
        Exit::Findings if options.exit_zero => Exit::Fine,
        exit => exit,
    }
}

/// What came of all subjects.
#[derive(Default)]
struct Outcome {
    /// How many subjects the linter knew something of.
    known: usize,
    findings: Vec<Diagnostic>,
    /// What could not be read.
    errors: Vec<Diagnostic>,
}

fn lint(session: &mut Session<'_>, settings: &Settings, subjects: Vec<Subject>) -> Outcome {
    let mut outcome = Outcome::default();
    let mut files = Files::default();
    let mut shared = Shared::default();
    let mut plans = Vec::new();
    for subject in subjects {
        match subject {
            Subject::Release(stack) => {
                let (plan, errors) = plan(session, &mut files, &mut shared, &stack);
                if !(stack.is_found && errors.is_empty() && !plan.is_known()) {
                    outcome.known += usize::from(plan.is_known());
                    plans.push(plan);
                }
                outcome.errors.extend(errors);
            }
            Subject::Manifests(path) => match session.read(&path) {
                Ok(_) => outcome.known += 1,
                Err(error) => outcome.errors.push(error),
            },
        }
    }
    let facts = settings.policy.as_ref().map(|(policy, _)| &policy.facts);
    let facts = facts.cloned().unwrap_or_default();
    for result in lint::run_all(&session.sources, &shared, &facts, plans) {
        match result {
            Ok(findings) => outcome.findings.extend(findings),
            Err(error) => outcome.errors.push(stack::not_a_table(&error)),
        }
    }
    outcome
}

fn plan(
    session: &mut Session<'_>,
    files: &mut Files,
    shared: &mut Shared,
    stack: &Stack,
) -> (Plan, Vec<Diagnostic>) {
    let (parts, mut errors) = stack::gather(session, files, &stack.paths, &stack.layers);
    if let Some(said) = stack.said {
        // What is not there was named by the policy.
        for error in errors.iter_mut().filter(|error| error.labels.is_empty()) {
            *error = error.clone().at(said, "a layer of this release");
        }
    }
    let hub = stack.hub.as_ref();
    let parts = lint::Parts {
        chart: parts.chart,
        values: parts.values,
        helm: parts.helm,
        version: stack.chart_version.as_deref(),
        hub: hub.map(|keys| keys.split('.').map(str::to_owned).collect()),
    };
    let (plan, broken) = Plan::new(&mut session.sources, shared, parts);
    errors.extend(broken);
    (plan, errors)
}

/// Findings are what was asked for, so they go to standard output, once each, and with them what could not be
/// read.
fn tell(session: &Session<'_>, errors: &[Diagnostic], findings: Vec<Diagnostic>) -> Exit {
    let mut all = errors.to_vec();
    all.extend(findings);
    all.sort_by_key(|finding| (finding.span().is_some(), finding.span(), finding.code.id));
    all.dedup();
    let written = session.write(&session.findings(&all));
    session.say(&count(&all));
    let is_clean = all.iter().all(|finding| finding.level >= Level::Note);
    match written {
        Exit::Fine if !errors.is_empty() => Exit::Usage,
        Exit::Fine if !is_clean => Exit::Findings,
        written => written,
    }
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
