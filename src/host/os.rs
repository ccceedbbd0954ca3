use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

use super::error::text_of;
use super::{Host, HostError};

/// The operating system itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct Os;

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that touches the world"
)]
impl Host for Os {
    fn read_file(&self, path: &Path) -> Result<String, HostError> {
        let subject = path.display().to_string();
        let bytes = std::fs::read(path).map_err(|error| HostError::read(&subject, error))?;
        text_of(&subject, bytes)
    }

    fn read_stdin(&self) -> Result<String, HostError> {
        let mut bytes = Vec::new();
        io::stdin()
            .lock()
            .read_to_end(&mut bytes)
            .map_err(|error| HostError::read("stdin", error))?;
        text_of("stdin", bytes)
    }

    fn env(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn current_dir(&self) -> Result<PathBuf, HostError> {
        std::env::current_dir().map_err(HostError::CurrentDir)
    }

    fn is_file(&self, path: &Path) -> bool {
        path.is_file()
    }

    fn is_dir(&self, path: &Path) -> bool {
        path.is_dir()
    }

    fn stdin_is_terminal(&self) -> bool {
        io::stdin().is_terminal()
    }

    fn stdout_is_terminal(&self) -> bool {
        io::stdout().is_terminal()
    }

    fn stderr_is_terminal(&self) -> bool {
        io::stderr().is_terminal()
    }

    /// What the shell says in `COLUMNS`, else what the terminal says itself.
    fn terminal_width(&self) -> Option<usize> {
        let said = self
            .env("COLUMNS")
            .and_then(|columns| columns.trim().parse().ok());
        let asked =
            || terminal_size::terminal_size_of(io::stderr()).map(|(width, _)| width.0.into());
        said.or_else(asked).filter(|&width| width > 0)
    }

    fn write_stdout(&self, text: &str) -> Result<(), HostError> {
        let mut stdout = io::stdout().lock();
        stdout
            .write_all(text.as_bytes())
            .and_then(|()| stdout.flush())
            .map_err(HostError::write)
    }

    fn write_stderr(&self, text: &str) {
        let mut stderr = io::stderr().lock();
        let _ = stderr
            .write_all(text.as_bytes())
            .and_then(|()| stderr.flush());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.yaml");
        let missing = Os.read_file(&path).unwrap_err().to_string();
        assert!(
            missing.starts_with(&format!("cannot read {}: ", path.display())),
            "{missing}"
        );
        let mut file = std::fs::File::create(&path).unwrap();
        file.write_all(b"a: 1\r\n").unwrap();
        assert_eq!(Os.read_file(&path).unwrap(), "a: 1\r\n");
        assert!(Os.is_file(&path) && !Os.is_dir(&path) && Os.is_dir(folder.path()));
        file.write_all(b"\xff").unwrap();
        let invalid = Os.read_file(&path).unwrap_err().to_string();
        assert!(
            invalid.ends_with("invalid UTF-8 at line 2, column 1 (byte 6)"),
            "{invalid}"
        );
    }

    #[test]
    fn an_unset_variable_is_none() {
        assert_eq!(Os.env("DUNNAGE_TEST_OF_A_VARIABLE_THAT_NOBODY_SETS"), None);
    }
}
