//! What is generated or listed: schemas, completions, the manual page, the pages of rules.

use serde_json::Value;

use crate::support::World;

#[track_caller]
fn printed(line: &str) -> String {
    let outcome = World::default().run(line);
    outcome.check(0, &outcome.stdout, "");
    outcome.stdout
}

#[test]
fn schemas_and_completions() {
    let schema: Value = serde_json::from_str(&printed("dunnage schema")).expect("JSON");
    assert!(schema["properties"]["pools"].is_object(), "{schema}");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish", "nushell"] {
        let completions = printed(&format!("dunnage completions {shell}"));
        assert!(completions.contains("policy"), "{shell}");
        assert!(completions.contains("install-plugin"), "{shell}");
        assert!(!completions.contains("helm-plugin"), "{shell}");
        assert!(!completions.contains("helm__plugin"), "{shell}");
    }
}

#[test]
fn every_command_has_a_manual_page() {
    let whole = printed("dunnage man");
    assert!(whole.contains(".TH dunnage 1"), "{whole}");
    assert!(whole.contains("dunnage\\-lint(1)"), "{whole}");
    assert!(!whole.contains("helm\\-plugin"), "{whole}");
    for (name, title) in [
        ("lint", "dunnage-lint"),
        ("values explain", "dunnage-values-explain"),
        ("helm install-plugin", "dunnage-helm-install-plugin"),
        ("helm-plugin", "dunnage-helm-plugin"),
    ] {
        let page = printed(&format!("dunnage man {name}"));
        assert!(page.contains(&format!(".TH {title} 1")), "{page}");
        assert!(!page.contains("help(1)"), "{page}");
    }
}

#[test]
fn a_manual_page_of_no_command_is_refused() {
    let wrong = World::default().run("dunnage man values explian").fails(2);
    let expected = "`dunnage values` has no command `explian`";
    assert!(wrong.stderr.contains(expected), "{wrong:?}");
    assert!(wrong.stderr.contains("use one of `explain`"), "{wrong:?}");
    let wrong = World::default().run("dunnage man lint prod").fails(2);
    let expected = "`dunnage lint` has no commands";
    assert!(wrong.stderr.contains(expected), "{wrong:?}");
}

#[test]
fn the_version_is_a_command_too() {
    assert_eq!(printed("dunnage version"), printed("dunnage --version"));
}

#[test]
fn the_plugin_command_is_hidden_in_help() {
    assert!(!printed("dunnage --help").contains("helm-plugin"));
    assert!(printed("dunnage helm-plugin --help").contains("--policy"));
}

#[test]
fn a_rule_explains_itself() {
    let page = printed("dunnage rule ph001");
    assert!(
        page.starts_with("# PH001 placeholders-without-priority\n"),
        "{page}"
    );
    let list = printed("dunnage rule");
    let first = list.lines().next().expect("a code");
    assert!(
        first.starts_with("CL001  error    no-policy  ")
            && first.ends_with("  no policy was given and none was found"),
        "{list}"
    );
}

#[test]
fn a_code_that_is_no_rule_explains_itself_too() {
    for word in ["RN003", "affinity-contradiction"] {
        let page = printed(&format!("dunnage rule {word}"));
        let title =
            "# RN003 affinity-contradiction\n\n- Level: error\n- Fix: none\n- Since: 0.1.0\n\n";
        assert!(page.starts_with(title), "{page}");
        assert!(page.contains("\n## What to do\n"), "{page}");
    }
    let [contradiction] = &codes("dunnage rule RN003 --format json")[..] else {
        panic!("one code");
    };
    assert_eq!(contradiction["selectable"], false);
    assert_eq!(contradiction["fix"], "none");
}

/// Returns the codes that a command line prints as JSON.
#[track_caller]
fn codes(line: &str) -> Vec<Value> {
    let mut document: Value = serde_json::from_str(&printed(line)).expect("JSON");
    assert_eq!(document["version"], 1);
    match document["rules"].take() {
        Value::Array(rules) => rules,
        other => panic!("{other} is no list"),
    }
}

#[test]
fn all_pages_are_in_the_order_of_their_codes() {
    let list = printed("dunnage rule");
    let codes: Vec<&str> = list.lines().map(|line| &line[..5]).collect();
    assert!(codes.is_sorted(), "{codes:?}");
    let pages = format!("\n\n{}", printed("dunnage rule --all"));
    let places: Vec<Option<usize>> =
        codes.iter().map(|code| pages.find(&format!("\n\n# {code} "))).collect();
    assert!(places.iter().all(Option::is_some), "{places:?}");
    assert!(places.is_sorted());
    let both = World::default().run("dunnage rule PH001 --all").fails(2);
    assert!(both.stderr.contains("cannot be used with"), "{both:?}");
}

#[test]
fn rules_are_json_for_programs() {
    let one = codes("dunnage rule number-where-string --format json");
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
    let all = codes("dunnage rule --format json");
    assert_eq!(all, codes("dunnage rule --all --format=json"));
    assert!(all.contains(&one[0]));
    let of = |code: &str| all.iter().find(|rule| rule["code"] == code).expect(code);
    assert_eq!(of("SM001")["fix"], "unsafe");
    assert_eq!(of("CU003")["fix"], "none");
    let lines = printed("dunnage rule --format json-lines");
    assert_eq!(lines.lines().count(), all.len());
}

#[test]
fn a_format_for_messages_leaves_the_pages_of_rules_alone() {
    let line = "GITHUB_ACTIONS=true DUNNAGE_FORMAT=sarif dunnage rule PH001";
    assert_eq!(printed(line), printed("dunnage rule PH001"));
}

/// Returns the driver of the SARIF document of a run with a finding.
#[track_caller]
fn sarif_driver(variables: &str) -> Value {
    let values = "scheduling:\n  userPlaceholder: {enabled: true, replicas: 3}\n";
    let world = World::default().file("prod.yaml", values);
    let line = format!("{variables} dunnage lint prod.yaml --format sarif");
    let outcome = world.run(line.trim()).exits(1);
    let mut document: Value = serde_json::from_str(&outcome.stdout).expect("JSON");
    document["runs"][0]["tool"]["driver"].take()
}

#[test]
fn sarif_links_to_the_site_where_its_address_is_known() {
    let driver = sarif_driver("DUNNAGE_PAGES=https://example.org/dunnage/");
    assert_eq!(driver["informationUri"], "https://example.org/dunnage");
    let rules = driver["rules"].as_array().expect("rules");
    assert!(!rules.is_empty());
    for rule in rules {
        let id = rule["id"].as_str().expect("a code");
        let page = format!("https://example.org/dunnage/rules/{id}.html");
        assert_eq!(rule["helpUri"], page);
    }
    let driver = sarif_driver("");
    assert_eq!(driver.get("informationUri"), None);
    assert_eq!(driver["rules"][0].get("helpUri"), None);
}
