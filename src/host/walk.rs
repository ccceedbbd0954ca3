//! The door to ignore: the files below a folder, as git and ripgrep see them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use ignore::{DirEntry, WalkBuilder};

/// Folders in folders; no repository is deeper.
const DEEPEST: usize = 64;

/// Where files have no end, or are no text at all.
const SYSTEM: [&str; 3] = ["/dev", "/proc", "/sys"];

/// Returns the ordinary files below a folder, in the order of their names, those of a folder together. What git
/// ignores, what is hidden and links to folders are left out; of a file and links to it the file comes alone.
pub(super) fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(root) = fs::canonicalize(folder) else {
        return Vec::new();
    };
    if is_system(&root) {
        return Vec::new();
    }
    let is_in_repository = root.ancestors().any(|above| above.join(".git").exists());
    let (shown, real) = (folder.to_owned(), root.clone());
    let mut walk = WalkBuilder::new(folder);
    walk.hidden(false)
        .ignore(false)
        // What a `.gitignore` says counts without git, too; but not one above a folder that no repository holds.
        .require_git(is_in_repository)
        .parents(is_in_repository)
        .max_depth(Some(DEEPEST))
        .sort_by_file_name(Ord::cmp)
        .filter_entry(move |entry| {
            let below = entry.path().strip_prefix(&shown).unwrap_or(entry.path());
            entry.depth() == 0 || !(is_hidden(entry) || is_system(&real.join(below)))
        });
    let mut files = Vec::new();
    let mut links = Vec::new();
    for entry in walk.build().flatten() {
        let kind = entry.file_type();
        let is_link = kind.is_some_and(|kind| kind.is_symlink()) && entry.depth() > 0;
        if is_link {
            links.push(files.len());
            files.push(entry.into_path());
        } else if kind.is_some_and(|kind| kind.is_file()) {
            files.push(entry.into_path());
        }
    }
    without_links(files, &links, folder, &root)
}

/// Leaves out links to anything but a file that is not among the others.
fn without_links(files: Vec<PathBuf>, links: &[usize], folder: &Path, root: &Path) -> Vec<PathBuf> {
    let mut known: BTreeSet<PathBuf> = BTreeSet::new();
    if !links.is_empty() {
        let indexed = files.iter().enumerate();
        let others = indexed.filter(|(index, _)| links.binary_search(index).is_err());
        known.extend(
            others.filter_map(|(_, file)| Some(root.join(file.strip_prefix(folder).ok()?))),
        );
    }
    let mut kept = Vec::with_capacity(files.len());
    for (index, file) in files.into_iter().enumerate() {
        let is_link = links.binary_search(&index).is_ok();
        if !is_link || leads_to_new_file(&file, &mut known) {
            kept.push(file);
        }
    }
    kept
}

/// Whether a link leads to an ordinary file that does not come by a name of the same kind.
fn leads_to_new_file(link: &Path, known: &mut BTreeSet<PathBuf>) -> bool {
    let Ok(target) = fs::canonicalize(link) else {
        return false;
    };
    if is_system(&target) || !target.is_file() {
        return false;
    }
    known.insert(target.clone()) || target.extension() != link.extension()
}

fn is_hidden(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    name.starts_with('.') || name == "node_modules"
}

fn is_system(path: &Path) -> bool {
    SYSTEM.iter().any(|folder| path.starts_with(folder))
}
