//! The action of GitHub and the component of GitLab: their scripts are run as a runner runs them, with the program on
//! the PATH.

#![cfg(unix)]
#![expect(
    clippy::disallowed_methods,
    reason = "scripts and the program run on the disk"
)]

use std::path::Path;
use std::process::{Command, Output};

use serde_yaml::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_dunnage");

const WRONG: &str = "scheduling:\n  userPlaceholder: {enabled: true, replicas: 3}\n";

fn action() -> Value {
    serde_yaml::from_str(include_str!("../action.yml")).expect("YAML")
}

/// The scripts of the steps by their names, without the steps that are actions themselves.
fn scripts(action: &Value) -> Vec<(&str, &str)> {
    let steps = action["runs"]["steps"].as_sequence().expect("steps");
    let scripts = steps.iter().filter_map(|step| {
        let script = step["run"].as_str()?;
        assert_eq!(step["shell"], "bash", "{script}");
        Some((step["name"].as_str().expect("a name"), script))
    });
    scripts.collect()
}

/// Runs the script of a step as a runner does for `shell: bash`, with nothing else in the environment.
fn run(folder: &Path, step: &str, variables: &[(&str, &str)]) -> Output {
    let action = action();
    let scripts = scripts(&action);
    let (_, script) = scripts.iter().find(|(name, _)| *name == step).expect("a step");
    let home = tempfile::tempdir().expect("a folder");
    let file = home.path().join("script.sh");
    std::fs::write(&file, script).expect("a script");
    let programs = Path::new(PROGRAM).parent().expect("a folder");
    let path = std::env::var("PATH").expect("a PATH");
    Command::new("bash")
        .args(["--noprofile", "--norc", "-e", "-o", "pipefail"])
        .arg(&file)
        .current_dir(folder)
        .env_clear()
        .env("PATH", format!("{}:{path}", programs.display()))
        .env("GITHUB_ACTIONS", "true")
        .env("RUNNER_TEMP", home.path())
        .env("WORKING_DIRECTORY", ".")
        .env("GITHUB_ACTION_PATH", env!("CARGO_MANIFEST_DIR"))
        .envs(variables.iter().copied())
        .output()
        .expect("bash starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn no_input_is_a_part_of_a_script() {
    let action = action();
    let scripts = scripts(&action);
    assert_eq!(scripts.len(), 4);
    for (name, script) in scripts {
        assert!(!script.contains("${{"), "{name}");
    }
    assert_eq!(action["inputs"]["args"]["default"], "lint");
}

#[test]
fn other_actions_are_pinned_by_hash() {
    let action = action();
    let steps = action["runs"]["steps"].as_sequence().expect("steps");
    let used: Vec<&str> = steps.iter().filter_map(|step| step["uses"].as_str()).collect();
    assert!(!used.is_empty());
    for action in used {
        let (_, hash) = action.split_once('@').expect("a version");
        let is_hash = hash.len() == 40 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        assert!(is_hash, "{action}");
    }
}

#[test]
fn a_wheel_is_installed_unless_a_build_is_asked_for() {
    let action = action();
    assert_eq!(action["inputs"]["build"]["default"], "false");
    let steps = action["runs"]["steps"].as_sequence().expect("steps");
    let conditions: Vec<(&str, Option<&str>)> = steps
        .iter()
        .map(|step| (step["name"].as_str().expect("a name"), step["if"].as_str()))
        .collect();
    let build = Some("inputs.build == 'true'");
    assert_eq!(
        conditions,
        [
            ("Install", Some("inputs.build != 'true'")),
            ("Compute the cache key", build),
            ("Restore the build from the cache", build),
            ("Build", build),
            ("Run", None),
        ]
    );
}

#[test]
fn a_version_without_a_known_hash_is_an_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("path");
    let path = path.to_str().expect("a plain name");
    for version in ["9.9.9", "latest", "0.1.0 --hash", ".*"] {
        let variables = [("VERSION", version), ("GITHUB_PATH", path)];
        let output = run(folder.path(), "Install", &variables);
        let shown = text(&output.stdout);
        assert_eq!(output.status.code(), Some(2), "{shown}");
        let expected = format!("::error::no wheel of dunnage `{version}` has a known hash");
        assert!(shown.starts_with(&expected), "{shown}");
        assert!(!Path::new(path).exists());
    }
}

#[test]
fn the_folder_and_the_level_that_fails_are_inputs() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("a hub")).expect("a folder");
    std::fs::write(folder.path().join("a hub/prod.yaml"), WRONG).expect("values");
    let code = |level| {
        let variables = [
            ("ARGS", "lint prod.yaml"),
            ("FAIL_ON", level),
            ("WORKING_DIRECTORY", "a hub"),
        ];
        run(folder.path(), "Run", &variables).status.code()
    };
    assert_eq!(code(""), Some(1));
    assert_eq!(code("error"), Some(1));
    assert_eq!(code("fatal"), Some(2));
    let hint = "singleuser: {memory: {guarantee: 1G, limit: 16G}}\n";
    std::fs::write(folder.path().join("a hub/prod.yaml"), hint).expect("values");
    assert_eq!((code("error"), code("hint")), (Some(0), Some(1)));
}

/// Returns what a run of `lint` adds to the summary of the job, and its exit code.
fn step_summary(values: &str) -> (String, Option<i32>) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("prod.yaml"), values).expect("values");
    let file = folder.path().join("summary");
    let variables = [
        ("ARGS", "lint prod.yaml"),
        ("STEP_SUMMARY", "true"),
        ("GITHUB_STEP_SUMMARY", file.to_str().expect("a plain name")),
    ];
    let output = run(folder.path(), "Run", &variables);
    let summary = std::fs::read_to_string(&file);
    let summary = summary.unwrap_or_else(|error| panic!("{error}\n{}", text(&output.stderr)));
    (summary, output.status.code())
}

#[test]
fn findings_are_in_the_summary_of_the_job() {
    let (summary, code) = step_summary(WRONG);
    assert_eq!(code, Some(1));
    assert!(
        summary.starts_with("## dunnage\n\nerror: 1, note: 1\n"),
        "{summary}"
    );
    assert!(
        summary.contains("| error | PH001 | prod&#46;yaml&#58;2 |"),
        "{summary}"
    );
    let (summary, code) = step_summary("hub: {}\n");
    assert_eq!(
        (summary.as_str(), code),
        ("## dunnage\n\nNo problems found.\n\n", Some(0))
    );
}

#[test]
fn text_of_files_is_only_text_in_the_summary() {
    let hostile = "cull:\n  '<img src=x>|[a](https://example.org)`@all`**': 1\n";
    let (summary, code) = step_summary(hostile);
    assert_eq!(code, Some(1), "{summary}");
    for part in ["<img", "](", "https:", "`@all`", "**"] {
        assert!(!summary.contains(part), "{part}: {summary}");
    }
    assert!(
        summary.contains("&#60;img src&#61;x&#62;&#124;"),
        "{summary}"
    );
}

#[test]
fn the_summary_shows_no_secret() {
    let token = "ghp_0123456789abcdefghijklmnopqrstuvwxyzAB";
    let (summary, _) = step_summary(&format!("hub:\n  cookieSecret: {{{token}: 1}}\n"));
    assert!(summary.contains("| error |"), "{summary}");
    assert!(!summary.contains("0123456789abcdef"), "{summary}");
}

/// Returns the inputs and the job of the component of GitLab.
fn component() -> (Value, Value) {
    let text = include_str!("../templates/dunnage.yml");
    let documents = text.split_once("\n---\n").expect("two documents");
    let read = |text| serde_yaml::from_str::<Value>(text).expect("YAML");
    (read(documents.0), read(documents.1)["dunnage"].clone())
}

/// Runs the script of the component as a runner does, and returns the code quality report.
#[track_caller]
fn run_component(folder: &Path, command: &str, fail_on: &str) -> (Option<i32>, Option<String>) {
    let (_, job) = component();
    let lines = job["script"].as_sequence().expect("a script");
    let lines: Vec<&str> = lines.iter().filter_map(Value::as_str).collect();
    let programs = Path::new(PROGRAM).parent().expect("a folder");
    let output = Command::new("sh")
        .args(["-e", "-c", &lines.join("\n")])
        .current_dir(folder)
        .env_clear()
        .env("PATH", format!("/usr/bin:/bin:{}", programs.display()))
        .env("CI_PROJECT_DIR", folder)
        .env("DUNNAGE_COMMAND", command)
        .env("DUNNAGE_FOLDER", ".")
        .env("DUNNAGE_FAIL_ON", fail_on)
        .output()
        .expect("sh starts");
    let report = std::fs::read_to_string(folder.join("gl-code-quality-report.json"));
    (output.status.code(), report.ok())
}

#[test]
fn the_component_writes_a_code_quality_report() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("prod.yaml"), WRONG).expect("values");
    let (code, report) = run_component(folder.path(), "lint prod.yaml", "error");
    assert_eq!(code, Some(1));
    let report: serde_json::Value = serde_json::from_str(&report.expect("a report")).expect("JSON");
    let mut findings = report.as_array().expect("a list").iter();
    assert!(findings.any(|finding| finding["check_name"] == "PH001"));
    let (code, _) = run_component(folder.path(), "lint $(touch made) ;touch made *", "error");
    assert_eq!(code, Some(2));
    assert!(!folder.path().join("made").exists());
}

#[test]
fn the_component_installs_the_version_of_the_crate_and_its_scripts_have_no_inputs() {
    let (spec, job) = component();
    let inputs = &spec["spec"]["inputs"];
    assert_eq!(inputs["version"]["default"], env!("CARGO_PKG_VERSION"));
    for part in ["before_script", "script"] {
        let lines = job[part].as_sequence().expect("lines");
        let mut lines = lines.iter().filter_map(Value::as_str);
        assert!(lines.all(|line| !line.contains("$[[")));
    }
}

#[test]
fn findings_are_annotations_and_sarif_besides() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("prod.yaml"), WRONG).expect("values");
    let arguments = "lint\n  -f prod.yaml\n  --chart-version 4.4\n";
    let variables = [("ARGS", arguments), ("SARIF_FILE", "out of dunnage.sarif")];
    let output = run(folder.path(), "Run", &variables);
    let shown = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert!(shown.contains("::error file=prod.yaml,"), "{shown}");
    assert!(shown.contains("PH001"), "{shown}");
    let sarif = std::fs::read_to_string(folder.path().join("out of dunnage.sarif"));
    let sarif: serde_json::Value = serde_json::from_str(&sarif.expect("a file")).expect("JSON");
    assert_eq!(sarif["version"], "2.1.0");
}

#[test]
fn the_words_of_an_input_are_no_shell() {
    let folder = tempfile::tempdir().expect("a folder");
    let arguments = "rule $(touch${IFS}made) `touch made`; touch made; echo *";
    let output = run(
        folder.path(),
        "Run",
        &[("ARGS", arguments), ("SARIF_FILE", "")],
    );
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stdout));
    assert!(!folder.path().join("made").exists());
    let plain = run(
        folder.path(),
        "Run",
        &[("ARGS", "rule PH001"), ("SARIF_FILE", "")],
    );
    assert!(plain.status.success(), "{}", text(&plain.stderr));
    assert!(text(&plain.stdout).starts_with("# PH001 "));
}

#[test]
fn a_build_is_found_again_by_what_it_is_built_of() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("output");
    let name = file.to_str().expect("a plain name");
    let variables = [
        ("GITHUB_OUTPUT", name),
        ("RUNNER_OS", "Linux"),
        ("RUNNER_ARCH", "X64"),
        ("RUNNER_TEMP", "/runner/temp"),
    ];
    for _ in 0..2 {
        let output = run(folder.path(), "Compute the cache key", &variables);
        assert!(output.status.success(), "{}", text(&output.stderr));
    }
    let written = std::fs::read_to_string(&file).expect("outputs");
    let lines: Vec<&str> = written.lines().collect();
    let [key, root, again, _] = lines[..] else {
        panic!("{written}");
    };
    assert_eq!(key, again);
    let hash = key.strip_prefix("key=dunnage-Linux-X64-own-");
    let hash = hash.expect("the system and the hash");
    assert!(hash.len() >= 40 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert_eq!(root, "root=/runner/temp/dunnage");
}
