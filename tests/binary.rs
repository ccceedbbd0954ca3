//! The program itself: the environment twins of the flags, streams and exit codes.

#![expect(
    clippy::disallowed_methods,
    reason = "the program is started on the disk"
)]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const WEB: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n\
                   spec:\n  template:\n    spec:\n      containers: []\n";

const PULLER: &str = "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: puller}\n\
                      spec:\n  template:\n    metadata: {labels: {component: hook-image-puller}}\n    spec:\n      \
                      initContainers:\n      - {name: image-pull-a, image: a, command: [sh]}\n";

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

/// Something that dunnage has a note on: of an existing Pod only the tolerations can change.
const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: alone}\nspec: {containers: []}\n";

#[test]
fn strictness_comes_from_the_environment() {
    for value in ["1", "true", "yes", "TRUE", "Yes"] {
        let (stdout, stderr, code) = check(&[Z2JH, ("DUNNAGE_STRICT", value)], &[], POD);
        assert_eq!((stdout.as_str(), code), ("", 1), "{value}: {stderr}");
    }
    for value in ["0", "false", "no", "No", ""] {
        let (stdout, stderr, code) = check(&[Z2JH, ("DUNNAGE_STRICT", value)], &[], POD);
        assert!(code == 0 && !stdout.is_empty(), "{value}: {stderr}");
    }
}

#[test]
fn a_variable_that_is_neither_yes_nor_no_is_refused() {
    let lines: [(&str, &[&str]); 4] = [
        ("DUNNAGE_STRICT", &["render"]),
        ("DUNNAGE_GATE", &["render"]),
        ("DUNNAGE_PEDANTIC", &["lint", "."]),
        ("DUNNAGE_EXIT_ZERO", &["lint", "."]),
    ];
    for (name, line) in lines {
        for value in [
            "on",
            "off",
            "y",
            "n",
            "t",
            "f",
            "2",
            " 1",
            "yes please",
            "none",
        ] {
            let (stdout, stderr, code) = check(&[Z2JH, (name, value)], line, POD);
            assert_eq!((stdout.as_str(), code), ("", 2), "{name}={value}: {stderr}");
            let expected = format!(
                "error[CL005] usage: `{name}` holds `{value}`, which is neither yes nor no\n  help: use `1`, `true` or `yes`, or `0`, `false` or `no`\n"
            );
            assert_eq!(stderr, expected);
        }
    }
}

#[test]
fn the_mode_comes_from_the_environment() {
    let (stdout, _, code) = check(&[Z2JH, ("DUNNAGE_MODE", "helm4")], &[], "");
    assert_eq!((stdout.as_str(), code), ("# dunnage: no documents\n", 0));
    let (stdout, _, code) = check(&[Z2JH, ("DUNNAGE_MODE", "plain")], &[], "");
    assert_eq!((stdout.as_str(), code), ("", 2));
}

#[test]
fn values_come_from_the_environment_in_their_order() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, tag) in [("a.yaml", "1"), ("b.yaml", "2")] {
        let values =
            format!("singleuser: {{image: {{name: quay.io/example/base, tag: '{tag}'}}}}\n");
        std::fs::write(folder.path().join(name), values).expect("a file");
    }
    let list = if cfg!(windows) {
        "a.yaml;b.yaml"
    } else {
        "a.yaml:b.yaml"
    };
    let variables = [Z2JH, ("DUNNAGE_VALUES", list)];
    let (stdout, stderr, code) = check_in(folder.path(), &variables, &[], PULLER);
    assert_eq!(code, 0, "{stderr}");
    assert!(
        stdout.contains("quay.io/example/base:2") && !stdout.contains("base:1"),
        "{stdout}"
    );
}

#[test]
fn the_namespace_and_the_look_come_from_the_environment() {
    let folder = tempfile::tempdir().expect("a folder");
    let policy = "version: 1\nworkloads: [{match: {chart: app, namespace: here}, pool: none}]\n";
    std::fs::write(folder.path().join("dunnage.yaml"), policy).expect("a file");
    let web = &format!("# Source: app/templates/web.yaml\n{WEB}");
    let concise = ("DUNNAGE_FORMAT", "concise");
    let (_, stderr, _) = check_in(folder.path(), &[concise], &[], web);
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    let namespace = ("DUNNAGE_NAMESPACE", "here");
    let (_, stderr, _) = check_in(folder.path(), &[concise, namespace], &[], web);
    assert_eq!(stderr, "");
    let color = ("DUNNAGE_COLOR", "always");
    let (_, stderr, _) = check_in(folder.path(), &[color], &[], web);
    assert!(stderr.contains('\u{1b}'), "{stderr}");
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

#[cfg(unix)]
#[test]
fn links_that_go_round_in_circles_lead_to_each_folder_once() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().expect("a folder");
    let below = folder.path().join("a/b");
    std::fs::create_dir_all(&below).expect("folders");
    symlink("..", folder.path().join("a/up")).expect("a link");
    symlink("../..", below.join("up")).expect("a link");
    std::fs::write(
        below.join("hub.yaml"),
        "hub: {replicas: 2}\nsingleuser: {}\n",
    )
    .expect("a file");
    let line = ["lint", ".", "--format", "concise"];
    let (stdout, _, code) = check_in(folder.path(), &[], &line, "");
    assert_eq!((stdout.lines().count(), code), (1, 1), "{stdout}");
}

/// A chart from elsewhere must not make the program read, and print, files that are no part of it.
#[cfg(unix)]
#[test]
fn a_link_out_of_a_chart_is_not_read() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().expect("a folder");
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    };
    write("outside.yaml", "hub: {unknownKey: PLANTED}\n");
    for (linked, target) in [
        ("values.yaml", "../../outside.yaml"),
        ("values.schema.json", "../../outside.yaml"),
        ("Chart.lock", "../../outside.yaml"),
        ("charts/below", "../../../other"),
    ] {
        let chart = format!("charts/{}", linked.replace(['/', '.'], "-"));
        write(&format!("{chart}/Chart.yaml"), "name: a\nversion: 1.0.0\n");
        write(&format!("{chart}/charts/README.md"), "");
        write("other/Chart.yaml", "name: below\nversion: 1.0.0\n");
        write("other/values.yaml", "a: PLANTED\n");
        let link = folder.path().join(&chart).join(linked);
        symlink(target, link).expect("a link");
        for arguments in [vec!["values", &chart], vec!["lint", &chart]] {
            let (stdout, stderr, code) = check_in(folder.path(), &[], &arguments, "");
            let expected = format!(
                "error[VA010] link-out-of-chart: `{chart}/{linked}` is a symbolic link out of its chart and was not read\n"
            );
            let shown = stdout + &stderr;
            assert!(shown.starts_with(&expected), "{shown}");
            assert!(!shown.contains("PLANTED"));
            assert_eq!(code, 2, "{arguments:?}");
        }
    }
    // A link within the chart is a file like others.
    write("inside/Chart.yaml", "name: a\nversion: 1.0.0\n");
    write("inside/defaults.yaml", "a: shown\n");
    symlink("defaults.yaml", folder.path().join("inside/values.yaml")).expect("a link");
    let (stdout, _, code) = check_in(folder.path(), &[], &["values", "inside"], "");
    assert_eq!((stdout.as_str(), code), ("a: shown\n", 0));
}
