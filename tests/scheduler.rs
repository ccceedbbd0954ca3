//! Which nodes can take a pod, as kube-scheduler has answered: `testdata/scheduler/choices.json`.

use std::collections::BTreeMap;

use dunnage::k8s::{Demands, Fit, Kinds, NodeLabels, Nodes, Refusal, Release, Taint, Workload};
use dunnage::text::Sources;
use serde_json::{Value, json};

const CHOICES: &str = include_str!("../testdata/scheduler/choices.json");

/// What kube-scheduler 1.36 writes where a term names a node that is not there.
const NO_SUCH_NODE: &str = "node(s) didn't satisfy plugin(s) [NodeAffinity]";

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
            labels: labels
                .map(|(key, value)| (key.clone(), text(value)))
                .chain([own])
                .collect(),
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

/// What a pod of this spec asks for.
fn demands(spec: &Value) -> Demands {
    let pod = json!({"apiVersion": "v1", "kind": "Pod", "spec": spec}).to_string();
    let source = Sources::default().add("pod", String::new());
    let kinds = Kinds::default();
    let release = Release::read(source, &pod, &kinds);
    let documents = release.documents(|_| true);
    let objects = documents.objects(&release);
    let workloads = Workload::all(&objects[0], &kinds);
    Demands::of(&workloads[0].template.spec)
}

/// How many nodes refuse for each reason, in the words of the scheduler.
fn refusals(message: &str) -> BTreeMap<String, usize> {
    let (_, reasons) = message.split_once(": ").unwrap_or_default();
    let counted = reasons.split(", ").filter_map(|reason| {
        let (count, event) = reason.split_once(' ')?;
        let event = event.replace(NO_SUCH_NODE, Refusal::NodeAffinity.event());
        Some((event, count.parse().ok()?))
    });
    counted
        .filter(|(event, _): &(String, usize)| event.starts_with("node(s)"))
        .collect()
}

fn check(case: &Value) {
    let id = &case["id"];
    let demands = demands(&case["pod"]);
    let nodes: Vec<Node> = case["nodes"]
        .as_array()
        .expect("nodes")
        .iter()
        .map(Node::read)
        .collect();
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
