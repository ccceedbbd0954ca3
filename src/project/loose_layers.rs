//! Notes on values files that are probably layers of unknown releases: files next to a chart, and files found in
//! directories.

use std::collections::{BTreeMap, BTreeSet};
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
    let files: Vec<PathBuf> = found.iter().filter_map(file_of).map(Path::to_owned).collect();
    let counts = FolderCounts::new(files.iter().map(PathBuf::as_path));
    let marked = found.iter_mut().filter_map(|subject| {
        let file = file_of(subject)?.to_owned();
        let Subject::Release(release) = subject else {
            return None;
        };
        release.is_partial |= counts.related(folder(&file)) > 1;
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

/// How many files are in directories.
#[derive(Default)]
struct FolderCounts<'p> {
    /// Files directly in each directory.
    inside: BTreeMap<&'p Path, usize>,
    /// Files in each directory and below it.
    below: BTreeMap<&'p Path, usize>,
}

impl<'p> FolderCounts<'p> {
    fn new(files: impl Iterator<Item = &'p Path>) -> Self {
        let mut counts = Self::default();
        for own in files.map(folder) {
            *counts.inside.entry(own).or_default() += 1;
            for above in own.ancestors() {
                *counts.below.entry(above).or_default() += 1;
            }
        }
        counts
    }

    /// Returns the number of files in a directory, below it and directly in those above it.
    fn related(&self, own: &Path) -> usize {
        let below = self.below.get(own).copied().unwrap_or_default();
        let above = own.ancestors().skip(1).filter_map(|above| self.inside.get(above));
        below + above.sum::<usize>()
    }
}

fn folder(file: &Path) -> &Path {
    file.parent().unwrap_or(Path::new(""))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_in_directories_above_and_below_count() {
        let files = [
            "a/b/one.yaml",
            "a/b/two.yaml",
            "a/three.yaml",
            "c/four.yaml",
            "five.yaml",
        ];
        let counts = FolderCounts::new(files.iter().map(Path::new));
        // As it is counted file by file.
        let slowly = |own: &Path| {
            let folders = files.iter().map(|file| folder(Path::new(file)));
            folders.filter(|other| own.starts_with(other) || other.starts_with(own)).count()
        };
        for (own, expected) in [("a/b", 4), ("a", 4), ("c", 2), ("", 5), ("d", 1)] {
            let own = Path::new(own);
            assert_eq!(
                (counts.related(own), slowly(own)),
                (expected, expected),
                "{own:?}"
            );
        }
    }
}
