//! What a run writes and where: one document for each format that programs read.

use crate::support::World;

const POD: &str = "kind: Pod\napiVersion: v1\nmetadata: {name: a}\nspec: {containers: []}\n";
/// Its last row can never match, which is a finding.
const POLICY: &str = "version: 1\npools: {core: {labels: {a: b}}}\nworkloads:\n  - {name: all, pool: core}\n  - {name: dead, match: {kind: Deployment}, pool: core}\n";

/// The world of the golden cases about outputs, and a policy that has something to say.
fn world() -> World {
    World::of_case("outputs-never-replace-an-input")
        .file("two.yaml", POLICY)
        .file("pod.yaml", POD)
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
            let outcome = world().run(&format!("dunnage {line} --format {format}"));
            (outcome.exit, outcome.stderr)
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
            let line = format!("dunnage {line} --format {format} --format {format}=out");
            let outcome = world().run(&line);
            assert_eq!(outcome.written("out"), outcome.stdout, "{line}");
            (outcome.exit, outcome.stdout)
        });
    }
}

/// A baseline is read and replaced, and a device is no file.
#[test]
fn a_baseline_and_a_device_may_be_written_again() {
    let line = "dunnage lint hub.yaml --baseline b --write-baseline";
    let first = world().run(line).exits(0);
    let again = world().after(&first).run(line);
    again.check(0, &first.stdout, &first.stderr);
    let devices = "dunnage lint hub.yaml --format json=/dev/null --format sarif=/dev/null";
    world().run(devices).exits(1);
}
