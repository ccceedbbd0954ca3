//! What a run writes and where: one document for each format that programs read, no output in the place of an
//! input, and no success when nobody gets the output.

#![expect(
    clippy::disallowed_methods,
    reason = "some outputs are files and streams of the system"
)]

use std::ffi::OsString;
use std::path::Path;

use dunnage::cli;
use dunnage::host::{Memory, Read as _};

const POD: &str = "kind: Pod\napiVersion: v1\nmetadata: {name: a}\nspec: {containers: []}\n";
/// Its last row can never match, which is a finding.
const POLICY: &str = "version: 1\npools: {core: {labels: {a: b}}}\nworkloads:\n  - {name: all, pool: core}\n  - {name: dead, match: {kind: Deployment}, pool: core}\n";
const QUIET: &str = "version: 1\nworkloads: [{name: all, pool: none}]\n";
const DEPLOYMENT: &str = "kind: Deployment\napiVersion: apps/v1\nmetadata: {name: b}\nspec: {template: {spec: {containers: []}}}\n";
const HUB: &str = "singleuser:\n  memory: {limit: 1G, guarantee: 2G}\n";

fn run(host: &Memory, line: &str) -> u8 {
    let line = std::iter::once("dunnage").chain(line.split(' '));
    cli::run(host, line.map(OsString::from).collect()).code()
}

fn world() -> Memory {
    Memory::default()
        .file("two.yaml", POLICY)
        .file("quiet.yaml", QUIET)
        .file("broken.yaml", "version: [1\n")
        .file("pod.yaml", POD)
        .file("web.yaml", DEPLOYMENT)
        .file("hub.yaml", HUB)
        .file("clean.yaml", "singleuser: {}\n")
}

/// How many findings the one document of a format holds; a second document, or a line beside it, is a failure.
#[track_caller]
fn findings(format: &str, document: &str) -> usize {
    let json = || -> serde_json::Value {
        serde_json::from_str(document).unwrap_or_else(|error| panic!("{error}\n{document}"))
    };
    let length = |list: &serde_json::Value| list.as_array().expect("a list").len();
    match format {
        "json" => length(&json()["diagnostics"]),
        "sarif" => length(&json()["runs"][0]["results"]),
        "gitlab" => length(&json()),
        "junit" | "checkstyle" => {
            let root = if format == "junit" {
                "testsuites"
            } else {
                "checkstyle"
            };
            let end = format!("</{root}>\n");
            assert!(
                document.starts_with("<?xml ") && document.ends_with(&end),
                "{document}"
            );
            assert_eq!(document.matches("<?xml ").count(), 1, "{document}");
            assert_eq!(document.matches(&end).count(), 1, "{document}");
            let one = if format == "junit" {
                "\n      <"
            } else {
                "<error "
            };
            document.matches(one).count()
        }
        format => panic!("{format}"),
    }
}

const FORMATS: [&str; 5] = ["json", "sarif", "gitlab", "junit", "checkstyle"];

/// Checks the documents of all formats; each holds the same findings, at least so many, and none where there are
/// none.
#[track_caller]
fn check_documents(line: &str, exit: u8, least: usize, document: impl Fn(&str) -> (u8, String)) {
    let mut counts = FORMATS.map(|format| {
        let (got, document) = document(format);
        assert_eq!(got, exit, "{line} --format {format}: {document}");
        findings(format, &document)
    });
    counts.sort_unstable();
    let (fewest, most) = (counts[0], counts[FORMATS.len() - 1]);
    assert_eq!(fewest, most, "{line}");
    assert_eq!(fewest.min(least), least, "{line}");
    assert_eq!(fewest == 0, least == 0, "{line}");
}

#[test]
fn each_format_has_one_document_on_standard_error() {
    for (line, exit, least) in [
        ("render --policy two.yaml pod.yaml", 0, 2),
        ("render --policy two.yaml --check pod.yaml", 0, 2),
        ("render --policy two.yaml --diff pod.yaml", 0, 2),
        ("render --policy two.yaml --check pod.yaml web.yaml", 1, 3),
        ("render --policy two.yaml --strict pod.yaml", 1, 2),
        ("render --policy two.yaml --gate pod.yaml", 0, 2),
        ("render --policy quiet.yaml --gate web.yaml", 0, 0),
        ("render --policy quiet.yaml web.yaml", 0, 0),
        ("render --policy two.yaml nowhere.yaml", 2, 1),
        ("render --policy broken.yaml pod.yaml", 2, 1),
        ("render --policy two.yaml pod.yaml web.yaml", 2, 1),
        ("verify --policy two.yaml pod.yaml", 0, 2),
        ("verify --policy two.yaml web.yaml", 1, 1),
        ("verify --policy quiet.yaml web.yaml", 0, 0),
        ("verify --policy nowhere.yaml pod.yaml", 2, 1),
        ("values -o json clean.yaml", 0, 0),
        ("values -o json nowhere.yaml", 2, 1),
        ("init pod.yaml", 0, 0),
        ("init nowhere.yaml", 2, 1),
        ("lint --diff hub.yaml", 0, 1),
        ("lint --diff nowhere.yaml", 2, 1),
    ] {
        check_documents(line, exit, least, |format| {
            let host = world();
            let got = run(&host, &format!("{line} --format {format}"));
            (got, host.stderr())
        });
    }
}

#[test]
fn the_documents_of_lint_are_on_standard_output_and_in_files() {
    for (line, exit, least) in [
        ("lint hub.yaml", 1, 1),
        ("lint --policy two.yaml hub.yaml", 1, 2),
        ("lint --policy two.yaml clean.yaml", 0, 1),
        ("lint clean.yaml", 0, 0),
        ("lint nowhere.yaml", 2, 1),
        ("lint hub.yaml nowhere.yaml", 2, 2),
        ("lint --policy broken.yaml hub.yaml", 2, 1),
        ("lint --policy nowhere.yaml hub.yaml", 2, 1),
        ("lint --select nothing hub.yaml", 2, 1),
        ("lint --write-baseline hub.yaml", 2, 1),
        ("lint web.yaml --skip-unknown", 0, 0),
        ("lint --fix --unsafe-fixes clean.yaml", 0, 0),
    ] {
        check_documents(line, exit, least, |format| {
            let host = world();
            let line = format!("{line} --format {format} --format {format}=out");
            let got = run(&host, &line);
            let file = host.read_file(Path::new("out")).expect("a file");
            assert_eq!(file, host.stdout(), "{line}");
            (got, host.stdout())
        });
    }
}

#[test]
fn people_get_no_document() {
    let host = world();
    assert_eq!(run(&host, "render --policy quiet.yaml web.yaml"), 0);
    assert_eq!(
        (host.stdout().as_str(), host.stderr().as_str()),
        (DEPLOYMENT, "")
    );
    let host = world();
    assert_eq!(run(&host, "verify --policy quiet.yaml web.yaml"), 0);
    assert_eq!(host.stderr(), "everything is as the policy wants it\n");
}

#[test]
fn what_cannot_be_read_is_shown_beside_a_diff() {
    let host = world();
    assert_eq!(run(&host, "lint --diff nowhere.yaml --format concise"), 2);
    let expected = "unreadable-input: error[CL003] cannot read `nowhere.yaml`: entity not found\n";
    assert_eq!(
        (host.stdout().as_str(), host.stderr().as_str()),
        ("", expected)
    );
}

#[test]
fn several_diffs_are_one_output_and_the_last_line_is_about_all() {
    let secret = POD.replace(
        "containers: []",
        "containers: [{env: [{name: API_TOKEN, value: s3cr3t}]}]",
    );
    let policy = "version: 1\npools: {core: {taints: [\"a=b:NoSchedule\"]}}\nworkloads: [{name: all, pool: core}]\n";
    let host = Memory::default()
        .file("p.yaml", policy)
        .file("a.yaml", secret)
        .file("b.yaml", DEPLOYMENT);
    assert_eq!(run(&host, "render --policy p.yaml --diff a.yaml b.yaml"), 0);
    let shown = host.stdout();
    let headers = shown.lines().filter(|line| line.starts_with("+++ "));
    assert_eq!(
        headers.collect::<Vec<_>>(),
        ["+++ b/a.yaml", "+++ b/b.yaml"]
    );
    let last = "# this patch cannot be applied: secret values in it are masked";
    assert_eq!(shown.matches(last).count(), 1);
    assert_eq!(shown.lines().last(), Some(last));
}

#[test]
fn no_output_replaces_an_input() {
    for line in [
        "render --policy quiet.yaml --report web.yaml web.yaml",
        "render --policy quiet.yaml --report ./quiet.yaml web.yaml",
        "render --policy broken.yaml --report web.yaml web.yaml",
        "render --policy quiet.yaml --values hub.yaml --report hub.yaml web.yaml",
        "render --policy quiet.yaml --previous pod.yaml --report pod.yaml web.yaml",
        "verify --policy quiet.yaml --report web.yaml web.yaml",
        "lint hub.yaml --format json=hub.yaml",
        "lint --fix --unsafe-fixes hub.yaml --format json=hub.yaml",
        "lint --policy quiet.yaml hub.yaml --format sarif=quiet.yaml",
        "lint --policy broken.yaml hub.yaml --format sarif=hub.yaml",
        "lint -f hub.yaml --format sarif=hub.yaml",
        "lint hub.yaml -f clean.yaml --baseline clean.yaml --write-baseline",
        "lint hub.yaml --set-file a=web.yaml --format sarif=web.yaml",
    ] {
        let host = world();
        let before = host.files.borrow().clone();
        assert_eq!(run(&host, line), 2, "{line}: {}", host.stderr());
        let said = host.stderr();
        assert!(
            said.contains("is an input, which the output would overwrite"),
            "{line}: {said}"
        );
        assert_eq!(host.stdout(), "", "{line}");
        assert_eq!(*host.files.borrow(), before, "{line}");
    }
}

/// Inputs that no option names: the policy that is found, layers of its releases, files of a folder and of a chart.
#[test]
fn no_output_replaces_an_input_that_is_found() {
    let policy = format!("{QUIET}lint: {{releases: [{{name: prod, values: [hub.yaml]}}]}}\n");
    for (line, input) in [
        ("lint --format json=dunnage.yaml", "dunnage.yaml"),
        ("lint --format json=hub.yaml", "hub.yaml"),
        ("lint . --format json=hub.yaml", "hub.yaml"),
        (
            "lint chart --format json=chart/values.yaml",
            "chart/values.yaml",
        ),
        ("render pod.yaml --report dunnage.yaml", "dunnage.yaml"),
    ] {
        let host = world()
            .file("dunnage.yaml", policy.as_str())
            .file(
                "chart/Chart.yaml",
                "apiVersion: v2\nname: c\nversion: 1.0.0\n",
            )
            .file("chart/values.yaml", "a: 1\n");
        let before = host.files.borrow().clone();
        assert_eq!(run(&host, line), 2, "{line}: {}", host.stderr());
        let said = host.stderr();
        let expected = format!("`{input}` is an input, which the output would overwrite");
        assert!(said.contains(&expected), "{line}: {said}");
        assert_eq!(*host.files.borrow(), before, "{line}");
    }
}

#[test]
fn two_outputs_need_two_files() {
    for line in [
        "lint hub.yaml --format json=out --format sarif=out",
        "lint hub.yaml --format json=out --format sarif=./out",
        "lint hub.yaml --format json=out --baseline out --write-baseline",
    ] {
        let host = world();
        assert_eq!(run(&host, line), 2, "{line}");
        assert!(
            host.stderr().contains("two outputs go to `out`"),
            "{}",
            host.stderr()
        );
        assert!(!host.is_file(Path::new("out")));
    }
    for line in [
        "render --policy quiet.yaml --report - web.yaml",
        "render --policy quiet.yaml --report /dev/stdout web.yaml",
        "lint hub.yaml --format json=/dev/stdout",
    ] {
        let host = world();
        assert_eq!(run(&host, line), 2, "{line}");
        assert!(
            host.stderr()
                .contains("is standard output, which has the result"),
            "{line}"
        );
    }
    // A baseline is read and replaced, and a device is no file.
    let host = world();
    assert_eq!(run(&host, "lint hub.yaml --baseline b --write-baseline"), 0);
    assert_eq!(run(&host, "lint hub.yaml --baseline b --write-baseline"), 0);
    let line = "lint hub.yaml --format json=/dev/null --format sarif=/dev/null";
    assert_eq!(run(&host, line), 1);
}

#[cfg(unix)]
mod streams {
    use std::os::unix::fs::symlink;
    use std::process::{Command, Output};

    use super::*;

    /// Runs a line of a shell, in which `$D` is the program, in a folder with the files of the world.
    fn shell(folder: &Path, line: &str) -> Output {
        for (path, content) in world().files.borrow().iter() {
            let name = path.strip_prefix("/").expect("an absolute path");
            std::fs::write(folder.join(name), content).expect("a file");
        }
        Command::new("sh")
            .args(["-c", line])
            .env_clear()
            .env("D", env!("CARGO_BIN_EXE_dunnage"))
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .current_dir(folder)
            .output()
            .expect("a shell")
    }

    #[track_caller]
    fn check(line: &str, exit: i32, said: &str) {
        let folder = tempfile::tempdir().expect("a folder");
        let output = shell(folder.path(), line);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(exit), "{line}: {stderr}");
        assert!(stderr.contains(said), "{line}: {stderr}");
    }

    const RENDER: &str = "\"$D\" render --policy quiet.yaml web.yaml";

    #[test]
    fn a_closed_stdout_is_an_error_and_dev_null_is_none() {
        let closed = "cannot write to stdout: it is closed";
        check(&format!("{RENDER} >&-"), 2, closed);
        check(&format!("{RENDER} --diff >&-"), 2, closed);
        check(&format!("{RENDER} >&- <&-"), 2, closed);
        check("\"$D\" lint clean.yaml >&-", 2, closed);
        check("\"$D\" lint clean.yaml --format json >&-", 2, closed);
        check("\"$D\" --help >&-", 2, closed);
        check("\"$D\" schema >&-", 2, closed);
        check("\"$D\" values clean.yaml >&-", 2, closed);
        check(&format!("{RENDER} >/dev/null"), 0, "");
        // Python and Node drop an output by a `/dev/null` that can be read and written.
        check(&format!("{RENDER} 1<>/dev/null"), 0, "");
        // Nothing is written there.
        check(&format!("{RENDER} --check >&-"), 0, "");
    }

    #[test]
    fn a_full_disk_is_an_error_and_a_reader_that_goes_away_is_none() {
        if Path::new("/dev/full").exists() {
            check(
                &format!("{RENDER} >/dev/full"),
                2,
                "cannot write to stdout: No space left",
            );
        }
        let line = "{ \"$D\" rule --all; echo \"code $?\" >&2; } | head -n 1 >/dev/null";
        check(line, 0, "code 0");
    }

    #[test]
    fn links_and_redirections_are_followed() {
        for line in [
            "\"$D\" render --policy quiet.yaml --report soft.yaml web.yaml",
            "\"$D\" render --policy quiet.yaml --report hard.yaml web.yaml",
            "\"$D\" render --policy quiet.yaml --report web.yaml < web.yaml",
            "\"$D\" render --policy quiet.yaml --report web.yaml hard.yaml",
            "\"$D\" lint . --format json=soft.yaml",
        ] {
            let folder = tempfile::tempdir().expect("a folder");
            symlink("web.yaml", folder.path().join("soft.yaml")).expect("a link");
            let web = folder.path().join("web.yaml");
            std::fs::write(&web, DEPLOYMENT).expect("a file");
            std::fs::hard_link(&web, folder.path().join("hard.yaml")).expect("a link");
            let output = shell(folder.path(), line);
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{line}: {stderr}");
            assert!(
                stderr.contains("is an input, which the output would overwrite"),
                "{stderr}"
            );
            assert_eq!(std::fs::read_to_string(&web).expect("a file"), DEPLOYMENT);
        }
        check(
            &format!("{RENDER} --report out > out"),
            2,
            "two outputs go to `out`",
        );
        check(
            "\"$D\" lint hub.yaml --format json=new --format sarif=../$(basename $PWD)/new",
            2,
            "two outputs go to `new`",
        );
        check(
            &format!("{RENDER} >> web.yaml"),
            2,
            "standard output goes to it",
        );
        check(&format!("{RENDER} --report /dev/stderr > log 2>&1"), 0, "");
    }

    #[test]
    fn sarif_names_a_file_by_its_bytes() {
        let folder = tempfile::tempdir().expect("a folder");
        let line = "f=\"$(printf 'a b:\\377.yaml')\"; cp hub.yaml \"$f\"; \"$D\" lint \"$f\" --format sarif";
        let output = shell(folder.path(), line);
        let stdout = String::from_utf8_lossy(&output.stdout);
        assert!(stdout.contains("\"uri\": \"a%20b%3A%FF.yaml\""), "{stdout}");
    }
}
