//! The files that a run has linted, by their names in a baseline.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::cli::session::Session;
use crate::diag::Diagnostic;
use crate::policy::PathPatterns;
use crate::project::{LintRequest, from_here};

/// The linted files, and the directories that were searched.
pub(super) struct LintedFiles {
    here: PathBuf,
    read: BTreeSet<PathBuf>,
    /// Files that were read but could not be linted.
    broken: BTreeSet<PathBuf>,
    folders: Vec<PathBuf>,
    excluded: PathPatterns,
    /// Deleted files, which are looked up on demand.
    gone: BTreeSet<PathBuf>,
}

impl LintedFiles {
    /// Returns the files of a request. Without paths and releases, these are in the current directory.
    pub(super) fn of(
        session: &Session<'_>,
        request: &LintRequest,
        errors: &[Diagnostic],
        has_releases: bool,
    ) -> Self {
        let (host, sources) = (session.host, &session.reader.sources);
        let here = host.current_dir().unwrap_or_default();
        let plain = |path: &Path| from_here(&here, path);
        let names = sources.iter().map(|(_, source)| plain(Path::new(source.name())));
        let broken = errors.iter().filter(|error| error.is_error());
        let broken = broken.filter_map(Diagnostic::span);
        let broken = broken.map(|span| plain(Path::new(sources.get(span.source).name())));
        let paths = request.paths.iter().filter(|path| host.is_dir(path));
        let mut folders: Vec<PathBuf> = paths.map(|path| plain(path)).collect();
        if request.paths.is_empty() && request.layers.is_empty() && !has_releases {
            folders.push(PathBuf::new());
        }
        Self {
            read: names.collect(),
            broken: broken.collect(),
            folders,
            // They were read before without an error.
            excluded: PathPatterns::read(&request.exclude).unwrap_or_default(),
            gone: BTreeSet::new(),
            here,
        }
    }

    /// Records which of these files no longer exist, so that their findings are obsolete.
    pub(super) fn look_for<'f>(
        &mut self,
        session: &Session<'_>,
        files: impl Iterator<Item = &'f str>,
    ) {
        let is_gone = |file: &&str| !session.host.is_file(Path::new(file));
        let gone = files.filter(is_gone);
        self.gone = gone.map(|file| from_here(&self.here, Path::new(file))).collect();
    }

    /// Returns whether the run would have reported the findings of a file.
    pub(super) fn has(&self, file: &str) -> bool {
        let file = from_here(&self.here, Path::new(file));
        if self.broken.contains(&file) {
            return false;
        }
        let mut folders = self.folders.iter();
        // A parent directory is an absolute path.
        let is_below = |folder: &PathBuf| {
            file.starts_with(folder) && (file.is_relative() || folder.is_absolute())
        };
        self.read.contains(&file)
            || self.gone.contains(&file)
            || folders.any(is_below) && !self.excluded.has(&file)
    }
}
