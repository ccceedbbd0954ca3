//! `dunnage lint`: what is wrong in the values of a hub, in a chart's, or in manifests.

mod baseline;
mod fixes;
mod settings;
mod subjects;

use std::collections::BTreeMap;

use crate::cli::Exit;
use crate::cli::args::LintOptions;
use crate::cli::session::Session;
use crate::cli::stack::{self, Files};
use crate::diag::{Code, Diagnostic, Level};
use crate::k8s::{Kinds, Release};
use crate::lint::{self, Cluster, Job, Plan, Shared, Silence, Target};
use crate::policy::Policy;
use crate::render;
use crate::text::{SourceId, Sources};
use crate::values::{self, Helm};
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
    let Judged {
        known,
        mut findings,
        errors,
    } = judge(session, &options, &settings);
    if known == 0 && errors.is_empty() && !options.skip_unknown {
        let message = "there is no hub, no chart and no manifest in what was named";
        session.show(&[Diagnostic::new(&NOTHING, message)
            .help("name values files of the z2jh chart, a chart, or rendered manifests")]);
        return Exit::Nothing;
    }
    let mut diff = String::new();
    if options.fix || options.diff {
        let fixed = match fixes::run(session, &options, &settings) {
            Ok(fixed) => fixed,
            Err(error) => return session.fail(&[error]),
        };
        (findings, diff) = (fixed.left, fixed.diff);
        for line in &fixed.lines {
            session.say(line);
        }
    }
    settings.selection.apply(&mut findings);
    if let Err(error) = baseline::apply(session, &options, &mut findings) {
        return session.fail(&[error]);
    }
    let exit = if options.diff {
        let written = session.write(&diff);
        let is_same = diff.is_empty() || written != Exit::Fine;
        if is_same { written } else { Exit::Findings }
    } else {
        tell(session, &options, &errors, findings)
    };
    match exit {
        Exit::Findings if options.exit_zero => Exit::Fine,
        exit => exit,
    }
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
    let Judged {
        mut findings,
        errors,
        ..
    } = gathered.judge(session, policy);
    findings.extend(errors);
    let selection = policy.map(settings::selection).unwrap_or_default();
    selection.apply(&mut findings);
    findings.retain(Diagnostic::is_error);
    findings
}

/// Lints all that is named; what is silenced is left out.
fn judge(session: &mut Session<'_>, options: &LintOptions, settings: &Settings) -> Judged {
    let subjects = subjects::subjects(session, options, settings);
    let gathered = gather(session, subjects, settings);
    let policy = settings.policy.as_ref().map(|(policy, _)| policy);
    gathered.judge(session, policy)
}

fn silence<'s>(
    session: &Session<'_>,
    policy: Option<&'s Policy>,
    is_of_upgrade: bool,
) -> Silence<'s> {
    Silence {
        entries: policy.map_or(&[], |policy| policy.lint.suppress.as_slice()),
        without: policy.map(|policy| policy.source).into_iter().collect(),
        today: session.host.today(),
        needs_reason: policy.is_some_and(|policy| policy.lint.require_reasons),
        is_of_upgrade,
    }
}

/// What came of all subjects.
#[derive(Default)]
struct Judged {
    /// How many subjects the linter knew something of.
    known: usize,
    findings: Vec<Diagnostic>,
    /// What could not be read.
    errors: Vec<Diagnostic>,
}

/// What was read, before any of it is judged.
#[derive(Default)]
struct Gathered<'p> {
    /// The policy by which manifests are rendered first.
    injected: Option<&'p Policy>,
    /// The version that the z2jh chart is to get: then that is all that is judged.
    to: Option<&'p Target>,
    files: Files,
    shared: Shared,
    jobs: Vec<Job>,
    streams: Vec<SourceId>,
    outcome: Judged,
}

fn gather<'p>(
    session: &mut Session<'_>,
    subjects: Vec<Subject>,
    settings: &'p Settings,
) -> Gathered<'p> {
    let mut gathered = Gathered {
        injected: settings.injected.as_ref(),
        to: settings.to.as_ref(),
        ..Gathered::default()
    };
    for subject in subjects {
        match subject {
            Subject::Release(stack) => gathered.add_release(session, &stack),
            Subject::Manifests(path) => match session.read(&path) {
                Ok(source) => gathered.add_stream(session, source),
                Err(error) => gathered.outcome.errors.push(error),
            },
            Subject::Stdin(stack) => gathered.add_stdin(session, &stack),
        }
    }
    gathered
}

impl Gathered<'_> {
    /// Lints what was read; what is silenced is left out.
    fn judge(self, session: &Session<'_>, policy: Option<&Policy>) -> Judged {
        let sources = &session.sources;
        let mut outcome = self.outcome;
        let facts = policy.map(|policy| policy.facts.clone());
        let facts = facts.unwrap_or_default();
        for result in lint::run_all(sources, &self.shared, &facts, self.jobs) {
            match result {
                Ok(findings) => outcome.findings.extend(findings),
                Err(error) => outcome.errors.push(stack::not_a_table(&error)),
            }
        }
        let kinds = Kinds::default();
        let cluster = policy.map_or_else(|| Cluster::unknown(&kinds), Cluster::of);
        // A rule about values knows more of what stands in a stream than one about any manifest.
        let places: Vec<_> = outcome
            .findings
            .iter()
            .filter_map(Diagnostic::start)
            .collect();
        for source in self.streams {
            let mut findings = lint::manifests(sources, source, &cluster);
            let is_said =
                |finding: &Diagnostic| finding.start().is_some_and(|start| places.contains(&start));
            findings.retain(|finding| !is_said(finding));
            outcome.findings.extend(findings);
        }
        let findings = &mut outcome.findings;
        findings.sort_by_key(|finding| (finding.span(), finding.code.id));
        findings.dedup();
        silence(session, policy, self.to.is_some()).apply(sources, findings);
        outcome
    }

    fn add_release(&mut self, session: &mut Session<'_>, stack: &Stack) {
        let (parts, mut errors) =
            stack::gather(session, &mut self.files, &stack.paths, &stack.layers);
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
            inside: Vec::new(),
        };
        let is_known = self.add_plan(session, parts, stack.is_found && errors.is_empty());
        self.outcome.known += usize::from(is_known);
        self.outcome.errors.extend(errors);
    }

    /// Adds a release to what is judged; says whether the linter knows anything of it.
    fn add_plan(
        &mut self,
        session: &mut Session<'_>,
        parts: lint::Parts<'_>,
        may_be_unknown: bool,
    ) -> bool {
        let (plan, broken) = Plan::new(&mut session.sources, &mut self.shared, parts);
        let is_known = plan.is_known();
        self.outcome.errors.extend(broken);
        if is_known || !may_be_unknown {
            self.add_known(session, plan);
        }
        is_known
    }

    fn add_known(&mut self, session: &mut Session<'_>, plan: Plan) {
        let job = match self.to {
            Some(to) => to.job(plan, &mut session.sources, &mut self.shared),
            None => Ok(Some(Job { plan, next: None })),
        };
        match job {
            Ok(job) => self.jobs.extend(job),
            Err(error) => self.outcome.errors.push(error),
        }
    }

    /// Manifests, and the values of hubs in them: in objects of `GitOps`, and in the Secret of a hub.
    fn add_stream(&mut self, session: &mut Session<'_>, source: SourceId) {
        let source = match self.injected {
            None => source,
            Some(policy) => match injected(session, source, policy) {
                Ok(source) => source,
                Err(errors) => return self.outcome.errors.extend(errors),
            },
        };
        // No version of a chart is left in manifests but in the values of a hub.
        if self.to.is_none() {
            self.streams.push(source);
        }
        self.outcome.known += 1;
        let (found, broken) = lint::inline_values(&mut session.sources, source);
        self.outcome.errors.extend(broken);
        for inline in found {
            let parts = lint::Parts {
                chart: None,
                values: inline.values,
                helm: Helm::Four,
                version: inline.version.as_deref(),
                hub: Some(inline.hub),
                inside: inline.inside,
            };
            self.add_plan(session, parts, true);
        }
        self.add_hub_secret(session, source);
    }

    fn add_hub_secret(&mut self, session: &mut Session<'_>, source: SourceId) {
        let Some(text) = lint::hub_values(&session.sources, source) else {
            return;
        };
        let name = session.sources.get(source).name();
        let name = format!("{name}, values in the Secret of the hub");
        let helm = Helm::Four;
        let source = session.sources.add_fixed(name, text);
        match values::read(source, session.sources.get(source).text(), helm) {
            Ok(values) => {
                let Some((values, version)) = lint::secret_values(values) else {
                    return;
                };
                let parts = lint::Parts {
                    chart: None,
                    values,
                    helm,
                    version: version.as_deref(),
                    hub: Some(Vec::new()),
                    inside: Vec::new(),
                };
                self.add_plan(session, parts, true);
            }
            Err(error) => self.outcome.errors.push(error),
        }
    }

    /// Standard input is manifests, or values over which the layers lie.
    fn add_stdin(&mut self, session: &mut Session<'_>, stack: &Stack) {
        let source = match session.read_stdin() {
            Ok(source) => source,
            Err(error) => return self.outcome.errors.push(error),
        };
        if subjects::is_stream(session.sources.get(source).text()) {
            self.add_stream(session, source);
        } else {
            self.files.keep(session, source, stack.layers.helm());
            self.add_release(session, stack);
        }
    }
}

/// The manifests as `render` writes them.
fn injected(
    session: &mut Session<'_>,
    source: SourceId,
    policy: &Policy,
) -> Result<SourceId, Vec<Diagnostic>> {
    let source = session.sources.get(source);
    let name = format!("{}, as injected", source.name());
    let text = source.text().to_owned();
    let mut sources = Sources::default();
    let original = sources.add_fixed(name.clone(), text);
    let release = Release::read(original, sources.get(original).text(), &policy.kinds);
    let outcome = render::run(&release, policy, &render::Options::default());
    let injected = outcome.text(&release);
    let is_rendered = outcome.rendered;
    let id = session.sources.add_fixed(name, injected);
    if is_rendered {
        return Ok(id);
    }
    // Where it says what is in the way, the manifests are as they were.
    let errors = outcome.diagnostics.into_iter();
    Err(errors
        .filter(Diagnostic::is_error)
        .map(without_places)
        .collect())
}

/// A message by itself, for its places are in texts of another run.
fn without_places(mut error: Diagnostic) -> Diagnostic {
    error.labels.clear();
    error
}

/// Findings are what was asked for, so they go to standard output, once each, and with them what could not be
/// read.
fn tell(
    session: &Session<'_>,
    options: &LintOptions,
    errors: &[Diagnostic],
    findings: Vec<Diagnostic>,
) -> Exit {
    let mut all = errors.to_vec();
    all.extend(findings);
    all.sort_by_key(|finding| (finding.span().is_some(), finding.span(), finding.code.id));
    all.dedup();
    if let Err(error) = session.write_files(&all) {
        return session.fail(&[error]);
    }
    let shown = if options.statistics && session.is_for_people() {
        statistics(&all)
    } else {
        session.findings(&all)
    };
    let written = session.write(&shown);
    session.say(&count(&all));
    let is_clean = all.iter().all(|finding| finding.level >= Level::Note);
    match written {
        Exit::Fine if !errors.is_empty() => Exit::Usage,
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
