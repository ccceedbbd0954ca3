//! A rule's page is its test: what it says to fail fails by this rule, and what it says to pass passes.

use dunnage::diag::{Diagnostic, Level};
use dunnage::k8s::Kinds;
use dunnage::lint::{self, Check, Cluster, Parts, Plan, RULES, Release, Rule, Shared};
use dunnage::policy::{self, Facts};
use dunnage::text::{Sources, Span};
use dunnage::values::{self, Content, Helm, Map, Value};

/// A file of an example.
struct File<'p> {
    name: &'p str,
    text: &'p str,
}

/// The examples of a section: files that follow one another with other names are layers of one release, and a
/// name that comes again begins another example.
fn examples<'p>(page: &'p str, heading: &str) -> Vec<Vec<File<'p>>> {
    let section = page
        .split("\n## ")
        .find(|section| section.starts_with(heading));
    let section = section.unwrap_or_else(|| panic!("no section {heading}"));
    let mut examples: Vec<Vec<File<'p>>> = Vec::new();
    let mut ended_at = 0;
    for (at, fence) in section.match_indices("```yaml file=") {
        let rest = &section[at + fence.len()..];
        let (name, rest) = rest.split_once('\n').expect("a line");
        let text = &rest[..rest.find("```").expect("the block ends")];
        let between = section[ended_at..at].trim();
        ended_at = at + fence.len() + name.len() + 1 + text.len() + 3;
        let is_next = between.is_empty()
            && examples
                .last()
                .is_some_and(|files| files.iter().all(|file| file.name != name));
        if is_next && !examples.is_empty() {
            examples.last_mut().expect("one").push(File { name, text });
        } else {
            examples.push(vec![File { name, text }]);
        }
    }
    assert!(!examples.is_empty(), "{heading} has no example");
    examples
}

/// What lint finds in a stream of manifests, with the policy that stands beside it.
fn lint_manifests(files: &[File<'_>]) -> (Sources, Vec<Diagnostic>) {
    let mut sources = Sources::default();
    let (mut policy, mut stream) = (None, None);
    for file in files {
        let source = sources.add(file.name, file.text.to_owned());
        if is_manifests(file) {
            stream = Some(source);
        } else {
            policy = policy::read(source, file.text).0;
            assert!(policy.is_some(), "the policy of {}", file.text);
        }
    }
    let kinds = Kinds::default();
    let cluster = policy
        .as_ref()
        .map_or_else(|| Cluster::unknown(&kinds), Cluster::of);
    let findings = lint::manifests(&sources, stream.expect("a stream"), &cluster);
    (sources, findings)
}

/// Whether a file of an example is a stream of manifests.
fn is_manifests(file: &File<'_>) -> bool {
    file.text.contains("apiVersion: ") && file.text.contains("kind: ")
}

/// The codes that lint finds in an example of a rule.
fn found(rule: &Rule, files: &[File<'_>]) -> Vec<&'static str> {
    if files.iter().any(is_manifests) {
        let (sources, findings) = lint_manifests(files);
        return codes(rule, files, &sources, &findings);
    }
    let mut sources = Sources::default();
    let nowhere = Span::new(sources.add("values", String::new()), 0..0);
    let mut merged = Value::new(Content::Map(Map::default()), None, nowhere);
    for file in files {
        let source = sources.add(file.name, file.text.to_owned());
        let layer = values::read(source, file.text, Helm::Four).expect("values");
        values::lay_over(&mut merged, layer);
    }
    let parts = Parts {
        chart: None,
        values: merged,
        helm: Helm::Four,
        version: Some("4.4"),
        hub: None,
    };
    let mut shared = Shared::default();
    let (plan, broken) = Plan::new(&mut sources, &mut shared, parts);
    assert_eq!(broken, []);
    let release = Release::new(plan).expect("values");
    let findings = lint::run(&sources, &shared, &Facts::default(), &release);
    codes(rule, files, &sources, &findings)
}

/// The codes of findings, which all stand in the example.
fn codes(
    rule: &Rule,
    files: &[File<'_>],
    sources: &Sources,
    findings: &[Diagnostic],
) -> Vec<&'static str> {
    for finding in findings {
        let span = finding.span().expect("a finding has a place");
        assert!(
            files
                .iter()
                .any(|file| file.name == sources.get(span.source).name()),
            "{} stands in {}",
            finding.code.id,
            sources.get(span.source).name()
        );
    }
    // A trade-off worth knowing may be found in every example.
    let is_of =
        |finding: &&Diagnostic| finding.code.id == rule.code.id || finding.level < Level::Note;
    let mut codes: Vec<&'static str> = findings
        .iter()
        .filter(is_of)
        .map(|finding| finding.code.id)
        .collect();
    if let Check::Property(has) = rule.check {
        codes.extend(findings.iter().any(has).then_some(rule.code.id));
    }
    codes
}

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
        if let Check::Property(_) = rule.check {
            assert!(found.contains(&id), "{id} in {}", files[0].text);
            continue;
        }
        assert!(
            found.contains(&id),
            "{id} is not found in {}: {found:?}",
            files[0].text
        );
        assert!(
            found.iter().all(|code| *code == id),
            "{id}: {found:?} in {}",
            files[0].text
        );
    }
    for files in examples(rule.page, "Passes") {
        let found = found(rule, &files);
        assert!(found.is_empty(), "{id}: {found:?} in {}", files[0].text);
    }
}

#[test]
fn every_page_is_right() {
    for rule in RULES {
        check(rule);
    }
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
