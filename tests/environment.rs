//! The environment twins of flags: what the command line does not say, a variable may.

use std::ffi::OsString;

use dunnage::cli;
use dunnage::host::{Host, Memory, Read as _};

const POLICY: &str = "version: 1\npools:\n  core: {taints: [\"dedicated=core:NoSchedule\"]}\nworkloads:\n  - {name: everything, pool: core}\n";
const OTHER: &str = "version: 1\npools:\n  other: {taints: [\"dedicated=other:NoSchedule\"]}\nworkloads:\n  - {name: everything, pool: other}\n";
const DEPLOYMENT: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  template:\n    spec:\n      containers: []\n";

fn run(host: &dyn Host, arguments: &[&str]) -> u8 {
    let line = std::iter::once("dunnage").chain(arguments.iter().copied());
    cli::run(host, line.map(OsString::from).collect()).code()
}

/// The variables that may say what the command line does not.
const TWINS: [&str; 10] = [
    "DUNNAGE_COLOR",
    "DUNNAGE_FORMAT",
    "DUNNAGE_GATE",
    "DUNNAGE_MODE",
    "DUNNAGE_NAMESPACE",
    "DUNNAGE_POLICY",
    "DUNNAGE_PREVIOUS",
    "DUNNAGE_REPORT",
    "DUNNAGE_STRICT",
    "DUNNAGE_VALUES",
];

/// Those of the linter.
const OF_LINT: &[&str] = &[
    "DUNNAGE_BASELINE",
    "DUNNAGE_CHART_VERSION",
    "DUNNAGE_COLOR",
    "DUNNAGE_EXIT_ZERO",
    "DUNNAGE_FORMAT",
    "DUNNAGE_IGNORE",
    "DUNNAGE_PEDANTIC",
    "DUNNAGE_POLICY",
    "DUNNAGE_SELECT",
    "DUNNAGE_TO",
];

#[test]
fn help_names_the_variables() {
    check_help("render", &TWINS);
    check_help("lint", OF_LINT);
}

#[track_caller]
fn check_help(command: &str, twins: &[&str]) {
    let host = Memory::default();
    assert_eq!(run(&host, &[command, "--help"]), 0);
    let help = host
        .stdout()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    let named = help.split("[env: ").skip(1);
    let mut named: Vec<&str> = named
        .map(|rest| rest.split([']', ',']).next().expect("a name"))
        .collect();
    named.sort_unstable();
    assert_eq!(named, twins);
}

/// What a run with these variables gives: its exit code and both streams.
fn with_variables(variables: &[(&str, &str)], arguments: &[&str]) -> (u8, String, String) {
    let mut host = Memory::default()
        .file("dunnage.yaml", POLICY)
        .file("p.yaml", OTHER)
        .piped(DEPLOYMENT);
    for (name, value) in variables {
        host = host.variable(name, *value);
    }
    let code = run(&host, arguments);
    (code, host.stdout(), host.stderr())
}

#[test]
fn a_variable_that_is_set_but_empty_counts_as_not_set() {
    let plain = with_variables(&[], &[]);
    assert_eq!(plain.0, 0);
    for name in TWINS {
        assert_eq!(with_variables(&[(name, "")], &[]), plain, "{name}");
    }
    assert_eq!(with_variables(&TWINS.map(|name| (name, "")), &[]), plain);
    assert_ne!(with_variables(&[("DUNNAGE_POLICY", "p.yaml")], &[]), plain);
}

#[test]
fn a_report_and_the_live_manifest_may_be_named_by_variables() {
    let host = Memory::default()
        .file("dunnage.yaml", POLICY)
        .file("live.yaml", DEPLOYMENT)
        .variable("DUNNAGE_REPORT", "report.json")
        .variable("DUNNAGE_PREVIOUS", "live.yaml")
        .piped(DEPLOYMENT);
    assert_eq!(run(&host, &["verify"]), 1);
    let report = host.read_file("/report.json".as_ref()).expect("a report");
    assert!(report.contains("\"restarts\": 1"), "{report}");
    let (code, _, stderr) = with_variables(&[("DUNNAGE_PREVIOUS", "nowhere")], &["render"]);
    assert!(code == 2 && stderr.contains("nowhere"), "{stderr}");
}

#[test]
fn a_variable_that_cannot_be_read_is_named() {
    for (name, known) in [
        ("DUNNAGE_MODE", "`auto`, `helm3`, `helm4`, `krm`, `plain`"),
        ("DUNNAGE_COLOR", "`auto`, `always`, `never`"),
        (
            "DUNNAGE_FORMAT",
            "`graphical`, `concise`, `json`, `json-lines`, `sarif`, `github`, `gitlab`, `junit`, `checkstyle`",
        ),
    ] {
        let (code, stdout, stderr) = with_variables(&[(name, "helm5")], &[]);
        assert_eq!((stdout.as_str(), code), ("", 2), "{name}");
        assert_eq!(
            stderr,
            format!("error[CL005] usage: `{name}` holds `helm5`\n  help: it may hold {known}\n")
        );
        // Helm 4 shows only what comes as a document.
        let (code, stdout, _) = with_variables(&[(name, "helm5")], &["helm-plugin"]);
        assert_eq!(code, 0);
        assert!(
            stdout.starts_with("|-\n  dunnage failed: 1 error\n"),
            "{stdout}"
        );
        assert!(
            stdout.contains(&format!("`{name}` holds `helm5`")),
            "{stdout}"
        );
    }
    let (code, stdout, stderr) = with_variables(&[("DUNNAGE_VALUES", "nowhere")], &[]);
    assert_eq!((stdout.as_str(), code), ("", 2));
    assert!(stderr.contains("`nowhere`"), "{stderr}");
}

#[test]
fn a_flag_wins_over_its_variable_whatever_that_holds() {
    for (name, flag) in [
        ("DUNNAGE_MODE", ["--mode", "auto"]),
        ("DUNNAGE_COLOR", ["--color", "auto"]),
        ("DUNNAGE_FORMAT", ["--format", "graphical"]),
        ("DUNNAGE_POLICY", ["--policy", "dunnage.yaml"]),
    ] {
        let won = with_variables(&[(name, "nonsense")], &flag);
        assert_eq!(won, with_variables(&[], &[]), "{name}");
    }
    let other = with_variables(
        &[("DUNNAGE_POLICY", "dunnage.yaml")],
        &["--policy", "p.yaml"],
    );
    assert!(other.1.contains("value: other"), "{}", other.1);
}

/// What a command has no use for cannot stop it.
#[test]
fn a_variable_of_render_is_nothing_to_other_commands() {
    let schema = with_variables(&[], &["schema"]);
    assert_eq!(
        with_variables(&[("DUNNAGE_MODE", "helm5")], &["schema"]),
        schema
    );
}

#[test]
fn a_list_of_values_is_parted_in_the_variable_alone() {
    let list = std::env::join_paths(["", "a.yaml", "b.yaml"]).expect("no separator in them");
    let list = list.to_str().expect("Unicode");
    let (_, _, stderr) = with_variables(&[("DUNNAGE_VALUES", list)], &[]);
    assert!(stderr.contains("cannot read `a.yaml`"), "{stderr}");
    let (_, _, stderr) = with_variables(&[], &["--values", "a.yaml:b.yaml;c.yaml"]);
    assert!(
        stderr.contains("cannot read `a.yaml:b.yaml;c.yaml`"),
        "{stderr}"
    );
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_unicode_is_not_passed_over() {
    use std::os::unix::ffi::OsStringExt as _;
    // A report may be called anything.
    for name in TWINS.into_iter().filter(|name| *name != "DUNNAGE_REPORT") {
        let host = Memory::default()
            .file("dunnage.yaml", POLICY)
            .piped(DEPLOYMENT)
            .variable(name, OsString::from_vec(b"\xff".to_vec()));
        let code = run(&host, &[]);
        assert_eq!((host.stdout().as_str(), code), ("", 2), "{name}");
    }
}
