//! A diff that dunnage prints is a patch: `git apply` and GNU `patch` make of the input exactly what `render` or
//! `lint --fix` writes.
//!
//! A failure names its seed; `PROPTEST_RNG_SEED=<seed> cargo test --test cli patches` repeats it.

use std::io::Write as _;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use proptest::sample::select;

use crate::support::{Folder, World};

const POLICY: &str = "version: 1
pools:
  core: {labels: {example.org/pool: core}, taints: [\"example.org/pool=core:NoSchedule\"]}
workloads:
  - {name: all, pool: core, matchNodePurpose: require, priorityClassName: high}
priorityClasses: {existing: [high]}
";

/// Both tools with the arguments that read a patch of the working folder from standard input.
const TOOLS: [(&str, &[&str]); 2] = [("git", &["apply", "-"]), ("patch", &["-p1", "--quiet"])];

/// The tools that are here; in continuous integration, all of them.
fn tools() -> Vec<(&'static str, &'static [&'static str])> {
    let is_here = |tool: &str| {
        let version = Command::new(tool).arg("--version").output();
        version.is_ok_and(|output| output.status.success())
    };
    let (here, missing): (Vec<_>, Vec<_>) = TOOLS.into_iter().partition(|(tool, _)| is_here(tool));
    for (tool, _) in missing {
        assert!(
            std::env::var_os("CI").is_none(),
            "`{tool}` is not installed"
        );
        eprintln!("skipped: `{tool}` is not installed");
    }
    here
}

/// Applies a patch to files, in a folder of their own.
fn applied(tool: &str, arguments: &[&str], files: &[(&str, &str)], patch: &str) -> Vec<String> {
    let folder = files.iter().fold(Folder::new(), |folder, (name, text)| {
        folder.file(name, text)
    });
    let mut child = Command::new(tool)
        .args(arguments)
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the tool starts");
    let mut pipe = child.stdin.take().expect("its input is piped");
    pipe.write_all(patch.as_bytes()).expect("it reads the patch");
    drop(pipe);
    let output = child.wait_with_output().expect("the tool ends");
    let said = String::from_utf8_lossy(&output.stderr) + String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{tool}: {said}\n{patch}");
    files.iter().map(|(name, _)| folder.text(name)).collect()
}

/// Checks that the diff of a stream makes of it what `render` writes.
#[track_caller]
fn check(name: &str, stream: &str) {
    let world = World::default().file("policy.yaml", POLICY).file(name, stream);
    let render = ["render", "--policy", "policy.yaml"];
    let rendered = world.run_with([&render[..], &["--", name]].concat());
    let rendered = rendered.exits(0).stdout;
    let patch = world.run_with([&render[..], &["--diff", "--", name]].concat());
    let patch = patch.exits(0).stdout;
    assert!(!patch.contains("cannot be applied"), "{patch}");
    if rendered == stream {
        assert_eq!(patch, "# no changes\n");
        return;
    }
    for (tool, arguments) in tools() {
        let got = applied(tool, arguments, &[(name, stream)], &patch);
        assert_eq!(got, [rendered.as_str()], "{tool}\n{patch}");
    }
}

/// Documents as charts and people write them; the first line of some can stand behind `---`.
const DOCUMENTS: [&str; 9] = [
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  template:\n    spec:\n      containers: []\n",
    "{\"kind\":\"Deployment\",\"apiVersion\":\"apps/v1\",\"metadata\":{\"name\":\"b\"},\"spec\":{\"template\":{\"spec\":{\"containers\":[]}}}}\n",
    "{kind: Pod, apiVersion: v1, metadata: {name: c}, spec: {containers: []}} # a comment\n",
    "kind: Pod\napiVersion: v1\nmetadata:\n  name: d\nspec:\n  tolerations:\n  - {key: x}\n\n  # dash\n  containers: []\n\n\n",
    "apiVersion: v1\nkind: List\nitems:\n- kind: Pod\n  apiVersion: v1\n  metadata: {name: e}\n  spec: {containers: []}\n- kind: Pod\n  apiVersion: v1\n  metadata: {name: f}\n  spec:\n    containers: []\n",
    "kind: ConfigMap\napiVersion: v1\nmetadata: {name: g}\ndata:\n  a: |\n    -- a line of a patch\n     --- another\n    @@ -1 +1 @@\n    + one more\n",
    "kind: Service\napiVersion: v1\nmetadata: {name: h}\n",
    "# only a comment\n",
    "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: i}\nspec:\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          containers: []\n          priorityClassName:\n",
];

const SEPARATORS: [&str; 6] = [
    "---\n",
    "--- # a comment\n",
    "---\n# Source: chart/templates/a.yaml\n",
    "---  \n\n",
    "---\n---\n",
    "--- ",
];

fn stream() -> impl Strategy<Value = String> {
    let document = (select(&SEPARATORS[..]), select(&DOCUMENTS[..]), 0..4_usize);
    let documents = prop::collection::vec(document, 1..8);
    (documents, any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
        |(documents, has_first, is_crlf, is_cut)| {
            let mut stream = String::new();
            for (index, (separator, document, comments)) in documents.into_iter().enumerate() {
                // Only a flow mapping or a comment can stand behind `---` in its line.
                let can_share = document.starts_with(['{', '#']);
                let separator = if separator == "--- " && !can_share {
                    "---\n"
                } else {
                    separator
                };
                if index > 0 || has_first {
                    stream.push_str(separator);
                }
                stream.push_str(document);
                stream.push_str(&"# filler\n".repeat(comments));
            }
            if is_crlf {
                stream = stream.replace('\n', "\r\n");
            }
            if is_cut {
                stream.truncate(stream.trim_end().len());
            }
            stream
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn the_diff_of_a_stream_gives_what_render_writes(
        stream in stream().prop_filter("it holds an object", |stream| stream.contains("kind")),
    ) {
        check("in.yaml", &stream);
    }
}

#[test]
fn documents_beside_their_separators_are_patched() {
    let deployment = DOCUMENTS[1];
    check("in.yaml", &format!("---\n{deployment}"));
    check(
        "in.yaml",
        &format!("--- {deployment}--- {deployment}--- # c\n{deployment}"),
    );
    check("in.yaml", &format!("---\n{}", deployment.trim_end()));
    check("in.yaml", &format!("\u{feff}---\r\n{deployment}"));
}

#[test]
fn odd_file_names_are_found_by_both_tools() {
    let names = [
        "m.yaml",
        "a/m.yaml",
        "a/b/c.yaml",
        "my file.yaml",
        "two  blanks.yaml",
        " m.yaml",
        "m.yaml ",
        "ümläut.yaml",
        "日本.yaml",
        "tab\there.yaml",
        "it's.yaml",
        "\"quoted\".yaml",
        "back\\slash.yaml",
        "-m.yaml",
        "line\nbreak.yaml",
        "m 2020-01-01 10:00:00.yaml",
        "#m.yaml",
        "a/ m /x.yaml",
    ];
    for name in names {
        check(name, DOCUMENTS[0]);
    }
}

#[test]
fn the_fixes_of_lint_are_one_patch() {
    let hub = "hub: {replicas: 1} # a\nsingleuser:\n  memory: {limit: 2G, guarantee: 1G} # dunnage: ignore[RS003] no more\n";
    let long = format!(
        "{hub}# more\n{}# dunnage: ignore[RS003] gone\n",
        "# filler\n".repeat(12)
    );
    let files = [
        ("a.yaml", hub.to_owned()),
        ("d/my b.yaml", long.replace('\n', "\r\n")),
        ("c.yaml", long.trim_end().to_owned()),
    ];
    let world = files.iter().fold(World::default(), |world, (name, text)| {
        world.file(name, text.as_bytes())
    });
    let fixed = world.run("dunnage lint --fix a.yaml 'd/my b.yaml' c.yaml");
    let fixed: Vec<String> = files.iter().map(|(name, _)| fixed.written(name)).collect();
    let patch = world.run("dunnage lint --diff a.yaml 'd/my b.yaml' c.yaml");
    let patch = patch.exits(1).stdout;
    assert_eq!(patch.matches("\n+++ b/").count(), 3, "{patch}");
    let files: Vec<(&str, &str)> =
        files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    for (tool, arguments) in tools() {
        assert_eq!(
            applied(tool, arguments, &files, &patch),
            fixed,
            "{tool}\n{patch}"
        );
    }
}

/// The program over real files: the header names a file relative to the working folder, however it was named.
#[cfg(unix)]
#[test]
fn a_file_is_named_relative_to_the_working_folder() {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt as _;
    use std::path::Path;
    let folder = Folder::new()
        .file("here/policy.yaml", POLICY)
        .file("here/m.yaml", DOCUMENTS[0])
        .file("out.yaml", DOCUMENTS[0]);
    let here = folder.join("here");
    std::os::unix::fs::symlink("m.yaml", here.join("link.yaml")).expect("a link");
    let bytes = OsString::from_vec(b"\xff.yaml".to_vec());
    let folder = folder.file(Path::new("here").join(&bytes), DOCUMENTS[0]);
    let absolute = here.join("m.yaml").into_os_string();
    let outside = folder.path().canonicalize().expect("a folder").join("out.yaml");
    let outside = format!("--- a{}\n", outside.display());
    for (name, header) in [
        ("./m.yaml".into(), "--- a/m.yaml\n"),
        ("../here/m.yaml".into(), "--- a/m.yaml\n"),
        ("link.yaml".into(), "--- a/m.yaml\n"),
        (absolute, "--- a/m.yaml\n"),
        ("../out.yaml".into(), outside.as_str()),
        (bytes, "--- \"a/\\377.yaml\"\n"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_dunnage"))
            .args(["render", "--policy", "policy.yaml", "--diff"])
            .arg(&name)
            .current_dir(&here)
            .output()
            .expect("the program runs");
        let patch = String::from_utf8(output.stdout).expect("text");
        assert!(patch.contains(header), "{}: {patch}", name.display());
    }
}
