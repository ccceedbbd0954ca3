//! The action of GitHub: its scripts are run as a runner runs them, with the program on the PATH.

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
    let (_, script) = scripts
        .iter()
        .find(|(name, _)| *name == step)
        .expect("a step");
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
