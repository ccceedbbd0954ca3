use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Whether two paths lead to one regular file, or would create one.
pub(super) fn is_same(a: &Path, b: &Path) -> bool {
    match (identity(a), identity(b)) {
        (Some(a), Some(b)) => a == b,
        (None, None) => new_place(a).is_some_and(|a| new_place(b) == Some(a)),
        _ => false,
    }
}

/// The device and the number of a regular file, which hard links share.
#[cfg(unix)]
fn identity(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn identity(path: &Path) -> Option<PathBuf> {
    let is_file = fs::metadata(path).is_ok_and(|metadata| metadata.is_file());
    is_file.then(|| fs::canonicalize(path).ok()).flatten()
}

/// Where a file would be created, if there is none.
fn new_place(path: &Path) -> Option<PathBuf> {
    let error = fs::metadata(path).err()?;
    if error.kind() != io::ErrorKind::NotFound {
        return None;
    }
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let folder = fs::canonicalize(parent.unwrap_or(Path::new("."))).ok()?;
    Some(folder.join(path.file_name()?))
}
