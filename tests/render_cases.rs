//! Every folder of `testdata/render` is a case: `in.yaml` is piped into `dunnage render` beside the
//! other files of the folder, and what came out is compared with `out.yaml`, `stderr` and `exit`. A file
//! that is not there stands for nothing written, and for exit code 0. `policy.yaml` is named by
//! `--policy`; `args` holds further arguments, one a line.
//!
//! `UPDATE=1 cargo test` writes what comes out; read that change as you read code.

#![expect(
    clippy::disallowed_methods,
    reason = "the cases lie on the disk, and what they give is recorded there"
)]

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use dunnage::cli;
use dunnage::host::Memory;

/// What a run wrote, by the name of the file that records it.
type Recorded = [(&'static str, String); 3];

struct Case {
    folder: PathBuf,
    name: String,
}

impl Case {
    /// Runs the case's command line over these manifests.
    fn run(&self, manifests: Vec<u8>) -> (String, String, u8) {
        let mut host = Memory::default().piped(manifests);
        host.dir = "/case".into();
        for path in files(&self.folder) {
            let name = path.file_name().expect("a file has a name").to_owned();
            host = host.file(name, fs::read(&path).expect("a case can be read"));
        }
        let exit = cli::run(&host, self.arguments());
        (host.stdout(), host.stderr(), exit.code())
    }

    fn arguments(&self) -> Vec<OsString> {
        let mut arguments = vec!["dunnage", "render"];
        if self.folder.join("policy.yaml").exists() {
            arguments.extend(["--policy", "policy.yaml"]);
        }
        let written = self.read("args");
        arguments.extend(written.lines());
        arguments.into_iter().map(OsString::from).collect()
    }

    /// A file of the case; one that is not there is empty.
    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.join(name)).unwrap_or_default()
    }

    fn record(&self, recorded: &Recorded) {
        for (name, text) in recorded {
            let path = self.folder.join(name);
            if text.is_empty() {
                let _ = fs::remove_file(path);
            } else {
                fs::write(path, text).expect("a case can be written");
            }
        }
    }

    /// What differs from what is recorded.
    fn differences(&self, recorded: &Recorded) -> Vec<String> {
        recorded
            .iter()
            .map(|(name, text)| (name, text, self.read(name)))
            .filter(|(_, text, expected)| *text != expected)
            .map(|(name, text, expected)| {
                let case = &self.name;
                format!("== {case}/{name}, recorded:\n{expected}\n== {case}/{name}, now:\n{text}\n")
            })
            .collect()
    }
}

fn cases() -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/render");
    let entries = fs::read_dir(root).expect("the cases are there");
    let mut cases: Vec<Case> = entries
        .map(|entry| entry.expect("a folder can be listed").path())
        .filter(|path| path.is_dir())
        .map(|folder| {
            let name = folder.file_name().expect("a folder has a name");
            let name = name.to_string_lossy().into_owned();
            Case { folder, name }
        })
        .collect();
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    cases
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a case can be listed");
    entries
        .map(|entry| entry.expect("a case can be listed").path())
        .collect()
}

#[test]
fn every_case_gives_what_is_recorded() {
    let is_update = std::env::var_os("UPDATE").is_some();
    let mut differences = Vec::new();
    for case in cases() {
        let manifests = fs::read(case.folder.join("in.yaml")).expect("a case has manifests");
        let (stdout, stderr, exit) = case.run(manifests);
        let exit = if exit == 0 {
            String::new()
        } else {
            format!("{exit}\n")
        };
        let recorded = [("out.yaml", stdout), ("stderr", stderr), ("exit", exit)];
        if is_update {
            case.record(&recorded);
        }
        differences.extend(case.differences(&recorded));
    }
    assert!(
        differences.is_empty(),
        "{}\nread what changed; if it is right: UPDATE=1 cargo test",
        differences.concat()
    );
}

#[test]
fn rendering_twice_is_rendering_once() {
    for case in cases() {
        let output = case.read("out.yaml");
        let arguments = case.read("args");
        let is_manifests = !arguments.contains("--diff") && case.read("exit").is_empty();
        if output.is_empty() || !is_manifests {
            continue;
        }
        let (again, stderr, exit) = case.run(output.clone().into_bytes());
        assert_eq!((again, exit), (output, 0), "{}: {stderr}", case.name);
    }
}

#[test]
fn a_failure_writes_nothing() {
    for case in cases() {
        let is_failure = !case.read("exit").is_empty() && !case.read("args").contains("--diff");
        assert!(
            !is_failure || case.read("out.yaml").is_empty(),
            "{}",
            case.name
        );
    }
}
