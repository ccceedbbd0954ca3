//! Which files a run has linted, by the names that a baseline has.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::cli::session::Session;
use crate::diag::Diagnostic;
use crate::policy::PathPatterns;
use crate::project::{LintRequest, from_here};

/// The files that a run has linted, and the folders that it has looked through.
pub(super) struct LintedFiles {
    here: PathBuf,
    read: BTreeSet<PathBuf>,
    /// What was read and could not be judged.
    broken: BTreeSet<PathBuf>,
    folders: Vec<PathBuf>,
    excluded: PathPatterns,
    /// The files that are not there any more are found out when they are asked for.
    gone: BTreeSet<PathBuf>,
}

impl LintedFiles {
    /// What a request has led to. Without paths and releases it is about the working folder.
    pub(super) fn of(
        session: &Session<'_>,
        request: &LintRequest,
        errors: &[Diagnostic],
        has_releases: bool,
    ) -> Self {
        let (host, sources) = (session.host, &session.reader.sources);
        let here = host.current_dir().unwrap_or_default();
        let plain = |path: &Path| from_here(&here, path);
        let names = sources
            .iter()
            .map(|(_, source)| plain(Path::new(source.name())));
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
            // They were read before without a fault.
            excluded: PathPatterns::read(&request.exclude).unwrap_or_default(),
            gone: BTreeSet::new(),
            here,
        }
    }

    /// Notes which of some files are not there any more: then nothing is left of their findings.
    pub(super) fn look_for<'f>(
        &mut self,
        session: &Session<'_>,
        files: impl Iterator<Item = &'f str>,
    ) {
        let is_gone = |file: &&str| !session.host.is_file(Path::new(file));
        let gone = files.filter(is_gone);
        self.gone = gone
            .map(|file| from_here(&self.here, Path::new(file)))
            .collect();
    }

    /// Whether the run would have found what is wrong in a file.
    pub(super) fn has(&self, file: &str) -> bool {
        let file = from_here(&self.here, Path::new(file));
        if self.broken.contains(&file) {
            return false;
        }
        let mut folders = self.folders.iter();
        // A folder above the working folder has a path from the root.
        let is_below = |folder: &PathBuf| {
            file.starts_with(folder) && (file.is_relative() || folder.is_absolute())
        };
        self.read.contains(&file)
            || self.gone.contains(&file)
            || folders.any(is_below) && !self.excluded.has(&file)
    }
}
