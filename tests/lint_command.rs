//! `dunnage lint` and `dunnage rule` as people and machines meet them.

use std::ffi::OsString;
use std::path::Path;

use dunnage::cli;
use dunnage::host::{Memory, Read as _};
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
            "# dunnage: ignore[HB001, IM]\n\nsingleuser: {image: {name: a}}\nhub: {replicas: 2}\n",
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
    let first = listed.lines().next().expect("a code");
    assert!(
        first.starts_with("CL001  error    no-policy  ")
            && first.ends_with("  no policy was named and none was found"),
        "{listed}"
    );
    let unknown = Memory::default();
    check(&unknown, &["rule", "PH0001"], 2, "");
    assert!(
        unknown.stderr().contains("did you mean `PH001`?"),
        "{}",
        unknown.stderr()
    );
}

#[test]
fn a_code_that_is_no_rule_explains_itself_too() {
    for word in ["RN003", "affinity-contradiction"] {
        let world = Memory::default();
        assert_eq!(run(&world, &["rule", word]), 0, "{}", world.stderr());
        let page = world.stdout();
        let title = "# RN003 affinity-contradiction\n\n- Level: error.\n\n";
        assert!(page.starts_with(title), "{page}");
        assert!(page.contains("\n## What to do\n"), "{page}");
    }
    let [contradiction] = &rules_as_json(&["rule", "RN003", "--format", "json"])[..] else {
        panic!("one code");
    };
    assert_eq!(contradiction["selectable"], false);
    assert_eq!(contradiction["fix"], "none");
}

/// Wherever somebody names a rule, one code says that there is none, and which one was meant.
#[test]
fn one_code_says_that_there_is_no_such_rule() {
    let values = "singleuser:\n  memory: {limit: 2G}\n";
    let policy = |lint: &str| {
        let world = Memory::default().file("a.yaml", values);
        world.file("dunnage.yaml", format!("version: 1\nlint: {lint}\n"))
    };
    let plain = || Memory::default().file("a.yaml", values);
    let lint = ["lint", "a.yaml"];
    let comment = format!("{values}# dunnage: ignore[PH01] a slip\n");
    for (world, line, exit) in [
        (plain(), &["lint", "a.yaml", "--select", "PH01"][..], 2),
        (plain(), &["lint", "a.yaml", "--ignore", "RS,PH01"], 2),
        (plain().variable("DUNNAGE_SELECT", "PH01"), &lint, 2),
        (plain().variable("DUNNAGE_IGNORE", "PH01"), &lint, 2),
        (policy("{select: [PH01]}"), &lint, 2),
        (policy("{ignore: [PH01]}"), &lint, 2),
        (policy("{levels: {PH01: note}}"), &lint, 2),
        (policy("{suppress: [{rules: [PH01], reason: x}]}"), &lint, 2),
        (Memory::default().file("a.yaml", comment), &lint, 1),
        (Memory::default(), &["rule", "PH01"], 2),
    ] {
        assert_eq!(run(&world, line), exit, "{line:?}: {}", world.stderr());
        let shown = world.stdout() + &world.stderr();
        for part in ["[CL006]", "`PH01`", "did you mean `PH001`?"] {
            assert!(shown.contains(part), "{line:?}: {part} is not in {shown}");
        }
    }
    let other = plain();
    check(&other, &["lint", "a.yaml", "--ignore", "RN003"], 2, "");
    let shown = other.stderr();
    assert!(
        shown.contains("error[CL006]") && shown.contains("`RN003` is not a rule of the linter"),
        "{shown}"
    );
}

#[test]
fn the_keys_of_a_hub_have_to_lead_somewhere() {
    let nested = "binderhub:\n  jupyterhub:\n    singleuser:\n      memory: {limit: 2G}\n";
    let other = "grafana: {replicas: 2}\n";
    let linted = |world: Memory, options: &[&str]| {
        let line = [&["lint", "--format", "concise"], options].concat();
        let exit = run(&world, &line);
        (exit, world.stdout(), world.stderr())
    };
    let world = || {
        Memory::default()
            .file("/h/a.yaml", nested)
            .file("/h/b.yaml", other)
            .file("/n/b.yaml", "jupyterhub: [singleuser]\n")
    };
    let (exit, stdout, _) = linted(world(), &["--hub", "binderhub.jupyterhub", "/h/a.yaml"]);
    assert_eq!((exit, stdout.as_str()), (0, ""));
    let (exit, stdout, stderr) = linted(world(), &["--hub", "jupyterhub", "/h/a.yaml"]);
    let message = "no-such-value: error[VA005] the values of `/h/a.yaml` have no mapping under `jupyterhub`, so no hub is linted\n";
    assert_eq!((exit, stdout.as_str()), (2, message), "{stderr}");
    // In a folder not every file has to be a layer of the hub, but one of them.
    let (exit, stdout, _) = linted(world(), &["--hub", "binderhub.jupyterhub", "/h"]);
    assert_eq!((exit, stdout.as_str()), (0, ""));
    let (exit, stdout, _) = linted(world(), &["--hub", "nowhere", "/h"]);
    assert_eq!(
        (exit, stdout.as_str()),
        (
            2,
            &*message.replace("under `jupyterhub`", "under `nowhere`")
        )
    );
    let (exit, _, _) = linted(world(), &["--hub", "jupyterhub", "/n/b.yaml"]);
    assert_eq!(exit, 2);
    let policy =
        "version: 1\nlint:\n  releases:\n    - {name: prod, values: [a.yaml], hub: jupyterhub}\n";
    let mut of_policy = world().file("/h/dunnage.yaml", policy);
    of_policy.dir = "/h".into();
    let (exit, stdout, _) = linted(of_policy, &[]);
    let message = "/h/dunnage.yaml:4:14: error[VA005] the values of `a.yaml` have no mapping under `jupyterhub`, so no hub is linted\n";
    assert_eq!((exit, stdout.as_str()), (2, message));
    // Keys of a chart that no layer sets lead somewhere, too.
    let chart = Memory::default()
        .file("/c/Chart.yaml", "apiVersion: v2\nname: app\nversion: 1.0.0\ndependencies:\n  - {name: jupyterhub, alias: hub, version: 4.4.0}\n")
        .file("/c/values.yaml", "x: 1\n");
    let (exit, stdout, stderr) = linted(chart, &["--hub", "hub", "--chart", "/c", "--set", "x=2"]);
    assert_eq!((exit, stdout.as_str()), (0, ""), "{stderr}");
}

#[test]
fn a_chart_version_that_nothing_is_known_of_is_refused() {
    let values = || Memory::default().file("a.yaml", "singleuser: {}\n");
    for (version, message) in [
        (
            "9.9",
            "z2jh 9.9 is newer than 5.0, the newest version that is known",
        ),
        ("newest", "`newest` is not a version of the z2jh chart"),
    ] {
        let expected = format!("error[CL008] {message}\n");
        let line = [
            "lint",
            "a.yaml",
            "--format",
            "concise",
            "--chart-version",
            version,
        ];
        let world = values();
        check(&world, &line, 2, "");
        assert_eq!(world.stderr(), format!("unknown-chart-version: {expected}"));
        let world = values().variable("DUNNAGE_CHART_VERSION", version);
        check(&world, &line[..4], 2, "");
        let policy = format!(
            "version: 1\nlint:\n  releases:\n    - {{name: prod, values: [a.yaml], chartVersion: {version:?}}}\n"
        );
        let world = values().file("dunnage.yaml", policy);
        check(&world, &["lint", "--format", "concise"], 2, "");
        assert_eq!(world.stderr(), format!("/dunnage.yaml:4:52: {expected}"));
    }
    let shown = values();
    assert_eq!(run(&shown, &["lint", "a.yaml", "--chart-version", "9"]), 2);
    let help = "known versions are 1.2, 2.0, 3.3, 4.0, 4.2, 4.3, 4.4, 5.0; one between two of them is checked as the older one";
    assert!(
        shown.stderr().replace("\n        ", " ").contains(help),
        "{}",
        shown.stderr()
    );
    for version in ["3.9", "5.0.0-0.dev.git.7000.h0", "0.9.0"] {
        check(
            &values(),
            &["lint", "a.yaml", "--chart-version", version],
            0,
            "",
        );
    }
}

/// The codes that a command line shows as JSON.
fn rules_as_json(line: &[&str]) -> Vec<serde_json::Value> {
    let world = Memory::default();
    assert_eq!(run(&world, line), 0, "{}", world.stderr());
    let mut document: serde_json::Value = serde_json::from_str(&world.stdout()).expect("JSON");
    assert_eq!(document["version"], 1);
    match document["rules"].take() {
        serde_json::Value::Array(rules) => rules,
        other => panic!("{other} is no list"),
    }
}

#[test]
fn all_rules_explain_themselves_in_the_order_of_their_codes() {
    let listed = Memory::default();
    assert_eq!(run(&listed, &["rule"]), 0);
    let listed = listed.stdout();
    let codes: Vec<&str> = listed.lines().map(|line| &line[..5]).collect();
    assert!(codes.is_sorted(), "{codes:?}");
    let pages = Memory::default();
    assert_eq!(run(&pages, &["rule", "--all"]), 0);
    let pages = format!("\n\n{}", pages.stdout());
    let places: Vec<Option<usize>> = codes
        .iter()
        .map(|code| pages.find(&format!("\n\n# {code} ")))
        .collect();
    assert!(places.iter().all(Option::is_some), "{places:?}");
    assert!(places.is_sorted());
    let both = Memory::default();
    assert_eq!(run(&both, &["rule", "PH001", "--all"]), 2);
    assert!(
        both.stderr().contains("cannot be used with"),
        "{}",
        both.stderr()
    );
}

#[test]
fn rules_are_json_for_programs() {
    let one = rules_as_json(&["rule", "number-where-string", "--format", "json"]);
    assert_eq!(one.len(), 1);
    let page = one[0]["page"].as_str().expect("a page");
    assert!(page.starts_with("# SY003 number-where-string\n"));
    for (key, value) in [
        ("code", "SY003"),
        ("name", "number-where-string"),
        ("family", "SY"),
        ("level", "error"),
        ("fix", "safe"),
    ] {
        assert_eq!(one[0][key], value);
    }
    let all = rules_as_json(&["rule", "--format", "json"]);
    assert_eq!(all, rules_as_json(&["rule", "--all", "--format=json"]));
    assert!(all.contains(&one[0]));
    let of = |code: &str| all.iter().find(|rule| rule["code"] == code).expect(code);
    assert_eq!(of("SM001")["fix"], "unsafe");
    assert_eq!(of("CU003")["fix"], "none");
    let lines = Memory::default();
    assert_eq!(run(&lines, &["rule", "--format", "json-lines"]), 0);
    assert_eq!(lines.stdout().lines().count(), all.len());
}

#[test]
fn a_format_for_messages_leaves_the_pages_of_rules_alone() {
    let world = Memory::default()
        .variable("GITHUB_ACTIONS", "true")
        .variable("DUNNAGE_FORMAT", "sarif");
    assert_eq!(run(&world, &["rule", "PH001"]), 0);
    assert!(world.stdout().starts_with("# PH001 "));
}

const POLICY: &str = "version: 1
lint:
  ignore: [PH002]
  levels: {RS: note, RS003: warning}
  releases:
    - {name: prod, values: [common.yaml, hubs/prod.yaml], chartVersion: \"4.4\"}
    - {name: test, values: [common.yaml, hubs/test.yaml], hub: lab}
";

/// A repository with a policy that names two releases of three files.
fn repository() -> Memory {
    Memory::default()
        .file("/r/.git", "")
        .file("/r/dunnage.yaml", POLICY)
        .file("/r/common.yaml", COMMON)
        .file("/r/hubs/prod.yaml", PROD)
        .file("/r/hubs/test.yaml", "lab: {hub: {replicas: 2}}\n")
        .file("/r/hubs/other.yaml", "hub: {replicas: 3}\nsingleuser: {}\n")
        .file("/r/hubs/notes.yaml", "just: notes\n")
}

fn in_folder(folder: &str) -> Memory {
    let mut world = repository();
    world.dir = folder.into();
    world
}

#[test]
fn the_releases_of_the_policy_are_linted_where_no_path_is_given() {
    let prod =
        "hubs/prod.yaml:6:14: note[RS001] JupyterHub cannot read `2Gi` as an amount of memory\n";
    let test = "hubs/test.yaml:1:13: error[HB001] `hub.replicas` is no value of the chart, and there can be only one\n";
    let world = in_folder("/r");
    let all = ["lint", "--format", "concise"];
    check(&world, &all, 1, &format!("{prod}{test}"));
    // A layer stands for all releases that have it; other files are releases of their own.
    let world = in_folder("/r");
    let layer = ["lint", "hubs/prod.yaml", "--format", "concise"];
    check(&world, &layer, 0, prod);
    let world = in_folder("/r/hubs");
    let shared = [
        "lint",
        "../common.yaml",
        "--select",
        "HB",
        "--format",
        "concise",
    ];
    assert_eq!(run(&world, &shared), 1);
    assert!(
        world.stdout().contains("test.yaml:1:13: error[HB001]"),
        "{}",
        world.stdout()
    );
    let world = in_folder("/r");
    assert_eq!(run(&world, &["lint", "hubs/other.yaml"]), 1);
    assert_eq!(run(&world, &["lint", "hubs/notes.yaml"]), 3);
    assert_eq!(
        run(&world, &["lint", "hubs/notes.yaml", "--skip-unknown"]),
        0
    );
}

#[test]
fn a_folder_is_walked_for_what_the_linter_knows() {
    let chart = "name: c\nversion: 1.0.0\ndependencies:\n- {name: jupyterhub, version: 3.3.8}\n";
    let world = Memory::default()
        .file("hubs/a/prod.yaml", "hub: {replicas: 3}\nsingleuser: {}\n")
        .file("hubs/a/notes.yaml", "just: notes\n")
        .file("hubs/.git/hub.yaml", "hub: {replicas: 3}\nsingleuser: {}\n")
        .file("hubs/c/Chart.yaml", chart)
        .file("hubs/c/values.yaml", "jupyterhub: {hub: {replicas: 2}}\n")
        .file("hubs/c/templates/hub.yaml", "singleuser: {{ .Values }}\n")
        .file(
            "hubs/m.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata: {labels: {a: 1}}\n",
        );
    let expected = "hubs/a/prod.yaml:1:7: error[HB001] `hub.replicas` is no value of the chart, and there can be only one\nhubs/c/values.yaml:1:20: error[HB001] `hub.replicas` is no value of the chart, and there can be only one\nhubs/m.yaml:3:24: error[XR011] `a` in `labels` of `Pod` is a number\n";
    let line = [
        "lint", "hubs", "--select", "HB,XR011", "--format", "concise",
    ];
    check(&world, &line, 1, expected);
}

#[test]
fn hints_are_shown_where_they_are_asked_for() {
    let hub = "singleuser: {memory: {limit: 6G, guarantee: 1G}}\n";
    let world = || Memory::default().file("a.yaml", hub);
    let hint = "a.yaml:1:23: hint[RS004] ";
    for options in [&["--pedantic"][..], &["--select", "RS004"]] {
        let world = world();
        let line = [&["lint", "a.yaml", "--format", "concise"], options].concat();
        assert_eq!(run(&world, &line), 0, "{}", world.stdout());
        assert!(world.stdout().contains(hint), "{}", world.stdout());
    }
    let quiet = world();
    run(&quiet, &["lint", "a.yaml", "--format", "concise"]);
    assert!(!quiet.stdout().contains("RS004"), "{}", quiet.stdout());
}

#[test]
fn what_cannot_be_read_keeps_nothing_else_from_being_linted() {
    let world = world().file("broken.yaml", "a: [\n");
    let line = [
        "lint",
        "broken.yaml",
        "gone.yaml",
        "prod, eu.yaml",
        "--select",
        "RS",
        "--format",
        "concise",
    ];
    assert_eq!(run(&world, &line), 2);
    let shown = world.stdout();
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(lines.len(), 3, "{shown}");
    assert!(
        lines[0].contains("CL003") && lines[0].contains("gone.yaml"),
        "{shown}"
    );
    assert!(
        lines[1].starts_with("broken.yaml:1:4: error[VA001]"),
        "{shown}"
    );
    assert!(
        lines[2].starts_with("prod, eu.yaml:6:14: error[RS001]"),
        "{shown}"
    );
    // One broken layer of a stack, too.
    let line = [
        "lint",
        "-f",
        "broken.yaml",
        "-f",
        "prod, eu.yaml",
        "--select",
        "RS",
        "--format",
        "concise",
    ];
    let world = self::world().file("broken.yaml", "a: [\n");
    // The comma parts two files for Helm, and so it does here.
    assert_eq!(run(&world, &line), 2);
    assert!(
        world.stdout().contains("broken.yaml:1:4: error[VA001]"),
        "{}",
        world.stdout()
    );
    let missing = in_folder("/r").file(
        "/r/dunnage.yaml",
        POLICY.replace("hubs/test.yaml", "gone.yaml"),
    );
    assert_eq!(run(&missing, &["lint", "--format", "concise"]), 2);
    let shown = missing.stdout();
    assert!(
        shown.contains("dunnage.yaml:7:14: error[CL003] cannot read `gone.yaml`"),
        "{shown}"
    );
}

#[test]
fn a_policy_that_names_no_rule_is_refused_at_the_place() {
    let world = in_folder("/r").file(
        "/r/dunnage.yaml",
        "version: 1\nlint: {levels: {PH01: note}}\n",
    );
    assert_eq!(run(&world, &["lint", "--format", "concise"]), 2);
    let shown = world.stderr();
    assert!(
        shown.contains("dunnage.yaml:2:17: error[CL006] there is no rule `PH01`"),
        "{shown}"
    );
}

#[test]
fn the_environment_says_what_the_command_line_does_not() {
    let world = world()
        .variable("DUNNAGE_SELECT", "PH, RS")
        .variable("DUNNAGE_IGNORE", "PH")
        .variable("DUNNAGE_EXIT_ZERO", "1");
    let expected =
        "prod, eu.yaml:6:14: error[RS001] JupyterHub cannot read `2Gi` as an amount of memory\n";
    check(&world, &line(&["--format", "concise"]), 0, expected);
}

#[test]
fn standard_input_is_values_or_manifests() {
    let values = Memory::default().piped(PROD);
    assert_eq!(
        run(
            &values,
            &["lint", "-", "--select", "RS", "--format", "concise"]
        ),
        1
    );
    assert!(
        values.stdout().starts_with("<stdin>:6:14: error[RS001]"),
        "{}",
        values.stdout()
    );
    let manifests =
        Memory::default().piped("apiVersion: v1\nkind: Pod\nmetadata: {labels: {a: 1}}\n");
    assert_eq!(run(&manifests, &["lint", "-", "--format", "concise"]), 1);
    assert!(
        manifests.stdout().starts_with("<stdin>:3:24: error[XR011]"),
        "{}",
        manifests.stdout()
    );
}

/// A chart of anybody's with a schema.
fn with_schema(schema: &str) -> Memory {
    Memory::default()
        .file("c/Chart.yaml", "name: c\nversion: 1.0.0\n")
        .file("c/values.yaml", "replicas: 1\nimage: {tag: a}\n")
        .file("c/values.schema.json", schema)
        .file("prod.yaml", "replica: 2\nimage: {tag: 1.10}\n")
}

#[test]
fn any_chart_is_held_against_its_own_schema() {
    let schema = r#"{"type": "object", "additionalProperties": false, "properties": {
        "replicas": {"type": "integer"}, "global": {},
        "image": {"type": "object", "properties": {"tag": {"type": "string"}}}}}"#;
    let world = with_schema(schema);
    let expected = "prod.yaml:1:1: error[SM001] there is no key `replica`\nprod.yaml:2:14: error[SY003] Helm reads `1.10` as the number 1.1, where the chart takes a text\n";
    check(
        &world,
        &[
            "lint",
            "--chart",
            "c",
            "-f",
            "prod.yaml",
            "--format",
            "concise",
        ],
        1,
        expected,
    );
}

#[test]
fn a_schema_that_cannot_be_used_is_said_and_nothing_is_fetched() {
    for (schema, message) in [
        (
            "{",
            "c/values.schema.json:1:1: error[VA006] the schema is not JSON",
        ),
        (
            r#"{"type": 3}"#,
            "error[VA006] cannot use the schema: at /type",
        ),
        (
            r#"{"$ref": "https://example.org/schema.json"}"#,
            "error[VA006] cannot use the schema: ",
        ),
        (
            r##"{"$ref": "#/definitions/gone"}"##,
            "error[VA006] cannot use the schema: ",
        ),
    ] {
        let world = with_schema(schema);
        let line = [
            "lint",
            "--chart",
            "c",
            "-f",
            "prod.yaml",
            "--format",
            "concise",
        ];
        assert_eq!(run(&world, &line), 2, "{schema}");
        assert!(world.stdout().contains(message), "{}", world.stdout());
    }
}

#[test]
fn a_version_that_is_not_known_is_no_reason_to_scold() {
    let text = "httpRoute: {enabled: true}\nsingleuser: {}\nhub: {}\n";
    let found = |version: &[&str]| {
        let world = Memory::default().file("a.yaml", text);
        run(
            &world,
            &[
                &["lint", "a.yaml", "--select", "SM", "--format", "concise"],
                version,
            ]
            .concat(),
        );
        world.stdout()
    };
    assert!(
        found(&["--chart-version", "3.3"]).contains("error[SM001] there is no key `httpRoute`")
    );
    assert_eq!(found(&["--chart-version", "4.4"]), "");
    // 4.1 may have what 4.2 has, but not what 4.3 has.
    assert!(found(&["--chart-version", "4.1.2"]).contains("error[SM001]"));
    assert_eq!(found(&["--chart-version", "4.2.1-0.dev.git.7000.h0"]), "");
    assert_eq!(found(&["--chart-version", "0.9.0"]), "");
    assert_eq!(found(&[]), "");
    let old = Memory::default().file("a.yaml", "hub: {fsGid: 1000}\nsingleuser: {}\n");
    assert_eq!(run(&old, &["lint", "a.yaml"]), 0);
    let shown = old.stdout();
    assert!(
        shown.contains("note[SM004]")
            && shown.contains("`--chart-version` says for which version these values are"),
        "{shown}"
    );
}

#[test]
fn the_values_in_the_secret_of_a_hub_are_linted_too() {
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {labels: {component: hub}}\nstringData:\n  values.yaml: |\n    Chart: {Name: jupyterhub, Version: 4.4.0}\n    Release: {Name: r}\n    prePuller: {}\n    singleuser: {memory: {limit: 2Gi}}\n";
    let world = Memory::default().file("r.yaml", secret);
    let expected = "r.yaml, values in the Secret of the hub:4:23: error[RS001] JupyterHub cannot read `2Gi` as an amount of memory\n";
    check(
        &world,
        &["lint", "r.yaml", "--format", "concise"],
        1,
        expected,
    );
    // A chart of the same name with other values is none of ours.
    let namesake = Memory::default().file("r.yaml", secret.replace("prePuller", "imagePuller"));
    check(&namesake, &["lint", "r.yaml", "--format", "concise"], 0, "");
}

#[test]
fn several_files_are_checked_and_never_rendered_at_once() {
    let job = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {template: {spec: {containers: []}}}\n";
    let world = || {
        Memory::default().file("a.yaml", job).file(
            "b.yaml",
            "apiVersion: v1\nkind: Service\nmetadata: {name: b}\n",
        )
    };
    let both = world();
    check(
        &both,
        &["render", "--policy", "z2jh", "--check", "a.yaml", "b.yaml"],
        1,
        "",
    );
    assert_eq!(
        both.stderr(),
        "a.yaml:\n2 changes in 1 document; 1 workload will restart\nb.yaml:\nnothing changes\n"
    );
    let refused = world();
    check(
        &refused,
        &["render", "--policy", "z2jh", "a.yaml", "b.yaml"],
        2,
        "",
    );
    assert!(
        refused
            .stderr()
            .contains("`--check` and `--diff` take several"),
        "{}",
        refused.stderr()
    );
}

#[test]
fn several_formats_come_of_one_run() {
    let world = world();
    let formats = [
        "--format=concise",
        "--format=sarif=out/a.sarif",
        "--format=gitlab=a.json",
        "--format=junit=a.xml",
        "--format=checkstyle=b.xml",
        "--format=json-lines=a.jsonl",
        "--format=github=a.txt",
    ];
    assert_eq!(run(&world, &line(&formats)), 1, "{}", world.stderr());
    assert!(
        world
            .stdout()
            .starts_with("prod, eu.yaml:4:7: warning[PH002]")
    );
    let file = |name: &str| {
        let text = world.read_file(Path::new(name)).expect("a file");
        assert!(
            text.contains("PH002") && text.contains("RS001"),
            "{name}: {text}"
        );
        text
    };
    assert!(file("out/a.sarif").contains("\"markdown\": \"# PH002 dead-placeholder-replicas"));
    let gitlab: Value = serde_json::from_str(&file("a.json")).expect("JSON");
    let expected = serde_json::json!({
        "description": "JupyterHub cannot read `2Gi` as an amount of memory",
        "check_name": "RS001",
        "fingerprint": gitlab[1]["fingerprint"],
        "severity": "critical",
        "location": {"path": "prod, eu.yaml", "lines": {"begin": 6}},
    });
    assert_eq!(gitlab[1], expected);
    assert_ne!(gitlab[0]["fingerprint"], gitlab[1]["fingerprint"]);
    let junit = file("a.xml");
    assert!(junit.contains("tests=\"2\" failures=\"2\""), "{junit}");
    assert!(
        junit.contains(
            "<testcase classname=\"prod, eu.yaml\" name=\"PH002 dead-placeholder-replicas at 4:7\">"
        ),
        "{junit}"
    );
    let error = "<error line=\"6\" column=\"14\" severity=\"error\" message=\"JupyterHub cannot read `2Gi` as an amount of memory\" source=\"dunnage.RS001\"/>";
    assert!(file("b.xml").contains(error));
    let lines = file("a.jsonl");
    let codes: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON")["code"].clone())
        .collect();
    assert_eq!(codes, ["PH002", "RS001"]);
    assert!(file("a.txt").starts_with("::warning file="));
}

#[test]
fn formats_that_cannot_be_had_at_once_are_refused() {
    let two = world();
    check(
        &two,
        &line(&["--format", "json", "--format", "concise"]),
        2,
        "",
    );
    assert!(two.stderr().contains("two formats cannot share one stream"));
    let render = Memory::default().piped("a: 1\n");
    check(
        &render,
        &["render", "--policy", "z2jh", "--format", "json=a.json"],
        2,
        "",
    );
    assert!(
        render.stderr().contains("goes with `lint` alone"),
        "{}",
        render.stderr()
    );
    let unknown = world();
    check(&unknown, &line(&["--format", "yaml"]), 2, "");
    assert!(
        unknown.stderr().contains("[possible values: graphical"),
        "{}",
        unknown.stderr()
    );
    let variable = world().variable("DUNNAGE_FORMAT", "concise,json=a.json");
    assert_eq!(run(&variable, &line(&[])), 1);
    assert!(variable.stdout().contains("warning[PH002]"));
    assert!(variable.read_file(Path::new("a.json")).is_ok());
}

#[test]
fn statistics_say_how_often_each_rule_speaks() {
    let world = world();
    let expected = "    1  error    RS001  bad-memory-unit\n    1  warning  PH002  dead-placeholder-replicas\n";
    check(&world, &line(&["--statistics"]), 1, expected);
}

#[test]
fn what_is_known_is_not_shown_and_only_shrinks() {
    let options = ["--format", "concise", "--baseline", "known.json"];
    let first = world();
    let written = [&options[..], &["--write-baseline"]].concat();
    check(&first, &line(&written), 0, "");
    assert!(
        first.stderr().contains("2 known findings in known.json"),
        "{}",
        first.stderr()
    );
    let known = first.read_file(Path::new("known.json")).expect("a file");

    // Lines moved, one finding is gone and another came.
    let moved = PROD.replace("limit: 2Gi", "limit: 2G") + "    cpu: {limit: \"1\"}\n";
    let later = || {
        Memory::default()
            .file("common.yaml", COMMON)
            .file("prod, eu.yaml", format!("# moved\n{moved}"))
            .file("known.json", known.clone())
    };
    let shown = "prod, eu.yaml:8:18: error[SM005] `limit` is a string, not a number or null\n";
    let again = later();
    check(&again, &line(&options), 1, shown);
    assert!(
        again.stderr().contains("1 known findings are gone"),
        "{}",
        again.stderr()
    );
    let shrunk = later();
    check(&shrunk, &line(&written), 1, shown);
    let known = shrunk.read_file(Path::new("known.json")).expect("a file");
    assert!(
        known.contains("PH002") && !known.contains("RS001") && !known.contains("SM005"),
        "{known}"
    );

    for (file, message) in [
        ("[", "is no baseline"),
        ("{\"version\": 7, \"findings\": []}", "version 7"),
    ] {
        let broken = world().file("known.json", file);
        check(&broken, &line(&options), 2, "");
        assert!(broken.stderr().contains(message), "{}", broken.stderr());
    }
    let nowhere = world();
    check(&nowhere, &line(&["--write-baseline"]), 2, "");
    assert!(
        nowhere.stderr().contains("name the file"),
        "{}",
        nowhere.stderr()
    );
}

/// Fixes what can be fixed in a safe way.
const FIXABLE: &str = "singleuser:\n  memory: {limit: 2Gi, guarantee: 2G}\n";
const FIXED: &str = "singleuser:\n  memory: {limit: 2G, guarantee: 2G}\n";

#[track_caller]
fn check_content(world: &Memory, name: &str, expected: &str) {
    assert_eq!(world.read_file(Path::new(name)).expect("a file"), expected);
}

#[test]
fn a_read_only_file_keeps_no_other_from_being_fixed() {
    let mut world = Memory::default()
        .file("a.yaml", FIXABLE)
        .file("b.yaml", FIXABLE);
    world.read_only.insert("/b.yaml".into());
    let line = ["lint", "a.yaml", "b.yaml", "--fix", "--format", "concise"];
    assert_eq!(run(&world, &line), 2);
    let shown = world.stdout();
    assert!(
        shown.starts_with(
            "unwritable-output: error[CL004] `b.yaml` was not fixed: it is read-only\nb.yaml:"
        ),
        "{shown}"
    );
    assert!(
        world.stderr().starts_with("1 finding fixed in 1 file\n"),
        "{}",
        world.stderr()
    );
    check_content(&world, "a.yaml", FIXED);
    check_content(&world, "b.yaml", FIXABLE);
    // The fixes can be seen all the same.
    assert_eq!(run(&world, &["lint", "b.yaml", "--diff"]), 1);
}

#[test]
fn an_edit_that_comes_while_files_are_fixed_is_not_lost() {
    let world = Memory::default()
        .file("hubs/a.yaml", FIXABLE)
        .file("hubs/b.yaml", FIXABLE);
    let edited = format!("{FIXABLE}# by hand\n");
    let edits = [("/hubs/a.yaml".into(), edited.clone().into_bytes())];
    world.edits.borrow_mut().extend(edits);
    let line = [
        "lint",
        "hubs/a.yaml",
        "hubs/b.yaml",
        "--fix",
        "--format",
        "concise",
    ];
    assert_eq!(run(&world, &line), 2);
    let shown = world.stdout();
    assert!(
        shown.starts_with(
            "unwritable-output: error[CL004] `hubs/a.yaml` was not fixed: it changed meanwhile\n"
        ),
        "{shown}"
    );
    assert!(
        world.stderr().starts_with("1 finding fixed in 1 file\n"),
        "{}",
        world.stderr()
    );
    check_content(&world, "hubs/a.yaml", &edited);
    check_content(&world, "hubs/b.yaml", FIXED);
    // The next run reads it as it is now.
    assert_eq!(run(&world, &line), 0, "{}", world.stdout());
    check_content(&world, "hubs/a.yaml", &format!("{FIXED}# by hand\n"));
}

#[test]
fn only_what_is_named_is_fixed() {
    let policy =
        "version: 1\nlint: {releases: [{name: hub, values: [common.yaml, prod/hub.yaml]}]}\n";
    let common = "singleuser:\n  memory: {limit: 2Gi, guarantee: 2G}\n";
    let world = Memory::default()
        .file("dunnage.yaml", policy)
        .file("common.yaml", common)
        .file("prod/hub.yaml", "hub: {concurrentSpawnLimit: 3}\n");
    assert_ne!(run(&world, &["lint", "prod", "--fix"]), 2);
    let said = world.stderr();
    let line = "common.yaml was not fixed: it is outside of the named files and folders\n";
    assert!(said.contains(line), "{said}");
    check_content(&world, "common.yaml", common);
    // The policy names it as well.
    assert_ne!(run(&world, &["lint", "--fix"]), 2);
    check_content(&world, "common.yaml", FIXED);
}

#[test]
fn fixes_are_shown_and_written_and_no_other_byte_changes() {
    let before = "# a hub\r\nsingleuser:  # two blanks\r\n  memory: {limit: 2G, guarantee: 1G} # dunnage: ignore[RS003] no more\r\n";
    let after = "# a hub\r\nsingleuser:  # two blanks\r\n  memory: {limit: 2G, guarantee: 1G}\r\n";
    let shown = Memory::default().file("a.yaml", before);
    assert_eq!(run(&shown, &["lint", "a.yaml", "--diff"]), 1);
    assert!(
        shown
            .stdout()
            .contains("-  memory: {limit: 2G, guarantee: 1G} # dunnage"),
        "{}",
        shown.stdout()
    );
    assert_eq!(
        shown.read_file(Path::new("a.yaml")).expect("a file"),
        before
    );
    let fixed = Memory::default().file("a.yaml", before);
    check(
        &fixed,
        &["lint", "a.yaml", "--fix", "--format", "concise"],
        0,
        "",
    );
    assert_eq!(fixed.read_file(Path::new("a.yaml")).expect("a file"), after);
    assert_eq!(
        fixed.stderr(),
        "1 finding fixed in 1 file\nnothing to complain about\n"
    );
    // What is not selected is not fixed either.
    let other = Memory::default().file("a.yaml", before);
    run(&other, &["lint", "a.yaml", "--fix", "--select", "PH"]);
    assert_eq!(
        other.read_file(Path::new("a.yaml")).expect("a file"),
        before
    );
    // Standard input is no file.
    let piped = Memory::default().piped(before);
    assert_eq!(
        run(&piped, &["lint", "-", "--fix"]),
        1,
        "{}",
        piped.stderr()
    );
}

#[test]
fn the_policy_silences_in_files_of_others() {
    let policy = |until: &str| {
        format!(
            "version: 1\nlint:\n  suppress:\n    - {{rules: [HB001], files: [\"hubs/*\"], reason: theirs{until}}}\n    - {{rules: [PH], reason: never there}}\n"
        )
    };
    let world = |until: &str| {
        Memory::default()
            .file("/dunnage.yaml", policy(until))
            .file("/hubs/a.yaml", "hub: {replicas: 2}\nsingleuser: {}\n")
    };
    let line = ["lint", "hubs/a.yaml", "--format", "concise"];
    let silenced = world("");
    check(
        &silenced,
        &line,
        1,
        "/dunnage.yaml:5:15: warning[SP001] this entry silences no finding of `PH`\n",
    );
    let over = world(", until: \"2026-11-24\"");
    assert_eq!(run(&over, &line), 1);
    assert!(over.stdout().contains("error[HB001]"), "{}", over.stdout());
    let last_day = world(", until: \"2026-11-25\"");
    run(&last_day, &line);
    assert!(
        !last_day.stdout().contains("HB001"),
        "{}",
        last_day.stdout()
    );
}

const UNPLACED: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      priorityClassName: gone\n      containers: [{name: a, image: registry.example.org/a:1}]\n";

const PLACES: &str = "version: 1\npools: {core: {taints: [\"hub.jupyter.org/dedicated=core:NoSchedule\"], labels: {hub.jupyter.org/node-purpose: core}}}\nworkloads: [{pool: core, matchNodePurpose: require}]\n";

/// Pods tolerate a pool and do not select it.
const GPU: &str = "version: 1\npools: {gpu: {taints: [\"gpu=yes:NoSchedule\"], labels: {pool: gpu}}, other: {labels: {pool: other}}}\nworkloads: [{pool: gpu, matchNodePurpose: ignore}]\n";

#[test]
fn manifests_are_judged_as_the_policy_will_have_them() {
    let world = || {
        Memory::default()
            .file("/dunnage.yaml", PLACES)
            .file("/m.yaml", UNPLACED)
    };
    let line = ["lint", "m.yaml", "--select", "XR001", "--format", "concise"];
    let as_it_is = world();
    assert_eq!(run(&as_it_is, &line), 1, "{}", as_it_is.stdout());
    assert!(as_it_is.stdout().contains("XR001"), "{}", as_it_is.stdout());
    let injected = world();
    check(&injected, &[&line[..], &["--as-injected"]].concat(), 0, "");
    let by_selector = GPU.replace("matchNodePurpose: ignore", "nodeSelection: nodeSelector");
    for (policy, code) in [(by_selector.as_str(), 0), (GPU, 1)] {
        let world = Memory::default()
            .file("/dunnage.yaml", policy)
            .file("/m.yaml", UNPLACED);
        let line = ["lint", "m.yaml", "--select", "XR002", "--as-injected"];
        assert_eq!(run(&world, &line), code, "{}", world.stdout());
    }
    let nobody = Memory::default().file("/m.yaml", UNPLACED);
    check(&nobody, &["lint", "m.yaml", "--as-injected"], 2, "");
    assert!(
        nobody.stderr().contains("no `dunnage.yaml`"),
        "{}",
        nobody.stderr()
    );
}

#[test]
fn the_gate_lets_no_error_through() {
    let world = |policy: &str| {
        Memory::default()
            .file("/dunnage.yaml", policy)
            .piped(UNPLACED)
    };
    let refused = world(PLACES);
    check(
        &refused,
        &["render", "--gate", "--format", "concise"],
        1,
        "",
    );
    let shown = refused.stderr();
    assert!(
        shown.starts_with("the rendered manifests:7:26: error[XR003]"),
        "{shown}"
    );
    let twin = world(PLACES).variable("DUNNAGE_GATE", "1");
    check(&twin, &["render"], 1, "");
    let known = world(&format!("{PLACES}priorityClasses: {{existing: [gone]}}\n"));
    assert_eq!(run(&known, &["render", "--gate"]), 0, "{}", known.stderr());
    assert!(
        known.stdout().contains("tolerations:"),
        "{}",
        known.stdout()
    );
    let ignored = world(&format!("{PLACES}lint: {{ignore: [XR003]}}\n"));
    assert_eq!(
        run(&ignored, &["render", "--gate"]),
        0,
        "{}",
        ignored.stderr()
    );
    let plugin = world(PLACES);
    assert_eq!(run(&plugin, &["helm-plugin", "--gate"]), 0);
    assert!(
        plugin.stdout().starts_with("|-") && plugin.stdout().contains("XR003"),
        "{}",
        plugin.stdout()
    );
}

#[test]
fn a_misspelled_chart_of_a_row_is_found_where_the_releases_are_known() {
    let policy = |chart: &str| {
        format!(
            "version: 1\npools: {{core: {{taints: [\"a=b:NoSchedule\"]}}}}\nworkloads:\n  - {{name: metrics, match: {{chart: {chart}}}, pool: core, expect: 1+}}\nlint:\n  releases:\n    - {{name: prod, chart: charts/hub}}\n"
        )
    };
    let chart = "apiVersion: v2\nname: hub\nversion: 1.0.0\ndependencies:\n  - {name: prometheus, alias: metrics, version: 25.0.0, repository: https://example.org}\n";
    let lint = |name: &str| {
        let host = Memory::default()
            .file("dunnage.yaml", policy(name))
            .file("charts/hub/Chart.yaml", chart)
            .file(
                "charts/hub/charts/prometheus/Chart.yaml",
                "apiVersion: v2\nname: prometheus\nversion: 25.0.0\n",
            )
            .file("charts/hub/values.yaml", "{}\n");
        let code = run(&host, &["lint", "--format", "concise"]);
        (code, host.stdout())
    };
    for (name, meant) in [("promethues", "prometheus"), ("metric", "metrics")] {
        let (code, stdout) = lint(name);
        let expected = format!(
            "/dunnage.yaml:4:36: warning[PL001] no release has the chart `{name}`, so row \"metrics\" never matches\n"
        );
        assert_eq!((code, stdout.as_str()), (1, expected.as_str()), "{meant}");
    }
    for name in ["prometheus", "metrics", "hub", "loki", "\"prometheu?\""] {
        assert_eq!(lint(name), (0, String::new()), "{name}");
    }
}
