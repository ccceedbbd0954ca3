//! The diff of a source, with the file name that `git apply` and `patch -p1` expect.

use std::path::PathBuf;

use super::session::Session;
use crate::report::{self, FilePatch, Patch, Replacement};
use crate::text::{Source, SourceId};

/// Returns the patch of one source for standard output.
pub(super) fn of_source(
    session: &Session<'_>,
    id: SourceId,
    replacements: Vec<Replacement<'_>>,
) -> Patch {
    let source = session.reader.sources.get(id);
    report::unified(&FilePatch {
        path: &path(session, source),
        old: source.text(),
        replacements,
        color: session.colors(session.host.stdout_is_terminal()),
    })
}

/// Returns the file relative to the current directory, or to `/` if it is outside, without links, `.` and `..`, which both
/// tools reject. A stream keeps its name.
fn path(session: &Session<'_>, source: &Source) -> PathBuf {
    let Some(path) = source.file() else {
        return source.path_or_name().to_owned();
    };
    let real = session.host.real_path(path);
    let here = session.host.current_dir().ok();
    let here = here.map(|here| session.host.real_path(&here));
    let below = here.and_then(|here| real.strip_prefix(here).ok().map(PathBuf::from));
    below.unwrap_or(real)
}
