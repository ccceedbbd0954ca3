//! What the linter says of real streams: nothing that a well-kept chart does on purpose.

mod support;

use std::collections::BTreeMap;

use dunnage::diag::Level;
use dunnage::k8s::Kinds;
use dunnage::lint::{self, Cluster};
use dunnage::policy::{self, Z2JH};
use dunnage::text::Sources;
use support::{corpus, streams};

#[test]
fn real_streams_are_hardly_scolded() {
    let Some(corpus) = corpus() else { return };
    let kinds = Kinds::default();
    let mut counts: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    for (name, text) in streams(&corpus) {
        let mut sources = Sources::default();
        let policy = sources.add("policy.yaml", Z2JH.to_owned());
        let policy = policy::read(policy, Z2JH).0.expect("the built-in policy");
        let source = sources.add(name.clone(), text);
        for (known, cluster) in [
            ("", Cluster::unknown(&kinds)),
            ("z2jh", Cluster::of(&policy)),
        ] {
            for finding in lint::manifests(&sources, source, &cluster) {
                let span = finding.span().expect("a place");
                let line = sources.get(source).line_column(span.start).line;
                *counts
                    .entry((known, finding.code.id, finding.level.name()))
                    .or_default() += 1;
                println!(
                    "{known:5}{name}:{line} {} {} {}",
                    finding.level.name(),
                    finding.code.id,
                    finding.message
                );
                assert!(
                    !known.is_empty() || !name.starts_with("z2jh-") || finding.level > Level::Note,
                    "{name}: {}",
                    finding.message
                );
            }
        }
    }
    println!("{counts:#?}");
}
