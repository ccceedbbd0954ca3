//! Each folder of `testdata/render` is a case: `in.yaml`, `policy.yaml`, further files, and `args` with an
//! option a line; `out.yaml` (standard output), `stderr` and `exit` are what was recorded.
//! `UPDATE=1 cargo test` records anew: read that diff as you read code.

#![allow(clippy::disallowed_methods, reason = "cases are files")]

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use dunnage::cli;
use dunnage::host::Memory;

struct Run {
    stdout: String,
    stderr: String,
    exit: u8,
}

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/render");
    let entries = std::fs::read_dir(folder).expect("cases");
    let mut cases: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    cases.retain(|case| case.is_dir());
    cases.sort();
    cases
}

fn run(case: &Path, args: &[String], manifests: Vec<u8>) -> Run {
    let mut host = Memory::default().piped(manifests);
    for entry in std::fs::read_dir(case).expect("a case") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_owned();
        host = host.file(
            Path::new("/").join(name),
            std::fs::read(&path).expect("a file of the case"),
        );
    }
    let line = ["dunnage", "render", "--policy", "policy.yaml"]
        .map(str::to_owned)
        .into_iter();
    let line: Vec<OsString> = line
        .chain(args.iter().cloned())
        .map(OsString::from)
        .collect();
    let exit = cli::run(&host, line).code();
    Run {
        stdout: host.stdout(),
        stderr: host.stderr(),
        exit,
    }
}

/// Compares with a recorded file, or records it. An empty text is no file.
fn check_file(case: &Path, name: &str, actual: &str) {
    let path = case.join(name);
    if std::env::var_os("UPDATE").is_some() {
        if actual.is_empty() {
            let _ = std::fs::remove_file(&path);
        } else {
            std::fs::write(&path, actual).expect("a case can be recorded");
        }
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    let visible = |text: &str| text.replace('\r', "\\r");
    assert_eq!(
        visible(actual),
        visible(&expected),
        "{}: UPDATE=1 records it anew",
        path.display()
    );
}

#[test]
fn cases_come_out_as_recorded() {
    let cases = cases();
    assert!(cases.len() >= 30, "only {} cases", cases.len());
    for case in cases {
        let manifests = std::fs::read(case.join("in.yaml")).expect("in.yaml");
        let args = std::fs::read_to_string(case.join("args")).unwrap_or_default();
        let args: Vec<String> = args.lines().map(str::to_owned).collect();
        let ran = run(&case, &args, manifests);
        check_file(&case, "out.yaml", &ran.stdout);
        check_file(&case, "stderr", &ran.stderr);
        check_file(&case, "exit", &format!("{}\n", ran.exit));
        let name = case.display();
        assert!(
            ran.exit == 0 || args.iter().any(|arg| arg == "--diff") || ran.stdout.is_empty(),
            "{name} fails and prints"
        );
        assert!(
            ran.exit == 0 || !ran.stderr.is_empty() || args.iter().any(|arg| arg == "--check"),
            "{name} fails and says nothing"
        );
        let is_manifest = !args.iter().any(|arg| arg == "--diff" || arg == "--check");
        if ran.exit == 0 && is_manifest {
            let again = run(&case, &args, ran.stdout.clone().into_bytes());
            assert_eq!(again.stdout, ran.stdout, "{name} rendered twice");
        }
    }
}
