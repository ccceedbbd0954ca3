//! Bounded time and memory, whatever is in a folder or a file, with the program itself on the disk.

#![cfg(unix)]
#![expect(
    clippy::disallowed_methods,
    reason = "the program is started on the disk"
)]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

/// Has a safe fix.
const FIXABLE: &str = "singleuser:\n  memory: {limit: 2Gi, guarantee: 2G}\n";
const FIXED: &str = "singleuser:\n  memory: {limit: 2G, guarantee: 2G}\n";

const WEB: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n\
                   spec:\n  template:\n    spec:\n      containers: []\n";

/// Runs a script in which `$0` is the program, for no longer than ten seconds and in 300 MB.
#[track_caller]
fn shell(folder: &Path, script: &str) -> (String, String, i32) {
    let bounded = format!("ulimit -v 300000; exec timeout 60 sh -c '{script}' \"$0\"");
    let output = Command::new("bash")
        .args(["-c", &bounded, env!("CARGO_BIN_EXE_dunnage")])
        .env_remove("GITHUB_ACTIONS")
        .current_dir(folder)
        .output()
        .expect("a shell");
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    let code = output.status.code().expect("an exit code");
    (text(output.stdout), text(output.stderr), code)
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

#[track_caller]
fn write(folder: &tempfile::TempDir, name: &str, text: &str) {
    let path = folder.path().join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
    fs::write(path, text).expect("a file");
}

/// The files that a lint of the working folder finds something in.
#[track_caller]
fn check_walked(folder: &tempfile::TempDir, expected: &[&str]) {
    let (stdout, stderr, _) = shell(folder.path(), "\"$0\" lint --format concise");
    let mut files: Vec<&str> = stdout
        .lines()
        .filter_map(|line| line.split(':').next())
        .collect();
    files.dedup();
    assert_eq!(files, expected, "{stdout}{stderr}");
}

#[test]
fn a_walk_opens_ordinary_files_and_follows_no_links_to_folders() {
    let folder = folder();
    write(&folder, "a/hub.yaml", FIXABLE);
    write(&folder, "b.yaml", FIXABLE);
    let fifo = Command::new("mkfifo")
        .arg(folder.path().join("fifo.yaml"))
        .status();
    assert!(fifo.expect("a `mkfifo`").success());
    let outside = tempfile::tempdir().expect("a folder");
    fs::write(outside.path().join("o.yaml"), FIXABLE).expect("a file");
    for (target, link) in [
        (Path::new("/proc"), "proc"),
        (Path::new("/dev/zero"), "zero.yaml"),
        (Path::new("/proc/kmsg"), "kmsg.yaml"),
        (Path::new(".."), "a/up"),
        (outside.path(), "outside"),
        (Path::new("b.yaml"), "c.yaml"),
        (Path::new("nowhere"), "broken.yaml"),
    ] {
        symlink(target, folder.path().join(link)).expect("a link");
    }
    check_walked(&folder, &["./a/hub.yaml", "./b.yaml"]);
}

#[test]
fn what_git_ignores_is_not_linted_unless_it_is_named() {
    let folder = folder();
    for name in [
        "hub.yaml",
        "build/hub.yaml",
        "keep/hub.yaml",
        "local.yaml",
        ".hidden/hub.yaml",
    ] {
        write(&folder, name, FIXABLE);
    }
    write(&folder, ".gitignore", "build/\n/local.yaml\n");
    let expected = ["./hub.yaml", "./keep/hub.yaml"];
    check_walked(&folder, &expected);
    fs::create_dir(folder.path().join(".git")).expect("a folder");
    check_walked(&folder, &expected);
    let (stdout, ..) = shell(folder.path(), "\"$0\" lint local.yaml --format concise");
    assert!(stdout.starts_with("local.yaml:"), "{stdout}");
}

#[test]
fn fixes_stay_inside_of_the_named_folder() {
    let folder = folder();
    for name in ["in/a.yaml", "out/o.yaml", "in/deep/target.txt"] {
        write(&folder, name, FIXABLE);
    }
    symlink("../out/o.yaml", folder.path().join("in/o.yaml")).expect("a link");
    symlink("deep/target.txt", folder.path().join("in/link.yaml")).expect("a link");
    let (stdout, stderr, code) = shell(folder.path(), "\"$0\" lint in --fix --format concise");
    assert_eq!(code, 1, "{stdout}{stderr}");
    assert!(
        stderr.contains("in/o.yaml was not fixed: it is outside of the named files and folders\n"),
        "{stderr}"
    );
    let text = |name: &str| fs::read_to_string(folder.path().join(name)).expect("a file");
    assert_eq!(text("out/o.yaml"), FIXABLE);
    assert_eq!(
        (text("in/a.yaml"), text("in/deep/target.txt")),
        (FIXED.into(), FIXED.into())
    );
    let link = folder.path().join("in/link.yaml");
    assert!(fs::symlink_metadata(link).expect("a link").is_symlink());
}

/// Whenever an edit comes, it is there in the end, or it was read as well.
#[test]
fn no_edit_is_lost_while_files_are_fixed() {
    for delay in [0, 20, 60, 120, 200] {
        let folder = folder();
        let names: Vec<String> = (0..12).map(|number| format!("v{number}.yaml")).collect();
        for name in &names {
            write(&folder, name, FIXABLE);
        }
        let child = Command::new(env!("CARGO_BIN_EXE_dunnage"))
            .args(["lint", "--fix"])
            .current_dir(folder.path())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn();
        std::thread::sleep(std::time::Duration::from_millis(delay));
        for name in &names {
            let file = fs::File::options()
                .append(true)
                .open(folder.path().join(name));
            std::io::Write::write_all(&mut file.expect("a file"), b"# by hand\n").expect("an edit");
        }
        child.expect("the program").wait().expect("it ends");
        for name in &names {
            let text = fs::read_to_string(folder.path().join(name)).expect("a file");
            assert!(text.ends_with("# by hand\n"), "{delay}: {name}: {text}");
        }
    }
}

/// A file of 100 MB that takes no room.
fn write_large(folder: &tempfile::TempDir, name: &str) {
    let file = fs::File::create(folder.path().join(name)).expect("a file");
    file.set_len(100 << 20).expect("a large file");
}

#[test]
fn what_is_too_large_is_refused_before_it_fills_the_memory() {
    let folder = folder();
    write_large(&folder, "large.yaml");
    write(&folder, "web.yaml", WEB);
    write(
        &folder,
        "chart/Chart.yaml",
        "apiVersion: v2\nname: c\nversion: 1.0.0\n",
    );
    write_large(&folder, "chart/values.yaml");
    for script in [
        "\"$0\" render --policy large.yaml web.yaml",
        "\"$0\" render --policy z2jh --values large.yaml web.yaml",
        "DUNNAGE_POLICY=z2jh DUNNAGE_VALUES=web.yaml:large.yaml \"$0\" render web.yaml",
        "\"$0\" lint large.yaml",
        "\"$0\" lint - <large.yaml",
        "\"$0\" lint -f large.yaml",
        "\"$0\" values large.yaml",
        "\"$0\" values - <large.yaml",
        "cat large.yaml | \"$0\" values -",
        "\"$0\" values --set-file a=large.yaml",
        "\"$0\" values chart",
        "\"$0\" lint web.yaml --baseline large.yaml",
    ] {
        let (stdout, stderr, code) = shell(folder.path(), script);
        assert_eq!(code, 2, "{script}: {stdout}{stderr}");
        assert!(
            (stdout + &stderr).contains("larger than 5Mi"),
            "{script}: {stderr}"
        );
    }
    // One in a folder is noted, and the rest is linted.
    write(&folder, "hub.yaml", FIXABLE);
    let (stdout, _, code) = shell(folder.path(), "\"$0\" lint . --format concise --select RS");
    let note = "unreadable-input: note[CL003] cannot read `./large.yaml`: it is larger than 5Mi, so it was not linted\n";
    assert!(stdout.contains(note), "{stdout}");
    assert_eq!(code, 2, "the chart is one of the subjects: {stdout}");
}

#[test]
fn an_endless_file_ends_quickly() {
    let folder = folder();
    write(&folder, "web.yaml", WEB);
    for script in [
        "\"$0\" render --policy z2jh /dev/zero",
        "\"$0\" render --policy z2jh </dev/zero",
        "\"$0\" render --policy /dev/zero web.yaml",
        "\"$0\" render --policy z2jh --values /dev/zero web.yaml",
        "\"$0\" render --policy z2jh --previous /dev/zero web.yaml",
        "\"$0\" verify --policy z2jh /dev/zero",
        "\"$0\" init /dev/zero",
        "\"$0\" lint /dev/zero",
        "\"$0\" lint - </dev/zero",
        "\"$0\" values --set-file a=/dev/zero",
        "\"$0\" values --chart /dev/zero",
        "\"$0\" values -f /dev/zero",
    ] {
        let (stdout, stderr, code) = shell(folder.path(), script);
        assert_eq!(code, 2, "{script}: {stdout}{stderr}");
    }
}

#[test]
fn process_substitution_is_read_once() {
    let folder = folder();
    write(&folder, "web.yaml", WEB);
    write(&folder, "hub.yaml", FIXABLE);
    let bash = |script: &str| {
        let output = Command::new("bash")
            .args(["-c", script, env!("CARGO_BIN_EXE_dunnage")])
            .current_dir(folder.path())
            .output()
            .expect("bash");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        (text, output.status.code())
    };
    let (text, code) = bash("\"$0\" render --policy z2jh <(cat web.yaml)");
    assert!(code == Some(0) && text.contains("node-purpose"), "{text}");
    let (text, _) = bash("\"$0\" values -f <(cat hub.yaml)");
    assert!(text.contains("guarantee: \"2G\""), "{text}");
    let (text, code) = bash("\"$0\" lint --format concise <(cat hub.yaml)");
    assert!(code == Some(1) && text.starts_with("/dev/fd/"), "{text}");
    let (text, code) = bash("\"$0\" lint --format concise <(cat web.yaml; echo \"  replicas: y\")");
    assert!(code.is_some_and(|code| code < 2), "{text}");
}
