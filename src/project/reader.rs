use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::diag::{Code, Diagnostic};
use crate::host::{self, HostError, LARGEST_MANIFESTS, LARGEST_TEXT, Read};
use crate::text::{SourceId, Sources};

pub(super) static UNREADABLE: Code = Code::error(
    "CL003",
    "unreadable-input",
    "a file or standard input cannot be read",
)
.page(include_str!("codes/unreadable.md"));

/// Reads the input of a run, and keeps each text as a source.
pub struct Reader<'h> {
    /// The host that is read from.
    pub host: &'h dyn Read,
    /// The sources read so far.
    pub sources: Sources,
    /// Notes on usable sources, in the order of reading.
    pub notes: Vec<Diagnostic>,
    /// A policy found in a parent directory.
    pub policy_above: Option<PathBuf>,
    /// Files that were read but are not sources of their own.
    pub(super) other_files: Vec<PathBuf>,
    is_stdin_read: bool,
    /// The content of pipes that were looked into before they are read: they can be read only once.
    peeked: RefCell<BTreeMap<PathBuf, String>>,
}

impl<'h> Reader<'h> {
    /// Returns a reader that has read nothing yet.
    pub fn new(host: &'h dyn Read) -> Self {
        Self {
            host,
            sources: Sources::default(),
            notes: Vec::new(),
            policy_above: None,
            other_files: Vec::new(),
            is_stdin_read: false,
            peeked: RefCell::default(),
        }
    }

    /// Reads a values file, a policy or a similar file; `-` is standard input.
    ///
    /// # Errors
    /// Where it cannot be read, is not UTF-8 or is too large.
    pub fn read(&mut self, path: &Path) -> Result<SourceId, Diagnostic> {
        self.read_up_to(path, LARGEST_TEXT)
    }

    /// Reads manifests; `-` is standard input.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn read_manifests(&mut self, path: &Path) -> Result<SourceId, Diagnostic> {
        self.read_up_to(path, LARGEST_MANIFESTS)
    }

    fn read_up_to(&mut self, path: &Path, most: u64) -> Result<SourceId, Diagnostic> {
        let peeked = self.peeked.get_mut().remove(path);
        let source = match peeked {
            _ if is_stdin(path) => self.read_stdin()?,
            Some(text) => self.sources.add_path(path, text),
            None => {
                let text = if most == LARGEST_TEXT {
                    self.host.read_file(path)
                } else {
                    self.host.read_manifests(path)
                };
                let text = text.map_err(|error| unreadable(path, &error))?;
                self.sources.add_path(path, text)
            }
        };
        if self.text(source).len() as u64 > most {
            return Err(too_large(path, most));
        }
        Ok(source)
    }

    /// Returns the text of a file that may be manifests. The content of a pipe is kept until it is read.
    pub(super) fn peek(&self, path: &Path) -> Result<String, HostError> {
        let text = self.host.read_manifests(path)?;
        if !self.host.is_file(path) {
            let mut peeked = self.peeked.borrow_mut();
            peeked.insert(path.to_owned(), text.clone());
        }
        Ok(text)
    }

    /// Reads all of standard input. A second read would return nothing, and Helm deletes the objects of an empty
    /// release.
    ///
    /// # Errors
    /// Where it cannot be read, and where it was read before.
    pub fn read_stdin(&mut self) -> Result<SourceId, Diagnostic> {
        if std::mem::replace(&mut self.is_stdin_read, true) {
            return Err(stdin_read_twice());
        }
        self.other_files.push(PathBuf::from("/dev/stdin"));
        let text = self
            .host
            .read_stdin()
            .map_err(|error| unreadable(Path::new("<stdin>"), &error))?;
        Ok(self.sources.add_stdin(text))
    }

    /// Reads a file whose text becomes part of another source.
    pub(super) fn read_part(&mut self, path: &Path) -> Result<String, HostError> {
        self.other_files.push(path.to_owned());
        self.host.read_file(path)
    }

    /// Returns the text of a source.
    pub fn text(&self, source: SourceId) -> &str {
        self.sources.get(source).text()
    }

    /// Returns all files read so far; files in packed charts have their path in the archive.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        let paths = self.sources.iter().filter_map(|(_, source)| source.file());
        paths.chain(self.other_files.iter().map(PathBuf::as_path))
    }
}

/// Returns whether a path is standard input, under any of its usual names.
fn is_stdin(path: &Path) -> bool {
    ["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"]
        .iter()
        .any(|name| path == Path::new(name))
}

/// Returns the error for a file that cannot be read.
pub fn unreadable(path: &Path, error: &HostError) -> Diagnostic {
    let path = path.display();
    Diagnostic::new(
        &UNREADABLE,
        match error {
            HostError::Read { source, .. } => format!("cannot read `{path}`: {source}"),
            HostError::TooLarge { most, .. } => {
                format!(
                    "cannot read `{path}`: it is larger than {}",
                    host::size(*most)
                )
            }
            HostError::InvalidUtf8 { line, column, .. } => {
                format!("{path}:{line}:{column}: this is not UTF-8")
            }
            HostError::Utf16 { .. } => format!("{path}:1:1: this is UTF-16, not UTF-8"),
            other => format!("cannot read `{path}`: {other}"),
        },
    )
    .help(match error {
        HostError::InvalidUtf8 { .. } => {
            "save it as UTF-8; a Windows shell may need `chcp 65001`".to_owned()
        }
        HostError::Utf16 { .. } => {
            "in PowerShell, write it with `| Out-File -Encoding utf8 FILE` instead of `> FILE`"
                .to_owned()
        }
        HostError::TooLarge { .. } => format!(
            "the limit is {} for values, policies and chart files, and {} for manifests",
            host::size(LARGEST_TEXT),
            host::size(LARGEST_MANIFESTS)
        ),
        _ => "check the path and its permissions".to_owned(),
    })
}

/// Returns the error for a file larger than `most` bytes.
pub(super) fn too_large(path: &Path, most: u64) -> Diagnostic {
    let subject = path.display().to_string();
    unreadable(path, &HostError::TooLarge { subject, most })
}

fn stdin_read_twice() -> Diagnostic {
    Diagnostic::new(&UNREADABLE, "standard input is used twice").help(
        "write one of the inputs to a file; without a file, manifests are read from standard input",
    )
}
