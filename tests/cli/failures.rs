//! A bug of the program, and a disk without room.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use dunnage::cli;
use dunnage::host::{HostError, Memory, Read, Terminal, Write};

use crate::support::World;

/// A world in which reading the input is a bug.
struct Faulty(Memory);

impl Read for Faulty {
    fn read_stdin(&self) -> Result<String, HostError> {
        panic!("a bug for the test")
    }
    fn read_file(&self, path: &Path) -> Result<String, HostError> {
        self.0.read_file(path)
    }
    fn read_manifests(&self, path: &Path) -> Result<String, HostError> {
        self.0.read_manifests(path)
    }
    fn read_bytes(&self, path: &Path) -> Result<Vec<u8>, HostError> {
        self.0.read_bytes(path)
    }
    fn today(&self) -> Option<String> {
        None
    }
    fn env(&self, name: &str) -> Option<OsString> {
        self.0.env(name)
    }
    fn current_dir(&self) -> Result<PathBuf, HostError> {
        self.0.current_dir()
    }
    fn walk(&self, folder: &Path) -> Vec<PathBuf> {
        self.0.walk(folder)
    }
    fn is_file(&self, path: &Path) -> bool {
        self.0.is_file(path)
    }
    fn is_dir(&self, path: &Path) -> bool {
        self.0.is_dir(path)
    }
    fn list_dir(&self, path: &Path) -> Vec<PathBuf> {
        self.0.list_dir(path)
    }
    fn output_of(&self, program: &str, arguments: &[&str]) -> Option<String> {
        self.0.output_of(program, arguments)
    }
}

impl Write for Faulty {
    fn replace_file(&self, path: &Path, old: &[u8], new: &[u8]) -> Result<(), HostError> {
        self.0.replace_file(path, old, new)
    }
    fn write_stdout(&self, pieces: &[&str]) -> Result<(), HostError> {
        self.0.write_stdout(pieces)
    }
    fn write_file(&self, path: &Path, content: &[u8]) -> Result<(), HostError> {
        self.0.write_file(path, content)
    }
    fn copy_program(&self, path: &Path) -> Result<(), HostError> {
        self.0.copy_program(path)
    }
    fn create_dir(&self, path: &Path) -> Result<(), HostError> {
        self.0.create_dir(path)
    }
    fn write_stderr(&self, text: &str) {
        self.0.write_stderr(text);
    }
}

impl Terminal for Faulty {
    fn stdin_is_terminal(&self) -> bool {
        false
    }
    fn stdout_is_terminal(&self) -> bool {
        false
    }
    fn stderr_is_terminal(&self) -> bool {
        false
    }
    fn terminal_width(&self) -> Option<usize> {
        None
    }
}

#[test]
fn a_bug_writes_nothing_and_has_its_own_exit_code() {
    for command in ["render", "helm-plugin"] {
        let host = Faulty(Memory::default());
        let line = ["dunnage", command, "--policy", "z2jh"];
        let code = cli::run(&host, line.map(Into::into).to_vec()).code();
        assert_eq!((host.0.stdout().as_str(), code), ("", 70), "{command}");
    }
}

#[test]
fn a_report_that_cannot_be_written_is_an_error_and_nothing_is_rendered() {
    let world = World::of_case("render-check").with(|memory| memory.is_disk_full = true);
    let outcome = world.run("dunnage --report report.json < web.yaml").fails(2);
    let message = "cannot write report.json: ";
    assert!(outcome.stderr.contains(message), "{outcome:?}");
}
