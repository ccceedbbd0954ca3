//! A cluster of its own for a test, and programs that talk to it.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::nodes::Node;

/// The namespace of everything.
pub(crate) const NAMESPACE: &str = "hub";

/// What is waited for at most; only a test that fails waits as long.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running control plane, stopped when it goes out of sight.
pub(crate) struct Cluster {
    /// Its state, and whatever a test writes.
    pub(crate) folder: PathBuf,
    /// Its nodes.
    pub(crate) nodes: Vec<Node>,
}

/// What a program answered.
pub(crate) struct Answer {
    what: String,
    output: Output,
}

impl Cluster {
    /// Starts one and adds the nodes.
    pub(crate) fn start(nodes: Vec<Node>) -> Self {
        static STARTED: AtomicUsize = AtomicUsize::new(0);
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let folder = PathBuf::from(set_by_script("DUNNAGE_CLUSTERS")).join(number.to_string());
        let cluster = Self { folder, nodes };
        script("up", &cluster.folder).expect_success();
        cluster.kubectl(&["create", "namespace", NAMESPACE]).expect_success();
        let nodes: Vec<Value> = cluster.nodes.iter().map(Node::manifest).collect();
        cluster.apply(
            &serde_json::json!({"apiVersion": "v1", "kind": "List", "items": nodes}).to_string(),
        );
        cluster
            .kubectl(&[
                "wait",
                "nodes",
                "--all",
                "--for=condition=Ready",
                "--timeout=30s",
            ])
            .expect_success();
        cluster
    }

    /// A program that reaches this cluster and nothing else of whoever runs the test.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("HELM") || text.starts_with("DUNNAGE_") {
                command.env_remove(&name);
            }
        }
        command
            .env("KUBECONFIG", self.folder.join("kubeconfig"))
            .current_dir(&self.folder)
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn kubectl(&self, arguments: &[&str]) -> Answer {
        let mut command = self.command(set_by_script("KUBECTL"));
        answer(command.args(["--namespace", NAMESPACE]).args(arguments))
    }

    /// The objects of these kinds (`deployments,pods`).
    pub(crate) fn objects(&self, kinds: &str) -> Vec<Value> {
        let json = self.kubectl(&["get", kinds, "--output", "json"]).expect_success();
        let list: Value = serde_json::from_str(&json).expect("JSON");
        list["items"].as_array().expect("items").clone()
    }

    /// Applies manifests.
    pub(crate) fn apply(&self, manifests: &str) {
        let path = self.write("applied.yaml", manifests);
        self.kubectl(&["apply", "--filename", &path]).expect_success();
    }

    /// Runs the program itself.
    pub(crate) fn dunnage(&self, arguments: &[&str]) -> Answer {
        answer(self.command(DUNNAGE).args(arguments))
    }

    /// Writes a file of the test's own; gives back its path.
    pub(crate) fn write(&self, name: &str, text: &str) -> String {
        let path = self.folder.join(name);
        fs::write(&path, text).expect("a file in the cluster's folder");
        path.to_str().expect("UTF-8").to_owned()
    }

    /// Asks until there is an answer.
    pub(crate) fn wait_for<T>(&self, what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            if let Some(answer) = ask() {
                return answer;
            }
            if start.elapsed() > PATIENCE {
                let pods = self.kubectl(&["get", "pods", "--output", "wide"]);
                panic!("{what} did not happen; pods:\n{}", pods.text());
            }
            thread::sleep(Duration::from_millis(100));
        }
    }
}

/// The program under test.
pub(crate) const DUNNAGE: &str = env!("CARGO_BIN_EXE_dunnage");

impl Drop for Cluster {
    fn drop(&mut self) {
        let stopped = script("down", &self.folder);
        if !thread::panicking() {
            stopped.expect_success();
        }
    }
}

impl Answer {
    /// What it wrote, in all.
    pub(crate) fn text(&self) -> String {
        let Output { stdout, stderr, .. } = &self.output;
        [stdout, stderr].map(|bytes| String::from_utf8_lossy(bytes)).concat()
    }

    pub(crate) fn code(&self) -> Option<i32> {
        self.output.status.code()
    }

    /// What it wrote to standard output.
    #[track_caller]
    pub(crate) fn expect_success(&self) -> String {
        assert!(
            self.output.status.success(),
            "{} failed:\n{}",
            self.what,
            self.text()
        );
        String::from_utf8(self.output.stdout.clone()).expect("UTF-8")
    }

    /// What it wrote, in all, as one line: some programs wrap theirs.
    #[track_caller]
    pub(crate) fn expect_failure(&self) -> String {
        assert!(
            !self.output.status.success(),
            "{} went through:\n{}",
            self.what,
            self.text()
        );
        let words: Vec<String> = self.text().split_whitespace().map(str::to_owned).collect();
        words.join(" ")
    }
}

/// Runs a program to its end.
pub(crate) fn answer(command: &mut Command) -> Answer {
    let what = format!("{command:?}");
    let output = command.output().unwrap_or_else(|error| panic!("{what}: {error}"));
    Answer { what, output }
}

fn script(subcommand: &str, folder: &Path) -> Answer {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/cluster");
    answer(Command::new(script).arg(subcommand).arg(folder).stdin(Stdio::null()))
}

/// What `scripts/e2e-cluster` says about this machine.
pub(crate) fn set_by_script(variable: &str) -> String {
    std::env::var(variable)
        .unwrap_or_else(|_| panic!("{variable} is not set: run this by scripts/e2e-cluster"))
}
