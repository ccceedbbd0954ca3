//! Every path of a z2jh value that the source names is one that some recorded version of the chart has: a rule about
//! a misspelled key would never find anything.

use std::collections::BTreeSet;

use dunnage::hub::chart::VERSIONS;
use serde_json::Value;

mod support;

use support::source_code;

/// Files whose paths are of versions before the recorded ones.
const OF_OLD: &[&str] = &["src/lint/rules/schema/removed_key"];

/// What looks like a path and is a group of Kubernetes, the beginning of a label or a key of the policy.
const OTHERS: &[&str] = &[
    "hub.jupyter.org",
    "scheduling.k8s.io",
    "scheduling.nodePlaceholder",
];

/// The keys of the chart that paths begin with.
const ROOTS: &[&str] = &[
    "cull",
    "hub",
    "ingress",
    "prePuller",
    "proxy",
    "rbac",
    "scheduling",
    "singleuser",
];

/// The string literals of the code that are paths of values.
fn paths(text: &str) -> BTreeSet<String> {
    let lines = text.lines();
    let lines = lines.filter(|line| !line.trim_start().starts_with("//"));
    let literals = lines.flat_map(|line| line.split('"').skip(1).step_by(2));
    let is_path = |literal: &&str| {
        let mut keys = literal.split('.');
        let is_key = |key: &str| {
            !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        };
        keys.next().is_some_and(|root| ROOTS.contains(&root))
            && literal.contains('.')
            && !OTHERS.iter().any(|other| literal.starts_with(other))
            && literal.split('.').all(is_key)
    };
    literals.filter(is_path).map(str::to_owned).collect()
}

/// Whether a schema allows a path: below a mapping that takes any key, everything is allowed.
fn allows(schema: &Value, keys: &[&str]) -> bool {
    let Some((key, below)) = keys.split_first() else {
        return true;
    };
    if let Some(schema) = schema["properties"].get(key) {
        return allows(schema, below);
    }
    if let Some(patterns) = schema["patternProperties"].as_object() {
        return patterns.values().any(|schema| allows(schema, below));
    }
    match &schema["additionalProperties"] {
        Value::Bool(false) => false,
        Value::Object(_) => allows(&schema["additionalProperties"], below),
        _ => true,
    }
}

fn has(defaults: &Value, keys: &[&str]) -> bool {
    let mut keys = keys.iter();
    keys.try_fold(defaults, |value, key| value.get(key)).is_some()
}

#[test]
fn every_path_is_a_key_of_the_chart() {
    let versions: Vec<[Value; 2]> = VERSIONS
        .iter()
        .map(|version| {
            [version.schema, version.defaults].map(|text| serde_json::from_str(text).expect("JSON"))
        })
        .collect();
    let (mut seen, mut wrong) = (0, Vec::new());
    for (name, text) in source_code() {
        if OF_OLD.iter().any(|old| name.starts_with(old)) {
            continue;
        }
        for path in paths(&text) {
            let keys: Vec<&str> = path.split('.').collect();
            seen += 1;
            let is_known =
                |[schema, defaults]: &[Value; 2]| allows(schema, &keys) || has(defaults, &keys);
            if !versions.iter().any(is_known) {
                wrong.push(format!("{name}: {path}"));
            }
        }
    }
    assert!(seen > 100, "only {seen} paths were found");
    assert!(wrong.is_empty(), "{wrong:#?}");
}
