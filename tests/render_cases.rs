//! Every folder of `testdata/render` is a case: `in.yaml` is piped into `dunnage render` beside the
//! other files of the folder, and what came out is compared with `out.yaml`, `stderr` and `exit`. A file
//! that is not there stands for nothing written, and for exit code 0. `policy.yaml` is named by
//! `--policy`; `args` holds further arguments, one a line, and `command` another command than `render`.
//! What `--report report.json` writes is recorded too.
//!
//! `UPDATE=1 cargo test` writes what comes out; read that change as you read code.

#![expect(
    clippy::disallowed_methods,
    reason = "the cases lie on the disk, and what they give is recorded there"
)]

use std::fs;
use std::path::{Path, PathBuf};

mod support;

use support::{Outcome, World};

/// What a run wrote, by the name of the file that records it.
type Recorded = [(&'static str, String); 4];

/// The file that a case may let `--report` write.
const REPORT: &str = "report.json";

struct Case {
    folder: PathBuf,
    name: String,
}

impl Case {
    /// Runs the case's command line over these manifests.
    fn run(&self, manifests: Vec<u8>) -> Outcome {
        let mut world = World::default().at("/case").piped(manifests);
        for path in files(&self.folder) {
            let name = path.file_name().expect("a file has a name").to_owned();
            if name != REPORT {
                world = world.file(name, fs::read(&path).expect("a case can be read"));
            }
        }
        world.run_with(self.arguments())
    }

    fn arguments(&self) -> Vec<String> {
        let command = self.read("command");
        let command = if command.is_empty() {
            "render"
        } else {
            command.trim_end()
        };
        let mut arguments = vec![command];
        if self.folder.join("policy.yaml").exists() {
            arguments.extend(["--policy", "policy.yaml"]);
        }
        let written = self.read("args");
        arguments.extend(written.lines());
        arguments.into_iter().map(str::to_owned).collect()
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
    entries.map(|entry| entry.expect("a case can be listed").path()).collect()
}

#[test]
fn every_case_gives_what_is_recorded() {
    let is_update = std::env::var_os("UPDATE").is_some();
    let mut differences = Vec::new();
    for case in cases() {
        let manifests = fs::read(case.folder.join("in.yaml")).expect("a case has manifests");
        let run = case.run(manifests);
        let exit = if run.exit == 0 {
            String::new()
        } else {
            format!("{}\n", run.exit)
        };
        let report = if run.changed.is_empty() {
            String::new()
        } else {
            run.written("case/report.json")
        };
        let recorded = [
            ("out.yaml", run.stdout),
            ("stderr", run.stderr),
            ("exit", exit),
            (REPORT, report),
        ];
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
        let again = case.run(output.clone().into_bytes());
        let name = &case.name;
        assert_eq!(
            (again.stdout, again.exit),
            (output, 0),
            "{name}: {}",
            again.stderr
        );
    }
}

#[test]
fn a_failure_writes_nothing() {
    for case in cases() {
        let shows_diff = case.read("args").contains("--diff") || case.read("command") == "verify\n";
        let is_failure = !case.read("exit").is_empty() && !shows_diff;
        assert!(
            !is_failure || case.read("out.yaml").is_empty(),
            "{}",
            case.name
        );
    }
}

#[test]
fn reports_are_what_the_schema_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/report.schema.json");
    let schema = fs::read_to_string(path).expect("the schema is there");
    let schema = serde_json::from_str(&schema).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema compiles");
    let mut checked = 0;
    for case in cases() {
        let report = case.read(REPORT);
        if report.is_empty() {
            continue;
        }
        let report = serde_json::from_str(&report).expect("a report is JSON");
        let errors: Vec<String> =
            validator.iter_errors(&report).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", case.name);
        checked += 1;
    }
    assert!(checked > 3, "only {checked} reports");
}
