//! A front end that is not the command line: it loads a request through a host and calls an engine.

use std::collections::BTreeMap;
use std::path::PathBuf;

use dunnage::host::{Memory, Overlay, Read};
use dunnage::lint::{self, Memo, Repeats};
use dunnage::project::{LintRequest, Reader, Relint, load_lint};

const ON_DISK: &str =
    "scheduling:\n  userPlaceholder: {replicas: 2}\n  podPriority: {enabled: true}\n";
const IN_EDITOR: &str =
    "scheduling:\n  userPlaceholder: {replicas: 2}\n  podPriority: {enabled: false}\n";

fn request() -> LintRequest {
    LintRequest {
        paths: vec![PathBuf::from("/hub.yaml")],
        select: vec!["PH001".to_owned()],
        ..LintRequest::default()
    }
}

/// The codes of what is found, with the bytes that each finding is about.
fn found(host: &dyn Read) -> Vec<(&'static str, String)> {
    let mut reader = Reader::new(host);
    let loaded = load_lint(&mut reader, &request()).expect("a request without a policy");
    assert_eq!((loaded.errors.as_slice(), loaded.known), (&[][..], 1));
    let selection = loaded.lint.selection.clone();
    let mut findings = lint::judge(&reader.sources, loaded.lint, Repeats::Hidden).findings;
    selection.apply(&mut findings);
    let shown = |finding: &dunnage::diag::Diagnostic| {
        let span = finding.span().expect("a finding in a file");
        (finding.code.id, reader.sources.slice(span).to_owned())
    };
    findings.iter().map(shown).collect()
}

#[test]
fn an_open_buffer_is_linted_instead_of_its_file() {
    let disk = Memory::default().file("hub.yaml", ON_DISK);
    assert_eq!(found(&disk), []);
    let editor = Overlay {
        below: &disk,
        files: BTreeMap::from([(PathBuf::from("/hub.yaml"), IN_EDITOR)]),
        stdin: String::new(),
    };
    let [(code, _)] = &found(&editor)[..] else {
        panic!("one finding, not {:?}", found(&editor));
    };
    assert_eq!(*code, "PH001");
}

#[test]
fn a_second_run_has_its_findings_in_the_sources_of_the_first() {
    let disk = Memory::default().file("hub.yaml", ON_DISK);
    let mut reader = Reader::new(&disk);
    let request = request();
    load_lint(&mut reader, &request).expect("a request without a policy");
    let relint = Relint::new(&reader, &request, Memo::new(&reader.sources));
    assert!(!has_finding(
        &relint.lint(&BTreeMap::new(), Repeats::Shown),
        &reader
    ));
    let mut sources = reader.sources.iter();
    let (id, _) = sources.find(|(_, source)| source.name() == "/hub.yaml").expect("it was read");
    let changed = BTreeMap::from([(id, IN_EDITOR.to_owned())]);
    assert!(has_finding(&relint.lint(&changed, Repeats::Shown), &reader));
}

fn has_finding(findings: &[dunnage::diag::Diagnostic], reader: &Reader<'_>) -> bool {
    let mut found = findings.iter().filter(|finding| finding.code.id == "PH001");
    found.any(|finding| {
        let source = finding.span().map(|span| reader.sources.get(span.source));
        source.is_some_and(|source| source.name() == "/hub.yaml")
    })
}

/// What a fix would change is linted again with what is known of the other releases, and it is as if nothing were known.
#[test]
fn releases_whose_texts_did_not_change_keep_their_findings() {
    let disk = Memory::default()
        .file(
            "dunnage.yaml",
            "version: 1\nlint:\n  releases:\n    - {name: one, chartVersion: '4.4', values: [common.yaml, one.yaml]}\n    \
             - {name: two, chartVersion: '4.4', values: [common.yaml, two.yaml]}\n",
        )
        .file("common.yaml", "scheduling:\n  podPriority: {enabled: true}\n")
        .file("one.yaml", "scheduling:\n  userPlaceholder: {replicas: 1}\n")
        .file("two.yaml", "scheduling:\n  userPlaceholder: {replicas: 2}\n");
    let request = LintRequest {
        select: vec!["PH".to_owned(), "SM".to_owned()],
        ..LintRequest::default()
    };
    let mut reader = Reader::new(&disk);
    let loaded = load_lint(&mut reader, &request).expect("a policy");
    let mut memo = Memo::new(&reader.sources);
    lint::judge_again(&reader.sources, loaded.lint, Repeats::Shown, &mut memo);
    let again = Relint::new(&reader, &request, memo);
    let id = |name: &str| {
        let mut sources = reader.sources.iter();
        let found = sources.find(|(_, source)| source.name().ends_with(name));
        found.expect("it was read").0
    };
    let off = "scheduling:\n  podPriority: {enabled: false}\n";
    let changes = [
        vec![],
        vec![("one.yaml", "scheduling:\n  userPlaceholder: {replica: 1}\n")],
        vec![("common.yaml", off)],
        vec![("common.yaml", off), ("two.yaml", "{}\n")],
        vec![("one.yaml", "scheduling:\n  userPlaceholder: {replica: 1}\n")],
        vec![("two.yaml", "[]\n")],
        vec![],
    ];
    let mut counts = Vec::new();
    for change in changes {
        let change = change.iter();
        let change = change.map(|(name, text)| (id(name), (*text).to_owned())).collect();
        let fresh = Relint::new(&reader, &request, Memo::new(&reader.sources));
        let expected = fresh.lint(&change, Repeats::Shown);
        assert_eq!(again.lint(&change, Repeats::Shown), expected, "{change:?}");
        counts.push(expected.len());
    }
    assert!(counts.windows(2).any(|two| two[0] != two[1]), "{counts:?}");
}
