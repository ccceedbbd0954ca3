//! Whatever comes in, the answer is one clear error with its place, and nothing on standard output.

use std::path::Path;

use dunnage::cli;
use dunnage::host::{Host, HostError, Memory, Read, Terminal, Write};

const POLICY: &str = "\
version: 1
pools:
  services:
    labels: {example.org/pool: services}
    taints: [\"example.org/pool=services:NoSchedule\"]
workloads:
  - {name: everything, pool: services}
";

const POD: &str =
    "apiVersion: v1\nkind: Pod\nmetadata: {name: web, annotations: {helm.sh/hook: test}}\nspec:\n";

/// Runs with the messages on one line each; gives back the two streams and the exit code.
#[track_caller]
fn run(host: &dyn Host, arguments: &[&str]) -> u8 {
    let line = ["dunnage", "--format", "concise"];
    let line = line.iter().chain(arguments).map(Into::into).collect();
    cli::run(host, line).code()
}

/// Renders manifests, which has to fail with exactly these messages.
#[track_caller]
fn check(manifests: impl Into<Vec<u8>>, policy: &str, exit: u8, expected: &str) {
    let host = Memory::default()
        .file("policy.yaml", policy)
        .piped(manifests);
    let code = run(&host, &["--policy", "policy.yaml"]);
    assert_eq!(host.stderr(), expected);
    assert_eq!((host.stdout().as_str(), code), ("", exit));
}

#[track_caller]
fn check_manifests(manifests: impl Into<Vec<u8>>, exit: u8, expected: &str) {
    check(manifests, POLICY, exit, expected);
}

#[track_caller]
fn check_policy(policy: &str, expected: &str) {
    check(format!("{POD}  containers: []\n"), policy, 2, expected);
}

#[track_caller]
fn check_untouched(manifests: &str) {
    let host = Memory::default()
        .file("policy.yaml", POLICY)
        .piped(manifests);
    assert_eq!(
        run(&host, &["--policy", "policy.yaml"]),
        0,
        "{}",
        host.stderr()
    );
    assert_eq!(host.stdout(), manifests);
}

#[test]
fn manifests_that_are_not_text() {
    check_manifests(
        b"kind: Pod\n# caf\xe9\n".to_vec(),
        2,
        "unreadable-input: error[CL003] <stdin>:2:6: this is not UTF-8\n",
    );
    check_manifests(
        format!("{POD}  a: b\0c\n"),
        2,
        "<stdin>:5:7: error[RN001] this document is not YAML: unexpected character: `\\u{0}'\n",
    );
}

#[test]
fn manifests_that_are_not_yaml() {
    check_manifests(
        format!("{POD}\ta: b\n"),
        2,
        "<stdin>:5:2: error[RN001] this document is not YAML: tabs disallowed within this context (block indentation)\n",
    );
    check_manifests(
        format!("{POD}  a: \"b\n"),
        2,
        "<stdin>:5:6: error[RN001] this document is not YAML: unclosed quote\n",
    );
}

#[test]
fn nesting_without_end() {
    let block: String = (2..10_000)
        .map(|depth| " ".repeat(depth) + "a:\n")
        .collect();
    check_manifests(
        format!("{POD}{block}"),
        2,
        "<stdin>:259:257: error[RN001] this document is not YAML: it is nested too deep to be read\n",
    );
    check_manifests(
        format!("{POD}  a: {}{}\n", "[".repeat(10_000), "]".repeat(10_000)),
        2,
        "<stdin>:5:261: error[RN001] this document is not YAML: it is nested too deep to be read\n",
    );
}

/// Twelve levels of ten aliases each.
fn bomb() -> String {
    let mut text = "  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        text.push_str(&format!("  a{level}: &a{level} [{aliases}]\n"));
    }
    text
}

#[test]
fn aliases_are_looked_at_only_where_something_is_edited() {
    check_manifests(
        format!("{POD}{}", bomb()),
        2,
        "<stdin>:6:12: error[RN018] the aliases of this document expand to 1234567901259 nodes\n",
    );
    check_manifests(
        format!("{POD}  a: *nobody\n"),
        2,
        "<stdin>:5:6: error[RN018] an alias has no anchor in its document\n",
    );
    let ignored = POD.replace("helm.sh/hook: test", "dunnage/ignore: 'true'");
    check_untouched(&format!("{ignored}{}  a: *nobody\n", bomb()));
    check_untouched(&format!(
        "kind: Widget\nspec:\n{}  a: *nobody\n---\n{ignored}  b: 1\n",
        bomb()
    ));
}

#[test]
fn an_edit_that_cannot_be_made_names_the_object_and_the_reason() {
    check_manifests(
        "kind: List\napiVersion: v1\nitems:\n\
         - {kind: Pod, apiVersion: v1, metadata: {name: a, annotations: &x {helm.sh/hook: test}}, spec: &s {a: 1}}\n\
         - {kind: Pod, apiVersion: v1, metadata: {name: b, annotations: *x}, spec: *s}\n",
        2,
        "<stdin>:4:96: error[RN002] `Pod/a` and `Pod/b` cannot be changed without doubt: \
         this is shared by an anchor and its aliases; a change here would show up there too\n",
    );
}

#[test]
fn required_affinity_without_a_term() {
    check(
        format!(
            "{POD}  affinity: {{nodeAffinity: {{requiredDuringSchedulingIgnoredDuringExecution: {{nodeSelectorTerms: []}}}}}}\n"
        ),
        &POLICY.replace(
            "everything, pool: services",
            "everything, pool: services, matchNodePurpose: require",
        ),
        2,
        "<stdin>:5:77: error[RN009] the required node affinity of `Pod/web` has no term, which the API server refuses\n",
    );
}

#[test]
fn a_policy_that_cannot_be_met_ends_with_1() {
    check(
        format!("{POD}  nodeSelector: {{example.org/pool: batch}}\n"),
        &POLICY.replace(
            "everything, pool: services",
            "everything, pool: services, matchNodePurpose: require",
        ),
        1,
        "<stdin>:5:36: error[RN003] `Pod/web` could never be scheduled: example.org/pool=services contradicts the chart\n",
    );
}

#[test]
fn a_document_that_is_broken_says_nothing_of_the_rows() {
    let policy = POLICY.replace(
        "everything, pool: services",
        "everything, match: {chart: '*'}, pool: services, expect: 7",
    );
    check(
        "kind: Pod\n  a: [\n",
        &policy,
        2,
        "<stdin>:2:4: error[RN001] this document is not YAML: mapping values are not allowed in this context\n",
    );
}

#[test]
fn policies_that_are_wrong() {
    check_policy(
        &POLICY.replace("workloads:", "workload:"),
        "policy.yaml:6:1: error[PO006] there is no key `workload`\n",
    );
    check_policy(
        &POLICY.replace(
            "everything, pool: services",
            "everything, pool: services, matchNodePurpose: requires",
        ),
        "policy.yaml:7:58: error[PO009] `requires` is not a value of `matchNodePurpose`\n",
    );
    check_policy(
        &POLICY.replace("everything, pool: services", "everything, pool: servics"),
        "policy.yaml:7:30: error[PO012] the pool `servics` is not defined\n",
    );
    check_policy(
        "version: [\n",
        "policy.yaml:1:10: error[PO001] the policy is not YAML: unclosed bracket '['\n",
    );
}

/// The message of a run in a folder with these files.
#[track_caller]
fn check_found(files: &[(&str, &[u8])], arguments: &[&str], expected: &str) {
    let mut host = Memory::default().piped(POD);
    host.dir = "/repo/charts".into();
    for (name, content) in files {
        host = host.file(name, *content);
    }
    let code = cli::run(
        &host,
        std::iter::once("dunnage")
            .chain(arguments.iter().copied())
            .map(Into::into)
            .collect(),
    );
    assert_eq!(host.stderr(), expected);
    assert_eq!((host.stdout().as_str(), code.code()), ("", 2));
}

#[test]
fn no_policy_names_three_ways_out() {
    check_found(
        &[("/repo/.git/HEAD", b""), ("/dunnage.yaml", b"version: 1\n")],
        &[],
        "error[CL001] no-policy: no `dunnage.yaml` in `/repo/charts` or above it\n  \
         help: name one by `--policy FILE` or `DUNNAGE_POLICY`, write a `dunnage.yaml` beside your charts, \
         or take the built-in one by `--policy z2jh`\n",
    );
}

#[test]
fn two_policies_in_one_folder() {
    check_found(
        &[
            ("dunnage.yaml", b"version: 1\n"),
            (".dunnage.yaml", b"version: 1\n"),
        ],
        &[],
        "error[CL002] two-policies: `/repo/charts` holds both `dunnage.yaml` and `.dunnage.yaml`\n  \
         help: keep one of them, or name it by `--policy FILE`\n",
    );
}

#[test]
fn policies_that_cannot_be_read() {
    check_found(
        &[],
        &["--policy", "nowhere.yaml"],
        "error[CL003] unreadable-input: cannot read `nowhere.yaml`: entity not found\n  \
         help: look at the path and at who may read it\n",
    );
    check_found(
        &[("p.yaml", b"version: 1\n# \xff\n")],
        &["--policy", "p.yaml"],
        "error[CL003] unreadable-input: p.yaml:2:3: this is not UTF-8\n  \
         help: save it as UTF-8; a Windows shell may need `chcp 65001`\n",
    );
}

#[test]
fn values_that_cannot_be_read() {
    check_found(
        &[
            ("dunnage.yaml", POLICY.as_bytes()),
            ("values.yaml", b"a: [\n"),
        ],
        &["--values", "values.yaml", "--format", "concise"],
        "values.yaml:1:4: error[VA001] this is not YAML: unclosed bracket '['\n",
    );
}

/// Helm 4 shows nothing of a plugin that fails: the plugin has to end well and print one scalar.
#[track_caller]
fn check_plugin(manifests: &str, arguments: &[&str], expected: &str) {
    let host = Memory::default().file("p.yaml", POLICY).piped(manifests);
    let line = ["dunnage", "helm-plugin"]
        .iter()
        .chain(arguments)
        .map(Into::into)
        .collect();
    assert_eq!(cli::run(&host, line).code(), 0);
    let document: serde_yaml::Value = serde_yaml::from_str(&host.stdout()).expect("YAML");
    assert_eq!(document.as_str().expect("one scalar"), expected);
    assert_ne!(
        host.stderr(),
        "",
        "whoever runs the plugin by hand reads it there"
    );
}

#[test]
fn the_plugin_tells_errors_in_a_block_scalar() {
    check_plugin(
        &format!("{POD}\ta: b\n"),
        &["--policy", "p.yaml"],
        "dunnage failed: 1 error\n\
         - RN001 manifest-not-yaml: this document is not YAML: tabs disallowed within this context (block indentation) (<stdin>:5:2)\n  \
           help: correct the chart's template",
    );
    check_plugin(
        POD,
        &["--policy", "nowhere"],
        "dunnage failed: 1 error\n\
         - CL003 unreadable-input: cannot read `nowhere`: entity not found\n  \
           help: look at the path and at who may read it",
    );
    check_plugin(
        POD,
        &["--polcy", "p.yaml"],
        "dunnage failed: 1 error\n\
         - CL005 usage: unexpected argument '--polcy' found\n  \
           help: a similar argument exists: '--policy'",
    );
}

/// Helm deletes what is not in the output, and Helm 4 shows neither of our streams where the exit code is not 0: so
/// nothing is read, and no block scalar is written.
#[test]
fn what_writes_no_manifests_is_refused_where_helm_reads_the_output() {
    for option in ["--check", "--diff"] {
        let lines: [(&[&str], &str); 4] = [
            (&["dunnage", option], "run it outside Helm"),
            (
                &["dunnage", "--mode", "plain", option],
                "run it outside Helm",
            ),
            (&["dunnage", "helm-plugin", option], "run it outside Helm"),
            (
                &["dunnage", "render", "--mode", "helm4", option],
                "remove `--mode helm4` (or `DUNNAGE_MODE`)",
            ),
        ];
        for (line, help) in lines {
            let host = Memory::default().file("p.yaml", POLICY).piped(POD);
            let host = host.variable("DUNNAGE_POLICY", "p.yaml");
            let code = cli::run(&host, line.iter().map(Into::into).collect()).code();
            assert_eq!((host.stdout().as_str(), code), ("", 2), "{line:?}");
            let stderr = host.stderr();
            let start = format!(
                "error[CL015] no-manifests-for-helm: `{option}` writes no manifests, so Helm would delete every object of the release\n  help: {help}"
            );
            assert!(stderr.starts_with(&start), "{line:?}: {stderr}");
        }
        let by_variable = Memory::default().file("p.yaml", POLICY).piped(POD);
        let by_variable = by_variable.variable("DUNNAGE_MODE", "helm3");
        let line = ["dunnage", "render", "--policy", "p.yaml", option];
        let code = cli::run(&by_variable, line.map(Into::into).to_vec()).code();
        assert_eq!((by_variable.stdout().as_str(), code), ("", 2), "{option}");
        assert!(by_variable.stderr().contains("[CL015]"));
    }
}

/// `--post-renderer-args` can name a subcommand: Helm starts `dunnage verify`, which writes nothing where all is well.
#[test]
fn a_command_without_manifests_is_refused_where_helm_started_it() {
    let world = |parent: &str| {
        let mut host = Memory::default().file("p.yaml", POLICY).piped(POD);
        host.parent = Some(parent.to_owned());
        host.variable("DUNNAGE_POLICY", "p.yaml")
    };
    let run = |host: &Memory, line: &[&str]| {
        let line = std::iter::once(&"dunnage").chain(line);
        cli::run(host, line.map(Into::into).collect()).code()
    };
    for line in [
        &["verify"][..],
        &["lint", "-"],
        &["render", "--check"],
        &["render", "--diff"],
        &["values", "-"],
        &["init"],
        &["rule"],
        &["man"],
    ] {
        let host = world("helm");
        assert_eq!(run(&host, line), 2, "{line:?}");
        let stderr = host.stderr();
        assert!(
            stderr.starts_with("error[CL015] ") && host.stdout().is_empty(),
            "{stderr}"
        );
        for other in [
            world("bash"),
            world("helm").variable("HELM_PLUGIN_NAME", "lint-all"),
        ] {
            run(&other, line);
            assert!(
                !other.stderr().contains("[CL015]"),
                "{line:?}: {}",
                other.stderr()
            );
        }
    }
    for line in [&[][..], &["render"], &["helm-plugin"]] {
        let host = world("helm");
        assert_eq!(run(&host, line), 0, "{line:?}: {}", host.stderr());
        assert!(host.stdout().contains("kind: Pod"));
    }
}

/// Whoever reads standard input or writes to standard output under another name takes it from the manifests.
#[test]
fn the_streams_of_the_manifests_have_no_second_use() {
    for (option, path) in [
        ("--previous", "/dev/fd/0"),
        ("--values", "/proc/self/fd/0"),
        ("--policy", "/dev/stdin"),
        ("--report", "/dev/stdout"),
        ("--report", "/dev/fd/1"),
        ("--report", "/proc/self/fd/1"),
    ] {
        let host = Memory::default().file("p.yaml", POLICY).piped(POD);
        let host = host.variable("DUNNAGE_POLICY", "p.yaml");
        let line = ["dunnage", option, path];
        let code = cli::run(&host, line.map(Into::into).to_vec()).code();
        assert_eq!((host.stdout().as_str(), code), ("", 2), "{option} {path}");
    }
}

/// A world that breaks in our hands.
struct Broken(Memory);

impl Read for Broken {
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
        panic!("a bug")
    }
    fn today(&self) -> Option<String> {
        None
    }
    fn env(&self, name: &str) -> Option<std::ffi::OsString> {
        self.0.env(name)
    }
    fn current_dir(&self) -> Result<std::path::PathBuf, HostError> {
        self.0.current_dir()
    }
    fn is_file(&self, path: &Path) -> bool {
        self.0.is_file(path)
    }
    fn is_dir(&self, path: &Path) -> bool {
        self.0.is_dir(path)
    }
    fn list_dir(&self, path: &Path) -> Vec<std::path::PathBuf> {
        self.0.list_dir(path)
    }
    fn walk(&self, folder: &Path) -> Vec<std::path::PathBuf> {
        self.0.walk(folder)
    }
    fn output_of(&self, program: &str, arguments: &[&str]) -> Option<String> {
        self.0.output_of(program, arguments)
    }
}

impl Write for Broken {
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

impl Terminal for Broken {
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
fn a_bug_writes_nothing_and_has_an_exit_code_of_its_own() {
    for command in ["render", "helm-plugin"] {
        let host = Broken(Memory::default());
        let line = ["dunnage", command, "--policy", "z2jh"];
        let code = cli::run(&host, line.map(Into::into).to_vec()).code();
        assert_eq!((host.0.stdout().as_str(), code), ("", 70));
    }
}

#[test]
fn a_report_that_cannot_be_written_is_an_error_and_nothing_is_rendered() {
    let mut full = Memory::default();
    full.is_disk_full = true;
    for (host, path, said) in [
        (full, "report.json", "cannot write report.json: "),
        (
            Memory::default(),
            "-",
            "`-` is standard output, which has the result",
        ),
    ] {
        let host = host
            .file("policy.yaml", POLICY)
            .piped("apiVersion: v1\nkind: ConfigMap\n");
        let code = run(&host, &["--policy", "policy.yaml", "--report", path]);
        assert_eq!((host.stdout().as_str(), code), ("", 2));
        assert!(host.stderr().contains(said), "{}", host.stderr());
    }
}
