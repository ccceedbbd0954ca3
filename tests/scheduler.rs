//! Which nodes can take a pod, as kube-scheduler has answered: `testdata/scheduler/choices.json`.

mod support;

use std::collections::BTreeMap;

use dunnage::k8s::{Fit, NodeLabels, Nodes, Taint};
use serde_json::Value;
use support::{demands, refusals};

const CHOICES: &str = include_str!("../testdata/scheduler/choices.json");

/// A node of a case, in the terms of the product.
struct Node {
    name: String,
    labels: NodeLabels,
    taints: Vec<Taint>,
}

impl Node {
    fn read(node: &Value) -> Self {
        let labels = node["labels"].as_object().into_iter().flatten();
        let name = text(&node["name"]);
        let own = ("kubernetes.io/hostname".to_owned(), name.clone());
        let taints = node["taints"].as_array().into_iter().flatten();
        let taint = |taint: &Value| {
            let value = taint["value"].as_str().unwrap_or_default();
            let [key, effect] = ["key", "effect"].map(|key| text(&taint[key]));
            let written = format!("{key}={value}:{effect}");
            written.parse().expect("a taint")
        };
        Self {
            labels: labels.map(|(key, value)| (key.clone(), text(value))).chain([own]).collect(),
            taints: taints.map(taint).collect(),
            name,
        }
    }

    fn known(&self) -> Nodes<'_> {
        Nodes {
            name: Some(&self.name),
            labels: &self.labels,
            taints: &self.taints,
            has_others: false,
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("a string").to_owned()
}

fn check(case: &Value) {
    let id = &case["id"];
    let demands = demands(&case["pod"]);
    let nodes: Vec<Node> =
        case["nodes"].as_array().expect("nodes").iter().map(Node::read).collect();
    let mut taking = Vec::new();
    let mut refused: BTreeMap<String, usize> = BTreeMap::new();
    for node in &nodes {
        match demands.fit(node.known()) {
            Fit::Takes => taking.push((node.name.as_str(), demands.preference(node.known()))),
            Fit::Refuses(refusal) => *refused.entry(refusal.event().to_owned()).or_default() += 1,
            Fit::Depends(labels) => panic!("{id}: all is known of a node, and yet {labels:?}"),
        }
    }
    if let Some(message) = case["message"].as_str() {
        assert_eq!(refused, refusals(message), "{id}");
    }
    let is_full = case["full"] == true;
    let Some(node) = case["binds_to"].as_str() else {
        assert!(taking.is_empty() || is_full, "{id}: {taking:?}");
        return;
    };
    let weight = taking.iter().find(|(name, _)| *name == node);
    let (_, weight) = weight.unwrap_or_else(|| panic!("{id}: {node} is not among {taking:?}"));
    let most = taking.iter().map(|(_, weight)| weight).max();
    assert!(is_full || most == Some(weight), "{id}: {taking:?}");
}

#[test]
fn nodes_take_and_refuse_a_pod_as_kube_scheduler_says() {
    let choices: Value = serde_json::from_str(CHOICES).expect("JSON");
    let cases = choices["cases"].as_array().expect("cases");
    for case in cases {
        check(case);
    }
    let refused = cases.iter().filter(|case| case["message"].is_string());
    assert!(refused.count() >= 10, "the table has refusals with words");
}
