//! Determines what is linted: each path by its content, or the releases of the policy.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

use super::chart_folder::is_chart;
use super::layers::LayerRequest;
use super::lint::LintRequest;
use super::loose_layers::{mark, unread_values};
use super::reader::{Reader, unreadable};
use super::release_patterns::expand;
use super::settings::Settings;
use crate::diag::{Diagnostic, Level};
use crate::host::HostError;
use crate::policy::LintRelease;
use crate::text::Span;

/// A subject of the linter.
#[derive(Debug)]
pub(super) enum Subject {
    /// A chart, or layers of values, or both.
    Release(ReleaseRequest),
    /// Rendered manifests.
    Manifests(PathBuf),
    /// Standard input: manifests, or values that these layers override.
    Stdin(ReleaseRequest),
}

/// A release to lint.
#[derive(Debug)]
pub(super) struct ReleaseRequest {
    /// Charts and values files, which the layers override.
    pub(super) paths: Vec<PathBuf>,
    pub(super) layers: LayerRequest,
    pub(super) chart_version: Option<String>,
    pub(super) hub: Option<String>,
    /// The place in the policy.
    pub(super) declared_at: Option<Span>,
    /// Whether it was found in a directory, so that it need not be something that the linter knows.
    pub(super) is_found: bool,
    /// Whether it may be one layer of several unknown ones.
    pub(super) is_partial: bool,
}

impl ReleaseRequest {
    pub(super) fn of_paths(paths: Vec<PathBuf>, request: &LintRequest) -> Self {
        Self {
            paths,
            layers: request.layers.clone(),
            chart_version: request.chart_version.clone(),
            hub: request.hub.clone(),
            declared_at: None,
            is_found: false,
            is_partial: false,
        }
    }
}

/// The subjects of a command line.
pub(super) struct Subjects {
    pub(super) found: Vec<Subject>,
    /// Notes on skipped files.
    pub(super) notes: Vec<Diagnostic>,
    /// The number of skipped YAML files.
    pub(super) skipped: usize,
}

/// Returns the subjects of a command line; directories in `apart` are not searched.
pub(super) fn subjects(
    reader: &Reader<'_>,
    request: &LintRequest,
    settings: &Settings,
    apart: &[PathBuf],
) -> Subjects {
    let mut gatherer = SubjectFinder {
        reader,
        request,
        settings,
        apart,
        releases: Vec::new(),
        notes: RefCell::default(),
        skipped: Cell::default(),
    };
    gatherer.expand_releases();
    let mut found = Vec::new();
    if !request.paths.is_empty() {
        for path in &request.paths {
            gatherer.add(path, &mut found);
        }
    } else if !request.layers.is_empty() {
        let stack = ReleaseRequest::of_paths(Vec::new(), request);
        found.push(Subject::Release(stack));
    } else if gatherer.has_releases() {
        let releases = gatherer.releases.iter();
        found.extend(releases.map(|release| gatherer.release(release)));
    } else {
        gatherer.walk(Path::new("."), &mut found);
    }
    let mut known = Vec::new();
    found.retain(|subject| match subject {
        Subject::Release(ReleaseRequest {
            declared_at: Some(span),
            layers,
            ..
        }) => {
            let release = (*span, layers.values.clone());
            let is_new = !known.contains(&release);
            known.push(release);
            is_new
        }
        _ => true,
    });
    let note = mark(&mut found);
    gatherer.notes.borrow_mut().extend(note);
    Subjects {
        found,
        notes: gatherer.notes.take(),
        skipped: gatherer.skipped.get(),
    }
}

struct SubjectFinder<'g> {
    reader: &'g Reader<'g>,
    request: &'g LintRequest,
    settings: &'g Settings,
    /// Directories with their own policy.
    apart: &'g [PathBuf],
    /// The releases of the policy, expanded.
    releases: Vec<LintRelease>,
    /// Notes on skipped files.
    notes: RefCell<Vec<Diagnostic>>,
    /// The number of skipped YAML files.
    skipped: Cell<usize>,
}

impl SubjectFinder<'_> {
    /// Expands the entries of the policy into releases.
    fn expand_releases(&mut self) {
        let Some((policy, folder)) = &self.settings.policy else {
            return;
        };
        let folder = if folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            folder
        };
        for release in &policy.lint.releases {
            match expand(self.reader.host, folder, release) {
                Ok(releases) => self.releases.extend(releases),
                Err(error) => self.notes.borrow_mut().push(error),
            }
        }
    }

    fn has_releases(&self) -> bool {
        let policy = self.settings.policy.as_ref();
        policy.is_some_and(|(policy, _)| !policy.lint.releases.is_empty())
    }

    /// Adds a path by its content.
    fn add(&self, path: &Path, found: &mut Vec<Subject>) {
        if path == Path::new("-") {
            let stack = ReleaseRequest::of_paths(vec![path.to_owned()], self.request);
            return found.push(Subject::Stdin(stack));
        }
        if self.add_releases(path, found) {
            return;
        }
        if self.reader.host.is_dir(path) && !self.is_chart_folder(path) {
            self.walk(path, found);
        } else if self.request.skip_unknown && self.reader.host.is_file(path) {
            self.find_file(path, None, found);
            self.mark_layer(path, found);
        } else if self.content(path) == FileContent::Manifests {
            found.push(Subject::Manifests(path.to_owned()));
        } else {
            if self.is_chart_folder(path) && self.request.layers.values.is_empty() {
                self.note_unread(path);
            }
            let stack = ReleaseRequest::of_paths(vec![path.to_owned()], self.request);
            found.push(Subject::Release(stack));
        }
    }

    /// Marks a file of a pre-commit run, which passes only changed files, as one layer of several if its directory or
    /// the parent directory has other values files.
    fn mark_layer(&self, path: &Path, found: &mut [Subject]) {
        let Some(Subject::Release(release)) = found.last_mut() else {
            return;
        };
        if !release.is_found || release.paths.last().is_none_or(|last| last != path) {
            return;
        }
        let host = self.reader.host;
        let folders = path.ancestors().skip(1).take(2);
        let beside = folders.flat_map(|folder| {
            let is_here = folder.as_os_str().is_empty();
            host.list_dir(if is_here { Path::new(".") } else { folder })
        });
        release.is_partial = beside
            .filter(|file| is_yaml(file) && host.is_file(file) && !host.is_same_file(file, path))
            .any(|file| FileContent::of(host.read_file(&file)) == FileContent::Hub);
    }

    /// Adds a note about values files in the directory of a chart that are not read with it.
    fn note_unread(&self, folder: &Path) {
        let charts = BTreeSet::from([folder]);
        let is_named =
            |file: &Path| self.request.paths.iter().any(|path| clean(path) == clean(file));
        let is_unread = |file: &&PathBuf| {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            let is_values = file.parent() == Some(folder) && name.contains("values");
            let is_read = matches!(&*name, "Chart.yaml" | "values.yaml" | "requirements.yaml")
                && file.parent() == Some(folder);
            is_yaml(file)
                && !is_read
                && !is_policy(&name)
                && !is_of_chart(file, &charts)
                && !is_named(file)
                && match self.content_of_found(file) {
                    FileContent::Hub => true,
                    FileContent::Unknown => is_values,
                    FileContent::Manifests => false,
                }
        };
        let files = self.reader.host.walk(folder);
        let unread: Vec<&PathBuf> = files.iter().filter(is_unread).collect();
        self.notes.borrow_mut().extend(unread_values(folder, &unread));
    }

    /// Adds the releases of the policy that contain a path.
    fn add_releases(&self, path: &Path, found: &mut Vec<Subject>) -> bool {
        let before = found.len();
        let releases = self.releases.iter();
        let of_path = releases.filter(|release| self.is_of(release, path));
        found.extend(of_path.map(|release| self.release(release)));
        found.len() > before
    }

    /// Adds charts, manifests and values below a directory; other files are skipped.
    fn walk(&self, folder: &Path, found: &mut Vec<Subject>) {
        let mut files = self.reader.host.walk(folder);
        files.retain(|file| !self.apart.iter().any(|apart| file.starts_with(apart)));
        let here = self.reader.host.current_dir().unwrap_or_default();
        let excluded = &self.settings.excluded;
        files.retain(|file| !excluded.has(&from_here(&here, file)));
        let is_metadata = |file: &&PathBuf| file.file_name() == Some(OsStr::new("Chart.yaml"));
        let charts: BTreeSet<&Path> =
            files.iter().filter(is_metadata).filter_map(|file| file.parent()).collect();
        let mut entered = BTreeSet::new();
        for file in &files {
            if is_of_chart(file, &charts) {
                continue;
            }
            let around: Vec<&Path> = file.ancestors().skip(1).collect();
            for chart in around.into_iter().rev().filter(|around| charts.contains(around)) {
                if entered.insert(chart) {
                    self.find(vec![chart.to_owned()], found);
                }
            }
            let chart = file.parent().filter(|parent| charts.contains(parent));
            self.find_file(file, chart, found);
        }
    }

    /// Adds a file by its content; unknown files are skipped, and so are those that are read with a chart.
    fn find_file(&self, path: &Path, chart: Option<&Path>, found: &mut Vec<Subject>) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_own = matches!(&*name, "Chart.yaml" | "values.yaml" | "requirements.yaml");
        if chart.is_some() && is_own || is_policy(&name) || self.add_releases(path, found) {
            return;
        }
        if is_chart(self.reader.host, path) {
            return self.find(vec![path.to_owned()], found);
        }
        if !is_yaml(path) {
            return;
        }
        match self.content_of_found(path) {
            FileContent::Manifests => found.push(Subject::Manifests(path.to_owned())),
            FileContent::Hub => {
                let chart = chart.map(Path::to_owned).into_iter();
                self.find(chart.chain([path.to_owned()]).collect(), found);
            }
            FileContent::Unknown => self.skipped.set(self.skipped.get() + 1),
        }
    }

    fn find(&self, paths: Vec<PathBuf>, found: &mut Vec<Subject>) {
        found.push(Subject::Release(ReleaseRequest {
            is_found: true,
            ..ReleaseRequest::of_paths(paths, self.request)
        }));
    }

    /// Returns a release of the policy with its paths relative to the current directory; the layers of options override
    /// its own.
    fn release(&self, release: &LintRelease) -> Subject {
        let place = |path: &str| self.place(path);
        let layers = &self.request.layers;
        let chart = release.chart.as_ref().map(|chart| place(&chart.value));
        let own = release.values.iter().map(|values| place(&values.value));
        let sets = release.set.iter().chain(&layers.set);
        Subject::Release(ReleaseRequest {
            paths: Vec::new(),
            layers: LayerRequest {
                chart: layers.chart.clone().or(chart),
                values: own.chain(layers.values.iter().cloned()).collect(),
                set: sets.cloned().collect(),
                ..layers.clone()
            },
            chart_version: self
                .request
                .chart_version
                .clone()
                .or_else(|| Some(release.chart_version.as_ref()?.value.clone())),
            hub: self.request.hub.clone().or_else(|| release.hub.clone()),
            declared_at: Some(release.name.span),
            is_found: false,
            is_partial: false,
        })
    }

    /// Returns a path of the policy, relative to the current directory if it is below it.
    fn place(&self, path: &str) -> PathBuf {
        let folder = self.settings.policy.as_ref().map(|(_, folder)| folder);
        let here = self.reader.host.current_dir().unwrap_or_default();
        from_here(
            &here,
            &folder.map_or_else(PathBuf::new, Clone::clone).join(path),
        )
    }

    /// Returns whether a path is the chart or a layer of a release.
    fn is_of(&self, release: &LintRelease, path: &Path) -> bool {
        let here = self.reader.host.current_dir().unwrap_or_default();
        let whole = |path: &Path| clean(&here.join(path));
        let path = whole(path);
        let layers = release.values.iter().chain(&release.chart);
        layers.map(|layer| self.place(&layer.value)).any(|layer| whole(&layer) == path)
    }

    fn is_chart_folder(&self, path: &Path) -> bool {
        self.reader.host.is_file(&path.join("Chart.yaml"))
    }

    /// Returns the content of a file in a directory; one that is too large gets a note.
    fn content_of_found(&self, path: &Path) -> FileContent {
        let text = self.reader.host.read_file(path);
        if let Err(error @ HostError::TooLarge { .. }) = &text {
            let error = unreadable(path, error);
            let message = format!("{}, so it was not linted", error.message);
            let note = Diagnostic {
                level: Level::Note,
                message,
                ..error
            };
            self.notes
                .borrow_mut()
                .push(note.help("pass the file itself if it contains manifests"));
        }
        FileContent::of(text)
    }

    fn content(&self, path: &Path) -> FileContent {
        FileContent::of(self.reader.peek(path))
    }
}

impl FileContent {
    fn of(text: Result<String, HostError>) -> Self {
        match text {
            Ok(text) if is_stream(&text) => FileContent::Manifests,
            Ok(text) if may_be_hub(&text) => FileContent::Hub,
            _ => FileContent::Unknown,
        }
    }
}

/// Returns whether a file is read with the chart that contains it: its templates and its subcharts.
fn is_of_chart(file: &Path, charts: &BTreeSet<&Path>) -> bool {
    let mut folders = file.ancestors().skip(1);
    folders.any(|folder| {
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let is_part = matches!(&*name, "templates" | "charts" | "crds" | "ci");
        is_part && folder.parent().is_some_and(|parent| charts.contains(parent))
    })
}

/// What a file seems to contain, by its text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FileContent {
    Manifests,
    Hub,
    Unknown,
}

fn is_policy(name: &str) -> bool {
    name == "dunnage.yaml" || name == ".dunnage.yaml"
}

fn is_yaml(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    matches!(extension, Some("yaml" | "yml"))
}

/// Returns whether a text is a stream of Kubernetes objects: `apiVersion` and `kind` are at the start of lines.
pub(super) fn is_stream(text: &str) -> bool {
    let has = |key: &str| text.lines().any(|line| line.starts_with(key));
    has("apiVersion:") && has("kind:")
}

/// Returns whether a text mentions a hub, so that it is worth reading: directories contain YAML of all kinds.
fn may_be_hub(text: &str) -> bool {
    const KEYS: [&str; 4] = ["singleuser:", "singleuser.", "jupyterhub:", "prepuller:"];
    let text = text.to_ascii_lowercase();
    KEYS.iter().any(|key| text.contains(key))
}

/// Returns a path relative to the current directory if it is below it, without `.` and `..`.
pub fn from_here(here: &Path, path: &Path) -> PathBuf {
    let whole = clean(&here.join(path));
    let below = whole.strip_prefix(here).map(Path::to_owned);
    below.unwrap_or(whole)
}

/// Returns a path without `.` and `..`, without looking at the disk.
pub(super) fn clean(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if clean.file_name().is_some() => {
                clean.pop();
            }
            part => clean.push(part),
        }
    }
    clean
}
