//! How the disk gets a file: whole, in one step, and only in the place of what was expected there.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// What a written file is to be.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum FileKind {
    /// Text or bytes, with the permissions of the file that it replaces.
    Data,
    /// Something that can be run.
    Program,
}

/// Whether a file was replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Replaced {
    /// It has the new content.
    Yes,
    /// It no longer had the expected content, and keeps what it has.
    Changed,
}

/// Writes bytes and hands them on.
pub(super) fn write_all(mut stream: impl Write, content: &[u8]) -> io::Result<()> {
    stream.write_all(content)?;
    stream.flush()
}

/// Returns whether a path is something that another file cannot replace.
pub(super) fn is_special(path: &Path) -> bool {
    let is_stream = ["/dev/fd", "/proc"].iter().any(|folder| path.starts_with(folder));
    is_stream || fs::metadata(path).is_ok_and(|there| !there.is_file())
}

/// Adds to what an open stream got so far; a pipe knows no other way.
pub(super) fn write_directly(path: &Path, content: &[u8]) -> io::Result<()> {
    write_all(File::options().append(true).open(path)?, content)
}

/// Puts a new file in the place of another, in one step.
pub(super) fn replace(path: &Path, content: &[u8], kind: FileKind) -> io::Result<()> {
    // A link goes on to be a link: what it leads to is replaced.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let (mut file, temporary) = create_beside(&target, kind)?;
    let replaced = fill(&mut file, &target, content, kind);
    drop(file);
    let replaced = replaced.and_then(|()| fs::rename(&temporary, &target));
    if replaced.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    replaced
}

/// Replaces the content of a file that still holds `old`. The file keeps its owner, its permissions, its extended
/// attributes and its links: where a new file cannot have them, the old one is written in place.
pub(super) fn replace_unchanged(path: &Path, old: &[u8], new: &[u8]) -> io::Result<Replaced> {
    let target = fs::canonicalize(path)?;
    if !holds(&target, old)? {
        return Ok(Replaced::Changed);
    }
    let Some(temporary) = twin(&target, new)? else {
        return rewrite(&target, old, new);
    };
    let replaced = swap(&temporary, &target, old);
    let _ = fs::remove_file(&temporary);
    match replaced {
        // Another file system begins at the file itself, as where a container mounts a single one.
        Err(error) if error.kind() == io::ErrorKind::ResourceBusy => rewrite(&target, old, new),
        replaced => replaced,
    }
}

/// Whether a file holds these bytes and no others.
fn holds(path: &Path, content: &[u8]) -> io::Result<bool> {
    read_up_to(&mut File::open(path)?, content.len()).map(|there| there == content)
}

/// What a file holds, and one byte more than `most` where it holds more.
fn read_up_to(file: &mut File, most: usize) -> io::Result<Vec<u8>> {
    let mut there = Vec::with_capacity(most + 1);
    file.take(most as u64 + 1).read_to_end(&mut there)?;
    Ok(there)
}

/// Creates a file next to `target` with its permissions and attributes; `None` if that is impossible.
fn twin(target: &Path, content: &[u8]) -> io::Result<Option<PathBuf>> {
    let (mut file, temporary) = match create_beside(target, FileKind::Data) {
        Ok(created) => created,
        // The folder may be closed where the file is not.
        Err(error) if is_refusal(&error) => return Ok(None),
        Err(error) => return Err(error),
    };
    let made = attributes::copy(target, &file).and_then(|is_alike| {
        fill(&mut file, target, content, FileKind::Data)?;
        Ok(is_alike)
    });
    if !matches!(made, Ok(true)) {
        let _ = fs::remove_file(&temporary);
    }
    Ok(made?.then_some(temporary))
}

fn is_refusal(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem
    )
}

/// Puts `temporary` in the place of `target`, and takes it back where `target` changed in the last moment.
fn swap(temporary: &Path, target: &Path, old: &[u8]) -> io::Result<Replaced> {
    if !holds(target, old)? {
        return Ok(Replaced::Changed);
    }
    if !attributes::exchange(temporary, target)? {
        fs::rename(temporary, target)?;
        return Ok(Replaced::Yes);
    }
    if holds(temporary, old)? {
        return Ok(Replaced::Yes);
    }
    attributes::exchange(temporary, target)?;
    Ok(Replaced::Changed)
}

/// Writes a file in place. Whoever reads it meanwhile may see a part of both contents.
fn rewrite(target: &Path, old: &[u8], new: &[u8]) -> io::Result<Replaced> {
    let mut file = File::options().read(true).write(true).open(target)?;
    if read_up_to(&mut file, old.len())? != old {
        return Ok(Replaced::Changed);
    }
    if let Err(error) = overwrite(&mut file, new) {
        // A full disk must not leave a half of each.
        let _ = overwrite(&mut file, old);
        return Err(error);
    }
    Ok(Replaced::Yes)
}

fn overwrite(file: &mut File, content: &[u8]) -> io::Result<()> {
    io::Seek::rewind(file)?;
    file.write_all(content)?;
    file.set_len(content.len() as u64)?;
    sync(file)
}

/// A new file in the folder of `target`, as a file can only be renamed within one file system.
fn create_beside(target: &Path, kind: FileKind) -> io::Result<(File, PathBuf)> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if kind == FileKind::Program {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o777);
    }
    let mut attempt = 0;
    loop {
        // The process is no. 1 in every container; a name that is taken is passed over.
        let name = format!(".dunnage-{}-{attempt}.tmp", std::process::id());
        let temporary = target.with_file_name(name);
        match options.open(&temporary) {
            Err(taken) if taken.kind() == io::ErrorKind::AlreadyExists && attempt < 1000 => {
                attempt += 1;
            }
            opened => return Ok((opened?, temporary)),
        }
    }
}

/// Writes it, and waits until the disk has it: a rename may otherwise come before the content. What only some may
/// read is at no time open to others.
fn fill(file: &mut File, target: &Path, content: &[u8], kind: FileKind) -> io::Result<()> {
    if kind == FileKind::Data
        && let Ok(old) = fs::metadata(target)
    {
        file.set_permissions(old.permissions())?;
    }
    file.write_all(content)?;
    sync(file)
}

fn sync(file: &File) -> io::Result<()> {
    match file.sync_all().map_err(|error| (error.kind(), error)) {
        // There are file systems that know no such thing.
        Err((io::ErrorKind::Unsupported | io::ErrorKind::InvalidInput, _)) | Ok(()) => Ok(()),
        Err((_, error)) => Err(error),
    }
}

/// The metadata of a file besides its content and permissions.
#[cfg(unix)]
mod attributes {
    use std::fs::File;
    use std::io;
    use std::os::unix::fs::{MetadataExt as _, fchown};
    use std::path::Path;

    /// Gives `file` the owner, the group and the extended attributes of `target`. Says whether it can have all of
    /// them: no new file can be one of several hard links.
    pub(super) fn copy(target: &Path, file: &File) -> io::Result<bool> {
        let target = File::open(target)?;
        let (old, new) = (target.metadata()?, file.metadata()?);
        if old.nlink() > 1 {
            return Ok(false);
        }
        let is_of_other = (old.uid(), old.gid()) != (new.uid(), new.gid());
        if is_of_other && fchown(file, Some(old.uid()), Some(old.gid())).is_err() {
            return Ok(false);
        }
        Ok(copy_extended(&target, file))
    }

    #[cfg(any(target_os = "linux", target_vendor = "apple"))]
    fn copy_extended(target: &File, file: &File) -> bool {
        use rustix::fs::{XattrFlags, fgetxattr, flistxattr, fsetxattr};
        let read = |of: &File, name: &[u8]| {
            let mut value = Vec::with_capacity(MOST);
            fgetxattr(of, name, rustix::buffer::spare_capacity(&mut value)).map(|_| value)
        };
        let mut names = Vec::with_capacity(MOST);
        match flistxattr(target, rustix::buffer::spare_capacity(&mut names)) {
            Ok(_) => {}
            Err(rustix::io::Errno::NOTSUP) => return true,
            Err(_) => return false,
        }
        let mut names = names.split(|byte| *byte == 0).filter(|name| !name.is_empty());
        names.all(|name| {
            let Ok(value) = read(target, name) else {
                return false;
            };
            read(file, name).is_ok_and(|there| there == value)
                || fsetxattr(file, name, &value, XattrFlags::empty()).is_ok()
        })
    }

    #[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
    fn copy_extended(_: &File, _: &File) -> bool {
        true
    }

    /// The bytes of all names, and of one value, that Linux takes.
    #[cfg(any(target_os = "linux", target_vendor = "apple"))]
    const MOST: usize = 1 << 16;

    /// Exchanges two files in one step, so that nothing written to the second up to then is gone. Says whether the
    /// file system can do that.
    #[cfg(any(target_os = "linux", target_vendor = "apple"))]
    pub(super) fn exchange(one: &Path, other: &Path) -> io::Result<bool> {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        use rustix::io::Errno;
        match renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE) {
            Ok(()) => Ok(true),
            Err(Errno::NOSYS | Errno::INVAL | Errno::NOTSUP) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    #[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
    pub(super) fn exchange(_: &Path, _: &Path) -> io::Result<bool> {
        Ok(false)
    }
}

/// Elsewhere the permissions are all that is kept.
#[cfg(not(unix))]
mod attributes {
    use std::fs::File;
    use std::io;
    use std::path::Path;

    pub(super) fn copy(_: &Path, _: &File) -> io::Result<bool> {
        Ok(true)
    }

    pub(super) fn exchange(_: &Path, _: &Path) -> io::Result<bool> {
        Ok(false)
    }
}
