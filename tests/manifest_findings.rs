//! What the linter says of real streams: nothing that a well-kept chart does on purpose.

mod support;

use std::collections::BTreeMap;

use dunnage::diag::{Diagnostic, Level};
use dunnage::k8s::Kinds;
use dunnage::lint::{self, Cluster};
use dunnage::policy::{self, Z2JH};
use dunnage::text::Sources;
use support::{corpus, streams};

/// Policies whose pools are held against the streams, in turn; the first is none.
const POLICIES: [(&str, &str); 4] = [
    ("none", "version: 1\n"),
    ("z2jh", Z2JH),
    ("require", include_str!("../testdata/policies/require.yaml")),
    ("gpu", include_str!("../testdata/policies/gpu.yaml")),
];

/// The findings, each with the number of its line.
fn lint(name: &str, text: &str, policy_name: &str, policy: &str) -> Vec<(usize, Diagnostic)> {
    let mut sources = Sources::default();
    let policy = policy::read(sources.add("policy.yaml", policy.to_owned()), policy).0;
    let policy = policy.expect("a policy");
    let kinds = Kinds::default();
    let cluster = match policy_name {
        "none" => Cluster::unknown(&kinds),
        _ => Cluster::of(&policy),
    };
    let source = sources.add(name, text.to_owned());
    let findings = lint::manifests(&sources, source, &cluster, None).into_iter();
    let with_line = findings.map(|finding| {
        let start = finding.span().expect("a place").start;
        (sources.get(source).line_column(start).line, finding)
    });
    with_line.collect()
}

#[test]
fn real_streams_are_hardly_scolded() {
    let Some(corpus) = corpus() else { return };
    let mut counts: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    for (name, text) in streams(&corpus) {
        for (policy_name, policy) in POLICIES {
            let findings = lint(&name, &text, policy_name, policy);
            for (line, finding) in &findings {
                let (level, id) = (finding.level.name(), finding.code.id);
                let message = &finding.message;
                println!("{policy_name} {name}:{line} {level} {id} {message}");
                *counts.entry((policy_name, id, level)).or_default() += 1;
            }
            // Who says nothing of pools is not scolded, and the hub's own chart not even told.
            let worst = if name.starts_with("z2jh-") {
                Level::Hint
            } else {
                Level::Note
            };
            let is_quiet = findings.iter().all(|(_, finding)| finding.level >= worst);
            assert!(policy_name != "none" || is_quiet, "{name}: {findings:#?}");
        }
    }
    println!("{counts:#?}");
}
