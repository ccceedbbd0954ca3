//! What `dunnage init` proposes: a policy that reads without a word and that fits what it was made from.
//!
//! `UPDATE=1 cargo test` records the proposals of `testdata/init`.

#![expect(
    clippy::disallowed_methods,
    reason = "the proposals are recorded on the disk"
)]

mod support;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::Path;

use dunnage::cli;
use dunnage::host::Memory;
use support::{corpus, streams};

fn run(host: &Memory, arguments: &[&str]) -> u8 {
    let line = std::iter::once("dunnage").chain(arguments.iter().copied());
    cli::run(host, line.map(OsString::from).collect()).code()
}

/// What is proposed for a stream, which a failure must not leave behind.
fn proposed(stream: &str) -> Result<String, String> {
    let host = Memory::default().piped(stream);
    match run(&host, &["init"]) {
        0 => {
            assert_eq!(host.stderr(), "");
            Ok(host.stdout())
        }
        code => {
            assert_eq!((code, host.stdout().as_str()), (2, ""));
            Err(host.stderr())
        }
    }
}

/// Renders a stream by what was proposed for it: nothing is wrong, and nothing is left to say of the rows. A
/// kind that is not known is still reported, as its entry is only a guess in a comment.
#[track_caller]
fn check_fits(name: &str, stream: &str) {
    let policy = proposed(stream).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(
        proposed(stream).as_ref(),
        Ok(&policy),
        "{name}: not the same twice"
    );
    let modes: [&[&str]; 3] = [&["render", "--mode", "plain"], &["render"], &["verify"]];
    for line in modes {
        check_no_word_of_the_policy(name, &policy, stream, line);
    }
}

/// Runs a command by a policy: nothing is wrong in it, and nothing is left to say of its rows.
#[track_caller]
fn check_no_word_of_the_policy(name: &str, policy: &str, stream: &str, line: &[&str]) {
    let host = Memory::default().file("dunnage.yaml", policy).piped(stream);
    let code = run(&host, &[line, &["--format", "concise"]].concat());
    let stderr = host.stderr();
    let is_right = code == 0 || line == ["verify"] && code == 1;
    assert!(is_right, "{name} {line:?}: {stderr}\n{policy}");
    let of_the_policy = ["PO0", "RN011", "RN012"];
    let wrong = of_the_policy
        .iter()
        .any(|code| stderr.contains(&format!("[{code}")));
    assert!(!wrong, "{name} {line:?}: {stderr}\n{policy}");
}

fn check_recorded(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("testdata/init")
        .join(name);
    if std::env::var_os("UPDATE").is_some() {
        fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
        fs::write(&path, text).expect("it can be written");
    }
    let recorded = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        text, recorded,
        "testdata/init/{name}; if it is right: UPDATE=1 cargo test"
    );
}

const HUB: &str = include_str!("../testdata/streams/hub-like.yaml");

/// Workloads that name pools of their own, an unknown kind, a class of the cluster.
const MIXED: &str = include_str!("../testdata/init/mixed.in.yaml");

#[test]
fn on_a_terminal_it_is_that_of_a_hub() {
    let host = Memory::default();
    assert_eq!(run(&host, &["init"]), 0);
    check_recorded("nothing.yaml", &host.stdout());
}

#[test]
fn a_hub_has_rows_for_its_parts() {
    check_recorded("hub-like.yaml", &proposed(HUB).expect("a proposal"));
    check_fits("hub-like", HUB);
}

#[test]
fn pools_kinds_and_classes_are_found() {
    check_recorded("mixed.yaml", &proposed(MIXED).expect("a proposal"));
    check_fits("mixed", MIXED);
}

/// Daemons of a storage cluster, drivers on each node, and an unknown kind whose placement is no pod spec.
const OPERATORS: &str = "\
apiVersion: ceph.rook.io/v1
kind: CephCluster
metadata: {name: c}
spec:
  placement:
    all: {tolerations: [{key: storage, operator: Exists}]}
---
apiVersion: nvidia.com/v1
kind: ClusterPolicy
metadata: {name: p}
spec:
  daemonsets: {tolerations: [{key: nvidia.com/gpu, operator: Exists}]}
---
apiVersion: example.org/v1
kind: Store
metadata: {name: s}
spec:
  placement:
    nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: []}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: op}
spec:
  template:
    spec: {containers: [{name: op, image: \"registry.example.org/op:1\"}]}
";

#[test]
fn agents_of_operators_are_left_alone_and_guesses_are_comments() {
    check_recorded("operators.yaml", &proposed(OPERATORS).expect("a proposal"));
    check_fits("operators", OPERATORS);
    let host = Memory::default()
        .file("dunnage.yaml", proposed(OPERATORS).expect("a proposal"))
        .piped(OPERATORS);
    assert_eq!(run(&host, &["render", "--mode", "plain"]), 0);
    let rendered = host.stdout();
    let (operators, deployment) = OPERATORS.split_at(OPERATORS.rfind("---").expect("documents"));
    assert!(rendered.starts_with(operators), "{rendered}");
    assert_ne!(&rendered[operators.len()..], deployment);
}

#[test]
fn every_real_release_is_fitted() {
    let Some(corpus) = corpus() else { return };
    let streams: BTreeMap<String, String> = streams(&corpus).into_iter().collect();
    for (name, text) in &streams {
        check_fits(name, text);
        // Made from a stream with hooks, and followed where there are none.
        let other = name.replace(".helm4", ".helm3");
        if let Some(text_of_helm3) = streams.get(&other).filter(|_| other != *name) {
            let policy = proposed(text).expect("a proposal");
            check_no_word_of_the_policy(name, &policy, text_of_helm3, &["render"]);
        }
    }
}

#[test]
fn every_case_reads_or_says_why_not() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/render");
    let mut read = 0;
    for entry in fs::read_dir(folder).expect("the cases are there") {
        let path = entry.expect("a case").path().join("in.yaml");
        let Ok(stream) = fs::read_to_string(&path) else {
            continue;
        };
        if let Ok(policy) = proposed(&stream) {
            let host = Memory::default()
                .file("dunnage.yaml", policy.clone())
                .piped(HUB);
            run(&host, &["render", "--check", "--format", "concise"]);
            assert!(
                !host.stderr().contains("[PO"),
                "{}\n{policy}",
                host.stderr()
            );
            read += 1;
        }
    }
    assert!(read > 60, "only {read}");
}

#[test]
fn what_cannot_be_read_proposes_nothing() {
    let blank = proposed("\n").expect_err("an error");
    assert!(blank.contains("holds no document"), "{blank}");
    let values = proposed("hub: {db: {type: sqlite-pvc}}\n").expect_err("an error");
    assert!(
        values.contains("no document of the input has a `kind`"),
        "{values}"
    );
    let broken = proposed("apiVersion: v1\nkind: Pod\nspec: [\n").expect_err("an error");
    assert!(broken.contains("not YAML"), "{broken}");
}

#[test]
fn names_of_any_sort_do_not_break_the_policy() {
    for name in [
        "'a\\nb: c'",
        "\"*?[x]\"",
        "'# no comment'",
        "yes",
        "0644",
        "\"\\u2028\"",
        "~",
    ] {
        let stream = format!(
            "# Source: p/charts/{name}/templates/a.yaml\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}}}\n\
             spec: {{template: {{spec: {{nodeSelector: {{example.org/a: {name}}}, priorityClassName: {name}, containers: []}}}}}}\n\
             ---\n# Source: p/templates/b.yaml\napiVersion: batch/v1\nkind: Job\nmetadata: {{name: {name}}}\nspec: {{template: {{spec: {{containers: []}}}}}}\n"
        );
        let policy = proposed(&stream).unwrap_or_else(|error| panic!("{name}: {error}"));
        let host = Memory::default()
            .file("dunnage.yaml", policy.clone())
            .piped(HUB);
        run(&host, &["render", "--check", "--format", "concise"]);
        assert!(
            !host.stderr().contains("[PO001"),
            "{name}: {}\n{policy}",
            host.stderr()
        );
    }
}
