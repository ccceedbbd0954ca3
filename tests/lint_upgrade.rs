//! `dunnage lint --to`: what values must change for another version of the chart.

use std::ffi::OsString;
use std::path::Path;

use dunnage::cli;
use dunnage::host::{Memory, Read as _};

fn run(world: &Memory, line: &[&str]) -> u8 {
    let line = std::iter::once("dunnage").chain(line.iter().copied());
    cli::run(world, line.map(OsString::from).collect()).code()
}

/// What is printed of values, a line each, by their codes and places.
#[track_caller]
fn check(text: &str, options: &[&str], expected: &[&str]) {
    let world = Memory::default().file("prod.yaml", text);
    let found = found(&world, &[&["prod.yaml"], options].concat());
    assert_eq!(found, expected, "{}{}", world.stdout(), world.stderr());
}

fn found(world: &Memory, options: &[&str]) -> Vec<String> {
    run(world, &[&["lint", "--format", "concise"], options].concat());
    let short = |line: &str| line.split(']').next().unwrap_or(line).to_owned() + "]";
    world.stdout().lines().map(short).collect()
}

const OLD: &str = "hub:\n  fsGid: 1000\n  allowNamedServers: 1\nsingleuser:\n  defaultUrl: /lab\n  networkPolicy: {enabled: false}\n";

#[test]
fn what_the_new_version_refuses_is_found_whether_or_not_the_old_one_does() {
    check(
        OLD,
        &["--chart-version", "1.2", "--to", "2.0"],
        &[
            "prod.yaml:2:3: error[SM004]",
            "prod.yaml:3:22: error[SM005]",
        ],
    );
    // The wrong type was wrong before, and is an error all the same.
    check(
        OLD,
        &["--chart-version", "2.0", "--to", "2.0"],
        &[
            "prod.yaml:2:3: error[SM004]",
            "prod.yaml:3:22: error[SM005]",
        ],
    );
}

#[test]
fn warnings_that_the_old_version_has_too_are_not_of_the_upgrade() {
    let text = "scheduling:\n  podPriority: {enabled: true, userPlaceholderPriority: -1}\n  userPlaceholder: {enabled: false, replicas: 3}\nsingleuser:\n  defaultUrl: /lab\n  networkPolicy: {enabled: false}\n";
    let plain = found(
        &Memory::default().file("prod.yaml", text),
        &["prod.yaml", "--chart-version", "2.0"],
    );
    assert_eq!(plain.len(), 2, "{plain:?}");
    // The class of image pullers came with 2.0, and with it the wrong order.
    let priority = ["prod.yaml:2:32: warning[PR001]"];
    check(text, &["--chart-version", "1.2", "--to", "2.0"], &priority);
    check(text, &["--chart-version", "2.0", "--to", "3.3"], &[]);
}

#[test]
fn a_copy_of_a_default_is_not_told_where_something_graver_is() {
    let text = "scheduling:\n  userScheduler:\n    image: {tag: v1.19.13}\nproxy:\n  chp:\n    image: {tag: 4.5.0}\nsingleuser:\n  defaultUrl: /lab\n  networkPolicy: {enabled: false}\n";
    check(
        text,
        &["--chart-version", "1.2", "--to", "2.0"],
        &[
            "prod.yaml:3:13: warning[SC002]",
            "prod.yaml:6:13: note[UP006]",
        ],
    );
}

#[test]
fn a_chart_without_a_hub_goes_nowhere() {
    let chart = "apiVersion: v2\nname: web\nversion: 1.0.0\n";
    let world = Memory::default()
        .file("web/Chart.yaml", chart)
        .file("web/values.yaml", "a: 1\n");
    assert_eq!(run(&world, &["lint", "web", "--to", "4.3"]), 3);
    let said = world.stdout() + &world.stderr();
    assert!(said.contains("there is no hub"), "{said}");
}

#[test]
fn where_nothing_has_to_change_it_says_so() {
    let world = Memory::default().file("prod.yaml", "singleuser: {startTimeout: 300}\n");
    let line = ["lint", "prod.yaml", "--chart-version", "4.0", "--to", "4.4"];
    assert_eq!(run(&world, &line), 0);
    assert_eq!(world.stdout(), "");
    assert_eq!(world.stderr(), "nothing has to change for z2jh 4.4\n");
}

#[test]
fn the_version_of_the_hub_has_to_be_known_and_not_newer() {
    for (options, message) in [
        (&["--to", "4.3"][..], "nobody says from which version"),
        (
            &["--chart-version", "4.x", "--to", "3.3"],
            "which is newer than 3.3",
        ),
        (&["--chart-version", "3.3", "--to", "next"], "no version"),
        (
            &["--chart-version", "3.3", "--to", "6.0"],
            "newer than what is known",
        ),
    ] {
        let world = Memory::default().file("prod.yaml", OLD);
        let code = run(&world, &[&["lint", "prod.yaml"], options].concat());
        let said = world.stdout() + &world.stderr();
        assert_eq!(code, 2, "{said}");
        assert!(said.contains("CL014") && said.contains(message), "{said}");
    }
}

#[test]
fn charts_releases_and_the_environment_say_the_versions() {
    let chart = "apiVersion: v2\nname: hub\nversion: 1.0.0\ndependencies:\n  - {name: jupyterhub, version: 1.2.0, repository: https://charts.example.org}\n";
    let values = "jupyterhub:\n  hub: {fsGid: 1000}\n  singleuser: {defaultUrl: /lab, networkPolicy: {enabled: false}}\n";
    let world = || {
        Memory::default()
            .file("chart/Chart.yaml", chart)
            .file("prod.yaml", values)
    };
    let expected = ["prod.yaml:2:9: error[SM004]"];
    let of_chart = ["--chart", "chart", "-f", "prod.yaml", "--to", "2.0.1"];
    assert_eq!(found(&world(), &of_chart), expected);
    let variable = world().variable("DUNNAGE_TO", "2.0");
    assert_eq!(found(&variable, &of_chart[..4]), expected);
    let policy = "version: 1\npools: {}\nworkloads: []\nlint:\n  releases:\n    - {name: a, values: [prod.yaml], chartVersion: \"1.2\"}\n    - {name: b, values: [prod.yaml], chartVersion: \"2.0\"}\n    - {name: c, values: [prod.yaml], chartVersion: \"3.3\"}\n";
    let world = world().file("dunnage.yaml", policy);
    let code = run(&world, &["lint", "--to", "2.0", "--format", "concise"]);
    assert_eq!(code, 2, "{}", world.stdout());
    let shown = world.stdout();
    assert!(shown.contains("prod.yaml:2:9: error[SM004]"), "{shown}");
    assert_eq!(shown.matches("CL014").count(), 1, "{shown}");
}

#[test]
fn the_chart_at_hand_is_what_the_hub_has_and_the_known_one_what_it_gets() {
    let chart = "apiVersion: v2\nname: jupyterhub\nversion: 1.2.0\n";
    let defaults = "hub:\n  fsGid: 1000\n  ownKey: 1\nprePuller: {hook: {enabled: true}}\nsingleuser: {defaultUrl: /lab}\n";
    let schema =
        r#"{"type": "object", "properties": {"hub": {"type": "object", "required": ["ownKey"]}}}"#;
    let values =
        "hub: {ownKey: 2}\nsingleuser: {defaultUrl: /lab, networkPolicy: {enabled: false}}\n";
    let world = || {
        Memory::default()
            .file("jupyterhub/Chart.yaml", chart)
            .file("jupyterhub/values.yaml", defaults)
            .file("jupyterhub/values.schema.json", schema)
            .file("prod.yaml", values)
    };
    let options = ["--chart", "jupyterhub", "-f", "prod.yaml", "--to", "2.0"];
    assert_eq!(found(&world(), &options[..4]), [""; 0]);
    assert_eq!(found(&world(), &options), ["prod.yaml:1:7: error[SM001]"]);
}

#[test]
fn a_hub_that_runs_is_asked_by_its_manifests() {
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {labels: {component: hub}}\nstringData:\n  values.yaml: |\n    Chart: {Name: jupyterhub, Version: 3.3.8}\n    Release: {Name: r}\n    prePuller: {}\n    singleuser: {storage: {type: static, static: {pvcName: homes, subPath: \"{username}\"}}}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {priorityClassName: nothing, containers: []}\n";
    let world = Memory::default().piped(secret);
    assert_eq!(run(&world, &["lint", "-", "--to", "4.4"]), 1);
    let shown = world.stdout();
    assert!(shown.contains("warning[UP001]"), "{shown}");
    // No version of a chart is in the pods.
    assert!(!shown.contains("[XR"), "{shown}");
}

#[test]
fn all_that_has_one_answer_is_fixed_and_the_rest_is_left() {
    let text = "hub:\n  fsGid: 1000 # of the volume\n  db: {type: postgres, url: postgres://db.example.org/hub}\n  config:\n    JupyterHub: {authenticator_class: github}\nsingleuser:\n  defaultUrl: /lab\n  cloudMetadata:\n    enabled: false\n  storage:\n    type: static\n    static: {pvcName: homes, subPath: \"{username}\"}\n";
    let world = Memory::default().file("prod.yaml", text);
    let line = [
        "lint",
        "prod.yaml",
        "--chart-version",
        "0.11",
        "--to",
        "4.4",
        "--select",
        "SM,UP001,UP002,UP003",
        "--fix",
        "--unsafe-fixes",
    ];
    assert_eq!(run(&world, &line), 1, "{}", world.stdout());
    let fixed = world.read_file(Path::new("prod.yaml")).expect("a file");
    // The comment has no place at the new key, and so the key stays.
    assert_eq!(
        fixed,
        "hub:\n  fsGid: 1000 # of the volume\n  db: {type: postgres, url: postgres://db.example.org/hub, \"upgrade\": true}\n  config:\n    JupyterHub: {authenticator_class: github}\n    Authenticator:\n      allow_all: true\n    KubeSpawner:\n      slug_scheme: escape\nsingleuser:\n  defaultUrl: /lab\n  cloudMetadata:\n    blockWithIptables: true\n  storage:\n    type: static\n    static: {pvcName: homes, subPath: \"{username}\"}\n"
    );
    assert_eq!(world.stdout().matches("error[").count(), 1);
    assert_eq!(run(&world, &line), 1);
    let again = world.read_file(Path::new("prod.yaml")).expect("a file");
    assert_eq!(again, fixed);
}

#[test]
fn comments_of_the_other_rules_are_not_judged_by_an_upgrade_nor_the_other_way_round() {
    let text = "singleuser:\n  # dunnage: ignore[UP001] every name is short\n  storage: {type: static, static: {pvcName: homes, subPath: \"{username}\"}}\n  # dunnage: ignore[RS004] users share\n  memory: {guarantee: 1G, limit: 40G}\n";
    let versions = ["--chart-version", "3.3"];
    check(text, &versions, &[]);
    check(text, &[&versions[..], &["--to", "4.3"]].concat(), &[]);
    let bare = text.replace("ignore[UP001]", "ignore[UP002]");
    check(
        &bare,
        &[&versions[..], &["--to", "4.3"]].concat(),
        &["prod.yaml:3:52: warning[UP001]"],
    );
}
