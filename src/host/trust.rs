//! Who may have written a file, and who started the program.

use std::path::Path;

/// Why a file that was found must not be followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Distrust {
    /// Every user of the machine may write it.
    WritableByEveryone,
    /// It belongs to this user, who is neither the caller nor root.
    OwnedBy(u32),
}

/// Returns a reason to distrust a file, by its owner and permissions and by the owner of a link to it.
#[cfg(unix)]
pub(super) fn distrust(path: &Path) -> Option<Distrust> {
    use std::os::unix::fs::MetadataExt as _;

    const WRITABLE_BY_OTHERS: u32 = 0o002;
    let link = std::fs::symlink_metadata(path).ok()?;
    let file = std::fs::metadata(path).ok()?;
    let caller = rustix::process::geteuid().as_raw();
    let mut owners = [link.uid(), file.uid()].into_iter();
    if let Some(stranger) = owners.find(|&owner| owner != caller && owner != 0) {
        return Some(Distrust::OwnedBy(stranger));
    }
    (file.mode() & WRITABLE_BY_OTHERS != 0).then_some(Distrust::WritableByEveryone)
}

/// Other systems have neither.
#[cfg(not(unix))]
pub(super) fn distrust(_path: &Path) -> Option<Distrust> {
    None
}

/// Returns the parent process from `/proc`; `None` on systems without it.
#[cfg(unix)]
#[expect(
    clippy::disallowed_methods,
    reason = "`Os` asks here, as for the owner of a file"
)]
pub(super) fn parent_program() -> Option<String> {
    let parent = std::os::unix::process::parent_id();
    let name = std::fs::read_to_string(format!("/proc/{parent}/comm")).ok()?;
    Some(name.trim_end().to_owned())
}

/// Other systems do not tell.
#[cfg(not(unix))]
pub(super) fn parent_program() -> Option<String> {
    None
}

#[cfg(all(test, unix))]
#[allow(clippy::disallowed_methods, reason = "the files are the test's own")]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt as _, chown, symlink};

    use super::*;

    #[test]
    fn a_file_is_trusted_by_its_owner_and_its_permissions() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("a");
        fs::write(&file, "").expect("a file");
        for (mode, expected) in [
            (0o644, None),
            (0o664, None),
            (0o666, Some(Distrust::WritableByEveryone)),
        ] {
            fs::set_permissions(&file, Permissions::from_mode(mode)).expect("permissions");
            assert_eq!(distrust(&file), expected, "{mode:o}");
        }
        assert_eq!(distrust(&folder.path().join("nothing")), None);
    }

    /// Only root can give a file away.
    #[test]
    fn a_file_or_a_link_of_another_user_is_not_trusted() {
        const STRANGER: u32 = 54321;
        let folder = tempfile::tempdir().expect("a folder");
        let [file, link] = ["a", "b"].map(|name| folder.path().join(name));
        fs::write(&file, "").expect("a file");
        symlink(&file, &link).expect("a link");
        assert_eq!(distrust(&link), None, "the link itself has all permissions");
        if std::os::unix::fs::lchown(&link, Some(STRANGER), None).is_err() {
            return;
        }
        assert_eq!(distrust(&link), Some(Distrust::OwnedBy(STRANGER)));
        assert_eq!(distrust(&file), None);
        chown(&file, Some(STRANGER), None).expect("it worked for the link");
        assert_eq!(distrust(&file), Some(Distrust::OwnedBy(STRANGER)));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_program_that_started_this_one_has_a_name() {
        assert!(parent_program().is_some_and(|name| !name.is_empty()));
    }
}
