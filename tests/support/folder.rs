use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A folder on the disk in which the program itself runs. It is removed in the end.
pub(crate) struct Folder(TempDir);

/// What a script prints, and its exit code.
#[derive(Debug, PartialEq)]
pub(crate) struct Printed {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) exit: i32,
}

impl Folder {
    /// Makes an empty folder.
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder can be made"))
    }

    /// Returns its path.
    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Returns the path of a file in it.
    pub(crate) fn join(&self, name: impl AsRef<Path>) -> PathBuf {
        self.path().join(name)
    }

    /// Writes a file, and makes the folders above it.
    pub(crate) fn file(self, name: impl AsRef<Path>, content: impl AsRef<[u8]>) -> Self {
        let path = self.join(name);
        let parent = path.parent().expect("a file is in a folder");
        fs::create_dir_all(parent).expect("a folder can be made");
        fs::write(path, content).expect("a file can be written");
        self
    }

    /// Returns the text of a file.
    #[track_caller]
    pub(crate) fn text(&self, name: &str) -> String {
        fs::read_to_string(self.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Runs a script of bash in which `dunnage` is the program, with no variable but `PATH`, for no longer than a
    /// minute and in 300 MB.
    #[track_caller]
    pub(crate) fn shell(&self, script: &str) -> Printed {
        let program = Path::new(env!("CARGO_BIN_EXE_dunnage"));
        let programs = program.parent().expect("the program is in a folder");
        let path = std::env::var("PATH").expect("a PATH");
        let output = Command::new("timeout")
            .args(["60", "bash", "-c"])
            .arg(format!("ulimit -v 300000\n{script}"))
            .current_dir(self.path())
            .env_clear()
            .env("PATH", format!("{}:{path}", programs.display()))
            .output()
            .expect("a shell starts");
        Printed {
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            exit: output.status.code().expect("an exit code"),
        }
    }
}
