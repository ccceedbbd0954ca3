//! Node affinity by brute force: every small pod spec under every small policy on every small node.
//!
//! What a pod may run on afterwards is what it might run on before and what the row requires, no more and
//! no less; a preference changes nothing.

mod support;

use dunnage::k8s::{Affinity, NodeLabels};
use dunnage::yaml;
use serde_json::Value;
use support::{documents, render};

/// Conditions of a chart's terms.
const EXPRESSIONS: [&str; 11] = [
    r#"{"key": "pool", "operator": "In", "values": ["a"]}"#,
    r#"{"key": "pool", "operator": "In", "values": ["a", "b"]}"#,
    r#"{"key": "pool", "operator": "In", "values": ["b"]}"#,
    r#"{"key": "pool", "operator": "NotIn", "values": ["a"]}"#,
    r#"{"key": "pool", "operator": "Exists"}"#,
    r#"{"key": "pool", "operator": "DoesNotExist"}"#,
    r#"{"key": "zone", "operator": "In", "values": ["x"]}"#,
    r#"{"key": "zone", "operator": "NotIn", "values": ["x"]}"#,
    r#"{"key": "zone", "operator": "DoesNotExist"}"#,
    r#"{"key": "size", "operator": "Gt", "values": ["1"]}"#,
    r#"{"key": "size", "operator": "Lt", "values": ["1"]}"#,
];

const BY_NAME: &str =
    r#"{"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["n1"]}]}"#;

const SELECTORS: [&str; 4] = [
    "{}",
    r#"{"pool": "a"}"#,
    r#"{"pool": "b"}"#,
    r#"{"zone": "x"}"#,
];

/// Labels that a node of a pool has.
type Labels = &'static [(&'static str, &'static str)];

/// What a row requires: any of these sets of labels.
const PLACEMENTS: [(&str, &[Labels]); 3] = [
    ("one", &[&[("pool", "a")]]),
    ("[both]", &[&[("pool", "a"), ("zone", "x")]]),
    ("[one, other]", &[&[("pool", "a")], &[("pool", "b")]]),
];

fn policy(pools: &str, purpose: &str) -> String {
    format!(
        "version: 1\npools:\n  one: {{labels: {{pool: a}}}}\n  both: {{labels: {{pool: a, zone: x}}}}\n  \
         other: {{labels: {{pool: b}}}}\nworkloads:\n- {{pool: {pools}, matchNodePurpose: {purpose}}}\n"
    )
}

/// No node meets this, with or without a policy.
const NEVER: &str = r#"{"matchExpressions": [{"key": "zone", "operator": "Exists"}, {"key": "zone", "operator": "DoesNotExist"}]}"#;

/// Lists of terms: none, one, and pairs with an empty term, a field and an expression among them.
fn term_lists() -> Vec<Option<String>> {
    let terms: Vec<String> = EXPRESSIONS
        .iter()
        .map(|expression| format!(r#"{{"matchExpressions": [{expression}]}}"#))
        .chain([BY_NAME, NEVER, "{}"].map(str::to_owned))
        .collect();
    let mut lists = vec![None];
    for (index, first) in terms.iter().enumerate() {
        lists.push(Some(format!("[{first}]")));
        for second in &terms[index..] {
            lists.push(Some(format!("[{first}, {second}]")));
        }
    }
    lists
}

fn deployments() -> String {
    let mut stream = String::new();
    for terms in term_lists() {
        let affinity = terms.map_or("{}".to_owned(), |terms| {
            format!(r#"{{"nodeAffinity": {{"requiredDuringSchedulingIgnoredDuringExecution": {{"nodeSelectorTerms": {terms}}}}}}}"#)
        });
        for selector in SELECTORS {
            stream.push_str(&format!(
                "---\napiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec:\n      \
                 nodeSelector: {selector}\n      affinity: {affinity}\n      containers: []\n"
            ));
        }
    }
    stream
}

/// Every node of two names and three labels, with a value that nobody names among them.
fn nodes() -> Vec<(&'static str, NodeLabels)> {
    let mut nodes = Vec::new();
    for name in ["n1", "n2"] {
        for pool in [None, Some("a"), Some("b"), Some("c")] {
            for zone in [None, Some("x"), Some("y")] {
                for size in [None, Some("0"), Some("2")] {
                    let labels = [("pool", pool), ("zone", zone), ("size", size)];
                    let labels = labels
                        .into_iter()
                        .filter_map(|(key, value)| Some((key.to_owned(), value?.to_owned())));
                    nodes.push((name, labels.collect()));
                }
            }
        }
    }
    nodes
}

fn affinity(object: &Value) -> Affinity {
    let text = object["spec"]["template"]["spec"].to_string();
    let document = yaml::parse(&text).expect("JSON");
    Affinity::read(document.root().expect("a pod spec"))
}

/// `old and required`, node by node.
fn check(old: &Value, new: &Value, required: &[Labels], nodes: &[(&str, NodeLabels)]) {
    let (before, after) = (affinity(old), affinity(new));
    let is_schedulable = |affinity: &Affinity| {
        let mut nodes = nodes.iter();
        nodes.any(|(name, labels)| affinity.matches(name, labels))
    };
    assert!(
        is_schedulable(&after) || !is_schedulable(&before),
        "goes nowhere now, and nobody says so\nold {old}\nnew {new}"
    );
    for (name, labels) in nodes {
        let fits = |pool: &Labels| {
            pool.iter().all(|(key, value)| labels.get(*key).is_some_and(|own| own == value))
        };
        let meant =
            before.matches(name, labels) && (required.is_empty() || required.iter().any(fits));
        assert_eq!(
            after.matches(name, labels),
            meant,
            "{name} {labels:?}\nold {old}\nnew {new}"
        );
    }
}

#[test]
fn a_requirement_is_anded_to_what_the_chart_requires() {
    let (stream, nodes) = (deployments(), nodes());
    let (mut changed, mut contradicting) = (0, 0);
    for (pools, required) in PLACEMENTS {
        let policy = policy(pools, "require");
        for part in yaml::split(&stream).into_iter().filter(|part| !part.is_empty()) {
            let text = &stream[part];
            let old = &documents(text)[0];
            match render(&policy, text) {
                Ok(new) => {
                    check(old, &documents(&new)[0], required, &nodes);
                    assert_eq!(render(&policy, &new).as_ref(), Ok(&new), "twice is once");
                    changed += usize::from(new != text);
                }
                Err(diagnostics) => {
                    assert!(
                        diagnostics.iter().any(|one| one.code.name == "affinity-contradiction"),
                        "{diagnostics:?}"
                    );
                    let before = affinity(old);
                    let on_any = nodes.iter().any(|(name, labels)| {
                        let fits = |pool: &Labels| {
                            pool.iter().all(|(key, value)| {
                                labels.get(*key).is_some_and(|own| own == value)
                            })
                        };
                        before.matches(name, labels) && required.iter().any(fits)
                    });
                    assert!(!on_any, "no contradiction: {old}");
                    contradicting += 1;
                }
            }
        }
    }
    assert!(
        changed > 300 && contradicting > 100,
        "{changed} changed, {contradicting} contradicting"
    );
}

#[test]
fn a_preference_changes_no_nodes() {
    let (stream, nodes) = (deployments(), nodes());
    for (pools, _) in PLACEMENTS {
        let new =
            render(&policy(pools, "prefer"), &stream).expect("a preference is never an error");
        assert_ne!(new, stream);
        for (old, new) in documents(&stream).iter().zip(documents(&new)) {
            check(old, &new, &[], &nodes);
        }
    }
}
