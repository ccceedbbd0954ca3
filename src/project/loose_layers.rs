//! Notes on values files that are probably layers of unknown releases: files next to a chart, and files found in
//! directories.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::subjects::{ReleaseRequest, Subject};
use crate::diag::{Code, Diagnostic};

pub(super) static UNREAD_VALUES: Code = Code::note(
    "VA014",
    "values-not-read",
    "other values files in a chart's directory were not read",
)
.page(include_str!("codes/unread_values.md"));

pub(super) static LOOSE_LAYERS: Code = Code::note(
    "VA015",
    "layers-linted-separately",
    "values files may be layers of one release, but they are linted separately",
)
.page(include_str!("codes/loose_layers.md"));

/// Returns the note on values files in a chart's directory that were not read.
pub(super) fn unread_values(folder: &Path, files: &[&PathBuf]) -> Option<Diagnostic> {
    let first = files.first()?;
    let verb = if files.len() == 1 { "was" } else { "were" };
    let folder = folder.display();
    let list = listed(files);
    let message =
        format!("{list} {verb} not read: only `values.yaml` of a chart's directory is read");
    Some(Diagnostic::new(&UNREAD_VALUES, message).help(format!(
        "add the layers of a release: `dunnage lint {folder} -f {}`",
        first.display()
    )))
}

/// Marks each values file that was found with others in the same directory, or in one above or below it, as one layer of
/// several. Returns one note on all of them.
pub(super) fn mark(found: &mut [Subject]) -> Option<Diagnostic> {
    let folders: Vec<PathBuf> = found.iter().filter_map(file_of).map(folder).collect();
    let is_beside = |file: &Path| {
        let own = folder(file);
        let related =
            folders.iter().filter(|other| own.starts_with(other) || other.starts_with(&own));
        related.count() > 1
    };
    let marked = found.iter_mut().filter_map(|subject| {
        let file = file_of(subject)?.to_owned();
        let Subject::Release(release) = subject else {
            return None;
        };
        release.is_partial |= is_beside(&file);
        release.is_partial.then_some(file)
    });
    let marked: BTreeSet<PathBuf> = marked.collect();
    let files: Vec<&PathBuf> = marked.iter().collect();
    (!files.is_empty()).then(|| {
        let what = if files.len() == 1 {
            "may be one layer of several"
        } else {
            "may be layers of the same release"
        };
        let list = listed(&files);
        let message = format!("{list} {what}: keys that another layer may set are not reported as missing");
        Diagnostic::new(&LOOSE_LAYERS, message)
            .help("list the releases with their layers in `lint.releases` of `dunnage.yaml`, or pass the layers with `-f`")
    })
}

/// Returns the values file of a release that was found in a directory, with or without a chart next to it.
fn file_of(subject: &Subject) -> Option<&Path> {
    match subject {
        Subject::Release(ReleaseRequest {
            paths,
            is_found: true,
            ..
        }) => paths.last().map(PathBuf::as_path).filter(|path| {
            let extension = path.extension();
            extension.is_some_and(|extension| extension == "yaml" || extension == "yml")
        }),
        _ => None,
    }
}

fn folder(file: &Path) -> PathBuf {
    file.parent().unwrap_or(Path::new("")).to_owned()
}

fn listed(files: &[&PathBuf]) -> String {
    const MOST: usize = 5;
    let names = files.iter().take(MOST).map(|file| format!("`{}`", file.display()));
    let list = names.collect::<Vec<_>>().join(", ");
    match files.len().saturating_sub(MOST) {
        0 => list,
        more => format!("{list} and {more} more"),
    }
}
