//! A rule's page is its test: what it says to fail fails by this rule and no other, what it says to pass passes,
//! and what it says to be fixed is what `--fix` makes of it.
//!
//! Blocks that follow one another are the files of one example: layers of values in their order, a stream of
//! manifests, a chart with its `Chart.yaml`, the policy `dunnage.yaml`. Files that do not say the chart's
//! version are for z2jh 4.4.

use std::ffi::OsString;
use std::path::Path;

use dunnage::cli;
use dunnage::host::{Memory, Read as _};
use dunnage::lint::{Check, RULES, Rule};
use rayon::prelude::*;
use serde_json::Value;

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
fn prepare(files: &[File<'_>], options: &[&str]) -> (Memory, Vec<OsString>) {
    let mut world = Memory::default();
    let mut line = vec!["dunnage", "lint"];
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
    (world, line.into_iter().map(OsString::from).collect())
}

/// The findings of an example: errors and warnings, and those of this rule whatever their level.
fn found(rule: &Rule, files: &[File<'_>]) -> Vec<String> {
    let (world, line) = prepare(files, &["--pedantic", "--format", "json"]);
    let code = cli::run(&world, line).code();
    assert!(
        code < 2,
        "{}: {}{}",
        rule.code.id,
        world.stdout(),
        world.stderr()
    );
    let report: Value = serde_json::from_str(&world.stdout()).expect("JSON");
    let findings = report["diagnostics"].as_array().expect("findings");
    let mut codes = Vec::new();
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
        let labels = finding["labels"].as_array().expect("labels");
        let in_another = |label: &Value| label["file"] != labels[0]["file"];
        if labels.iter().any(in_another) {
            codes.push("XL003".to_owned());
        }
    }
    if !matches!(rule.check, Check::Property(_)) {
        codes.retain(|code| code != "XL003");
    }
    codes
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
    let code = cli::run(&world, line).code();
    assert_eq!(
        code,
        0,
        "{}: {}{}",
        rule.code.id,
        world.stdout(),
        world.stderr()
    );
    for file in fixed {
        let text = world.read_file(Path::new(file.name)).expect("a file");
        assert_eq!(text, file.text, "{}: {}", rule.code.id, file.name);
    }
}

/// Checks a page. What fails by the rule may fail by another one too where the page names that.
fn check(rule: &Rule) {
    let id = rule.code.id;
    let title = format!("# {id} {}\n", rule.code.name);
    assert!(rule.page.starts_with(&title), "{id}: the title");
    let level = format!("- Level: {}", rule.code.level.name());
    for part in [level.as_str(), "- Fix: ", "- Source: "] {
        assert!(rule.page.contains(part), "{id} says no {part}");
    }
    for files in examples(rule.page, "Fails") {
        let found = found(rule, &files);
        let text = files[0].text;
        assert!(
            found.iter().any(|code| code == id),
            "{id} is not found in {text}: {found:?}"
        );
        let is_property = matches!(rule.check, Check::Property(_));
        assert!(
            is_property
                || found
                    .iter()
                    .all(|code| code == id || rule.page.contains(code)),
            "{id}: {found:?} in {text}"
        );
        check_fixed(rule, &files);
    }
    for files in examples(rule.page, "Passes") {
        let found = found(rule, &files);
        assert!(found.is_empty(), "{id}: {found:?} in {}", files[0].text);
    }
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
    for (index, rule) in RULES.iter().enumerate() {
        for other in &RULES[index + 1..] {
            assert_ne!(rule.code.id, other.code.id);
            assert_ne!(rule.code.name, other.code.name);
        }
    }
}
