//! `dunnage lint` and `dunnage rule` as people and machines meet them.

use std::ffi::OsString;

use dunnage::cli;
use dunnage::host::Memory;
use serde_json::Value;

const COMMON: &str = "jupyterhub:\n  scheduling:\n    userPlaceholder:\n      enabled: false\n";
const PROD: &str = "jupyterhub:\n  scheduling:\n    userPlaceholder:\n      replicas: 75\n  singleuser:\n    memory: {limit: 2Gi}\n";

fn world() -> Memory {
    Memory::default()
        .file("common.yaml", COMMON)
        .file("prod, eu.yaml", PROD)
}

fn run(world: &Memory, line: &[&str]) -> u8 {
    let line = std::iter::once("dunnage").chain(line.iter().copied());
    cli::run(world, line.map(OsString::from).collect()).code()
}

#[track_caller]
fn check(world: &Memory, line: &[&str], code: u8, stdout: &str) {
    assert_eq!(run(world, line), code, "{}", world.stderr());
    assert_eq!(world.stdout(), stdout);
}

const LAYERS: [&str; 4] = ["-f", "common.yaml", "--set-file", "x=common.yaml"];

/// Both layers, with options.
fn line<'l>(options: &[&'l str]) -> Vec<&'l str> {
    [&["lint", "prod, eu.yaml"], &LAYERS[..], options].concat()
}

#[test]
fn findings_go_to_standard_output_and_their_number_beside() {
    let world = world();
    let concise = "prod, eu.yaml:4:7: warning[PH002] placeholders are asked for and switched off, so that there are none\nprod, eu.yaml:6:14: error[RS001] JupyterHub cannot read `2Gi` as an amount of memory\n";
    check(&world, &line(&["--format", "concise"]), 1, concise);
    assert_eq!(world.stderr(), "1 error, 1 warning\n");
}

#[test]
fn rules_are_chosen_by_code_name_and_family() {
    for options in [
        ["--select", "PH"],
        ["--select", "dead-placeholder-replicas"],
        ["--ignore", "rs001"],
    ] {
        let world = world();
        let options = [&options[..], &["--format", "concise"]].concat();
        assert_eq!(run(&world, &line(&options)), 1);
        assert!(world.stdout().contains("PH002") && !world.stdout().contains("RS001"));
    }
    let world = world();
    check(&world, &line(&["--ignore", "PH,RS"]), 0, "");
    assert_eq!(world.stderr(), "nothing to complain about\n");
    check(&world, &line(&["--select", "PH02"]), 2, "");
    assert!(world.stderr().contains("there is no rule `PH02`"));
}

#[test]
fn a_comment_silences_what_it_names_where_it_stands() {
    for (file, code) in [
        (
            "hub: {replicas: 2} # dunnage: ignore[HB001] for a test\n",
            0,
        ),
        (
            "# dunnage: ignore[hub-is-not-ha] for a test\nhub: {replicas: 2}\n",
            0,
        ),
        (
            "# dunnage: ignore[HB001, PH001]\n\nsingleuser: {}\nhub: {replicas: 2}\n",
            0,
        ),
        (
            "singleuser: {}\n# dunnage: ignore[PH001]\nhub: {replicas: 2}\n",
            1,
        ),
        (
            "singleuser: {} # dunnage: ignore[HB001]\nhub: {replicas: 2}\n",
            1,
        ),
    ] {
        let world = Memory::default().file("a.yaml", file);
        assert_eq!(
            run(&world, &["lint", "a.yaml"]),
            code,
            "{file}{}",
            world.stdout()
        );
    }
}

#[test]
fn github_shows_findings_beside_their_lines() {
    let world = world().variable("GITHUB_ACTIONS", "true");
    let expected = "::warning file=prod%2C eu.yaml,line=4,endLine=4,col=7,endColumn=19,title=PH002 dead-placeholder-replicas::placeholders are asked for and switched off, so that there are none%0Acommon.yaml:4: switched off here%0Ahelp: set `scheduling.userPlaceholder.enabled: true`, or take `replicas` away\n";
    check(&world, &line(&["--select", "PH"]), 1, expected);
}

#[test]
fn code_scanning_gets_sarif() {
    let world = world();
    assert_eq!(run(&world, &line(&["--format", "sarif"])), 1);
    let sarif: Value = serde_json::from_str(&world.stdout()).expect("JSON");
    let run = &sarif["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    let results = run["results"].as_array().expect("results");
    assert_eq!((rules.len(), results.len()), (2, 2));
    for result in results {
        let index =
            usize::try_from(result["ruleIndex"].as_u64().expect("an index")).expect("small");
        assert_eq!(rules[index]["id"], result["ruleId"]);
    }
    let first = &results[0];
    assert_eq!(
        (&first["ruleId"], &first["level"]),
        (&"PH002".into(), &"warning".into())
    );
    let place = &first["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "prod%2C%20eu.yaml");
    let region =
        serde_json::json!({"startLine": 4, "startColumn": 7, "endLine": 4, "endColumn": 19});
    assert_eq!(place["region"], region);
    assert_eq!(
        first["relatedLocations"][0]["message"]["text"],
        "switched off here"
    );

    let absolute = Memory::default().file("/a b/c.yaml", PROD);
    self::run(&absolute, &["lint", "/a b/c.yaml", "--format", "sarif"]);
    assert!(
        absolute
            .stdout()
            .contains("\"uri\": \"file:///a%20b/c.yaml\"")
    );

    // A fingerprint stays when lines move.
    let moved = Memory::default()
        .file("common.yaml", COMMON)
        .file("prod, eu.yaml", format!("# moved\n{PROD}"));
    self::run(&moved, &line(&["--format", "sarif"]));
    let again: Value = serde_json::from_str(&moved.stdout()).expect("JSON");
    let fingerprint = |sarif: &Value| sarif["runs"][0]["results"][0]["partialFingerprints"].clone();
    assert_eq!(fingerprint(&again), fingerprint(&sarif));
}

#[test]
fn a_hub_is_found_by_its_chart_and_by_its_keys() {
    let bad = "hub: {replicas: 2}\nsingleuser: {}\n";
    let under = |keys: &[&str]| {
        let open: String = keys.iter().map(|key| format!("{{{key}: ")).collect();
        let close = "}".repeat(keys.len());
        format!("{open}{{hub: {{replicas: 2}}, singleuser: {{}}}}{close}\n")
    };
    for text in [
        bad.to_owned(),
        under(&["jupyterhub"]),
        under(&["binderhub", "jupyterhub"]),
    ] {
        let world = Memory::default().file("a.yaml", text.clone());
        assert_eq!(
            run(&world, &["lint", "a.yaml", "--format", "concise"]),
            1,
            "{text}"
        );
    }
    // An alias that only Chart.yaml knows.
    let world = Memory::default()
        .file("c/Chart.yaml", "name: c\ndependencies:\n- {name: jupyterhub, alias: lab, version: 3.3.8, condition: enabled}\n")
        .file("c/values.yaml", "lab: {hub: {replicas: 2}}\n")
        .file("off.yaml", "enabled: false\n");
    assert_eq!(run(&world, &["lint", "c", "--format", "concise"]), 1);
    assert!(
        world
            .stdout()
            .starts_with("c/values.yaml:1:13: error[HB001]"),
        "{}",
        world.stdout()
    );
    assert_eq!(
        run(&world, &["lint", "c", "-f", "off.yaml"]),
        0,
        "the hub's chart is off: {}",
        world.stdout()
    );
    let nothing = Memory::default().file("a.yaml", "grafana: {replicas: 2}\n");
    assert_eq!(run(&nothing, &["lint", "a.yaml"]), 3);
}

#[test]
fn a_rule_explains_itself() {
    let world = Memory::default();
    assert_eq!(run(&world, &["rule", "ph001"]), 0);
    assert!(
        world
            .stdout()
            .starts_with("# PH001 placeholders-without-priority\n")
    );
    let all = Memory::default();
    assert_eq!(run(&all, &["rule"]), 0);
    let listed = all.stdout();
    assert!(listed.lines().count() >= 25);
    let columns: Vec<&str> = listed.lines().next().expect("a rule").split("  ").collect();
    let columns: Vec<&str> = columns
        .into_iter()
        .filter(|word| !word.is_empty())
        .collect();
    let first = ["CU001", "warning", "culling-disabled"];
    assert!(columns.starts_with(&first), "{listed}");
    let unknown = Memory::default();
    check(&unknown, &["rule", "PH0001"], 2, "");
    assert!(
        unknown.stderr().contains("did you mean `PH001`?"),
        "{}",
        unknown.stderr()
    );
}
