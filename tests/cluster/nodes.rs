//! Pools of nodes, labelled and tainted as z2jh advises.

use dunnage::k8s::{NodeLabels, Nodes, Taint};
use serde_json::{Value, json};

/// A node that kwok plays.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) name: String,
    /// What the tests call its kind: `user`.
    pub(crate) pool: &'static str,
    labels: NodeLabels,
    taints: Vec<Taint>,
}

/// How the key of the taint `hub.jupyter.org/dedicated` is spelled: some clouds allow no `/` there.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Spelling {
    Slash,
    Underscore,
}

impl Spelling {
    fn dedicated(self, purpose: &str) -> String {
        let between = match self {
            Spelling::Slash => "/",
            Spelling::Underscore => "_",
        };
        format!("hub.jupyter.org{between}dedicated={purpose}:NoSchedule")
    }
}

const PURPOSE: &str = "hub.jupyter.org/node-purpose";

/// A node for the hub and what stands beside it, and two for users.
pub(crate) fn core_and_users(spelling: Spelling) -> Vec<Node> {
    let core = spelling.dedicated("core");
    let user = spelling.dedicated("user");
    vec![
        Node::new("core", 0, &[(PURPOSE, "core")], &[&core]),
        Node::new("user", 0, &[(PURPOSE, "user")], &[&user]),
        Node::new("user", 1, &[(PURPOSE, "user")], &[&user]),
    ]
}

/// A node for users that has not pulled their images yet.
pub(crate) fn starting(spelling: Spelling) -> Node {
    let user = spelling.dedicated("user");
    let taints = [user.as_str(), "example.org/images-not-pulled:NoSchedule"];
    Node::new("starting", 0, &[(PURPOSE, "user")], &taints)
}

/// A node with an accelerator.
pub(crate) fn gpu() -> Node {
    let labels = [
        ("example.org/accelerator", "true"),
        ("example.org/model", "a100"),
    ];
    let taints = [
        "nvidia.com/gpu=present:NoSchedule",
        "example.org/dedicated=gpu:NoExecute",
    ];
    Node::new("gpu", 0, &labels, &taints)
}

/// A node for everybody.
pub(crate) fn open() -> Node {
    Node::new("open", 0, &[], &[])
}

impl Node {
    fn new(pool: &'static str, number: usize, labels: &[(&str, &str)], taints: &[&str]) -> Self {
        let name = format!("{pool}-{number}");
        let common = [
            ("kubernetes.io/hostname", name.as_str()),
            ("kubernetes.io/os", "linux"),
            ("kubernetes.io/arch", "amd64"),
        ];
        let labels = labels.iter().chain(&common);
        Self {
            pool,
            labels: labels.map(|&(key, value)| (key.to_owned(), value.to_owned())).collect(),
            taints: taints.iter().map(|taint| taint.parse().expect("a taint")).collect(),
            name,
        }
    }

    /// What the product is told of it.
    pub(crate) fn known(&self) -> Nodes<'_> {
        Nodes {
            name: Some(&self.name),
            labels: &self.labels,
            taints: &self.taints,
            has_others: false,
        }
    }

    pub(crate) fn manifest(&self) -> Value {
        let taint = |taint: &Taint| json!({"key": taint.key, "value": taint.value, "effect": taint.effect.as_str()});
        let taints: Vec<Value> = self.taints.iter().map(taint).collect();
        let room = json!({"cpu": "16", "memory": "64Gi", "pods": "110"});
        json!({
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {"name": self.name, "labels": self.labels},
            "spec": {"taints": taints},
            "status": {"allocatable": room, "capacity": room},
        })
    }
}
