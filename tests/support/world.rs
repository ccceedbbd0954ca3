use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use dunnage::cli;
use dunnage::host::{Memory, Read as _};

use super::{CommandLine, Folder, Outcome};

/// A world in memory in which dunnage runs. A run leaves it as it is: what changes is in the [`Outcome`].
#[derive(Debug, Default)]
pub(crate) struct World {
    memory: Memory,
}

impl World {
    /// Returns a world with the files of a folder on the disk at its root; an empty one where there is no folder.
    pub(crate) fn of_folder(folder: &Path) -> Self {
        Self::default().folder("/", folder)
    }

    /// Adds the files of a folder on the disk, at a path of this world.
    pub(crate) fn folder(mut self, path: &str, folder: &Path) -> Self {
        for file in files_below(folder) {
            let name = file.strip_prefix(folder).expect("a file of the folder");
            let content = fs::read(&file).expect("a file can be read");
            self = self.file(Path::new(path).join(name), content);
        }
        self
    }

    /// Returns the world that a case of `testdata/cli` starts with, without what it pipes in.
    pub(crate) fn of_case(name: &str) -> Self {
        let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/cli");
        let folder = cases.join(name).join("files");
        assert!(folder.is_dir(), "no case {name} with files");
        Self::of_folder(&folder)
    }

    /// Adds a file.
    pub(crate) fn file(self, path: impl AsRef<Path>, content: impl Into<Vec<u8>>) -> Self {
        Self {
            memory: self.memory.file(path, content),
        }
    }

    /// Sets an environment variable.
    pub(crate) fn variable(self, name: &str, value: impl Into<OsString>) -> Self {
        Self {
            memory: self.memory.variable(name, value),
        }
    }

    /// Pipes something in; without it standard input is a terminal.
    pub(crate) fn piped(self, stdin: impl Into<Vec<u8>>) -> Self {
        Self {
            memory: self.memory.piped(stdin),
        }
    }

    /// Sets the working folder, which is `/` without it.
    pub(crate) fn at(self, folder: impl Into<PathBuf>) -> Self {
        self.with(|memory| memory.dir = folder.into())
    }

    /// Makes standard output and standard error a terminal of so many columns.
    pub(crate) fn terminal(self, columns: usize) -> Self {
        self.with(|memory| memory.width = Some(columns))
    }

    /// Returns a second world with the same content.
    pub(crate) fn copied(&self) -> Self {
        Self {
            memory: self.copy(),
        }
    }

    /// Changes what no other method does.
    pub(crate) fn with(mut self, change: impl FnOnce(&mut Memory)) -> Self {
        change(&mut self.memory);
        self
    }

    /// Keeps what a run changed.
    pub(crate) fn after(self, outcome: &Outcome) -> Self {
        self.with(|memory| memory.files.get_mut().extend(outcome.changed.clone()))
    }

    /// Returns the text of a file.
    #[track_caller]
    pub(crate) fn text(&self, path: &str) -> String {
        let text = self.memory.read_file(Path::new(path));
        text.unwrap_or_else(|error| panic!("{error}"))
    }

    /// Writes the files into a folder on the disk.
    pub(crate) fn on_disk(&self) -> Folder {
        let files = self.memory.files.borrow();
        files.iter().fold(Folder::new(), |folder, (path, content)| {
            let name = path.strip_prefix("/").expect("an absolute path");
            folder.file(name, content)
        })
    }

    /// Runs a command line as a user types it.
    #[track_caller]
    pub(crate) fn run(&self, line: &str) -> Outcome {
        self.run_command(&CommandLine::parse(line))
    }

    /// Runs a command line.
    #[track_caller]
    pub(crate) fn run_command(&self, line: &CommandLine) -> Outcome {
        assert_eq!(line.words.first().map(String::as_str), Some("dunnage"));
        let mut memory = self.copy();
        for (name, value) in &line.variables {
            memory = memory.variable(name, value);
        }
        if let Some(file) = &line.stdin {
            let stdin = memory.read_bytes(Path::new(file));
            memory = memory.piped(stdin.unwrap_or_else(|error| panic!("{error}")));
        }
        run(&memory, line.arguments())
    }

    /// Runs `dunnage` with arguments that no shell has split.
    pub(crate) fn run_with<W: Into<OsString>>(
        &self,
        arguments: impl IntoIterator<Item = W>,
    ) -> Outcome {
        let arguments = arguments.into_iter().map(Into::into);
        run(
            &self.copy(),
            std::iter::once("dunnage".into()).chain(arguments).collect(),
        )
    }

    fn copy(&self) -> Memory {
        let from = &self.memory;
        let mut copy = Memory::default();
        copy.files.clone_from(&from.files);
        copy.env.clone_from(&from.env);
        copy.dir.clone_from(&from.dir);
        copy.stdin.clone_from(&from.stdin);
        copy.width = from.width;
        copy.outputs.clone_from(&from.outputs);
        copy.is_pipe_broken = from.is_pipe_broken;
        copy.is_disk_full = from.is_disk_full;
        copy.edits.clone_from(&from.edits);
        copy.read_only.clone_from(&from.read_only);
        copy.distrusted.clone_from(&from.distrusted);
        copy.links.clone_from(&from.links);
        copy.parent.clone_from(&from.parent);
        copy
    }
}

fn run(memory: &Memory, line: Vec<OsString>) -> Outcome {
    let before = memory.files.borrow().clone();
    let exit = cli::run(memory, line).code();
    let after = memory.files.borrow();
    let is_gone = |path: &&PathBuf| !after.contains_key(*path);
    assert_eq!(before.keys().find(is_gone), None, "a file was removed");
    let changed = after.iter();
    let changed = changed.filter(|(path, content)| before.get(*path) != Some(content));
    let changed: BTreeMap<PathBuf, Vec<u8>> =
        changed.map(|(path, content)| (path.clone(), content.clone())).collect();
    Outcome {
        stdout: memory.stdout(),
        stderr: memory.stderr(),
        exit,
        changed,
    }
}

/// Returns the files below a folder in order; none where there is no folder.
pub(super) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else {
        return files;
    };
    for entry in entries {
        let path = entry.expect("a folder can be listed").path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files.sort();
    files
}
