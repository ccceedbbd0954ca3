//! Inputs and outputs of a run: no output overwrites an input, and no two outputs share a file.

use std::path::{Path, PathBuf};

use super::session::UNWRITABLE;
use crate::diag::Diagnostic;
use crate::host::Read;
use crate::project::Reader;

/// Names of standard output, which receives the result.
const STDOUT: [&str; 4] = ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];

/// Files of options. The [`Reader`] knows the other inputs: files of a policy or a directory.
#[derive(Debug, Default)]
pub(super) struct Outputs {
    inputs: Vec<PathBuf>,
    outputs: Vec<PathBuf>,
}

impl Outputs {
    pub(super) fn add_input(&mut self, path: &Path) {
        self.inputs.push(path.to_owned());
    }

    pub(super) fn add_output(&mut self, path: &Path) {
        self.outputs.push(path.to_owned());
    }

    /// Checks all outputs of options, before anything is read.
    pub(super) fn check_all(&self, reader: &Reader<'_>) -> Result<(), Diagnostic> {
        let is_stdout =
            |input: &&PathBuf| reader.host.is_same_file(input, Path::new("/dev/stdout"));
        if let Some(input) = self.inputs.iter().find(is_stdout) {
            return Err(refused(
                format!(
                    "standard output is redirected to `{}`, which is an input",
                    input.display()
                ),
                "redirect to another file, and rename it afterwards",
            ));
        }
        let mut outputs = self.outputs.iter();
        outputs.try_for_each(|path| self.check(reader, path))
    }

    /// Returns an error for a file that is an input, another output or standard output, under any name.
    pub(super) fn check(&self, reader: &Reader<'_>, path: &Path) -> Result<(), Diagnostic> {
        let host = reader.host;
        let shown = path.display();
        if STDOUT.iter().any(|stdout| path == Path::new(stdout)) {
            return Err(refused(
                format!("`{shown}` is standard output, which receives the result"),
                "use a file, or `/dev/stderr`",
            ));
        }
        let is_same = |other: &Path| host.is_same_file(path, other);
        let mut read = reader.files().map(|path| on_disk(host, path));
        if self.inputs.iter().any(|input| is_same(input)) || read.any(is_same) {
            return Err(refused(
                format!("the output would overwrite the input `{shown}`"),
                "use another file for the output",
            ));
        }
        if self.is_named_twice(path) && is_same(path)
            || self.others(path).any(|other| is_same(&other))
        {
            return Err(refused(
                format!("two outputs are written to `{shown}`"),
                "use a separate file for each",
            ));
        }
        Ok(())
    }

    fn is_named_twice(&self, path: &Path) -> bool {
        self.outputs.iter().filter(|output| *output == path).count() > 1
    }

    /// Returns the other outputs. A stream such as `/dev/stderr` may be used on purpose, so it does not conflict with streams.
    fn others(&self, path: &Path) -> impl Iterator<Item = PathBuf> {
        let is_stream = ["/dev", "/proc"].iter().any(|folder| path.starts_with(folder));
        let streams = ["/dev/stdout", "/dev/stderr"].iter().map(PathBuf::from);
        let streams = streams.filter(move |_| !is_stream);
        let outputs = self.outputs.iter().filter(move |output| *output != path);
        outputs.cloned().chain(streams)
    }
}

/// Returns the file on disk that contains a source: for a file of a packed chart, the archive.
fn on_disk<'p>(host: &dyn Read, path: &'p Path) -> &'p Path {
    let mut files = path.ancestors().filter(|path| host.is_file(path));
    files.next().unwrap_or(path)
}

fn refused(message: String, help: &str) -> Diagnostic {
    Diagnostic::new(&UNWRITABLE, message).help(help)
}
