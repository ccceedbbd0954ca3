//! What a run reads and writes: no output replaces an input, and no two go to one file.

use std::path::{Path, PathBuf};

use super::session::UNWRITABLE;
use crate::diag::Diagnostic;
use crate::host::Read;
use crate::project::Reader;

/// The names of standard output; its content would be mixed with the result.
const STDOUT: [&str; 4] = ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];

/// The files of a run that options name. Other inputs, which a policy names or a folder holds, are known to its
/// [`Reader`].
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

    /// Checks all outputs that options name, before anything is done.
    pub(super) fn check_all(&self, reader: &Reader<'_>) -> Result<(), Diagnostic> {
        let is_stdout =
            |input: &&PathBuf| reader.host.is_same_file(input, Path::new("/dev/stdout"));
        if let Some(input) = self.inputs.iter().find(is_stdout) {
            return Err(refused(
                format!(
                    "`{}` is an input, and standard output goes to it",
                    input.display()
                ),
                "write to another file, and rename that",
            ));
        }
        let mut outputs = self.outputs.iter();
        outputs.try_for_each(|path| self.check(reader, path))
    }

    /// Refuses to write to a file that is an input, another output or standard output, by whatever name.
    pub(super) fn check(&self, reader: &Reader<'_>, path: &Path) -> Result<(), Diagnostic> {
        let host = reader.host;
        let shown = path.display();
        if STDOUT.iter().any(|stdout| path == Path::new(stdout)) {
            return Err(refused(
                format!("`{shown}` is standard output, which has the result"),
                "name a file; `/dev/stderr` is one too",
            ));
        }
        let is_same = |other: &Path| host.is_same_file(path, other);
        let mut read = reader.files().map(|path| on_disk(host, path));
        if self.inputs.iter().any(|input| is_same(input)) || read.any(is_same) {
            return Err(refused(
                format!("`{shown}` is an input, which the output would overwrite"),
                "name another file for the output",
            ));
        }
        if self.is_named_twice(path) && is_same(path)
            || self.others(path).any(|other| is_same(&other))
        {
            return Err(refused(
                format!("two outputs go to `{shown}`"),
                "name another file for one of them",
            ));
        }
        Ok(())
    }

    fn is_named_twice(&self, path: &Path) -> bool {
        self.outputs.iter().filter(|output| *output == path).count() > 1
    }

    /// What is written besides. Who names a stream wants it in the log that the stream goes to.
    fn others(&self, path: &Path) -> impl Iterator<Item = PathBuf> {
        let is_stream = ["/dev", "/proc"]
            .iter()
            .any(|folder| path.starts_with(folder));
        let streams = ["/dev/stdout", "/dev/stderr"].iter().map(PathBuf::from);
        let streams = streams.filter(move |_| !is_stream);
        let outputs = self.outputs.iter().filter(move |output| *output != path);
        outputs.cloned().chain(streams)
    }
}

/// The file that holds a text: for a file of a packed chart, the archive.
fn on_disk<'p>(host: &dyn Read, path: &'p Path) -> &'p Path {
    let mut files = path.ancestors().filter(|path| host.is_file(path));
    files.next().unwrap_or(path)
}

fn refused(message: String, help: &str) -> Diagnostic {
    Diagnostic::new(&UNWRITABLE, message).help(help)
}
