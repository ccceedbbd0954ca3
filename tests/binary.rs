//! The real program: environment, streams and exit codes as the operating system sees them.

#![allow(clippy::disallowed_methods, reason = "the binary meets the world")]

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

const DEPLOYMENT: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  template:\n    spec:\n      containers: []\n";

fn dunnage(arguments: &[&str], environment: &[(&str, &str)], stdin: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dunnage"));
    for name in [
        "DUNNAGE_POLICY",
        "DUNNAGE_STRICT",
        "DUNNAGE_MODE",
        "DUNNAGE_VALUES",
        "DUNNAGE_NAMESPACE",
        "DUNNAGE_COLOR",
        "DUNNAGE_FORMAT",
    ] {
        command.env_remove(name);
    }
    command.args(arguments).envs(environment.iter().copied());
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    child
        .stdin
        .take()
        .expect("a pipe")
        .write_all(stdin.as_bytes())
        .expect("the program reads");
    child.wait_with_output().expect("the program ends")
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("it was not killed")
}

#[test]
fn options_come_from_the_environment_too() {
    let output = dunnage(&[], &[("DUNNAGE_POLICY", "z2jh")], DEPLOYMENT);
    assert_eq!(code(&output), 0);
    assert!(String::from_utf8_lossy(&output.stdout).contains("hub.jupyter.org/dedicated"));

    let hook = DEPLOYMENT.replace("{name: a}", "{name: a, annotations: {helm.sh/hook: test}}");
    let output = dunnage(
        &[],
        &[("DUNNAGE_POLICY", "z2jh"), ("DUNNAGE_MODE", "helm3")],
        &hook,
    );
    assert_eq!(code(&output), 2);

    let bare_pod = "apiVersion: v1\nkind: Pod\nspec: {containers: []}\n";
    assert_eq!(
        code(&dunnage(&[], &[("DUNNAGE_POLICY", "z2jh")], bare_pod)),
        0
    );
    let strict = dunnage(
        &[],
        &[("DUNNAGE_POLICY", "z2jh"), ("DUNNAGE_STRICT", "1")],
        bare_pod,
    );
    assert_eq!(code(&strict), 1);
    assert!(strict.stdout.is_empty());
}

#[test]
fn an_option_beats_the_environment() {
    let output = dunnage(
        &["--policy", "z2jh"],
        &[("DUNNAGE_POLICY", "/nowhere")],
        DEPLOYMENT,
    );
    assert_eq!(
        code(&output),
        0,
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn a_folder_is_no_policy() {
    let output = dunnage(&["--policy", env!("CARGO_MANIFEST_DIR")], &[], DEPLOYMENT);
    assert_eq!(code(&output), 2);
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot read"));
}

#[test]
fn bytes_that_are_no_text_leave_nothing_on_standard_output() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_dunnage"))
        .args(["--policy", "z2jh"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    child
        .stdin
        .take()
        .expect("a pipe")
        .write_all(b"kind: \xff\n")
        .expect("the program reads");
    let output = child.wait_with_output().expect("the program ends");
    assert_eq!(code(&output), 2);
    assert!(output.stdout.is_empty());
    assert!(String::from_utf8_lossy(&output.stderr).contains("<stdin>:1:7"));
}
