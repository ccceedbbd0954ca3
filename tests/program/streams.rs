//! The environment, streams and exit codes of a real process.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const WEB: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n\
                   spec:\n  template:\n    spec:\n      containers: []\n";

/// Runs the program with nothing in the environment but these variables.
fn run(folder: &Path, variables: &[(&str, &str)], arguments: &[&str], stdin: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_dunnage"))
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .envs(variables.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut pipe = child.stdin.take().expect("its input is piped");
    // A program that refuses its arguments does not wait for its input.
    let _ = pipe.write_all(stdin.as_bytes());
    drop(pipe);
    child.wait_with_output().expect("the program ends")
}

/// Runs in an empty folder; gives back standard output, standard error and the exit code.
fn check(variables: &[(&str, &str)], arguments: &[&str], stdin: &str) -> (String, String, i32) {
    let folder = tempfile::tempdir().expect("a folder");
    check_in(folder.path(), variables, arguments, stdin)
}

fn check_in(
    folder: &Path,
    variables: &[(&str, &str)],
    arguments: &[&str],
    stdin: &str,
) -> (String, String, i32) {
    let output = run(folder, variables, arguments, stdin);
    (
        String::from_utf8(output.stdout).expect("text"),
        String::from_utf8(output.stderr).expect("text"),
        output.status.code().expect("an exit code"),
    )
}

const Z2JH: (&str, &str) = ("DUNNAGE_POLICY", "z2jh");

#[test]
fn the_policy_comes_from_the_environment_and_a_flag_wins() {
    let (stdout, _, code) = check(&[Z2JH], &[], WEB);
    assert!(code == 0 && stdout.contains("node-purpose"), "{stdout}");
    let (stdout, stderr, code) = check(&[Z2JH], &["--policy", "nowhere"], WEB);
    assert_eq!((stdout.as_str(), code), ("", 2));
    assert!(stderr.contains("`nowhere`"), "{stderr}");
    let (stdout, stderr, code) = check(&[], &[], WEB);
    assert_eq!((stdout.as_str(), code), ("", 2));
    assert!(stderr.starts_with("error[CL001] "), "{stderr}");
}

#[test]
fn bytes_come_out_as_they_went_in() {
    let stream =
        "# a comment  \r\nkind: Widget\r\nspec: {a: *b}\r\n---\n\tnot: looked at\nkind: Service\n";
    let stream = stream.replace("\tnot", "not");
    let (stdout, _, code) = check(&[Z2JH], &[], &stream);
    assert_eq!((stdout, code), (stream, 0));
}

#[test]
fn check_and_unknown_flags_have_their_codes() {
    assert_eq!(check(&[Z2JH], &["render", "--check"], WEB).2, 1);
    assert_eq!(check(&[Z2JH], &["--check"], WEB).2, 2, "Helm may read it");
    let (stdout, stderr, code) = check(&[Z2JH], &["--nonsense"], WEB);
    assert_eq!((stdout.as_str(), code), ("", 2));
    assert!(stderr.contains("--nonsense"), "{stderr}");
}

#[test]
fn a_folder_is_no_policy() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("policies")).expect("a folder");
    let (stdout, stderr, code) = check_in(folder.path(), &[], &["--policy", "policies"], WEB);
    assert_eq!((stdout.as_str(), code), ("", 2));
    assert!(
        stderr.starts_with("error[CL003] unreadable-input: cannot read `policies`: "),
        "{stderr}"
    );
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_dunnage"))
        .args(["--policy", "z2jh"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    drop(child.stdout.take());
    let mut pipe = child.stdin.take().expect("its input is piped");
    pipe.write_all(WEB.as_bytes()).expect("it reads its input");
    drop(pipe);
    assert_eq!(child.wait().expect("the program ends").code(), Some(0));
}

#[test]
fn a_last_line_without_an_end_stays_one() {
    for stream in [WEB.trim_end(), "# nothing\n---\nkind: ConfigMap"] {
        let (stdout, stderr, code) = check(&[Z2JH], &[], stream);
        assert_eq!(code, 0, "{stderr}");
        assert!(!stdout.ends_with('\n'), "{stdout}");
        let (again, ..) = check(&[Z2JH], &[], &stdout);
        assert_eq!(again, stdout);
    }
}

/// `--values -` would leave nothing for the manifests, which Helm 3 takes for an empty release.
#[test]
fn standard_input_is_not_read_twice() {
    for name in ["-", "/dev/stdin"] {
        for flag in ["--values", "--policy"] {
            let policy = if flag == "--values" { &[Z2JH][..] } else { &[] };
            let (stdout, stderr, code) = check(policy, &[flag, name], "version: 1\n");
            assert_eq!((stdout.as_str(), code), ("", 2), "{flag} {name}");
            assert!(stderr.contains("standard input"), "{stderr}");
        }
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("web.yaml"), WEB).expect("a file");
        let arguments = ["render", "--policy", name, "web.yaml"];
        let policy = "version: 1\nworkloads: [{pool: none}]\n";
        let (stdout, stderr, code) = check_in(folder.path(), &[], &arguments, policy);
        assert_eq!((stdout.as_str(), code), (WEB, 0), "{stderr}");
    }
}
