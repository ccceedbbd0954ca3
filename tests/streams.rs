//! Streams, pipes and signals as only Unix has them, with the program itself.

#![cfg(unix)]
#![expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "the program is started on the disk, and what is skipped is named"
)]

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

const WEB: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n\
                   spec:\n  template:\n    spec:\n      containers: []\n";

/// One document that no pass looks into, larger than any pipe holds.
fn big() -> String {
    let line = "  a line of text that is copied and never looked into\n";
    format!("kind: ConfigMap\ndata:\n  text: |\n{}", line.repeat(20_000))
}

/// What starts a program as a terminal does: a process that runs in the background, under `nohup` or below Python
/// ignores signals, and so would all that it starts. Nothing where `env` is not that of coreutils.
fn with_default_signals() -> Option<&'static [&'static str]> {
    const PREFIX: &[&str] = &["/usr/bin/env", "--default-signal"];
    static IS_KNOWN: OnceLock<bool> = OnceLock::new();
    let try_it = || {
        let tried = Command::new(PREFIX[0]).args([PREFIX[1], "true"]).output();
        tried.is_ok_and(|output| output.status.success())
    };
    IS_KNOWN.get_or_init(try_it).then_some(PREFIX)
}

/// A command that no caller's ignored signals reach, where that can be had.
fn command(name: &str) -> Command {
    let Some((env, options)) = with_default_signals().and_then(<[_]>::split_first) else {
        return Command::new(name);
    };
    let mut command = Command::new(env);
    command.args(options).arg(name);
    command
}

/// Whether a signal would not reach a program that a test starts; then the test says so and skips it.
fn is_out_of_reach(name: &str, number: i32) -> bool {
    let is_ignored = with_default_signals().is_none() && is_ignored_here(number);
    if is_ignored {
        eprintln!(
            "skipped: {name} is ignored by whoever runs this, and `env` has no --default-signal"
        );
    }
    is_ignored
}

/// The program with everything piped.
fn program(arguments: &[&str]) -> Command {
    let mut command = command(env!("CARGO_BIN_EXE_dunnage"));
    command
        .args(arguments)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// What a shell makes of `script`, in which `$0` is the program and `$1` a file with [`WEB`].
fn shell(script: &str) -> (String, String, i32) {
    let folder = tempfile::tempdir().expect("a folder");
    let web = folder.path().join("web.yaml");
    fs::write(&web, WEB).expect("a file");
    let output = Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_dunnage")])
        .arg(&web)
        .env("DUNNAGE_POLICY", "z2jh")
        .current_dir(folder.path())
        .output()
        .expect("a shell");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    let code = output.status.code().expect("an exit code");
    (text(output.stdout), text(output.stderr), code)
}

fn signal(child: &Child, name: &str) {
    let id = child.id().to_string();
    let sent = Command::new("kill").args(["-s", name, &id]).status();
    assert!(sent.expect("a `kill`").success());
}

/// Writes to its input, and leaves it open.
fn feed(child: &mut Child, text: &str) {
    let pipe = child.stdin.as_mut().expect("its input is piped");
    pipe.write_all(text.as_bytes()).expect("it reads its input");
}

fn fifo(folder: &Path) -> PathBuf {
    let path = folder.join("fifo");
    let made = Command::new("mkfifo").arg(&path).status();
    assert!(made.expect("a `mkfifo`").success());
    path
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let mut child = program(&["--policy", "z2jh"]).spawn().expect("the program starts");
    feed(&mut child, &big());
    drop(child.stdin.take());
    let mut start = [0; 10];
    let mut stdout = child.stdout.take().expect("its output is piped");
    stdout.read_exact(&mut start).expect("ten bytes");
    drop(stdout);
    let output = child.wait_with_output().expect("the program ends");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn a_reader_of_help_may_go_away() {
    for arguments in [&["--help"][..], &["--version"], &["schema"], &["man"]] {
        let mut child = program(arguments).spawn().expect("the program starts");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("the program ends");
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_an_error_that_is_told() {
    for command in ["", "render --diff $1", "--help", "schema", "helm-plugin"] {
        let (_, stderr, code) = shell(&format!("$0 {command} < $1 > /dev/full"));
        assert_eq!(code, 2, "{command}");
        assert!(stderr.starts_with("error[CL004] "), "{command}: {stderr}");
    }
    let (_, stderr, code) = shell("$0 render --check $1 > /dev/full");
    assert_eq!(code, 1, "it writes nothing: {stderr}");
}

/// A note, an error, an error in the plugin, a summary: none of them needs somebody who listens.
#[test]
fn messages_that_nobody_can_read_change_nothing() {
    for command in [
        "$0 --namespace a < $1",
        "$0 < $1",
        "$0 --policy nowhere < $1",
        "$0 helm-plugin --policy nowhere < $1",
        "$0 helm-plugin --nonsense < $1",
        "$0 render --check $1",
        "$0 --nonsense",
    ] {
        let (stdout, _, code) = shell(command);
        let mut lost = vec!["2>&-", "2> /dev/null"];
        if cfg!(target_os = "linux") {
            lost.push("2> /dev/full");
        }
        for lost in lost {
            let (out, err, exit) = shell(&format!("{command} {lost}"));
            assert_eq!((out, exit), (stdout.clone(), code), "{command} {lost}");
            assert_eq!(err, "");
        }
    }
    let mut child = program(&["--nonsense"]).spawn().expect("the program starts");
    drop(child.stderr.take());
    assert_eq!(child.wait().expect("the program ends").code(), Some(2));
}

#[test]
fn an_input_that_is_closed_is_empty_and_one_that_is_a_folder_is_an_error() {
    let (stdout, stderr, code) = shell("$0 render <&-");
    assert_eq!((stdout.as_str(), code), ("", 2));
    assert!(stderr.starts_with("error[RN016] "), "{stderr}");
    let (stdout, _, code) = shell("$0 <&-");
    assert_eq!((stdout.as_str(), code), ("# dunnage: no documents\n", 0));
    for command in ["$0 < .", "$0 render .", "$0 render < ."] {
        let (stdout, stderr, code) = shell(command);
        assert_eq!((stdout.as_str(), code), ("", 2), "{command}");
        assert!(stderr.starts_with("error[CL003] "), "{stderr}");
    }
}

/// Whether this process ignores a signal (Linux shows it, as a mask).
fn is_ignored_here(number: i32) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask & (1 << (number - 1)) != 0)
}

#[test]
fn a_signal_ends_it_while_it_waits() {
    for (name, number) in [("INT", 2), ("TERM", 15), ("HUP", 1)] {
        if is_out_of_reach(name, number) {
            continue;
        }
        let folder = tempfile::tempdir().expect("a folder");
        let policy = fifo(folder.path());
        let mut command = program(&["--policy", "fifo"]);
        let mut child = command.current_dir(folder.path()).spawn().expect("it starts");
        // Opening the pipe waits for the program to do so: it has come as far as this.
        fs::write(policy, "version: 1\nworkloads: [{pool: none}]\n").expect("a policy");
        feed(&mut child, WEB);
        signal(&child, name);
        let output = child.wait_with_output().expect("the program ends");
        assert_eq!(output.status.signal(), Some(number));
        assert!(
            output.stdout.is_empty() && output.stderr.is_empty(),
            "{output:?}"
        );
    }
}

#[test]
fn a_signal_ends_it_while_nobody_reads() {
    for (name, number) in [("INT", 2), ("TERM", 15)] {
        if is_out_of_reach(name, number) {
            continue;
        }
        let mut child = program(&["--policy", "z2jh"]).spawn().expect("it starts");
        feed(&mut child, &big());
        drop(child.stdin.take());
        let mut start = [0; 10];
        let stdout = child.stdout.as_mut().expect("its output is piped");
        stdout.read_exact(&mut start).expect("ten bytes");
        signal(&child, name);
        let output = child.wait_with_output().expect("the program ends");
        assert_eq!(output.status.signal(), Some(number));
        assert!(output.stdout.len() < big().len() && output.stderr.is_empty());
    }
}

#[test]
fn a_policy_may_come_through_a_pipe() {
    let folder = tempfile::tempdir().expect("a folder");
    let policy = fifo(folder.path());
    let writer = std::thread::spawn(move || {
        fs::write(policy, "version: 1\nworkloads: [{pool: none}]\n").expect("a policy");
    });
    let mut command = program(&["--policy", "fifo"]);
    let mut child = command.current_dir(folder.path()).spawn().expect("it starts");
    feed(&mut child, WEB);
    let output = child.wait_with_output().expect("the program ends");
    assert_eq!(String::from_utf8_lossy(&output.stdout), WEB);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    writer.join().expect("the policy was read");
}

/// A limit on the size of files ends the program by a signal in the middle of its copy.
#[test]
fn killed_while_it_writes_a_file_it_leaves_the_old_one() {
    if is_out_of_reach("XFSZ", 25) {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let bin = folder.path().join("dunnage").join("bin");
    fs::create_dir_all(&bin).expect("a folder");
    fs::write(bin.join("dunnage"), "an older program").expect("a file");
    let status = command("sh")
        .args([
            "-c",
            "ulimit -c 0; ulimit -f 8; exec \"$0\" helm install-plugin --force --plugins .",
        ])
        .arg(env!("CARGO_BIN_EXE_dunnage"))
        .current_dir(folder.path())
        .status()
        .expect("a shell");
    assert!(status.signal().is_some(), "{status}");
    assert_eq!(
        fs::read(bin.join("dunnage")).expect("a file"),
        b"an older program"
    );
    assert!(!folder.path().join("dunnage").join("plugin.yaml").exists());
    // What the killed one left behind is in nobody's way.
    let status = program(&["helm", "install-plugin", "--force", "--plugins", "."])
        .current_dir(folder.path())
        .status();
    assert!(status.expect("the program starts").success());
    let size = |path: &Path| fs::metadata(path).expect("a file").len();
    let itself = Path::new(env!("CARGO_BIN_EXE_dunnage"));
    assert_eq!(size(&bin.join("dunnage")), size(itself));
}

#[test]
fn written_files_have_the_permissions_that_the_shell_gives() {
    let folder = tempfile::tempdir().expect("a folder");
    let status = Command::new("sh")
        .args([
            "-c",
            "umask 027; exec \"$0\" helm install-plugin --force --plugins .",
        ])
        .arg(env!("CARGO_BIN_EXE_dunnage"))
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .status();
    assert!(status.expect("a shell").success());
    let mode = |name: &str| {
        let file = File::open(folder.path().join("dunnage").join(name)).expect("a file");
        file.metadata().expect("its permissions").permissions().mode() & 0o777
    };
    assert_eq!((mode("plugin.yaml"), mode("bin/dunnage")), (0o640, 0o750));
}
