//! Bounded time and memory, whatever is in a folder or a file.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use crate::support::Folder;

/// Has a safe fix.
const FIXABLE: &str = "singleuser:\n  memory: {limit: 2Gi, guarantee: 2G}\n";
const FIXED: &str = "singleuser:\n  memory: {limit: 2G, guarantee: 2G}\n";

const WEB: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n\
                   spec:\n  template:\n    spec:\n      containers: []\n";

/// The files that a lint of the working folder finds something in.
#[track_caller]
fn check_walked(folder: &Folder, expected: &[&str]) {
    let printed = folder.shell("dunnage lint --format concise");
    let mut files: Vec<&str> = printed
        .stdout
        .lines()
        // The note on files that may be layers of one release is of no file.
        .filter(|line| !line.starts_with("layers-linted-separately:"))
        .filter_map(|line| line.split(':').next())
        .collect();
    files.dedup();
    assert_eq!(files, expected, "{printed:?}");
}

#[test]
fn a_walk_opens_ordinary_files_and_follows_no_links_to_folders() {
    let folder = Folder::new().file("a/hub.yaml", FIXABLE).file("b.yaml", FIXABLE);
    let fifo = Command::new("mkfifo").arg(folder.join("fifo.yaml")).status();
    assert!(fifo.expect("a `mkfifo`").success());
    let outside = Folder::new().file("o.yaml", FIXABLE);
    for (target, link) in [
        (Path::new("/proc"), "proc"),
        (Path::new("/dev/zero"), "zero.yaml"),
        (Path::new("/proc/kmsg"), "kmsg.yaml"),
        (Path::new(".."), "a/up"),
        (outside.path(), "outside"),
        (Path::new("b.yaml"), "c.yaml"),
        (Path::new("nowhere"), "broken.yaml"),
    ] {
        symlink(target, folder.join(link)).expect("a link");
    }
    check_walked(&folder, &["./a/hub.yaml", "./b.yaml"]);
}

#[test]
fn what_git_ignores_is_not_linted_unless_it_is_named() {
    let names = [
        "hub.yaml",
        "build/hub.yaml",
        "keep/hub.yaml",
        "local.yaml",
        ".hidden/hub.yaml",
    ];
    let folder = names.iter().fold(Folder::new(), |folder, name| folder.file(name, FIXABLE));
    let folder = folder.file(".gitignore", "build/\n/local.yaml\n");
    let expected = ["./hub.yaml", "./keep/hub.yaml"];
    check_walked(&folder, &expected);
    fs::create_dir(folder.join(".git")).expect("a folder");
    check_walked(&folder, &expected);
    let stdout = folder.shell("dunnage lint local.yaml --format concise").stdout;
    assert!(stdout.starts_with("local.yaml:"), "{stdout}");
}

#[test]
fn fixes_stay_inside_of_the_named_folder() {
    let folder = Folder::new()
        .file("in/a.yaml", FIXABLE)
        .file("out/o.yaml", FIXABLE)
        .file("in/deep/target.txt", FIXABLE);
    symlink("../out/o.yaml", folder.join("in/o.yaml")).expect("a link");
    symlink("deep/target.txt", folder.join("in/link.yaml")).expect("a link");
    let printed = folder.shell("dunnage lint in --fix --format concise");
    assert_eq!(printed.exit, 1, "{printed:?}");
    let message = "in/o.yaml was not fixed: it is outside the given paths\n";
    assert!(printed.stderr.contains(message), "{printed:?}");
    assert_eq!(folder.text("out/o.yaml"), FIXABLE);
    assert_eq!(folder.text("in/a.yaml"), FIXED);
    assert_eq!(folder.text("in/deep/target.txt"), FIXED);
    let link = folder.join("in/link.yaml");
    assert!(fs::symlink_metadata(link).expect("a link").is_symlink());
}

/// Whenever an edit comes, it is there in the end, or it was read as well.
#[test]
fn no_edit_is_lost_while_files_are_fixed() {
    for delay in [0, 20, 60, 120, 200] {
        let names: Vec<String> = (0..12).map(|number| format!("v{number}.yaml")).collect();
        let folder = names.iter().fold(Folder::new(), |folder, name| folder.file(name, FIXABLE));
        let child = Command::new(env!("CARGO_BIN_EXE_dunnage"))
            .args(["lint", "--fix"])
            .current_dir(folder.path())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn();
        std::thread::sleep(std::time::Duration::from_millis(delay));
        for name in &names {
            let file = fs::File::options().append(true).open(folder.join(name));
            std::io::Write::write_all(&mut file.expect("a file"), b"# by hand\n").expect("an edit");
        }
        child.expect("the program").wait().expect("it ends");
        for name in &names {
            let text = folder.text(name);
            assert!(text.ends_with("# by hand\n"), "{delay}: {name}: {text}");
        }
    }
}

/// A file of 100 MB that takes no room.
fn write_large(folder: &Folder, name: &str) {
    let file = fs::File::create(folder.join(name)).expect("a file");
    file.set_len(100 << 20).expect("a large file");
}

#[test]
fn what_is_too_large_is_refused_before_it_fills_the_memory() {
    let folder = Folder::new().file("web.yaml", WEB).file(
        "chart/Chart.yaml",
        "apiVersion: v2\nname: c\nversion: 1.0.0\n",
    );
    write_large(&folder, "large.yaml");
    write_large(&folder, "chart/values.yaml");
    for script in [
        "dunnage render --policy large.yaml web.yaml",
        "dunnage render --policy z2jh --values large.yaml web.yaml",
        "DUNNAGE_POLICY=z2jh DUNNAGE_VALUES=web.yaml:large.yaml dunnage render web.yaml",
        "dunnage lint large.yaml",
        "dunnage lint - <large.yaml",
        "dunnage lint -f large.yaml",
        "dunnage values large.yaml",
        "dunnage values - <large.yaml",
        "cat large.yaml | dunnage values -",
        "dunnage values --set-file a=large.yaml",
        "dunnage values chart",
        "dunnage lint web.yaml --baseline large.yaml",
    ] {
        let printed = folder.shell(script);
        assert_eq!(printed.exit, 2, "{script}: {printed:?}");
        let said = printed.stdout + &printed.stderr;
        assert!(said.contains("larger than 5Mi"), "{script}: {said}");
    }
    // One in a folder is noted, and the rest is linted.
    let folder = folder.file("hub.yaml", FIXABLE);
    let printed = folder.shell("dunnage lint . --format concise --select RS");
    let note = "unreadable-input: note[CL003] cannot read `./large.yaml`: it is larger than 5Mi, so it was not linted\n";
    assert!(printed.stdout.contains(note), "{printed:?}");
    assert_eq!(printed.exit, 2, "the chart is one of the subjects");
}

#[test]
fn an_endless_file_ends_quickly() {
    let folder = Folder::new().file("web.yaml", WEB);
    for script in [
        "dunnage render --policy z2jh /dev/zero",
        "dunnage render --policy z2jh </dev/zero",
        "dunnage render --policy /dev/zero web.yaml",
        "dunnage render --policy z2jh --values /dev/zero web.yaml",
        "dunnage render --policy z2jh --previous /dev/zero web.yaml",
        "dunnage verify --policy z2jh /dev/zero",
        "dunnage init /dev/zero",
        "dunnage lint /dev/zero",
        "dunnage lint - </dev/zero",
        "dunnage values --set-file a=/dev/zero",
        "dunnage values --chart /dev/zero",
        "dunnage values -f /dev/zero",
    ] {
        let printed = folder.shell(script);
        assert_eq!(printed.exit, 2, "{script}: {printed:?}");
    }
}

#[test]
fn process_substitution_is_read_once() {
    let folder = Folder::new().file("web.yaml", WEB).file("hub.yaml", FIXABLE);
    let rendered = folder.shell("dunnage render --policy z2jh <(cat web.yaml)");
    assert_eq!(rendered.exit, 0, "{rendered:?}");
    assert!(rendered.stdout.contains("node-purpose"), "{rendered:?}");
    let values = folder.shell("dunnage values -f <(cat hub.yaml)");
    assert!(values.stdout.contains("guarantee: \"2G\""), "{values:?}");
    let linted = folder.shell("dunnage lint --format concise <(cat hub.yaml)");
    assert_eq!(linted.exit, 1, "{linted:?}");
    assert!(linted.stdout.starts_with("/dev/fd/"), "{linted:?}");
    let line = "dunnage lint --format concise <(cat web.yaml; echo '  replicas: y')";
    let linted = folder.shell(line);
    assert!(linted.exit < 2, "{linted:?}");
}
