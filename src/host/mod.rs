//! The outside world behind traits: files, environment, streams. Only `project`, `cli` and `main` name it.

mod closed;
mod error;
mod memory;
mod os;
mod overlay;
mod replace;
mod same_file;
mod trust;
mod walk;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

pub use error::{HostError, size};
pub use memory::Memory;
pub use os::Os;
pub use overlay::Overlay;
pub use trust::Distrust;

/// The bytes of a values file, a policy, a baseline or a file of a chart: as many as Helm lets a file of a chart
/// have. What is larger is refused before it fills the memory.
pub const LARGEST_TEXT: u64 = 5 << 20;

/// The bytes of a packed chart, or of all files in a chart's folder: as many as Helm lets a chart have.
pub const LARGEST_CHART: u64 = 100 << 20;

/// The bytes of rendered manifests.
pub const LARGEST_MANIFESTS: u64 = 512 << 20;

/// What may be read of the world: files, standard input, the environment, the clock, other programs.
pub trait Read {
    /// The text of a file of up to [`LARGEST_TEXT`] bytes.
    fn read_file(&self, path: &Path) -> Result<String, HostError>;
    /// The text of a file of up to [`LARGEST_MANIFESTS`] bytes.
    fn read_manifests(&self, path: &Path) -> Result<String, HostError>;
    /// The bytes of a file, of which there are up to [`LARGEST_CHART`].
    fn read_bytes(&self, path: &Path) -> Result<Vec<u8>, HostError>;
    /// All of standard input, which is up to [`LARGEST_MANIFESTS`] bytes.
    fn read_stdin(&self) -> Result<String, HostError>;
    /// The day in UTC, as `2027-01-31`; `None` if the clock is before 1970.
    fn today(&self) -> Option<String>;
    /// An environment variable.
    fn env(&self, name: &str) -> Option<OsString>;
    /// Where relative paths start.
    fn current_dir(&self) -> Result<PathBuf, HostError>;
    /// Whether a file can be found there.
    fn is_file(&self, path: &Path) -> bool;
    /// Whether a folder can be found there.
    fn is_dir(&self, path: &Path) -> bool;
    /// Returns the entries of a folder, sorted; empty if it cannot be read.
    fn list_dir(&self, path: &Path) -> Vec<PathBuf>;
    /// The ordinary files below a folder, in order; without what is hidden, what git ignores and what is behind
    /// links to folders.
    fn walk(&self, folder: &Path) -> Vec<PathBuf>;
    /// A path without links, where it can be followed; two paths of one folder have one such path.
    fn real_path(&self, path: &Path) -> PathBuf {
        path.to_owned()
    }
    /// Whether two paths lead to one regular file, by links too, or would create one. A pipe or a device is no
    /// file: several can write to it.
    fn is_same_file(&self, a: &Path, b: &Path) -> bool {
        self.real_path(a) == self.real_path(b)
    }
    /// Whether a file is kept from being written, so that [`Write::write_file`] would refuse it.
    fn is_read_only(&self, _path: &Path) -> bool {
        false
    }
    /// Why a configuration file that was found, and not named, must not be followed; nothing where it may.
    fn distrust(&self, _path: &Path) -> Option<Distrust> {
        None
    }
    /// The file name of the program that started this one, where the system tells.
    fn parent_program(&self) -> Option<String> {
        None
    }
    /// What another program prints; `None` where there is none of that name, or where it fails.
    fn output_of(&self, program: &str, arguments: &[&str]) -> Option<String>;
}

/// Where output goes, and how files change.
pub trait Write {
    /// Writes all of the output at once, piece by piece.
    fn write_stdout(&self, pieces: &[&str]) -> Result<(), HostError>;
    /// Writes messages. Errors are ignored: there is no place left to report them.
    fn write_stderr(&self, text: &str);
    /// Writes a file whole: who looks at it, and who is left with it when the program is killed, has the
    /// old content or the new. One that is read-only stays as it is, whoever asks. What is no ordinary file (a pipe, `/dev/stderr`) is written as it is.
    fn write_file(&self, path: &Path, content: &[u8]) -> Result<(), HostError>;
    /// Replaces the content of a file that still holds `old`, else leaves it as it is: [`HostError::Changed`]. Owner,
    /// permissions and links stay; a read-only file is refused.
    fn replace_file(&self, path: &Path, old: &[u8], new: &[u8]) -> Result<(), HostError>;
    /// Puts this very program there as a program, as whole as [`Write::write_file`] does.
    fn copy_program(&self, path: &Path) -> Result<(), HostError>;
    /// Makes a folder and those above it that are missing.
    fn create_dir(&self, path: &Path) -> Result<(), HostError>;
}

/// Which streams somebody looks at.
pub trait Terminal {
    /// Whether somebody types the input.
    fn stdin_is_terminal(&self) -> bool;
    /// Whether somebody reads the output as it comes.
    fn stdout_is_terminal(&self) -> bool;
    /// Whether somebody reads the messages as they come.
    fn stderr_is_terminal(&self) -> bool;
    /// The columns of the terminal, where they are known.
    fn terminal_width(&self) -> Option<usize>;
}

/// The world of a command. A test gives it [`Memory`], `main` gives it [`Os`]. What only reads asks for [`Read`].
pub trait Host: Read + Write + Terminal {}

impl<T: Read + Write + Terminal> Host for T {}
