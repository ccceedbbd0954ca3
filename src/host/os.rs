use std::ffi::OsString;
use std::fs::{self, File, Metadata};
use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use super::error::text_of;
use super::replace::{
    FileKind, Replaced, is_special, replace, replace_unchanged, write_all, write_directly,
};
use super::{
    Distrust, HostError, LARGEST_CHART, LARGEST_MANIFESTS, LARGEST_TEXT, Read, Terminal, Write,
    closed, same_file, trust, walk,
};

/// The operating system itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct Os;

/// What a pipe takes at once on most systems.
const PIPE: usize = 1 << 16;

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that touches the world"
)]
impl Read for Os {
    fn read_file(&self, path: &Path) -> Result<String, HostError> {
        read_text(path, LARGEST_TEXT)
    }

    fn read_manifests(&self, path: &Path) -> Result<String, HostError> {
        read_text(path, LARGEST_MANIFESTS)
    }

    fn read_bytes(&self, path: &Path) -> Result<Vec<u8>, HostError> {
        read_up_to(path, LARGEST_CHART)
    }

    fn read_stdin(&self) -> Result<String, HostError> {
        const NAME: &str = "stdin";
        let there = stdin_metadata();
        let stdin = io::stdin().lock();
        text_of(
            NAME,
            read_all(NAME, stdin, there.as_ref(), LARGEST_MANIFESTS)?,
        )
    }

    #[expect(clippy::disallowed_methods, reason = "this is where the clock is read")]
    fn today(&self) -> Option<String> {
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
        Some(day(seconds / 86_400))
    }

    fn env(&self, name: &str) -> Option<OsString> {
        std::env::var_os(name)
    }

    fn current_dir(&self) -> Result<PathBuf, HostError> {
        std::env::current_dir().map_err(HostError::CurrentDir)
    }

    fn is_file(&self, path: &Path) -> bool {
        path.is_file()
    }

    fn is_dir(&self, path: &Path) -> bool {
        path.is_dir()
    }

    fn list_dir(&self, path: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(path).into_iter().flatten().flatten();
        let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
        paths.sort();
        paths
    }

    fn walk(&self, folder: &Path) -> Vec<PathBuf> {
        walk::files(folder)
    }

    fn real_path(&self, path: &Path) -> PathBuf {
        fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
    }

    fn is_same_file(&self, a: &Path, b: &Path) -> bool {
        same_file::is_same(a, b)
    }

    /// A rename would take its place all the same, and so would a write of root's.
    fn is_read_only(&self, path: &Path) -> bool {
        fs::metadata(path).is_ok_and(|there| there.permissions().readonly())
    }

    fn distrust(&self, path: &Path) -> Option<Distrust> {
        trust::distrust(path)
    }

    fn parent_program(&self) -> Option<String> {
        trust::parent_program()
    }

    fn output_of(&self, program: &str, arguments: &[&str]) -> Option<String> {
        let output = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .output()
            .ok()?;
        let text = String::from_utf8(output.stdout).ok();
        text.filter(|_| output.status.success())
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that touches the world"
)]
impl Write for Os {
    fn write_stdout(&self, pieces: &[&str]) -> Result<(), HostError> {
        if closed::is_stdout_closed() {
            return Err(HostError::Write(io::Error::other("it is closed")));
        }
        let mut stdout = io::BufWriter::with_capacity(PIPE, io::stdout().lock());
        let written = pieces.iter().try_for_each(|piece| stdout.write_all(piece.as_bytes()));
        written.and_then(|()| stdout.flush()).map_err(HostError::write)
    }

    fn write_stderr(&self, text: &str) {
        let _ = write_all(io::stderr().lock(), text.as_bytes());
    }

    fn write_file(&self, path: &Path, content: &[u8]) -> Result<(), HostError> {
        let written = match path.to_str() {
            // Opened anew, a log behind them would be written over what it holds.
            Some("/dev/stdout") => write_all(io::stdout().lock(), content),
            Some("/dev/stderr") => write_all(io::stderr().lock(), content),
            _ if is_special(path) => write_directly(path, content),
            _ if self.is_read_only(path) => Err(read_only()),
            _ => replace(path, content, FileKind::Data),
        };
        written.map_err(|error| HostError::write_file(path, error))
    }

    fn replace_file(&self, path: &Path, old: &[u8], new: &[u8]) -> Result<(), HostError> {
        if self.is_read_only(path) {
            return Err(HostError::write_file(path, read_only()));
        }
        match replace_unchanged(path, old, new) {
            Ok(Replaced::Yes) => Ok(()),
            Ok(Replaced::Changed) => Err(HostError::changed(path)),
            Err(error) => Err(HostError::write_file(path, error)),
        }
    }

    fn copy_program(&self, path: &Path) -> Result<(), HostError> {
        let program = std::env::current_exe()
            .and_then(std::fs::read)
            .map_err(|error| HostError::read("the dunnage executable", error))?;
        replace(path, &program, FileKind::Program)
            .map_err(|error| HostError::write_file(path, error))
    }

    fn create_dir(&self, path: &Path) -> Result<(), HostError> {
        fs::create_dir_all(path).map_err(|error| HostError::write_file(path, error))
    }
}

impl Terminal for Os {
    fn stdin_is_terminal(&self) -> bool {
        io::stdin().is_terminal()
    }

    fn stdout_is_terminal(&self) -> bool {
        io::stdout().is_terminal()
    }

    fn stderr_is_terminal(&self) -> bool {
        io::stderr().is_terminal()
    }

    /// What the shell says in `COLUMNS`, else what the terminal says itself.
    fn terminal_width(&self) -> Option<usize> {
        let given = self.env("COLUMNS").and_then(|columns| columns.to_str()?.trim().parse().ok());
        let asked =
            || terminal_size::terminal_size_of(io::stderr()).map(|(width, _)| width.0.into());
        given.or_else(asked).filter(|&width| width > 0)
    }
}

/// What a device may give at most: one without an end, as `/dev/zero`, must not fill the memory first.
const MOST_OF_DEVICE: u64 = 1 << 20;

fn read_text(path: &Path, most: u64) -> Result<String, HostError> {
    text_of(&path.display().to_string(), read_up_to(path, most)?)
}

fn read_up_to(path: &Path, most: u64) -> Result<Vec<u8>, HostError> {
    let subject = path.display().to_string();
    let file = File::open(path).map_err(|error| HostError::read(&subject, error))?;
    let there = file.metadata().ok();
    read_all(&subject, &file, there.as_ref(), most)
}

/// Reads up to `most` bytes. One that has no room for them gets an error and no abort.
fn read_all(
    subject: &str,
    stream: impl io::Read,
    there: Option<&Metadata>,
    most: u64,
) -> Result<Vec<u8>, HostError> {
    let most = match there {
        Some(there) if is_device(there) => most.min(MOST_OF_DEVICE),
        _ => most,
    };
    let size = there.filter(|there| there.is_file()).map_or(0, Metadata::len);
    if size > most {
        return Err(HostError::too_large(subject, most));
    }
    let failed = |error| HostError::read(subject, error);
    let mut bytes = Vec::new();
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let reserved = bytes.try_reserve_exact(size.saturating_add(1));
    reserved.map_err(|error| failed(io::Error::new(io::ErrorKind::OutOfMemory, error)))?;
    stream.take(most + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > most {
        return Err(HostError::too_large(subject, most));
    }
    Ok(bytes)
}

#[cfg(unix)]
fn is_device(there: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    there.file_type().is_char_device() || there.file_type().is_block_device()
}

#[cfg(not(unix))]
fn is_device(_: &Metadata) -> bool {
    false
}

#[cfg(unix)]
fn stdin_metadata() -> Option<Metadata> {
    use std::os::fd::AsFd as _;
    let stdin = io::stdin().as_fd().try_clone_to_owned().ok()?;
    File::from(stdin).metadata().ok()
}

#[cfg(not(unix))]
fn stdin_metadata() -> Option<Metadata> {
    None
}

fn read_only() -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only")
}

/// A day by its number from 1970-01-01, in the calendar of today.
fn day(number: u64) -> String {
    // Eras of 400 years from a March, so that a leap day is the last of its year.
    let shifted = number + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let leaps = day_of_era / 1_460 + day_of_era / 146_096;
    let year_of_era = (day_of_era + day_of_era / 36_524 - leaps) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    let year = era * 400 + year_of_era + u64::from(month < 3);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the tests look at the disk")]
mod tests {
    use super::*;

    #[test]
    fn days_have_dates() {
        for (number, date) in [
            (0, "1970-01-01"),
            (58, "1970-02-28"),
            (59, "1970-03-01"),
            (11_016, "2000-02-29"),
            (11_017, "2000-03-01"),
            (20_787, "2026-11-30"),
            (47_540, "2100-02-28"),
            (47_541, "2100-03-01"),
        ] {
            assert_eq!(day(number), date);
        }
    }

    #[test]
    fn files_of_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.yaml");
        let missing = Os.read_file(&path).unwrap_err().to_string();
        assert!(
            missing.starts_with(&format!("cannot read {}: ", path.display())),
            "{missing}"
        );
        let mut file = std::fs::File::create(&path).unwrap();
        file.write_all(b"a: 1\r\n").unwrap();
        assert_eq!(Os.read_file(&path).unwrap(), "a: 1\r\n");
        let large = read_text(&path, 5).unwrap_err().to_string();
        assert_eq!(large, format!("{} is larger than 5", path.display()));
        assert!(Os.is_file(&path) && !Os.is_dir(&path) && Os.is_dir(folder.path()));
        file.write_all(b"\xff").unwrap();
        let invalid = Os.read_file(&path).unwrap_err().to_string();
        assert!(
            invalid.ends_with("invalid UTF-8 at line 2, column 1 (byte 6)"),
            "{invalid}"
        );
    }

    /// Writes to a path, and looks that nothing else stays behind in its folder.
    #[track_caller]
    fn check_written(path: &Path, content: &str) {
        let count = || fs::read_dir(path.parent().unwrap()).unwrap().count();
        let before = count() + usize::from(!path.exists());
        Os.write_file(path, content.as_bytes()).unwrap();
        assert_eq!(fs::read_to_string(path).unwrap(), content);
        assert_eq!(count(), before);
    }

    #[test]
    fn a_file_is_written_whole_and_nothing_stays_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        check_written(&path, "first, and long");
        check_written(&path, "second");
        check_written(&path, "");
    }

    #[test]
    fn a_name_that_a_killed_run_left_behind_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let left = format!(".dunnage-{}-0.tmp", std::process::id());
        fs::write(folder.path().join(&left), "half").unwrap();
        check_written(&folder.path().join("a.json"), "whole");
        assert_eq!(
            fs::read_to_string(folder.path().join(left)).unwrap(),
            "half"
        );
    }

    #[test]
    fn what_cannot_be_written_leaves_nothing_and_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("nowhere").join("a.json");
        let error = Os.write_file(&missing, b"a").unwrap_err().to_string();
        assert!(
            error.starts_with(&format!("cannot write {}: ", missing.display())),
            "{error}"
        );
        Os.write_file(folder.path(), b"a").unwrap_err();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_file_that_is_read_only_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "old").unwrap();
        let mut permissions = fs::metadata(&path).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&path, permissions).unwrap();
        assert!(Os.is_read_only(&path));
        let error = Os.write_file(&path, b"new").unwrap_err().to_string();
        assert!(error.ends_with("a: it is read-only"), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_rename_that_fails_takes_its_file_away() {
        let folder = tempfile::tempdir().unwrap();
        // No file can replace a folder.
        let path = folder.path().join("folder");
        fs::create_dir(&path).unwrap();
        replace(&path, b"a", FileKind::Data).unwrap_err();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn permissions_and_links_stay() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("a"), folder.path().join("link"));
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        symlink("a", &link).unwrap();
        check_written(&link, "new");
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
    }

    /// Replaces what a file holds, and looks that nothing else stays behind in its folder.
    #[track_caller]
    fn check_replaced(path: &Path, old: &str, new: &str) {
        let count = || fs::read_dir(path.parent().unwrap()).unwrap().count();
        let before = count();
        Os.replace_file(path, old.as_bytes(), new.as_bytes()).unwrap();
        assert_eq!(fs::read_to_string(path).unwrap(), new);
        assert_eq!(count(), before);
    }

    #[test]
    fn only_what_was_read_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "read, and more by now").unwrap();
        for old in ["read", "", "read, and more by now, and more"] {
            let error = Os.replace_file(&path, old.as_bytes(), b"new").unwrap_err();
            assert!(matches!(error, HostError::Changed { .. }), "{error}");
        }
        check_replaced(&path, "read, and more by now", "new");
        check_replaced(&path, "new", "new, and longer");
        let gone = folder.path().join("gone");
        Os.replace_file(&gone, b"a", b"b").unwrap_err();
        assert!(!gone.exists());
    }

    #[cfg(unix)]
    #[test]
    fn what_is_replaced_keeps_its_links_and_permissions() {
        use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let [path, twin, link] = ["a", "twin", "link"].map(|name| folder.path().join(name));
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        symlink("a", &link).unwrap();
        check_replaced(&link, "old", "new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        fs::hard_link(&path, &twin).unwrap();
        check_replaced(&path, "new", "both");
        assert_eq!(fs::read_to_string(&twin).unwrap(), "both");
        check_replaced(&twin, "both", "b");
        let there = fs::metadata(&path).unwrap();
        assert_eq!((there.nlink(), there.mode() & 0o7777), (2, 0o640));
        assert_eq!(fs::read_to_string(&path).unwrap(), "b");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_is_replaced_keeps_its_owner_and_attributes() {
        use std::os::unix::fs::{MetadataExt as _, chown};
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "old").unwrap();
        let flags = rustix::fs::XattrFlags::empty();
        let is_taken = rustix::fs::setxattr(&path, "user.origin", b"by hand", flags).is_ok();
        // Only root can give a file away.
        let is_given = chown(&path, Some(12_345), Some(54_321)).is_ok();
        check_replaced(&path, "old", "new");
        let there = fs::metadata(&path).unwrap();
        if is_given {
            assert_eq!((there.uid(), there.gid()), (12_345, 54_321));
        }
        if is_taken {
            let mut value = [0; 16];
            let length = rustix::fs::getxattr(&path, "user.origin", &mut value).unwrap();
            assert_eq!(&value[..length], b"by hand");
        }
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_is_written_directly() {
        Os.write_file(Path::new("/dev/null"), b"a").unwrap();
        assert!(!Path::new("/dev/null").is_file());
        Os.write_file(Path::new("/dev/full"), b"a").unwrap_err();
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        let made = Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        let reader = pipe.clone();
        let reader = std::thread::spawn(move || fs::read_to_string(reader).unwrap());
        Os.write_file(&pipe, b"through").unwrap();
        assert_eq!(reader.join().unwrap(), "through");
        assert!(!pipe.is_file() && fs::read_dir(folder.path()).unwrap().count() == 1);
    }

    #[test]
    fn folders_are_made_and_listed_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("b").join("c");
        Os.create_dir(&inner).unwrap();
        Os.create_dir(&inner).unwrap();
        fs::write(folder.path().join("a"), "").unwrap();
        let listed = Os.list_dir(folder.path());
        assert_eq!(listed, [folder.path().join("a"), folder.path().join("b")]);
        assert!(Os.list_dir(&folder.path().join("a")).is_empty());
        let inside = folder.path().join("x").join("..");
        assert_eq!(Os.real_path(&inside), inside, "what is not there stays");
        let error = Os.create_dir(&folder.path().join("a").join("b")).unwrap_err();
        assert!(error.to_string().starts_with("cannot write "), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn the_program_is_copied_as_a_program() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("program");
        fs::write(&path, "no program").unwrap();
        Os.copy_program(&path).unwrap();
        let itself = fs::read(std::env::current_exe().unwrap()).unwrap();
        assert!(fs::read(&path).unwrap() == itself);
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o500, 0o500, "{mode:o}");
    }

    #[cfg(unix)]
    #[test]
    fn another_program_answers_or_does_not() {
        let shell = |script| Os.output_of("sh", &["-c", script]);
        assert_eq!(shell("echo v3; echo noise >&2").as_deref(), Some("v3\n"));
        assert_eq!(shell("echo v3; exit 1"), None);
        assert_eq!(Os.output_of("a program that nobody has", &[]), None);
    }

    /// The test starts itself, with a log for its standard error.
    #[cfg(unix)]
    #[test]
    fn a_log_keeps_what_came_before_and_gets_what_comes_after() {
        const NAME: &str =
            "host::os::tests::a_log_keeps_what_came_before_and_gets_what_comes_after";
        const IS_INNER: &str = "DUNNAGE_TEST_WRITES_TO_ITS_LOG";
        if Os.env(IS_INNER).is_some() {
            Os.write_stderr("before, ");
            Os.write_file(Path::new("/dev/stderr"), b"report, ").unwrap();
            Os.write_stderr("after");
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let status = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "--nocapture", NAME])
            .env(IS_INNER, "1")
            .stdout(Stdio::null())
            .stderr(File::create(&log).unwrap())
            .status();
        assert!(status.unwrap().success());
        assert_eq!(fs::read_to_string(log).unwrap(), "before, report, after");
    }

    #[test]
    fn an_unset_variable_is_none() {
        assert_eq!(Os.env("DUNNAGE_TEST_OF_A_VARIABLE_THAT_NOBODY_SETS"), None);
    }
}
