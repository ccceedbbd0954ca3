//! Reads all subjects of a run.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::layers::{LayerFiles, read_layers};
use super::lint::LintRequest;
use super::reader::{Reader, too_large};
use super::settings::Settings;
use super::subjects::{ReleaseRequest, Subject, is_stream};
use crate::diag::{Code, Diagnostic};
use crate::host::LARGEST_TEXT;
use crate::hub::{self, ChartCache, ReleaseSpec};
use crate::k8s;
use crate::lint::{self, LintTask, Question, Rendered, Selection};
use crate::policy::Policy;
use crate::render;
use crate::text::{SourceId, Sources};
use crate::values::{self, Helm, Value};

/// No value is set at a key path.
pub static NO_SUCH_VALUE: Code = Code::error(
    "VA005",
    "no-such-value",
    "no value is set for the given key",
)
.page(include_str!("codes/no_such_value.md"));

/// An option or an entry of the policy has no effect.
pub(super) static NO_EFFECT: Code = Code::error(
    "VA017",
    "option-without-effect",
    "`--hub` or `--chart-version` has no effect: nothing linted matches it",
)
.page(include_str!("codes/no_effect.md"));

/// Everything that was read for a run.
pub(super) struct Gathered {
    /// The releases and the manifests; the policy is added later.
    pub(super) input: lint::Input,
    /// The number of subjects that the linter can lint.
    pub(super) known: usize,
    /// The files of these subjects.
    pub(super) files: BTreeSet<PathBuf>,
    /// The number of files in directories that looked like hub values but are not.
    pub(super) unknown: usize,
    /// Read errors.
    pub(super) errors: Vec<Diagnostic>,
}

/// Reads subjects one by one.
#[derive(Default)]
pub(super) struct Gatherer<'p> {
    /// The options about hubs that were given, as they are written.
    options: Vec<String>,
    /// The policy that is applied to manifests before they are linted.
    injected: Option<&'p Policy>,
    question: Question,
    made_from: MadeFrom,
    files: LayerFiles,
    shared: ChartCache,
    tasks: Vec<LintTask>,
    streams: Vec<Rendered>,
    /// Errors about releases without a mapping at the key path of `--hub`, and whether the release was found in a
    /// directory.
    no_hub: Vec<(Diagnostic, bool)>,
    known: usize,
    named: BTreeSet<PathBuf>,
    unknown: usize,
    errors: Vec<Diagnostic>,
}

/// The values that manifests were rendered from.
#[derive(Default)]
enum MadeFrom {
    /// The values in the Secret of the hub in the manifests.
    #[default]
    Secret,
    /// The layers of the command line, which are not read yet.
    Layers(Box<ReleaseRequest>),
    /// The layers of the command line, by the index of their task.
    Task(Option<usize>),
}

impl<'p> Gatherer<'p> {
    /// Returns an empty gatherer for a command line; `notes` are about files that are not read.
    pub(super) fn new(
        request: &LintRequest,
        settings: &'p Settings,
        notes: Vec<Diagnostic>,
    ) -> Self {
        let made_from = if request.layers.is_empty() {
            MadeFrom::Secret
        } else {
            MadeFrom::Layers(Box::new(ReleaseRequest::of_paths(Vec::new(), request)))
        };
        let version = request.chart_version.iter();
        let version = version.map(|version| format!("--chart-version {version}"));
        let hub = request.hub.iter().map(|hub| format!("--hub {hub}"));
        // With `--skip-unknown` (pre-commit), none of the files needs to be hub values.
        let options = version.chain(hub).filter(|_| !request.skip_unknown);
        Self {
            options: options.collect(),
            injected: settings.injected.as_ref(),
            question: settings.question.clone(),
            made_from,
            errors: notes,
            ..Self::default()
        }
    }

    /// Reads the given subjects.
    pub(super) fn add(&mut self, reader: &mut Reader<'_>, subjects: Vec<Subject>) {
        for subject in subjects {
            match subject {
                Subject::Release(release) => {
                    self.add_release(reader, &release);
                }
                Subject::Manifests(path) => match reader.read_manifests(&path) {
                    Ok(source) => self.add_stream(reader, source),
                    Err(error) => self.errors.push(error),
                },
                Subject::Stdin(release) => self.add_stdin(reader, &release),
            }
        }
    }

    /// Returns everything that was read; the selection applies to its findings.
    pub(super) fn finish(self, selection: Selection) -> Gathered {
        let mut errors = self.errors;
        // Not every file of a directory needs to be a layer of the hub, but one must be.
        let is_lost = self.known == 0;
        let no_hub = self.no_hub.into_iter();
        let no_hub = no_hub.filter(|(_, is_found)| is_lost || !is_found);
        errors.extend(no_hub.map(|(error, _)| error));
        let has_hub = self.tasks.iter().any(|task| task.spec.hub().is_some());
        // Manifests do not always show which hub they belong to, or its version.
        let has_manifests = !self.streams.is_empty();
        if !has_hub && !has_manifests && self.known > 0 && !errors.iter().any(Diagnostic::is_error)
        {
            errors.extend(self.options.iter().map(|option| without_effect(option)));
        }
        let input = lint::Input {
            shared: self.shared,
            tasks: self.tasks,
            streams: self.streams,
            // The values of the manifests are in files, not only in the manifests.
            is_layered: matches!(self.made_from, MadeFrom::Task(_)),
            ..lint::Input::new(self.question, selection)
        };
        Gathered {
            input,
            known: self.known,
            files: self.named,
            unknown: self.unknown,
            errors,
        }
    }

    /// Adds a release and returns the index of its task.
    fn add_release(&mut self, reader: &mut Reader<'_>, release: &ReleaseRequest) -> Option<usize> {
        let (parts, mut errors) =
            read_layers(reader, &mut self.files, &release.paths, &release.layers);
        if let Some(declared_at) = release.declared_at {
            // The policy names the missing files.
            for error in errors.iter_mut().filter(|error| error.labels.is_empty()) {
                *error = error.clone().at(declared_at, "a layer of this release");
            }
        }
        self.note_templates(reader, &parts.values, &mut errors);
        let hub = release.hub.as_deref().map(hub_keys);
        let mut parts = hub::ReleaseInput {
            chart: parts.chart,
            values: parts.values,
            helm: parts.helm,
            version: release.chart_version.as_deref(),
            hub,
            inside: Vec::new(),
            is_partial: release.is_partial,
        };
        if let Some(version) = parts.contradicted_version() {
            errors.push(other_version(release, &version));
        }
        if release.is_found && parts.is_without_hub() {
            // A file in the directory of a chart need not be a layer of it.
            parts.leave_chart_of_other_values();
        }
        if errors.is_empty() && !parts.has_hub_keys() {
            self.no_hub.push((no_hub(&parts, release), release.is_found));
            return None;
        }
        let before = self.errors.len();
        let task = self.add_task(reader, parts, release.is_found && errors.is_empty());
        let is_known = task.is_some_and(|task| self.tasks[task].spec.is_known());
        self.known += usize::from(is_known);
        let layers = &release.layers;
        let files = release.paths.iter().chain(&layers.values);
        let files = files.chain(&layers.chart).cloned();
        if is_known {
            self.named.extend(files);
        } else if task.is_none() && errors.is_empty() && self.errors.len() == before {
            self.unknown += files.count();
        }
        self.errors.extend(errors);
        task
    }

    /// Adds a note for each file that is a template of another tool; one that is not YAML has a note already.
    fn note_templates(&mut self, reader: &Reader<'_>, values: &Value, errors: &mut [Diagnostic]) {
        let mut notes = values::template_notes(&reader.sources, values);
        for error in errors {
            if let Some(note) = values::unreadable_template(&reader.sources, error) {
                self.known += 1;
                *error = note;
            }
        }
        notes.retain(|note| !self.errors.contains(note));
        self.errors.extend(notes);
    }

    /// Adds a release to the tasks and returns its index.
    fn add_task(
        &mut self,
        reader: &mut Reader<'_>,
        parts: hub::ReleaseInput<'_>,
        may_be_unknown: bool,
    ) -> Option<usize> {
        let (spec, notes) = ReleaseSpec::new(&mut reader.sources, &mut self.shared, parts);
        let is_unknown = spec.hub().is_none();
        if !(may_be_unknown && is_unknown) {
            self.known += usize::from(!spec.is_known() && !notes.is_empty());
            self.errors.extend(notes);
        }
        if may_be_unknown && !spec.is_known() {
            return None;
        }
        let task = self.question.task(spec, &mut reader.sources, &mut self.shared);
        let task = task.map_err(|error| self.errors.push(error)).ok()??;
        self.tasks.push(task);
        Some(self.tasks.len() - 1)
    }

    /// Adds manifests, and the values of hubs in them: in `GitOps` objects, and in the Secret of a hub.
    pub(super) fn add_stream(&mut self, reader: &mut Reader<'_>, source: SourceId) {
        let source = match self.injected {
            None => source,
            Some(policy) => match injected(reader, source, policy) {
                Ok(source) => source,
                Err(errors) => return self.errors.extend(errors),
            },
        };
        self.known += 1;
        self.named.insert(reader.sources.get(source).name().into());
        let (found, broken) = hub::inline_values(&mut reader.sources, source);
        self.errors.extend(broken);
        for inline in found {
            let parts = hub::ReleaseInput {
                chart: None,
                values: inline.values,
                helm: Helm::Four,
                version: inline.version.as_deref(),
                hub: Some(inline.hub),
                inside: inline.inside,
                is_partial: false,
            };
            self.add_task(reader, parts, true);
        }
        let task = self.add_origin(reader, source);
        if let Some(task) = task {
            self.tasks[task].keep_release = true;
        }
        // In manifests, only the values of the hub show the chart version.
        if !self.question.is_upgrade() {
            self.streams.push(Rendered { source, task });
        }
    }

    /// Adds the release that manifests were rendered from: that of the layers, once for all manifests, or the values in
    /// the manifests.
    fn add_origin(&mut self, reader: &mut Reader<'_>, source: SourceId) -> Option<usize> {
        match std::mem::take(&mut self.made_from) {
            MadeFrom::Secret => self.add_hub_secret(reader, source),
            MadeFrom::Layers(release) => {
                let task = self.add_release(reader, &release);
                self.made_from = MadeFrom::Task(task);
                task
            }
            MadeFrom::Task(task) => {
                self.made_from = MadeFrom::Task(task);
                task
            }
        }
    }

    fn add_hub_secret(&mut self, reader: &mut Reader<'_>, source: SourceId) -> Option<usize> {
        let text = lint::hub_values(&reader.sources, source)?;
        let name = reader.sources.get(source).name();
        let name = format!("{name}, values in the Secret of the hub");
        let helm = Helm::Four;
        let source = reader.sources.add_inside(source, name, text);
        let read = values::read(source, reader.text(source), helm);
        let values = read.map_err(|error| self.errors.push(error)).ok()?;
        let (values, version) = hub::secret_values(values)?;
        let parts = hub::ReleaseInput {
            chart: None,
            values,
            helm,
            version: version.as_deref(),
            hub: Some(Vec::new()),
            inside: Vec::new(),
            is_partial: false,
        };
        self.add_task(reader, parts, true)
    }

    /// Adds standard input: manifests, or values that the layers override.
    fn add_stdin(&mut self, reader: &mut Reader<'_>, release: &ReleaseRequest) {
        let source = match reader.read_stdin() {
            Ok(source) => source,
            Err(error) => return self.errors.push(error),
        };
        let text = reader.text(source);
        if is_stream(text) {
            return self.add_stream(reader, source);
        }
        if text.len() as u64 > LARGEST_TEXT {
            let name = Path::new(reader.sources.get(source).name());
            return self.errors.push(too_large(name, LARGEST_TEXT));
        }
        self.files.keep_stdin(reader, source, release.layers.helm);
        self.add_release(reader, release);
    }
}

/// Returns the key path of the values of a hub; empty if they are the values of the release.
fn hub_keys(keys: &str) -> Vec<String> {
    if keys.is_empty() {
        return Vec::new();
    }
    keys.split('.').map(str::to_owned).collect()
}

/// Returns the error for a release without a mapping at the key path of its hub.
fn no_hub(parts: &hub::ReleaseInput<'_>, release: &ReleaseRequest) -> Diagnostic {
    let keys = release.hub.as_deref().unwrap_or_default();
    let of = match (&release.paths[..], &release.layers.values[..]) {
        ([path, ..], _) | ([], [path, ..]) => format!(" of `{}`", path.display()),
        ([], []) => String::new(),
    };
    let message = format!("no hub is linted: the values{of} have no mapping at `{keys}`");
    let help = match parts.hub_keys() {
        Some(found) if found.is_empty() => {
            "the hub's values are at the top level: omit `--hub`, and `hub` in the policy"
                .to_owned()
        }
        Some(found) => format!("the hub's values are at `{}`", found.join(".")),
        None => "list the keys with `dunnage values`".to_owned(),
    };
    let error = Diagnostic::new(&NO_SUCH_VALUE, message).help(help);
    match release.declared_at {
        Some(declared_at) => error.at(declared_at, "this release"),
        None => error,
    }
}

/// Returns the error for an option about hubs if none is linted.
fn without_effect(option: &str) -> Diagnostic {
    let message = format!("`{option}` has no effect: no hub was found");
    Diagnostic::new(&NO_EFFECT, message)
        .help("remove the option, or pass the values files or the chart of a hub")
}

/// Returns the error for a release whose chart has another version than the given one.
fn other_version(release: &ReleaseRequest, version: &str) -> Diagnostic {
    let declared_at = release.chart_version.as_deref().unwrap_or_default();
    let message = format!("the chart has version {version}, not {declared_at}");
    let error = Diagnostic::new(&NO_EFFECT, message)
        .help("remove the version: the chart sets it; use `--to` to check an upgrade");
    match release.declared_at {
        Some(declared_at) => error.at(declared_at, "this release"),
        None => error,
    }
}

/// Returns the manifests as `render` writes them.
fn injected(
    reader: &mut Reader<'_>,
    source: SourceId,
    policy: &Policy,
) -> Result<SourceId, Vec<Diagnostic>> {
    let original = reader.sources.get(source);
    let name = format!("{}, as injected", original.name());
    let text = original.text().to_owned();
    let mut sources = Sources::default();
    let original = sources.add(name.clone(), text);
    let release = k8s::Manifests::read(original, sources.get(original).text(), &policy.kinds);
    let outcome = render::run(&release, policy, &render::Options::default());
    let injected = outcome.text(&release);
    let is_rendered = outcome.rendered;
    let id = reader.sources.add_inside(source, name, injected);
    if is_rendered {
        return Ok(id);
    }
    // If `render` reports errors, the manifests are unchanged.
    let errors = outcome.diagnostics.into_iter();
    Err(errors.filter(Diagnostic::is_error).map(without_places).collect())
}

/// Returns an error without its places, which are in sources of another run.
fn without_places(mut error: Diagnostic) -> Diagnostic {
    error.labels.clear();
    error
}
