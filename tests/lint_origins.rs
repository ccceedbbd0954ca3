//! Findings in manifests that point back to the values that made what they are about.

use std::ffi::OsString;

use dunnage::cli;
use dunnage::host::{Memory, Read as _};
use serde_json::Value;

const CORE: &str =
    "jupyterhub:\n  hub:\n    tolerations:\n    - {key: a, operator: Exists, effect: Never}\n";
const PROD: &str = "web:\n  nodeSelector: {pool: 1}\n";

/// The hub of an umbrella chart, with its values in its Secret, and another chart in it.
fn rendered() -> String {
    let pods = |charts: &str, name: &str, spec: &str| {
        format!(
            "---\n# Source: {charts}/templates/a.yaml\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {name}\n  labels: {{component: {name}}}\nspec:\n  template:\n    spec:\n{spec}"
        )
    };
    let hub = pods(
        "umbrella/charts/jupyterhub",
        "hub",
        "      tolerations:\n      - effect: Never\n        key: a\n        operator: Exists\n",
    );
    let web = pods(
        "umbrella/charts/web",
        "web",
        "      nodeSelector:\n        pool: 1\n",
    );
    let secret = "---\n# Source: umbrella/charts/jupyterhub/templates/hub/secret.yaml\napiVersion: v1\nkind: Secret\nmetadata:\n  name: hub\n  labels: {component: hub}\nstringData:\n  values.yaml: |\n    Chart: {Version: 4.4.0}\n    hub:\n      cookieSecret: 0123456789abcdef0123456789abcdef\n      tolerations:\n      - {key: a, operator: Exists, effect: Never}\n    prePuller: {}\n";
    format!("{hub}{web}{secret}")
}

fn world() -> Memory {
    Memory::default()
        .file("rendered.yaml", rendered())
        .file("common.yaml", CORE)
        .file("prod.yaml", PROD)
}

fn run(world: &Memory, line: &[&str]) -> u8 {
    let line = ["dunnage", "lint"].iter().chain(line);
    cli::run(world, line.map(OsString::from).collect()).code()
}

/// Each finding by its rule, and where its labels are with what they say.
fn findings(world: &Memory) -> Vec<String> {
    let findings: Value = serde_json::from_str(&world.stdout()).expect("JSON");
    let findings = &findings["diagnostics"];
    let shown = findings.as_array().expect("a list").iter().map(|finding| {
        let labels = finding["labels"].as_array().expect("labels").iter();
        let labels = labels.map(|label| {
            let text = |key: &str| label[key].as_str().unwrap_or_default().to_owned();
            let line = &label["start"]["line"];
            format!("{}:{line} {}", text("file"), text("text"))
        });
        let labels: Vec<String> = labels.collect();
        format!(
            "{} {}",
            finding["code"].as_str().unwrap_or_default(),
            labels.join(" | ")
        )
    });
    shown.collect()
}

#[track_caller]
fn check_findings(world: &Memory, line: &[&str], code: u8, expected: &[&str]) {
    let line = [line, &["--format", "json"]].concat();
    assert_eq!(run(world, &line), code, "{}", world.stderr());
    assert_eq!(findings(world), expected);
}

const LAYERS: [&str; 4] = ["-f", "common.yaml", "-f", "prod.yaml"];

const HUB: &str = "XR013 rendered.yaml:12 a toleration of `Deployment/hub` | common.yaml:4 set here, by `jupyterhub.hub.tolerations`";
const WEB: &str = "XR011 rendered.yaml:26 the API server takes only strings here | prod.yaml:2 set here, by `web.nodeSelector`";

#[test]
fn findings_in_manifests_have_the_places_of_the_values_that_made_them() {
    let of_manifests = [&["rendered.yaml", "--select", "XR"], &LAYERS[..]].concat();
    check_findings(&world(), &of_manifests, 1, &[HUB, WEB]);
    let piped = world().piped(rendered());
    let line = [&["-", "--select", "XR"], &LAYERS[..]].concat();
    let in_pipe = [HUB, WEB].map(|finding| finding.replace("rendered.yaml", "<stdin>"));
    check_findings(&piped, &line, 1, &in_pipe.each_ref().map(String::as_str));
    // An argument is a layer too.
    let line = [
        "rendered.yaml",
        "--select",
        "XR011",
        "--set",
        "web.nodeSelector.pool=1",
    ];
    let expected = WEB.replace("prod.yaml:2", "--set:1");
    check_findings(&world(), &line, 1, &[&expected]);
}

#[test]
fn what_is_said_of_a_value_is_not_said_of_each_manifest() {
    let line = [&["rendered.yaml"], &LAYERS[..]].concat();
    let of_values = "NP010 common.yaml:4 ";
    let world = world();
    run(&world, &[&line[..], &["--format", "json"]].concat());
    let found = findings(&world);
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(
        found[0] == WEB && found[1].starts_with(of_values),
        "{found:#?}"
    );
}

#[test]
fn the_layers_are_linted_once_for_all_manifests_and_not_again_in_the_secret() {
    let world = world().file("again.yaml", rendered());
    let line = [
        &["rendered.yaml", "again.yaml", "--select", "NP,XR013"],
        &LAYERS[..],
    ]
    .concat();
    run(&world, &[&line[..], &["--format", "json"]].concat());
    let found = findings(&world);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].starts_with("NP010 common.yaml:4"), "{found:#?}");
}

#[test]
fn without_layers_the_values_in_the_secret_tell() {
    let secret = "rendered.yaml, values in the Secret of the hub:5 set here, by `hub.tolerations`";
    let hub = format!("XR013 rendered.yaml:12 a toleration of `Deployment/hub` | {secret}");
    // Those of other charts are not there.
    let web = WEB.split(" | ").next().expect("a place");
    check_findings(
        &world(),
        &["rendered.yaml", "--select", "XR"],
        1,
        &[&hub, web],
    );
    // The manifest's place is shown beside what is said of the values, for they are in no file.
    let line = ["rendered.yaml", "--select", "NP010,XR013"];
    let world = world();
    run(&world, &[&line[..], &["--format", "json"]].concat());
    assert_eq!(findings(&world).len(), 2, "{}", world.stdout());
}

#[test]
fn no_form_shows_a_secret_and_each_shows_the_value() {
    for (line, format, expected) in [
        (
            &["rendered.yaml"][..],
            "graphical",
            "set here, by `hub.tolerations`",
        ),
        (
            &LAYERS,
            "graphical",
            "set here, by `jupyterhub.hub.tolerations`",
        ),
        (
            &LAYERS,
            "github",
            "common.yaml:4: set here, by `jupyterhub.hub.tolerations`",
        ),
        (&LAYERS, "concise", "rendered.yaml:12:9: error[XR013]"),
        (
            &LAYERS,
            "sarif",
            "set here, by `jupyterhub.hub.tolerations`",
        ),
    ] {
        let world = world();
        let options = ["rendered.yaml", "--select", "XR", "--format", format];
        assert_eq!(
            run(&world, &[&options, line].concat()),
            1,
            "{}",
            world.stderr()
        );
        let shown = world.stdout();
        assert!(shown.contains(expected), "{format}: {shown}");
        assert!(!shown.contains("0123456789abcdef"), "{shown}");
    }
}

#[test]
fn a_layer_that_cannot_be_read_keeps_no_manifest_from_being_linted() {
    let line = [
        "rendered.yaml",
        "-f",
        "common.yaml,gone.yaml",
        "--select",
        "XR013",
    ];
    let world = world();
    assert_eq!(run(&world, &[&line[..], &["--format", "json"]].concat()), 2);
    let found = findings(&world);
    assert!(found.iter().any(|finding| finding == HUB), "{found:#?}");
}

#[test]
fn a_value_is_fixed_though_its_manifests_stay_as_they_were() {
    let world = Memory::default()
        .file(
            "values.yaml",
            "jupyterhub: {hub: {nodeSelector: {pool: 1}}}\n",
        )
        .file(
            "rendered.yaml",
            rendered().replace(
                "tolerations:\n      - effect: Never\n        key: a\n        operator: Exists",
                "nodeSelector:\n        pool: 1",
            ),
        );
    let line = [
        "rendered.yaml",
        "-f",
        "values.yaml",
        "--select",
        "SY005,XR011",
        "--fix",
    ];
    let left = "XR011 rendered.yaml:12 the API server takes only strings here";
    let web = "XR011 rendered.yaml:24 the API server takes only strings here";
    check_findings(&world, &line, 1, &[left, web]);
    let text = world.read_file("values.yaml".as_ref()).expect("values");
    assert!(text.contains("{pool: \"1\"}"), "{text}");
}
