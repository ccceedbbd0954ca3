//! What is read of all subjects, and what comes of it.

use std::collections::BTreeSet;
use std::path::Path;

use super::Repeats;
use super::said::Said;
use super::settings::Settings;
use super::subjects::{self, Stack, Subject};
use crate::cli::args::LintOptions;
use crate::cli::commands::values::explain::NO_SUCH_VALUE;
use crate::cli::session::{Session, too_large};
use crate::cli::stack::{self, Files};
use crate::diag::Diagnostic;
use crate::host::LARGEST_TEXT;
use crate::hub::{self, Plan, Release, Shared};
use crate::k8s::{self, Kinds};
use crate::lint::{self, Cluster, Job, Linted, Selection, Silence, Target};
use crate::policy::Policy;
use crate::render;
use crate::text::{SourceId, Sources};
use crate::values::{self, Helm, NotATable};

/// What came of all subjects.
#[derive(Default)]
pub(super) struct Judged {
    /// How many subjects the linter knew something of.
    pub(super) known: usize,
    /// Whether manifests were among them.
    pub(super) has_manifests: bool,
    pub(super) findings: Vec<Diagnostic>,
    /// What could not be read.
    pub(super) errors: Vec<Diagnostic>,
}

impl Judged {
    /// Takes what was found, and leaves the releases that are kept.
    fn take(&mut self, linted: Vec<Result<Linted, NotATable>>) -> Vec<Option<Release>> {
        let mut releases = Vec::new();
        for result in linted {
            releases.push(match result {
                Ok(Linted { findings, release }) => {
                    self.findings.extend(findings);
                    release
                }
                Err(error) => {
                    self.errors.push(stack::not_a_table(&error));
                    None
                }
            });
        }
        releases
    }
}

/// What was read, before any of it is judged.
#[derive(Default)]
pub(super) struct Gathered<'p> {
    /// The policy by which manifests are rendered first.
    injected: Option<&'p Policy>,
    /// The policy whose rows are judged too: that of this session, so that its text is at hand.
    policy: Option<&'p Policy>,
    /// The version that the z2jh chart is to get: then that is all that is judged.
    to: Option<&'p Target>,
    made_from: MadeFrom,
    files: Files,
    shared: Shared,
    jobs: Vec<Job>,
    streams: Vec<Rendered>,
    /// What is wrong with releases in which the keys of `--hub` lead nowhere, and whether somebody merely came upon
    /// them in a folder.
    no_hub: Vec<(Diagnostic, bool)>,
    outcome: Judged,
}

/// Which values made the manifests.
#[derive(Default)]
enum MadeFrom {
    /// Those in the Secret of the hub in them.
    #[default]
    Secret,
    /// The layers of the command line, which were not read yet.
    Layers(Box<Stack>),
    /// The layers of the command line, by the place of their job.
    Job(Option<usize>),
}

/// Manifests, and the place of the job of the release that they were rendered from.
struct Rendered {
    source: SourceId,
    job: Option<usize>,
}

impl<'p> Gathered<'p> {
    /// Nothing yet, for a command line; `notes` are on what it will not read.
    pub(super) fn new(
        options: &LintOptions,
        settings: &'p Settings,
        notes: Vec<Diagnostic>,
    ) -> Self {
        let made_from = if options.layers.is_empty() {
            MadeFrom::Secret
        } else {
            MadeFrom::Layers(Box::new(Stack::of_paths(Vec::new(), options)))
        };
        Self {
            injected: settings.injected.as_ref(),
            policy: settings.policy.as_ref().map(|(policy, _)| policy),
            to: settings.to.as_ref(),
            made_from,
            outcome: Judged {
                errors: notes,
                ..Judged::default()
            },
            ..Self::default()
        }
    }

    /// Reads what is named.
    pub(super) fn add(&mut self, session: &mut Session<'_>, subjects: Vec<Subject>) {
        for subject in subjects {
            match subject {
                Subject::Release(stack) => {
                    self.add_release(session, &stack);
                }
                Subject::Manifests(path) => match session.read_manifests(&path) {
                    Ok(source) => self.add_stream(session, source),
                    Err(error) => self.outcome.errors.push(error),
                },
                Subject::Stdin(stack) => self.add_stdin(session, &stack),
            }
        }
    }

    /// Lints what was read; what is silenced is left out.
    pub(super) fn judge(
        self,
        session: &Session<'_>,
        policy: Option<&Policy>,
        repeats: Repeats,
        selection: &Selection,
    ) -> Judged {
        let sources = &session.sources;
        let mut outcome = self.outcome;
        // Of the files of a folder not all have to be layers of the hub, but one of them.
        let is_lost = outcome.known == 0;
        let no_hub = self.no_hub.into_iter();
        let no_hub = no_hub.filter(|(_, is_found)| is_lost || !is_found);
        outcome.errors.extend(no_hub.map(|(error, _)| error));
        let facts = policy.map(|policy| policy.facts.clone());
        let facts = facts.unwrap_or_default();
        let run = lint::Run {
            sources,
            shared: &self.shared,
            facts: &facts,
            has_hints: selection.may_have_hints(),
        };
        let mut charts = BTreeSet::new();
        for job in &self.jobs {
            job.plan.add_chart_names(&mut charts);
        }
        let linted = lint::run_all(run, self.jobs);
        let releases = outcome.take(linted);
        outcome.has_manifests = !self.streams.is_empty();
        let kinds = Kinds::default();
        let cluster = policy.map_or_else(|| Cluster::unknown(&kinds), Cluster::of);
        let is_layered = matches!(self.made_from, MadeFrom::Job(_)) && repeats == Repeats::Hidden;
        let said = Said::new(&outcome.findings, selection, is_layered);
        for Rendered { source, job } in self.streams {
            let release = job.and_then(|job| releases[job].as_ref());
            let mut findings = lint::manifests(sources, source, &cluster, release);
            findings.retain(|finding| !said.says(finding, source));
            outcome.findings.extend(findings);
        }
        let findings = &mut outcome.findings;
        if let Some(policy) = self.policy.filter(|_| self.to.is_none()) {
            let charts = &charts;
            findings.extend(lint::rows(&lint::Rows { policy, charts }));
        }
        findings.sort_by_key(|finding| (finding.span(), finding.code.id));
        findings.dedup();
        silence(session, policy, self.to.is_some()).apply(sources, findings);
        outcome
    }

    /// Adds a release; gives the place of its job.
    fn add_release(&mut self, session: &mut Session<'_>, stack: &Stack) -> Option<usize> {
        let (parts, mut errors) =
            stack::gather(session, &mut self.files, &stack.paths, &stack.layers);
        if let Some(said) = stack.said {
            // What is not there was named by the policy.
            for error in errors.iter_mut().filter(|error| error.labels.is_empty()) {
                *error = error.clone().at(said, "a layer of this release");
            }
        }
        let hub = stack.hub.as_deref().map(hub_keys);
        let parts = hub::Parts {
            chart: parts.chart,
            values: parts.values,
            helm: parts.helm,
            version: stack.chart_version.as_deref(),
            hub,
            inside: Vec::new(),
        };
        if errors.is_empty() && !parts.has_hub_keys() {
            self.no_hub.push((no_hub(&parts, stack), stack.is_found));
            return None;
        }
        let job = self.add_job(session, parts, stack.is_found && errors.is_empty());
        let is_known = job.is_some_and(|job| self.jobs[job].plan.is_known());
        self.outcome.known += usize::from(is_known);
        self.outcome.errors.extend(errors);
        job
    }

    /// Adds a release to what is judged; gives the place of its job.
    fn add_job(
        &mut self,
        session: &mut Session<'_>,
        parts: hub::Parts<'_>,
        may_be_unknown: bool,
    ) -> Option<usize> {
        let (plan, broken) = Plan::new(&mut session.sources, &mut self.shared, parts);
        self.outcome.errors.extend(broken);
        if may_be_unknown && !plan.is_known() {
            return None;
        }
        let job = match self.to {
            Some(to) => to.job(plan, &mut session.sources, &mut self.shared),
            None => Ok(Some(Job {
                plan,
                next: None,
                is_kept: false,
            })),
        };
        let job = job
            .map_err(|error| self.outcome.errors.push(error))
            .ok()??;
        self.jobs.push(job);
        Some(self.jobs.len() - 1)
    }

    /// Manifests, and the values of hubs in them: in objects of `GitOps`, and in the Secret of a hub.
    pub(super) fn add_stream(&mut self, session: &mut Session<'_>, source: SourceId) {
        let source = match self.injected {
            None => source,
            Some(policy) => match injected(session, source, policy) {
                Ok(source) => source,
                Err(errors) => return self.outcome.errors.extend(errors),
            },
        };
        self.outcome.known += 1;
        let (found, broken) = hub::inline_values(&mut session.sources, source);
        self.outcome.errors.extend(broken);
        for inline in found {
            let parts = hub::Parts {
                chart: None,
                values: inline.values,
                helm: Helm::Four,
                version: inline.version.as_deref(),
                hub: Some(inline.hub),
                inside: inline.inside,
            };
            self.add_job(session, parts, true);
        }
        let job = self.add_origin(session, source);
        if let Some(job) = job {
            self.jobs[job].is_kept = true;
        }
        // No version of a chart is left in manifests but in the values of a hub.
        if self.to.is_none() {
            self.streams.push(Rendered { source, job });
        }
    }

    /// Adds the release that manifests were rendered from: that of the layers, once for all manifests, or the
    /// values that they hold themselves.
    fn add_origin(&mut self, session: &mut Session<'_>, source: SourceId) -> Option<usize> {
        match std::mem::take(&mut self.made_from) {
            MadeFrom::Secret => self.add_hub_secret(session, source),
            MadeFrom::Layers(stack) => {
                let job = self.add_release(session, &stack);
                self.made_from = MadeFrom::Job(job);
                job
            }
            MadeFrom::Job(job) => {
                self.made_from = MadeFrom::Job(job);
                job
            }
        }
    }

    fn add_hub_secret(&mut self, session: &mut Session<'_>, source: SourceId) -> Option<usize> {
        let text = lint::hub_values(&session.sources, source)?;
        let name = session.sources.get(source).name();
        let name = format!("{name}, values in the Secret of the hub");
        let helm = Helm::Four;
        let source = session.sources.add_fixed(name, text);
        let read = values::read(source, session.sources.get(source).text(), helm);
        let values = read.map_err(|error| self.outcome.errors.push(error)).ok()?;
        let (values, version) = hub::secret_values(values)?;
        let parts = hub::Parts {
            chart: None,
            values,
            helm,
            version: version.as_deref(),
            hub: Some(Vec::new()),
            inside: Vec::new(),
        };
        self.add_job(session, parts, true)
    }

    /// Standard input is manifests, or values over which the layers lie.
    fn add_stdin(&mut self, session: &mut Session<'_>, stack: &Stack) {
        let source = match session.read_stdin() {
            Ok(source) => source,
            Err(error) => return self.outcome.errors.push(error),
        };
        let text = session.sources.get(source).text();
        if subjects::is_stream(text) {
            return self.add_stream(session, source);
        }
        if text.len() as u64 > LARGEST_TEXT {
            let name = Path::new(session.sources.get(source).name());
            return self.outcome.errors.push(too_large(name, LARGEST_TEXT));
        }
        self.files.keep(session, source, stack.layers.helm());
        self.add_release(session, stack);
    }
}

/// The keys that lead to the values of a hub; none where they are those of the release.
fn hub_keys(keys: &str) -> Vec<String> {
    if keys.is_empty() {
        return Vec::new();
    }
    keys.split('.').map(str::to_owned).collect()
}

/// What is wrong with a release that has no mapping where the values of its hub are to be.
fn no_hub(parts: &hub::Parts<'_>, stack: &Stack) -> Diagnostic {
    let keys = stack.hub.as_deref().unwrap_or_default();
    let of = match (&stack.paths[..], &stack.layers.values[..]) {
        ([path, ..], _) | ([], [path, ..]) => format!(" of `{}`", path.display()),
        ([], []) => String::new(),
    };
    let message = format!("the values{of} have no mapping under `{keys}`, so no hub is linted");
    let help = match parts.hub_keys() {
        Some(found) if found.is_empty() => {
            "the values of a hub are at the top: omit `--hub`, and `hub` in the policy".to_owned()
        }
        Some(found) => format!("the values of a hub are under `{}`", found.join(".")),
        None => "`dunnage values` prints the keys of the values".to_owned(),
    };
    let error = Diagnostic::new(&NO_SUCH_VALUE, message).help(help);
    match stack.said {
        Some(said) => error.at(said, "this release"),
        None => error,
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
    let release = k8s::Release::read(original, sources.get(original).text(), &policy.kinds);
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

fn silence<'s>(
    session: &Session<'_>,
    policy: Option<&'s Policy>,
    is_of_upgrade: bool,
) -> Silence<'s> {
    Silence {
        rules: lint::RULES,
        entries: policy.map_or(&[], |policy| policy.lint.suppress.as_slice()),
        without: policy.map(|policy| policy.source).into_iter().collect(),
        today: session.host.today(),
        needs_reason: policy.is_some_and(|policy| policy.lint.require_reasons),
        is_of_upgrade,
    }
}
