use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::io;
use std::path::{Component, Path, PathBuf};

use super::error::text_of;
use super::{
    Distrust, HostError, LARGEST_CHART, LARGEST_MANIFESTS, LARGEST_TEXT, Read, Terminal, Write,
};

/// A world for tests and for buffers that were never saved: what is read is given, what is written is kept.
#[derive(Debug)]
pub struct Memory {
    /// The files by path; relative ones start at `dir`.
    pub files: RefCell<BTreeMap<PathBuf, Vec<u8>>>,
    /// The environment.
    pub env: BTreeMap<String, OsString>,
    /// The working folder.
    pub dir: PathBuf,
    /// What is piped in; `None` is a terminal.
    pub stdin: Option<Vec<u8>>,
    /// The terminal's columns; `None` means no terminal.
    pub width: Option<usize>,
    /// What other programs print, by their names.
    pub outputs: BTreeMap<String, String>,
    /// Whether the reader of standard output is gone.
    pub is_pipe_broken: bool,
    /// Whether there is no room for another file.
    pub is_disk_full: bool,
    /// What somebody else writes into files just before they are replaced.
    pub edits: RefCell<BTreeMap<PathBuf, Vec<u8>>>,
    /// Files that are kept from being written.
    pub read_only: BTreeSet<PathBuf>,
    /// Files that must not be followed where they are found.
    pub distrusted: BTreeMap<PathBuf, Distrust>,
    /// Symbolic links to files, by path, with the path that each leads to.
    pub links: BTreeMap<PathBuf, PathBuf>,
    /// The program that started this one.
    pub parent: Option<String>,
    stdout: RefCell<String>,
    stderr: RefCell<String>,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            files: RefCell::default(),
            env: BTreeMap::new(),
            dir: PathBuf::from("/"),
            stdin: None,
            width: None,
            outputs: BTreeMap::new(),
            is_pipe_broken: false,
            is_disk_full: false,
            edits: RefCell::default(),
            read_only: BTreeSet::new(),
            distrusted: BTreeMap::new(),
            links: BTreeMap::new(),
            parent: None,
            stdout: RefCell::default(),
            stderr: RefCell::default(),
        }
    }
}

impl Memory {
    /// What [`Write::copy_program`] puts in place of the program.
    pub const PROGRAM: &[u8] = b"the program";

    /// Adds a file.
    #[must_use]
    pub fn file(mut self, path: impl AsRef<Path>, content: impl Into<Vec<u8>>) -> Self {
        let path = self.absolute(path.as_ref());
        self.files.get_mut().insert(path, content.into());
        self
    }

    /// Sets an environment variable.
    #[must_use]
    pub fn variable(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.env.insert(name.to_owned(), value.into());
        self
    }

    /// Pipes something in.
    #[must_use]
    pub fn piped(mut self, stdin: impl Into<Vec<u8>>) -> Self {
        self.stdin = Some(stdin.into());
        self
    }

    /// What was written to standard output.
    pub fn stdout(&self) -> String {
        self.stdout.borrow().clone()
    }

    /// What was written to standard error.
    pub fn stderr(&self) -> String {
        self.stderr.borrow().clone()
    }

    fn read_text(&self, path: &Path, most: u64) -> Result<String, HostError> {
        text_of(&path.display().to_string(), self.read(path, most)?)
    }

    fn read(&self, path: &Path, most: u64) -> Result<Vec<u8>, HostError> {
        let files = self.files.borrow();
        let bytes = files.get(&self.absolute(path)).cloned();
        let subject = path.display().to_string();
        let bytes =
            bytes.ok_or_else(|| HostError::read(&subject, io::ErrorKind::NotFound.into()))?;
        if bytes.len() as u64 > most {
            return Err(HostError::too_large(&subject, most));
        }
        Ok(bytes)
    }

    fn absolute(&self, path: &Path) -> PathBuf {
        let mut absolute = PathBuf::new();
        for component in self.dir.join(path).components() {
            match component {
                Component::CurDir => {}
                Component::ParentDir => {
                    absolute.pop();
                }
                other => absolute.push(other),
            }
        }
        absolute
    }
}

impl Read for Memory {
    fn read_file(&self, path: &Path) -> Result<String, HostError> {
        self.read_text(path, LARGEST_TEXT)
    }

    fn read_manifests(&self, path: &Path) -> Result<String, HostError> {
        self.read_text(path, LARGEST_MANIFESTS)
    }

    fn read_bytes(&self, path: &Path) -> Result<Vec<u8>, HostError> {
        self.read(path, LARGEST_CHART)
    }

    fn read_stdin(&self) -> Result<String, HostError> {
        let bytes = self.stdin.clone().unwrap_or_default();
        if bytes.len() as u64 > LARGEST_MANIFESTS {
            return Err(HostError::too_large("stdin", LARGEST_MANIFESTS));
        }
        text_of("stdin", bytes)
    }

    fn today(&self) -> Option<String> {
        Some("2026-11-25".to_owned())
    }

    fn env(&self, name: &str) -> Option<OsString> {
        self.env.get(name).cloned()
    }

    fn current_dir(&self) -> Result<PathBuf, HostError> {
        Ok(self.dir.clone())
    }

    fn is_file(&self, path: &Path) -> bool {
        self.files.borrow().contains_key(&self.absolute(path))
    }

    fn is_dir(&self, path: &Path) -> bool {
        let path = self.absolute(path);
        self.dir.starts_with(&path)
            || self.files.borrow().keys().any(|file| *file != path && file.starts_with(&path))
    }

    fn list_dir(&self, path: &Path) -> Vec<PathBuf> {
        let folder = self.absolute(path);
        let files = self.files.borrow();
        let mut names: Vec<_> = files
            .keys()
            .filter_map(|file| file.strip_prefix(&folder).ok()?.components().next())
            .collect();
        names.dedup();
        names.into_iter().map(|name| path.join(name)).collect()
    }

    fn walk(&self, folder: &Path) -> Vec<PathBuf> {
        let is_shown = |part: Component<'_>| {
            let name = part.as_os_str().to_string_lossy();
            !name.starts_with('.') && name != "node_modules"
        };
        let root = self.absolute(folder);
        let files = self.files.borrow();
        let below = files.keys().filter_map(|file| file.strip_prefix(&root).ok());
        let below = below.filter(|below| below.components().all(is_shown));
        below.map(|below| folder.join(below)).collect()
    }

    fn real_path(&self, path: &Path) -> PathBuf {
        let path = self.absolute(path);
        self.links.get(&path).cloned().unwrap_or(path)
    }

    fn is_same_file(&self, a: &Path, b: &Path) -> bool {
        let is_file = |path: &Path| !path.starts_with("/dev");
        is_file(a) && is_file(b) && self.absolute(a) == self.absolute(b)
    }

    fn is_read_only(&self, path: &Path) -> bool {
        self.read_only.contains(&self.absolute(path))
    }

    fn distrust(&self, path: &Path) -> Option<Distrust> {
        self.distrusted.get(&self.absolute(path)).copied()
    }

    fn parent_program(&self) -> Option<String> {
        self.parent.clone()
    }

    fn output_of(&self, program: &str, _: &[&str]) -> Option<String> {
        self.outputs.get(program).cloned()
    }
}

impl Write for Memory {
    fn write_stdout(&self, pieces: &[&str]) -> Result<(), HostError> {
        if self.is_pipe_broken {
            return Err(HostError::BrokenPipe);
        }
        self.stdout.borrow_mut().extend(pieces.iter().copied());
        Ok(())
    }

    fn write_stderr(&self, text: &str) {
        self.stderr.borrow_mut().push_str(text);
    }

    fn write_file(&self, path: &Path, content: &[u8]) -> Result<(), HostError> {
        if self.is_disk_full {
            let full = io::ErrorKind::StorageFull.into();
            return Err(HostError::write_file(path, full));
        }
        let path = self.absolute(path);
        self.files.borrow_mut().insert(path, content.to_vec());
        Ok(())
    }

    fn replace_file(&self, path: &Path, old: &[u8], new: &[u8]) -> Result<(), HostError> {
        let edit = self.edits.borrow_mut().remove_entry(&self.absolute(path));
        self.files.borrow_mut().extend(edit);
        let there = self.files.borrow().get(&self.absolute(path)).cloned();
        if self.is_read_only(path) {
            let refused = io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only");
            return Err(HostError::write_file(path, refused));
        }
        if there.as_deref() != Some(old) {
            return Err(HostError::changed(path));
        }
        self.write_file(path, new)
    }

    fn copy_program(&self, path: &Path) -> Result<(), HostError> {
        self.write_file(path, Self::PROGRAM)
    }

    /// Folders are where files are; there is nothing to do.
    fn create_dir(&self, _: &Path) -> Result<(), HostError> {
        Ok(())
    }
}

impl Terminal for Memory {
    fn stdin_is_terminal(&self) -> bool {
        self.stdin.is_none()
    }

    fn stdout_is_terminal(&self) -> bool {
        self.width.is_some()
    }

    fn stderr_is_terminal(&self) -> bool {
        self.width.is_some()
    }

    fn terminal_width(&self) -> Option<usize> {
        self.width
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_was_given_and_keeps_what_was_written() {
        let memory = Memory {
            dir: "/charts/hub".into(),
            ..Memory::default()
        };
        let memory = memory.file("../a.yaml", "a: 1").variable("NO_COLOR", "1").piped("in");
        assert_eq!(
            memory.read_file(Path::new("/charts/a.yaml")).unwrap(),
            "a: 1"
        );
        assert_eq!(
            memory.read_file(Path::new("b")).unwrap_err().to_string(),
            "cannot read b: entity not found"
        );
        assert_eq!(memory.read_stdin().unwrap(), "in");
        assert_eq!(memory.env("NO_COLOR"), Some("1".into()));
        assert!(memory.is_file(Path::new("../a.yaml")) && memory.is_dir(Path::new("..")));
        assert!(!memory.is_dir(Path::new("../a.yaml")) && !memory.is_dir(Path::new("/other")));
        let listed = memory.file("/x/b/2", "").file("/x/b/1", "").file("/x/a", "");
        assert_eq!(
            listed.list_dir(Path::new("/x")),
            [Path::new("/x/a"), Path::new("/x/b")]
        );
        let memory = listed;
        assert!(!memory.stdin_is_terminal());
        memory.write_stdout(&["o", "ut"]).unwrap();
        memory.write_stderr("err");
        assert_eq!(
            (memory.stdout(), memory.stderr()),
            ("out".to_owned(), "err".to_owned())
        );
    }

    #[test]
    fn a_written_file_is_there_to_be_read() {
        let mut memory = Memory::default().file("a", "old");
        memory.write_file(Path::new("./a"), b"new").unwrap();
        assert_eq!(memory.read_file(Path::new("a")).unwrap(), "new");
        memory.is_disk_full = true;
        let full = memory.write_file(Path::new("a"), b"newer").unwrap_err();
        assert_eq!(full.to_string(), "cannot write a: no storage space");
        assert_eq!(memory.read_file(Path::new("a")).unwrap(), "new");
    }

    #[test]
    fn a_broken_pipe_keeps_nothing() {
        let memory = Memory {
            is_pipe_broken: true,
            ..Memory::default()
        };
        assert!(matches!(
            memory.write_stdout(&["out"]),
            Err(HostError::BrokenPipe)
        ));
        assert_eq!(memory.stdout(), "");
    }
}
