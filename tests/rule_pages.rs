//! Tests the pages of rules: their sections, and their examples. An example of `## Fails` has a finding of this rule
//! and of no other, one of `## Passes` has none, and a block `yaml fixed` is what `--fix` writes.
//!
//! Consecutive blocks are the files of one example: layers of values in order, a stream of manifests, a chart with its
//! `Chart.yaml`, the policy `dunnage.yaml`. The chart version is z2jh 4.4 unless a block names another one.

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
    /// The chart version that the block names: `chart=3.1`.
    chart: Option<&'p str>,
    /// The chart version to upgrade to: `to=4.3`.
    to: Option<&'p str>,
    /// Whether it is the fixed text of the file of the same name.
    is_fixed: bool,
}

/// Returns the examples of a section. Consecutive files are one example; a repeated name starts another one.
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
        let word = |key: &str| info.split_whitespace().find_map(|word| word.strip_prefix(key));
        let (name, chart, to) = (word("file="), word("chart="), word("to="));
        let of_example = examples.last().filter(|_| is_next);
        let only = of_example.and_then(|files| files.first()).map(|file| file.name);
        let name = name.or(only).expect("a block names its file");
        let file = File {
            name,
            text,
            chart,
            to,
            is_fixed,
        };
        let is_new = of_example.is_none_or(|files| {
            files.iter().any(|other| other.name == name && other.is_fixed >= is_fixed)
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

/// The sections of a page in order. The first one has no heading.
const SECTIONS: [&str; 7] = [
    "",
    "Why it matters",
    "Fails",
    "Passes",
    "How to fix",
    "When to ignore",
    "References",
];

/// Items that older pages had instead of sections.
const OLD_ITEMS: [&str; 3] = ["- When:", "- How to fix:", "- Source:"];

/// Returns the headings of a page with the lines of text below them, without examples.
fn sections(page: &str) -> Vec<(&str, Vec<&str>)> {
    let mut sections = vec![("", Vec::new())];
    let mut is_example = false;
    for line in page.lines() {
        let is_fence = line.starts_with("```");
        is_example ^= is_fence;
        if is_fence || is_example || line.is_empty() {
            continue;
        }
        match line.strip_prefix("## ") {
            Some(heading) => sections.push((heading, Vec::new())),
            None => sections.last_mut().expect("the first one").1.push(line),
        }
    }
    sections
}

/// Returns the first mistake in the sections of a page. [`examples`] checks the sections of examples.
fn section_flaw(page: &str) -> Option<String> {
    let sections = sections(page);
    let headings: Vec<&str> = sections.iter().map(|section| section.0).collect();
    if headings != SECTIONS {
        return Some(format!(
            "expected sections {SECTIONS:?}, found {headings:?}"
        ));
    }
    sections.iter().find_map(|(heading, lines)| {
        let is_old = |line: &&&str| OLD_ITEMS.iter().any(|item| line.starts_with(item));
        if let Some(old) = lines.iter().find(is_old) {
            return Some(format!("`{old}` belongs in a section"));
        }
        let is_filled = match *heading {
            "Fails" | "Passes" => true,
            "References" => lines.first().is_some_and(|line| line.starts_with("- ")),
            _ => !lines.is_empty(),
        };
        (!is_filled).then(|| format!("`## {heading}` is empty, or not a list of references"))
    })
}

/// Returns the world of an example, and the command line that lints it.
fn prepare<'f>(files: &[File<'f>], options: &[&'f str]) -> (World, Vec<&'f str>) {
    let mut world = World::default();
    let mut line = vec!["lint"];
    for file in files.iter().filter(|file| !file.is_fixed) {
        world = world.file(file.name, file.text);
        let is_manifests = ["apiVersion: ", "kind: "].iter().all(|key| file.text.contains(key));
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
        let version = files.iter().find_map(|file| file.chart);
        line.extend(["--chart-version", version.unwrap_or("4.4")]);
    }
    if let Some(to) = files.iter().find_map(|file| file.to) {
        line.extend(["--to", to]);
    }
    line.extend(options);
    (world, line)
}

/// The findings of an example.
struct Found {
    /// The codes of errors and warnings, and of findings of this rule at any level.
    codes: Vec<String>,
    /// The safety of the fixes of this rule's findings.
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
        assert!(is_of_example, "{code} is in {file:?}");
        // Notes and hints of other rules are allowed.
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

/// Checks that `--fix` turns an example into its fixed files.
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

/// Checks a page. An example may have findings of another rule if the page names its code.
fn check(rule: &Rule) {
    let id = rule.code.id;
    let page = rule.code.page;
    assert_eq!(section_flaw(page), None, "{id}");
    let mut safeties = BTreeSet::new();
    for files in examples(page, "Fails") {
        let found = found(rule, &files);
        safeties.extend(found.safeties);
        let found = found.codes;
        let text = files[0].text;
        assert!(
            found.iter().any(|code| code == id),
            "{id} has no finding in {text}: {found:?}"
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
    let has_fix = |safety: &str| safeties.contains(safety);
    let is_right = match rule.code.fix {
        FixKind::None => safeties.is_empty(),
        FixKind::Safe => has_fix("safe"),
        FixKind::Unsafe => has_fix("unsafe") && !has_fix("safe"),
    };
    assert!(
        is_right,
        "{id} declares {:?}, but its examples have fixes: {safeties:?}",
        rule.code.fix
    );
}

/// Checks all pages before it fails, so that one run shows all mistakes.
#[test]
fn every_page_is_right() {
    let is_wrong = |rule: &&Rule| std::panic::catch_unwind(|| check(rule)).is_err();
    let wrong: Vec<&str> = RULES.par_iter().filter(is_wrong).map(|rule| rule.code.id).collect();
    assert!(
        wrong.is_empty(),
        "pages with mistakes, which are printed above: {wrong:?}"
    );
}

#[test]
fn sections_are_complete_and_in_order() {
    let page = "Checks a key.\n\n## Why it matters\n\nIt fails.\n\n## Fails\n\n```yaml file=a.yaml\n## no heading\n```\n\n\
                ## Passes\n\n## How to fix\n\nRemove it.\n\n## When to ignore\n\nNever.\n\n## References\n\n- a title\n";
    assert_eq!(section_flaw(page), None);
    let broken = [
        ("Checks a key.", ""),
        ("## Why it matters\n\nIt fails.\n\n", ""),
        ("It fails.", ""),
        ("## Passes", "## When to ignore"),
        ("Remove it.", "- Source: a title"),
        ("- a title", "a title"),
        ("- a title", ""),
    ];
    for (text, replacement) in broken {
        let page = page.replacen(text, replacement, 1);
        assert!(section_flaw(&page).is_some(), "{page}");
    }
}

#[test]
fn codes_and_names_are_their_own() {
    assert!(
        RULES.is_sorted_by_key(|rule| rule.code.id),
        "sorted by code"
    );
    for (index, rule) in RULES.iter().enumerate() {
        for other in &RULES[index + 1..] {
            assert_ne!(rule.code.id, other.code.id);
            assert_ne!(rule.code.name, other.code.name);
        }
    }
}
