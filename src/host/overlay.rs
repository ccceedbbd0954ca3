use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::{Distrust, HostError, Read};

/// A world as another would be with some files changed; it can only be read.
pub struct Overlay<'h> {
    /// The world below.
    pub below: &'h dyn Read,
    /// The files that do not come from there, by the paths under which they are read.
    pub files: BTreeMap<PathBuf, &'h str>,
    /// What comes from standard input, which can be read only once.
    pub stdin: String,
}

impl Read for Overlay<'_> {
    fn read_file(&self, path: &Path) -> Result<String, HostError> {
        match self.files.get(path) {
            Some(text) => Ok((*text).to_owned()),
            None => self.below.read_file(path),
        }
    }

    fn read_manifests(&self, path: &Path) -> Result<String, HostError> {
        match self.files.get(path) {
            Some(text) => Ok((*text).to_owned()),
            None => self.below.read_manifests(path),
        }
    }

    fn read_bytes(&self, path: &Path) -> Result<Vec<u8>, HostError> {
        match self.files.get(path) {
            Some(text) => Ok(text.as_bytes().to_owned()),
            None => self.below.read_bytes(path),
        }
    }

    fn read_stdin(&self) -> Result<String, HostError> {
        Ok(self.stdin.clone())
    }

    fn today(&self) -> Option<String> {
        self.below.today()
    }

    fn env(&self, name: &str) -> Option<OsString> {
        self.below.env(name)
    }

    fn current_dir(&self) -> Result<PathBuf, HostError> {
        self.below.current_dir()
    }

    fn is_file(&self, path: &Path) -> bool {
        self.files.contains_key(path) || self.below.is_file(path)
    }

    fn is_dir(&self, path: &Path) -> bool {
        self.below.is_dir(path)
    }

    fn list_dir(&self, path: &Path) -> Vec<PathBuf> {
        self.below.list_dir(path)
    }

    fn walk(&self, folder: &Path) -> Vec<PathBuf> {
        self.below.walk(folder)
    }

    fn real_path(&self, path: &Path) -> PathBuf {
        self.below.real_path(path)
    }

    fn is_same_file(&self, a: &Path, b: &Path) -> bool {
        self.below.is_same_file(a, b)
    }

    fn is_read_only(&self, path: &Path) -> bool {
        self.below.is_read_only(path)
    }

    fn distrust(&self, path: &Path) -> Option<Distrust> {
        self.below.distrust(path)
    }

    fn parent_program(&self) -> Option<String> {
        self.below.parent_program()
    }

    fn output_of(&self, program: &str, arguments: &[&str]) -> Option<String> {
        self.below.output_of(program, arguments)
    }
}
