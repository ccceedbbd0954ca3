//! Bad input gets one clear error that names its place, nothing on standard output, and the right exit code.

use std::ffi::OsString;

use dunnage::cli;
use dunnage::host::Memory;

const POLICY: &str = "version: 1\npools:\n  core: {taints: [\"dedicated=core:NoSchedule\"]}\nworkloads:\n  - {name: everything, pool: core}\n";

const DEPLOYMENT: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  template:\n    spec:\n      containers: []\n";

fn run(host: &Memory, arguments: &[&str]) -> u8 {
    let line = std::iter::once("dunnage").chain(arguments.iter().copied());
    cli::run(host, line.map(OsString::from).collect()).code()
}

/// Renders `manifests`; expects one error whose lines hold every `part`.
#[track_caller]
fn check(policy: &[u8], manifests: &[u8], exit: u8, parts: &[&str]) {
    let host = Memory::default().file("p.yaml", policy).piped(manifests);
    let code = run(
        &host,
        &["render", "--policy", "p.yaml", "--format", "concise"],
    );
    let stderr = host.stderr();
    assert_eq!(host.stdout(), "", "{stderr}");
    assert_eq!(code, exit, "{stderr}");
    let errors = stderr
        .lines()
        .filter(|line| line.contains(" error["))
        .count();
    assert_eq!(errors, 1, "{stderr}");
    for part in parts {
        assert!(stderr.contains(part), "`{part}` is not in: {stderr}");
    }
}

#[track_caller]
fn check_manifests(manifests: &str, parts: &[&str]) {
    check(POLICY.as_bytes(), manifests.as_bytes(), 2, parts);
}

#[track_caller]
fn check_policy(policy: &str, parts: &[&str]) {
    check(policy.as_bytes(), DEPLOYMENT.as_bytes(), 2, parts);
}

#[test]
fn bytes_that_are_no_text() {
    check(
        POLICY.as_bytes(),
        b"kind: Pod\nspec: \xff\n",
        2,
        &["<stdin>:2:7", "UTF-8"],
    );
    check(
        b"version: \xc3\x28\n",
        DEPLOYMENT.as_bytes(),
        2,
        &["p.yaml:1:10", "UTF-8"],
    );
    check_manifests(
        &DEPLOYMENT.replace("{name: a}", "{name: \"\0\"}"),
        &["<stdin>:3:", "RN001"],
    );
}

#[test]
fn text_that_is_no_yaml() {
    check_manifests(
        "kind: Pod\nspec:\n\tcontainers: []\n",
        &["<stdin>:3:", "RN001"],
    );
    check_manifests("---\nkind: Pod\nspec: {a: \"b}\n", &["<stdin>:", "RN001"]);
    check_manifests("kind: Pod\nspec: [\n", &["<stdin>:", "RN001"]);
}

#[test]
fn nesting_without_end() {
    let deep = [
        format!("kind: Pod\nspec: {}", "[".repeat(10_000)),
        format!("kind: Pod\nspec: {}", "{a: ".repeat(10_000)),
        format!("kind: Pod\nspec:\n  {}", "- ".repeat(10_000)),
    ];
    for text in deep {
        check_manifests(&text, &["<stdin>:", "RN001"]);
    }
    let lines: String = (0..10_000)
        .map(|depth| format!("{}a:\n", " ".repeat(depth % 400)))
        .collect();
    check_manifests(
        &format!("kind: Pod\nspec:\n{lines}"),
        &["<stdin>:", "RN001"],
    );
}

#[test]
fn aliases_matter_where_a_document_is_edited() {
    check_manifests(
        &DEPLOYMENT.replace("{name: a}", "{name: *a}"),
        &["<stdin>:3:18", "RN018"],
    );
    check_manifests(
        &DEPLOYMENT.replace("{name: a}", "&m {name: [*m]}"),
        &["RN018", "contains itself"],
    );
    let mut bomb = "x0: &x0 [a, a, a, a, a, a, a, a, a, a]\n".to_owned();
    for level in 1..12 {
        let items = vec![format!("*x{}", level - 1); 10].join(", ");
        bomb.push_str(&format!("x{level}: &x{level} [{items}]\n"));
    }
    check_manifests(
        &format!("{DEPLOYMENT}{bomb}"),
        &["<stdin>:", "RN018", "expand to"],
    );

    let unedited =
        format!("apiVersion: v1\nkind: List\nitems: []\nlabels: *gone\n{bomb}---\n{DEPLOYMENT}");
    let host = Memory::default().file("p.yaml", POLICY).piped(unedited);
    assert_eq!(
        run(&host, &["render", "--policy", "p.yaml"]),
        0,
        "{}",
        host.stderr()
    );
}

#[test]
fn a_required_affinity_without_terms() {
    let policy = POLICY
        .replace("core: {taints", "core: {labels: {a: b}, taints")
        .replace("pool: core}", "pool: core, matchNodePurpose: require}");
    let affinity = "      affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: []}}}\n";
    let manifests = format!("{DEPLOYMENT}{affinity}");
    check(
        policy.as_bytes(),
        manifests.as_bytes(),
        2,
        &["<stdin>:8:", "RN009"],
    );
}

#[test]
fn mistakes_in_the_policy() {
    check_policy(
        &POLICY.replace("taints", "taint"),
        &["p.yaml:3:10", "`core` has no key `taint`"],
    );
    check_policy(
        &POLICY.replace("pool: core}", "pool: core, matchNodePurpose: requires}"),
        &["p.yaml:5:", "requires"],
    );
    check_policy(
        &POLICY.replace("pool: core}", "pool: cores}"),
        &["p.yaml:5:", "the pool `cores` is not defined"],
    );
    check_policy(&format!("{POLICY}lint: {{}}\n"), &["p.yaml:6:1", "`lint`"]);
    check_policy("version: 1\n\tpools: {}\n", &["p.yaml:1:10", "PO001"]);
}

#[test]
fn policies_that_cannot_be_found() {
    let host = Memory::default().piped(DEPLOYMENT);
    assert_eq!(run(&host, &["render"]), 2);
    for way_out in ["--policy FILE", "DUNNAGE_POLICY", "--policy z2jh"] {
        assert!(host.stderr().contains(way_out), "{}", host.stderr());
    }

    let host = Memory::default()
        .file("dunnage.yaml", POLICY)
        .file(".dunnage.yaml", POLICY)
        .piped(DEPLOYMENT);
    assert_eq!(run(&host, &["render"]), 2);
    assert!(host.stderr().contains("two-policies"), "{}", host.stderr());

    let host = Memory::default().piped(DEPLOYMENT);
    assert_eq!(run(&host, &["render", "--policy", "nowhere.yaml"]), 2);
    assert!(
        host.stderr().contains("cannot read `nowhere.yaml`"),
        "{}",
        host.stderr()
    );
    assert_eq!(host.stdout(), "");
}

/// Helm 4 drops the standard error of a plugin that fails, so the plugin ends well and prints a document
/// that Helm puts into its own message; `--check` and `--diff` are asked by people.
#[test]
fn the_plugin_tells_helm_4_in_its_own_way() {
    let broken = POLICY.replace("pool: core}", "pool: cores}");
    let plugin = |option: Option<&str>| {
        let host = Memory::default()
            .file("p.yaml", broken.as_str())
            .piped(DEPLOYMENT);
        let line = ["helm-plugin", "--policy", "p.yaml"]
            .into_iter()
            .chain(option);
        let code = run(&host, &line.collect::<Vec<_>>());
        (code, host.stdout(), host.stderr())
    };
    let (code, stdout, stderr) = plugin(None);
    assert_eq!(code, 0);
    let scalar: serde_yaml::Value = serde_yaml::from_str(&stdout).expect("YAML");
    let message = scalar.as_str().expect("one scalar");
    assert!(
        message.starts_with("dunnage failed: 1 error\n"),
        "{message}"
    );
    assert!(
        message.contains("the pool `cores` is not defined (p.yaml:5:"),
        "{message}"
    );
    assert!(stderr.contains("policy-undefined-pool"), "{stderr}");
    for option in ["--check", "--diff"] {
        let (code, stdout, _) = plugin(Some(option));
        assert_eq!((code, stdout.as_str()), (2, ""), "{option}");
    }
}

/// A slip in `--post-renderer-args` would be invisible otherwise.
#[test]
fn the_plugin_tells_helm_4_of_an_unknown_option_too() {
    let host = Memory::default().piped(DEPLOYMENT);
    assert_eq!(run(&host, &["helm-plugin", "--polcy", "p.yaml"]), 0);
    let scalar: serde_yaml::Value = serde_yaml::from_str(&host.stdout()).expect("YAML");
    let message = scalar.as_str().expect("one scalar");
    assert!(
        message.contains("unexpected argument '--polcy'") && message.contains("'--policy'"),
        "{message}"
    );
}
