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
fn schemas_completions_and_the_manual_page() {
    let schema: Value = serde_json::from_str(&printed("dunnage schema")).expect("JSON");
    assert!(schema["properties"]["pools"].is_object(), "{schema}");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let completions = printed(&format!("dunnage completions {shell}"));
        assert!(completions.contains("policy"), "{shell}");
    }
    assert!(printed("dunnage man").contains(".TH dunnage"));
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
    let places: Vec<Option<usize>> = codes
        .iter()
        .map(|code| pages.find(&format!("\n\n# {code} ")))
        .collect();
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
