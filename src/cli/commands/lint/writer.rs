//! Writes fixed files: only files in the given paths that have not changed since they were read.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::fixes::Fixing;
use crate::cli::session::UNWRITABLE;
use crate::diag::Diagnostic;
use crate::host::{Host, HostError};
use crate::text::{Origin, Source, SourceId, Sources};

/// The files and directories of the command line, with links resolved.
pub(super) struct Named {
    paths: Vec<PathBuf>,
    /// Whether standard input is linted.
    has_stdin: bool,
    /// The file whose content comes from standard input.
    stdin_file: Option<PathBuf>,
}

/// Whether fixes may change a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// A file in the given paths, or standard input.
    Allowed,
    /// A file outside the given paths.
    Outside,
    /// Not a file that can be written.
    Never,
}

impl Named {
    /// Returns the given paths; without any, the current directory and that of the policy, which lists the releases.
    pub(super) fn of(host: &dyn Host, fixing: &Fixing<'_>) -> Self {
        let request = fixing.request;
        let layers = &request.layers;
        let all = request.paths.iter().chain(&layers.values);
        let mut paths: Vec<PathBuf> = all.chain(&layers.chart).cloned().collect();
        if request.paths.is_empty() && layers.is_empty() {
            paths.extend(host.current_dir());
            paths.extend(fixing.policy_folder.map(Path::to_owned));
        }
        // The directory of a policy in the current directory is the empty path.
        let here = |path: &PathBuf| Path::new(".").join(path);
        let paths = paths.iter().map(|path| host.real_path(&here(path)));
        Self {
            paths: paths.collect(),
            has_stdin: request.paths.iter().any(|path| path == Path::new("-")),
            stdin_file: fixing.options.stdin_filename.clone(),
        }
    }

    /// Returns whether a source is in the given paths, with links resolved, or is standard input.
    pub(super) fn access(&self, host: &dyn Host, source: &Source) -> Access {
        if self.is_printed(source) {
            return Access::Allowed;
        }
        let Some(path) = source.file().filter(|path| host.is_file(path)) else {
            return Access::Never;
        };
        let path = host.real_path(&Path::new(".").join(path));
        if self.paths.iter().any(|named| path.starts_with(named)) {
            Access::Allowed
        } else {
            Access::Outside
        }
    }

    /// Returns whether a source came from standard input, so that it is printed and not written.
    pub(super) fn is_printed(&self, source: &Source) -> bool {
        match source.origin() {
            Origin::Stdin => self.has_stdin,
            Origin::File(path) => self.stdin_file.as_ref() == Some(path),
            _ => false,
        }
    }
}

/// Writes the texts of a run of fixes.
pub(super) struct Writer<'w> {
    host: &'w dyn Host,
    sources: &'w Sources,
    named: &'w Named,
    /// The new texts of the files written so far.
    pub(super) written: BTreeMap<SourceId, String>,
    /// Why other files were not written.
    pub(super) refused: BTreeMap<SourceId, Diagnostic>,
}

impl<'w> Writer<'w> {
    pub(super) fn new(host: &'w dyn Host, sources: &'w Sources, named: &'w Named) -> Self {
        Self {
            host,
            sources,
            named,
            written: BTreeMap::new(),
            refused: BTreeMap::new(),
        }
    }

    /// Writes texts that belong together: none of them if one cannot be written for sure.
    pub(super) fn write(&mut self, texts: &[(SourceId, &str)]) {
        let is_printed = |id: SourceId| self.named.is_printed(self.sources.get(id));
        let files = texts.iter().filter(|(id, _)| !is_printed(*id));
        for (id, _) in files {
            if let Err(refusal) = self.check(*id) {
                self.refused.insert(*id, refusal);
            }
        }
        let refused = texts.iter().find(|(id, _)| self.refused.contains_key(id));
        let refused = refused.map(|(id, _)| *id);
        for (id, text) in texts {
            if self.refused.contains_key(id) {
                continue;
            }
            let written = match refused {
                Some(other) => Err(self.belongs_to(*id, other)),
                None if self.named.is_printed(self.sources.get(*id)) => Ok(()),
                None => self.replace(*id, text),
            };
            match written {
                Ok(()) => {
                    self.written.insert(*id, (*text).to_owned());
                }
                Err(refusal) => {
                    self.refused.insert(*id, refusal);
                }
            }
        }
    }

    fn path(&self, id: SourceId) -> &'w Path {
        let file = self.sources.get(id).file();
        file.expect("fixes change files alone")
    }

    /// Returns the content of the file as this run knows it.
    fn known(&self, id: SourceId) -> &str {
        let written = self.written.get(&id).map(String::as_str);
        written.unwrap_or_else(|| self.sources.get(id).text())
    }

    /// Returns an error if the file cannot be written for sure.
    fn check(&self, id: SourceId) -> Result<(), Diagnostic> {
        let path = self.path(id);
        if self.host.is_read_only(path) {
            let message = format!("`{}` was not fixed: it is read-only", path.display());
            return Err(Diagnostic::new(&UNWRITABLE, message).help(
                "make it writable, or exclude its findings with `--ignore`; `--diff` shows the fixes",
            ));
        }
        if self.named.access(self.host, self.sources.get(id)) == Access::Outside {
            return Err(outside(path));
        }
        match self.host.read_manifests(path) {
            Ok(there) if there != self.known(id) => Err(changed(path)),
            Ok(_) => Ok(()),
            Err(error) => Err(unwritten(path, &error)),
        }
    }

    fn replace(&self, id: SourceId, text: &str) -> Result<(), Diagnostic> {
        let path = self.path(id);
        let old = self.known(id);
        if old == text {
            return Ok(());
        }
        let replaced = self.host.replace_file(path, old.as_bytes(), text.as_bytes());
        replaced.map_err(|error| match error {
            HostError::Changed { .. } => changed(path),
            error => unwritten(path, &error),
        })
    }

    fn belongs_to(&self, id: SourceId, other: SourceId) -> Diagnostic {
        let (path, other) = (self.sources.get(id).name(), self.path(other).display());
        let message = format!("`{path}` was not fixed: the fix also changes `{other}`");
        Diagnostic::new(&UNWRITABLE, message).help(format!("see the error about `{other}`"))
    }
}

fn changed(path: &Path) -> Diagnostic {
    let message = format!(
        "`{}` was not fixed: it changed in the meantime",
        path.display()
    );
    Diagnostic::new(&UNWRITABLE, message).help("run the command again")
}

fn outside(path: &Path) -> Diagnostic {
    let message = format!(
        "`{}` was not fixed: it is outside the given paths",
        path.display()
    );
    Diagnostic::new(&UNWRITABLE, message).help("pass the file itself to have it written")
}

fn unwritten(path: &Path, error: &HostError) -> Diagnostic {
    let message = format!("`{}` was not fixed: {error}", path.display());
    Diagnostic::new(&UNWRITABLE, message).help("check the path and its permissions")
}
