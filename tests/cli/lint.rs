//! Properties of `dunnage lint`, and files that change or cannot be changed while it fixes them.

use serde_json::Value;

use crate::support::{Outcome, World};

const SARIF: &str = "dunnage lint 'prod, eu.yaml' -f common.yaml --format sarif";

fn sarif(outcome: &Outcome) -> Value {
    serde_json::from_str(&outcome.stdout).expect("JSON")
}

#[test]
fn results_of_sarif_name_their_rules_and_keep_their_fingerprints() {
    let world = World::of_case("lint-several-formats");
    let first = sarif(&world.run(SARIF).exits(1));
    let run = &first["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    let results = run["results"].as_array().expect("results");
    assert_eq!((rules.len(), results.len()), (2, 2));
    for result in results {
        let index = result["ruleIndex"].as_u64().expect("an index");
        let rule = &rules[usize::try_from(index).expect("a small number")];
        assert_eq!(rule["id"], result["ruleId"]);
    }
    // A fingerprint stays when lines move.
    let text = world.text("prod, eu.yaml");
    let moved = world.file("prod, eu.yaml", format!("# moved\n{text}"));
    let moved = sarif(&moved.run(SARIF));
    let fingerprints = |sarif: &Value| -> Vec<Value> {
        let results = sarif["runs"][0]["results"].as_array().expect("results");
        let fingerprints = results.iter().map(|result| &result["partialFingerprints"]);
        fingerprints.cloned().collect()
    };
    assert_eq!(fingerprints(&moved), fingerprints(&first));
    assert_ne!(fingerprints(&first)[0], fingerprints(&first)[1]);
}

#[test]
fn sarif_names_an_absolute_path_as_a_url() {
    let world = World::default().file(
        "/a b/c.yaml",
        "singleuser: {memory: {limit: 2Gi, guarantee: 1G}}\n",
    );
    let outcome = world.run("dunnage lint '/a b/c.yaml' --format sarif");
    let url = "\"uri\": \"file:///a%20b/c.yaml\"";
    assert!(outcome.stdout.contains(url), "{}", outcome.stdout);
}

#[test]
fn no_format_shows_the_secret_of_a_hub() {
    let world = World::of_case("origins-of-manifest-findings");
    for layers in ["", "-f common.yaml -f prod.yaml"] {
        for format in [
            "graphical",
            "concise",
            "json",
            "json-lines",
            "sarif",
            "github",
            "gitlab",
            "junit",
            "checkstyle",
        ] {
            let line = format!("dunnage lint rendered.yaml {layers} --select XR --format {format}");
            let printed = world.run(&line).exits(1).printed();
            assert!(printed.contains("XR013"), "{format}: {printed}");
            assert!(!printed.contains("0123456789abcdef"), "{format}: {printed}");
        }
    }
}

/// Has one safe fix.
const FIXABLE: &str = "singleuser:\n  memory: {limit: 2Gi, guarantee: 2G}\n";
const FIXED: &str = "singleuser:\n  memory: {limit: 2G, guarantee: 2G}\n";

#[test]
fn a_read_only_file_keeps_no_other_from_being_fixed() {
    let world = World::default().file("a.yaml", FIXABLE).file("b.yaml", FIXABLE).with(|memory| {
        memory.read_only.insert("/b.yaml".into());
    });
    let outcome = world.run("dunnage lint a.yaml b.yaml --fix --format concise").exits(2);
    let start =
        "unwritable-output: error[CL004] `b.yaml` was not fixed: it is read-only\nb.yaml:2:12: ";
    assert!(outcome.stdout.starts_with(start), "{}", outcome.stdout);
    assert_eq!(
        outcome.stderr,
        "1 finding fixed in 1 file\nFound 2 errors in 2 files (1 fixable with --fix)\n"
    );
    assert_eq!(outcome.written("a.yaml"), FIXED);
    assert_eq!(outcome.changed.len(), 1);
    // The fixes can be seen all the same.
    let diff = world.run("dunnage lint b.yaml --diff").exits(1).stdout;
    assert!(diff.contains("+  memory: {limit: 2G,"), "{diff}");
}

#[test]
fn an_edit_that_comes_while_files_are_fixed_is_not_lost() {
    let edited = format!("{FIXABLE}# by hand\n");
    let edit = ("/hubs/a.yaml".into(), edited.clone().into_bytes());
    let world = World::default()
        .file("hubs/a.yaml", FIXABLE)
        .file("hubs/b.yaml", FIXABLE)
        .with(|memory| memory.edits.get_mut().extend([edit]));
    let line = "dunnage lint hubs/a.yaml hubs/b.yaml --fix --format concise";
    let outcome = world.run(line).exits(2);
    let start =
        "unwritable-output: error[CL004] `hubs/a.yaml` was not fixed: it changed in the meantime\n";
    assert!(outcome.stdout.starts_with(start), "{}", outcome.stdout);
    let start = "1 finding fixed in 1 file\n";
    assert!(outcome.stderr.starts_with(start), "{}", outcome.stderr);
    assert_eq!(outcome.written("hubs/a.yaml"), edited);
    assert_eq!(outcome.written("hubs/b.yaml"), FIXED);
    // The next run reads it as it is now.
    let world = world.after(&outcome).with(|memory| memory.edits.get_mut().clear());
    let again = world.run(line).exits(0);
    assert_eq!(again.written("hubs/a.yaml"), format!("{FIXED}# by hand\n"));
}
