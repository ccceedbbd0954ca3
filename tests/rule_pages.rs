//! A rule's page is its test: what it says to fail fails by this rule and no other, what it says to pass passes,
//! and what it says to be fixed is what `--fix` makes of it.
//!
//! Blocks that follow one another are the files of one example: layers of values in their order, a stream of
//! manifests, a chart with its `Chart.yaml`, the policy `dunnage.yaml`. Files that do not say the chart's
//! version are for z2jh 4.4.

use std::collections::BTreeSet;

use dunnage::diag::FixKind;
use dunnage::lint::{Check, RULES, Rule};
use rayon::prelude::*;
use serde_json::Value;

mod support;

use support::World;

/// A file of an example.
struct File<'p> {
    name: &'p str,
    text: &'p str,
    /// What the block says of the chart's version: `chart=3.1`.
    chart: Option<&'p str>,
    /// The version that the chart is to get: `to=4.3`.
    to: Option<&'p str>,
    /// Whether it is what a fix makes of the file of the same name.
    is_fixed: bool,
}

/// The examples of a section: files that follow one another are one, and a name that comes again begins
/// another.
fn examples<'p>(page: &'p str, heading: &str) -> Vec<Vec<File<'p>>> {
    let mut sections = page.split("\n## ");
    let section = sections.find(|section| section.starts_with(heading));
    let section = section.unwrap_or_else(|| panic!("no section {heading}"));
    let mut examples: Vec<Vec<File<'p>>> = Vec::new();
    let mut ended_at = 0;
    for (at, fence) in section.match_indices("```yaml ") {
        let rest = &section[at + fence.len()..];
        let (info, rest) = rest.split_once('\n').expect("a line");
        let text = &rest[..rest.find("```").expect("the block ends")];
        let is_next = section[ended_at..at].trim().is_empty();
        ended_at = at + fence.len() + info.len() + 1 + text.len() + 3;
        let is_fixed = info.starts_with("fixed");
        let word = |key: &str| {
            info.split_whitespace()
                .find_map(|word| word.strip_prefix(key))
        };
        let (name, chart, to) = (word("file="), word("chart="), word("to="));
        let of_example = examples.last().filter(|_| is_next);
        let only = of_example
            .and_then(|files| files.first())
            .map(|file| file.name);
        let name = name.or(only).expect("a block says its file");
        let file = File {
            name,
            text,
            chart,
            to,
            is_fixed,
        };
        let is_new = of_example.is_none_or(|files| {
            files
                .iter()
                .any(|other| other.name == name && other.is_fixed >= is_fixed)
        });
        if is_new {
            examples.push(vec![file]);
        } else {
            examples.last_mut().expect("one").push(file);
        }
    }
    assert!(!examples.is_empty(), "{heading} has no example");
    examples
}

/// The world of an example, and the command line that lints it.
fn prepare<'f>(files: &[File<'f>], options: &[&'f str]) -> (World, Vec<&'f str>) {
    let mut world = World::default();
    let mut line = vec!["lint"];
    for file in files.iter().filter(|file| !file.is_fixed) {
        world = world.file(file.name, file.text);
        let is_manifests = ["apiVersion: ", "kind: "]
            .iter()
            .all(|key| file.text.contains(key));
        match file.name {
            "dunnage.yaml" => {}
            name if name.contains('/') => {
                if let Some(chart) = name.strip_suffix("/Chart.yaml") {
                    line.extend(["--chart", chart]);
                }
            }
            name if is_manifests => line.push(name),
            name => line.extend(["-f", name]),
        }
    }
    if !files.iter().any(|file| file.name.ends_with("Chart.yaml")) {
        let said = files.iter().find_map(|file| file.chart);
        line.extend(["--chart-version", said.unwrap_or("4.4")]);
    }
    if let Some(to) = files.iter().find_map(|file| file.to) {
        line.extend(["--to", to]);
    }
    line.extend(options);
    (world, line)
}

/// What an example gives.
struct Found {
    /// The codes of errors and warnings, and of findings of this rule whatever their level.
    codes: Vec<String>,
    /// The safety of the fixes that findings of this rule bring.
    safeties: BTreeSet<String>,
}

fn found(rule: &Rule, files: &[File<'_>]) -> Found {
    let (world, line) = prepare(files, &["--pedantic", "--format", "json"]);
    let outcome = world.run_with(line);
    assert!(outcome.exit < 2, "{}: {outcome:?}", rule.code.id);
    let report: Value = serde_json::from_str(&outcome.stdout).expect("JSON");
    let findings = report["diagnostics"].as_array().expect("findings");
    let (mut codes, mut safeties) = (Vec::new(), BTreeSet::new());
    for finding in findings {
        let code = finding["code"].as_str().expect("a code");
        let file = finding["labels"][0]["file"].as_str().unwrap_or_default();
        let file = file.trim_start_matches('/');
        let is_of_example = files.iter().any(|known| file.starts_with(known.name));
        assert!(is_of_example, "{code} stands in {file:?}");
        // A trade-off worth knowing may be found in every example.
        let is_grave = finding["level"] == "error" || finding["level"] == "warning";
        if is_grave || code == rule.code.id {
            codes.push(code.to_owned());
        }
        if code == rule.code.id {
            let safety = finding["fix"]["safety"].as_str();
            safeties.extend(safety.map(str::to_owned));
        }
        let labels = finding["labels"].as_array().expect("labels");
        let in_another = |label: &Value| label["file"] != labels[0]["file"];
        if labels.iter().any(in_another) {
            codes.push("XL003".to_owned());
        }
    }
    if !matches!(rule.check, Check::Property(_)) {
        codes.retain(|code| code != "XL003");
    }
    Found { codes, safeties }
}

/// What the fixes of a rule make of its example.
fn check_fixed(rule: &Rule, files: &[File<'_>]) {
    let fixed: Vec<&File<'_>> = files.iter().filter(|file| file.is_fixed).collect();
    if fixed.is_empty() {
        return;
    }
    let options = [
        "--fix",
        "--unsafe-fixes",
        "--pedantic",
        "--select",
        rule.code.id,
    ];
    let (world, line) = prepare(files, &options);
    let outcome = world.run_with(line);
    assert_eq!(outcome.exit, 0, "{}: {outcome:?}", rule.code.id);
    let world = world.after(&outcome);
    for file in fixed {
        let text = world.text(file.name);
        assert_eq!(text, file.text, "{}: {}", rule.code.id, file.name);
    }
}

/// The sections of a page, in their order. A paragraph above the first one says what the rule checks.
const SECTIONS: [&str; 6] = [
    "Why it matters",
    "Fails",
    "Passes",
    "How to fix",
    "When to ignore",
    "References",
];

/// Checks that a page has all sections, in their order, and text in each of them.
fn check_sections(id: &str, page: &str) {
    if page.contains("\n- Source: ") {
        assert!(page.contains("- How to fix: "), "{id}: no `How to fix`");
        return;
    }
    let mut parts = page.split("\n## ");
    let introduction = parts.next().expect("a page");
    let is_introduced = introduction.lines().any(|line| line.ends_with('.'));
    assert!(is_introduced, "{id}: no paragraph before the first section");
    let sections: Vec<(&str, &str)> = parts
        .map(|part| part.split_once('\n').expect("text below a heading"))
        .collect();
    let headings: Vec<&str> = sections.iter().map(|(heading, _)| *heading).collect();
    assert_eq!(headings, SECTIONS, "{id}");
    for (heading, text) in sections {
        assert!(!text.trim().is_empty(), "{id}: `{heading}` is empty");
    }
}

/// Checks a page. What fails by the rule may fail by another one too where the page names that.
fn check(rule: &Rule) {
    let id = rule.code.id;
    let page = rule.code.page;
    check_sections(id, page);
    let mut safeties = BTreeSet::new();
    for files in examples(page, "Fails") {
        let found = found(rule, &files);
        safeties.extend(found.safeties);
        let found = found.codes;
        let text = files[0].text;
        assert!(
            found.iter().any(|code| code == id),
            "{id} is not found in {text}: {found:?}"
        );
        let is_property = matches!(rule.check, Check::Property(_));
        assert!(
            is_property || found.iter().all(|code| code == id || page.contains(code)),
            "{id}: {found:?} in {text}"
        );
        check_fixed(rule, &files);
    }
    for files in examples(page, "Passes") {
        let found = found(rule, &files);
        let codes = found.codes;
        assert!(codes.is_empty(), "{id}: {codes:?} in {}", files[0].text);
    }
    let brings = |safety: &str| safeties.contains(safety);
    let is_right = match rule.code.fix {
        FixKind::None => safeties.is_empty(),
        FixKind::Safe => brings("safe"),
        FixKind::Unsafe => brings("unsafe") && !brings("safe"),
    };
    assert!(
        is_right,
        "{id} brings other fixes than it says: {safeties:?}"
    );
}

/// All pages are looked at before any of them fails the test.
#[test]
fn every_page_is_right() {
    let is_wrong = |rule: &&Rule| std::panic::catch_unwind(|| check(rule)).is_err();
    let wrong: Vec<&str> = RULES
        .par_iter()
        .filter(is_wrong)
        .map(|rule| rule.code.id)
        .collect();
    assert!(
        wrong.is_empty(),
        "{wrong:?}: what is wrong with each stands above"
    );
}

#[test]
fn codes_and_names_are_their_own() {
    assert!(
        RULES.is_sorted_by_key(|rule| rule.code.id),
        "by their codes"
    );
    for (index, rule) in RULES.iter().enumerate() {
        for other in &RULES[index + 1..] {
            assert_ne!(rule.code.id, other.code.id);
            assert_ne!(rule.code.name, other.code.name);
        }
    }
}
