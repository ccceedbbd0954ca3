//! A front end that is not the command line: it loads a request through a host and calls an engine.

use std::collections::BTreeMap;
use std::path::PathBuf;

use dunnage::host::{Memory, Overlay, Read};
use dunnage::lint::{self, Repeats};
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
    let relint = Relint::new(&reader, &request);
    assert!(!has_finding(
        &relint.lint(&BTreeMap::new(), Repeats::Shown),
        &reader
    ));
    let mut sources = reader.sources.iter();
    let (id, _) = sources
        .find(|(_, source)| source.name() == "/hub.yaml")
        .expect("it was read");
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
