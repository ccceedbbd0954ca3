use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Everything that a run prints, writes and returns.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Outcome {
    /// Standard output.
    pub(crate) stdout: String,
    /// Standard error.
    pub(crate) stderr: String,
    /// The exit code.
    pub(crate) exit: u8,
    /// The files that the run made or changed, by absolute path.
    pub(crate) changed: BTreeMap<PathBuf, Vec<u8>>,
}

impl Outcome {
    /// Asserts the whole outcome of a run that changes no file.
    #[track_caller]
    pub(crate) fn check(&self, exit: u8, stdout: &str, stderr: &str) {
        let expected = Self {
            stdout: stdout.to_owned(),
            stderr: stderr.to_owned(),
            exit,
            changed: BTreeMap::new(),
        };
        assert_eq!(*self, expected, "\n{}{}", self.stdout, self.stderr);
    }

    /// Asserts the exit code, and shows what was printed where it is another.
    #[track_caller]
    pub(crate) fn exits(self, exit: u8) -> Self {
        assert_eq!(self.exit, exit, "\n{}{}", self.stdout, self.stderr);
        self
    }

    /// Asserts that nothing but messages on standard error came of the run, and this exit code.
    #[track_caller]
    pub(crate) fn fails(self, exit: u8) -> Self {
        let messages = self.stderr.clone();
        self.check(exit, "", &messages);
        assert_ne!(messages, "", "a failure has a message");
        self
    }

    /// Returns both streams, standard output first.
    pub(crate) fn printed(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }

    /// Returns the text of a file that the run made or changed.
    #[track_caller]
    pub(crate) fn written(&self, path: impl AsRef<Path>) -> String {
        let path = Path::new("/").join(path);
        let bytes = self.changed.get(&path);
        let bytes = bytes.unwrap_or_else(|| panic!("{} was not written", path.display()));
        String::from_utf8(bytes.clone()).expect("text")
    }
}
