//! The command line as people meet it: where policies are found, who reads what, how messages look.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use dunnage::cli;
use dunnage::host::{Distrust, Host, HostError, Memory, Read, Terminal, Write};

const POLICY: &str = "version: 1\npools:\n  core: {taints: [\"dedicated=core:NoSchedule\"]}\nworkloads:\n  - {name: everything, pool: core}\n";
const OTHER: &str = "version: 1\npools:\n  other: {taints: [\"dedicated=other:NoSchedule\"]}\nworkloads:\n  - {name: everything, pool: other}\n";
const DEPLOYMENT: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  template:\n    spec:\n      containers: []\n";

fn run(host: &dyn Host, arguments: &[&str]) -> u8 {
    let line = std::iter::once("dunnage").chain(arguments.iter().copied());
    cli::run(host, line.map(OsString::from).collect()).code()
}

fn world() -> Memory {
    Memory::default().file("p.yaml", POLICY).piped(DEPLOYMENT)
}

#[test]
fn the_bare_command_is_the_post_renderer() {
    let bare = world();
    assert_eq!(run(&bare, &["--policy", "p.yaml"]), 0);
    let render = world();
    assert_eq!(run(&render, &["render", "--policy", "p.yaml"]), 0);
    assert_eq!(bare.stdout(), render.stdout());
    assert!(bare.stdout().contains("key: dedicated"));
}

#[test]
fn on_a_terminal_the_bare_command_is_help() {
    let host = Memory::default();
    assert_eq!(run(&host, &[]), 0);
    assert!(host.stdout().contains("Usage: dunnage"));
}

/// Helm 3 sends nothing for a chart that renders nothing; a pipe whose first half failed sends nothing too.
#[test]
fn nothing_is_a_result_for_helm_and_an_error_in_a_pipe() {
    let host = Memory::default().file("p.yaml", POLICY).piped("");
    assert_eq!(run(&host, &["--policy", "p.yaml"]), 0);
    assert_eq!(host.stdout(), "# dunnage: no documents\n");
    let host = Memory::default().file("p.yaml", POLICY).piped("");
    assert_eq!(run(&host, &["render", "--policy", "p.yaml"]), 2);
    assert_eq!(host.stdout(), "");
}

#[test]
fn help_and_usage() {
    let host = Memory::default();
    assert_eq!(run(&host, &["render", "--help"]), 0);
    assert!(host.stdout().contains("--policy") && host.stderr().is_empty());
    let host = Memory::default();
    assert_eq!(run(&host, &["render", "--polcy", "x"]), 2);
    assert!(
        host.stdout().is_empty() && host.stderr().contains("--policy"),
        "{}",
        host.stderr()
    );
}

fn placed_by(host: &Memory) -> &'static str {
    assert_eq!(run(host, &["render"]), 0, "{}", host.stderr());
    if host.stdout().contains("value: core") {
        "core"
    } else {
        "other"
    }
}

#[test]
fn a_policy_is_found_from_the_folder_up_to_the_repository() {
    let at = |dir: &str| {
        let mut host = Memory::default();
        host.dir = PathBuf::from(dir);
        host.piped(DEPLOYMENT)
    };
    let near = at("/repo/charts/hub")
        .file("/repo/.git/HEAD", "")
        .file("/repo/dunnage.yaml", OTHER);
    assert_eq!(placed_by(&near), "other");
    assert_eq!(
        placed_by(&near.file("/repo/charts/.dunnage.yaml", POLICY)),
        "core"
    );
    let outside = at("/repo/charts")
        .file("/repo/.git/HEAD", "")
        .file("/dunnage.yaml", POLICY);
    assert_eq!(run(&outside, &["render"]), 2);
    assert!(outside.stderr().contains("CL001"), "{}", outside.stderr());
}

#[test]
fn outside_a_repository_no_folder_above_is_searched() {
    let mut host = Memory::default();
    host.dir = PathBuf::from("/tmp/charts");
    let host = host.piped(DEPLOYMENT).file("/tmp/dunnage.yaml", POLICY);
    assert_eq!(run(&host, &["render"]), 2);
    assert_eq!(
        host.stderr().lines().next(),
        Some(
            "error[CL001] no-policy: no `dunnage.yaml` in `/tmp/charts`, and outside a repository no other folder is searched"
        )
    );
    let here = host.file("/tmp/charts/dunnage.yaml", OTHER);
    assert_eq!(placed_by(&here), "other");
    assert!(
        !here.stderr().contains("note: the policy is"),
        "{}",
        here.stderr()
    );
}

#[test]
fn a_policy_above_the_working_folder_is_named_once_to_people() {
    let at = || {
        let mut host = Memory::default();
        host.dir = PathBuf::from("/repo/charts");
        host.piped(DEPLOYMENT)
            .file("/repo/.git/HEAD", "")
            .file("/repo/dunnage.yaml", POLICY)
            .file("a.yaml", DEPLOYMENT)
            .file("b.yaml", DEPLOYMENT)
    };
    let note = "note: the policy is `/repo/dunnage.yaml`, above the working folder\n";
    for line in [
        &["render"][..],
        &["verify"],
        &["render", "--check", "a.yaml", "b.yaml"],
        &["lint"],
    ] {
        let host = at();
        run(&host, line);
        assert_eq!(
            host.stderr().matches(note).count(),
            1,
            "{line:?}: {}",
            host.stderr()
        );
    }
    let nothing = "{\n  \"version\": 1,\n  \"diagnostics\": []\n}\n";
    for (line, stderr) in [
        (&["render", "--format", "json"][..], nothing),
        (&["render", "--policy", "/repo/dunnage.yaml"], ""),
    ] {
        let host = at();
        assert_eq!(run(&host, line), 0);
        assert_eq!(host.stderr(), stderr, "{line:?}");
    }
}

#[test]
fn a_found_policy_that_others_can_change_is_refused_and_a_named_one_is_not() {
    for (distrust, message) in [
        (
            Distrust::WritableByEveryone,
            "error[CL016] untrusted-policy: `/dunnage.yaml` can be written by every user, so it is not used\n  \
             help: run `chmod o-w /dunnage.yaml`, or name it to use it all the same: `--policy /dunnage.yaml` or `DUNNAGE_POLICY`\n",
        ),
        (
            Distrust::OwnedBy(1001),
            "error[CL016] untrusted-policy: `/dunnage.yaml` belongs to another user (id 1001), so it is not used\n  \
             help: take ownership of it, or name it to use it all the same: `--policy /dunnage.yaml` or `DUNNAGE_POLICY`\n",
        ),
    ] {
        let found = || {
            let mut host = Memory::default().piped(DEPLOYMENT);
            host.distrusted.insert("/dunnage.yaml".into(), distrust);
            host.file("dunnage.yaml", POLICY)
        };
        for line in [&["render"][..], &["verify"], &["lint", "-"], &["--strict"]] {
            let host = found();
            assert_eq!(run(&host, line), 2, "{line:?}");
            assert_eq!(
                (host.stdout().as_str(), host.stderr().as_str()),
                ("", message)
            );
        }
        assert_eq!(run(&found(), &["render", "--policy", "dunnage.yaml"]), 0);
        assert_eq!(
            run(
                &found().variable("DUNNAGE_POLICY", "dunnage.yaml"),
                &["render"]
            ),
            0
        );
    }
}

#[test]
fn check_says_by_its_exit_code_whether_anything_would_change() {
    let host = world();
    assert_eq!(run(&host, &["render", "--policy", "p.yaml", "--check"]), 1);
    assert_eq!(
        (host.stdout().as_str(), host.stderr().as_str()),
        ("", "1 change in 1 document; 1 workload will restart\n")
    );
    let host = world();
    assert_eq!(
        run(
            &host,
            &["render", "--policy", "p.yaml", "--check", "--diff"]
        ),
        1
    );
    assert!(host.stdout().contains("+      - key: dedicated"));
    let host = world();
    run(&host, &["render", "--policy", "p.yaml"]);
    let placed = Memory::default()
        .file("p.yaml", POLICY)
        .piped(host.stdout());
    assert_eq!(
        run(&placed, &["render", "--policy", "p.yaml", "--check"]),
        0
    );
}

#[test]
fn colours_are_asked_for_or_seen() {
    let colored = |host: Memory, options: &[&str]| {
        let line: Vec<&str> = ["render", "--policy", "p.yaml", "--diff"]
            .iter()
            .chain(options)
            .copied()
            .collect();
        run(&host, &line);
        host.stdout().contains('\u{1b}')
    };
    assert!(!colored(world(), &[]));
    assert!(colored(world(), &["--color", "always"]));
    assert!(colored(world().variable("FORCE_COLOR", "1"), &[]));
    assert!(!colored(
        world()
            .variable("FORCE_COLOR", "1")
            .variable("NO_COLOR", "1"),
        &[]
    ));
    assert!(!colored(
        world().variable("FORCE_COLOR", "1"),
        &["--color", "never"]
    ));
    let mut terminal = world();
    terminal.width = Some(80);
    assert!(colored(terminal, &[]));
}

#[test]
fn messages_come_in_three_forms() {
    let said = |format: &str| {
        let host = Memory::default()
            .file("p.yaml", POLICY.replace("taints", "taint"))
            .piped(DEPLOYMENT);
        assert_eq!(
            run(&host, &["render", "--policy", "p.yaml", "--format", format]),
            2
        );
        host.stderr()
    };
    assert!(said("graphical").contains("help: did you mean `taints`?"));
    assert_eq!(
        said("concise"),
        "p.yaml:3:10: error[PO006] `core` has no key `taint`\n"
    );
    let json: serde_json::Value = serde_json::from_str(&said("json")).expect("JSON");
    assert_eq!(json["diagnostics"][0]["code"], "PO006");
    assert_eq!(json["diagnostics"][0]["labels"][0]["start"]["line"], 3);
}

#[test]
fn a_flood_of_messages_is_cut() {
    let rows: String = (0..50)
        .map(|row| {
            format!("  - {{name: r{row}, match: {{chart: app, name: n{row}}}, pool: core}}\n")
        })
        .collect();
    let host = Memory::default()
        .file(
            "p.yaml",
            format!("{POLICY}{rows}").replace("  - {name: everything, pool: core}\n", ""),
        )
        .piped(format!("# Source: app/templates/a.yaml\n{DEPLOYMENT}"));
    assert_eq!(
        run(&host, &["render", "--policy", "p.yaml"]),
        0,
        "{}",
        host.stderr()
    );
    assert!(host.stderr().lines().count() <= 42, "{}", host.stderr());
    assert!(
        host.stderr()
            .ends_with("10 more messages; `--format json` has all of them\n"),
        "{}",
        host.stderr()
    );
    assert!(host.stderr().contains("more lines"), "{}", host.stderr());
}

#[test]
fn the_worst_is_said_first() {
    let policy = POLICY.replace(
        "  - {name: everything, pool: core}",
        "  - {name: never, match: {chart: app, hook: true}, pool: core}\n  - {name: everything, match: {chart: app}, pool: core, expect: 7}",
    );
    let host = Memory::default()
        .file("p.yaml", policy)
        .piped(format!("# Source: app/templates/a.yaml\n{DEPLOYMENT}"));
    assert_eq!(
        run(
            &host,
            &[
                "render", "--policy", "p.yaml", "--mode", "plain", "--format", "concise"
            ]
        ),
        1
    );
    let codes: Vec<&str> = host
        .stderr()
        .lines()
        .map(|line| {
            if line.contains("error[") {
                "error"
            } else {
                "note"
            }
        })
        .collect();
    assert_eq!(codes, ["error", "note"], "{}", host.stderr());
}

#[test]
fn secrets_beside_a_mistake_are_hidden() {
    let env = "      - name: main\n        env:\n        - {name: PASSWORD, value: hunter2}\n        - {name: X, value: hunter2, value: hunter3}\n";
    let manifests = DEPLOYMENT.replace(
        "      containers: []\n",
        &format!("      containers:\n{env}"),
    );
    let host = Memory::default().file("p.yaml", POLICY).piped(manifests);
    assert_eq!(run(&host, &["render", "--policy", "p.yaml", "--diff"]), 0);
    let said = format!("{}{}", host.stdout(), host.stderr());
    assert!(
        said.contains("`value` is set twice") && said.contains("PASSWORD"),
        "{said}"
    );
    assert!(!said.contains("hunter"), "{said}");
}

#[test]
fn a_reader_that_went_away_is_no_error() {
    let mut host = world();
    host.is_pipe_broken = true;
    assert_eq!(run(&host, &["render", "--policy", "p.yaml"]), 0);
    assert_eq!(host.stderr(), "");
}

/// A world in which reading the input is a bug of ours.
struct Faulty(Memory);

impl Read for Faulty {
    fn read_file(&self, path: &Path) -> Result<String, HostError> {
        self.0.read_file(path)
    }
    fn read_manifests(&self, path: &Path) -> Result<String, HostError> {
        self.0.read_manifests(path)
    }
    fn read_bytes(&self, path: &Path) -> Result<Vec<u8>, HostError> {
        self.0.read_bytes(path)
    }
    fn read_stdin(&self) -> Result<String, HostError> {
        panic!("a bug for the test")
    }
    fn today(&self) -> Option<String> {
        None
    }
    fn env(&self, name: &str) -> Option<OsString> {
        self.0.env(name)
    }
    fn current_dir(&self) -> Result<PathBuf, HostError> {
        self.0.current_dir()
    }
    fn is_file(&self, path: &Path) -> bool {
        self.0.is_file(path)
    }
    fn is_dir(&self, path: &Path) -> bool {
        self.0.is_dir(path)
    }
    fn list_dir(&self, path: &Path) -> Vec<PathBuf> {
        self.0.list_dir(path)
    }
    fn walk(&self, folder: &Path) -> Vec<PathBuf> {
        self.0.walk(folder)
    }
    fn output_of(&self, program: &str, arguments: &[&str]) -> Option<String> {
        self.0.output_of(program, arguments)
    }
}

impl Write for Faulty {
    fn write_stdout(&self, pieces: &[&str]) -> Result<(), HostError> {
        self.0.write_stdout(pieces)
    }
    fn write_stderr(&self, text: &str) {
        self.0.write_stderr(text);
    }
    fn write_file(&self, path: &Path, content: &[u8]) -> Result<(), HostError> {
        self.0.write_file(path, content)
    }
    fn replace_file(&self, path: &Path, old: &[u8], new: &[u8]) -> Result<(), HostError> {
        self.0.replace_file(path, old, new)
    }
    fn copy_program(&self, path: &Path) -> Result<(), HostError> {
        self.0.copy_program(path)
    }
    fn create_dir(&self, path: &Path) -> Result<(), HostError> {
        self.0.create_dir(path)
    }
}

impl Terminal for Faulty {
    fn stdin_is_terminal(&self) -> bool {
        false
    }
    fn stdout_is_terminal(&self) -> bool {
        false
    }
    fn stderr_is_terminal(&self) -> bool {
        false
    }
    fn terminal_width(&self) -> Option<usize> {
        None
    }
}

#[test]
fn a_bug_prints_nothing_and_exits_with_70() {
    let host = Faulty(world());
    assert_eq!(run(&host, &["render", "--policy", "p.yaml"]), 70);
    assert_eq!(host.0.stdout(), "");
}

#[test]
fn what_is_generated_is_printed() {
    let printed = |arguments: &[&str]| {
        let host = Memory::default();
        assert_eq!(run(&host, arguments), 0, "{}", host.stderr());
        host.stdout()
    };
    let schema: serde_json::Value = serde_json::from_str(&printed(&["schema"])).expect("JSON");
    assert!(schema["properties"]["pools"].is_object(), "{schema}");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(
            printed(&["completions", shell]).contains("policy"),
            "{shell}"
        );
    }
    assert!(printed(&["man"]).contains(".TH dunnage"));
}

#[test]
fn options_of_every_command_may_come_first_and_others_are_not_lost() {
    for arguments in [
        ["--format", "concise", "render", "--policy", "nowhere"],
        ["render", "--policy", "nowhere", "--format", "concise"],
    ] {
        let host = world();
        assert_eq!(run(&host, &arguments), 2);
        assert!(host.stderr().starts_with("unreadable-input: error[CL003] "));
    }
    for option in [&["--policy", "p.yaml"][..], &["--diff"], &["--values", "a"]] {
        for command in ["render", "schema"] {
            let host = world();
            assert_eq!(run(&host, &[option, &[command]].concat()), 2);
            let start = format!("error: '{}", option[0]);
            let (stdout, stderr) = (host.stdout(), host.stderr());
            assert!(stdout.is_empty() && stderr.starts_with(&start), "{stderr}");
            assert!(
                stderr.contains(&format!("after the subcommand '{command}'")),
                "{stderr}"
            );
        }
    }
}
