//! The scheduler's choice is the one that the product's evaluation of pools foretold.

use std::fs;

use crate::cluster::Cluster;
use crate::nodes::{self, Spelling};

#[test]
#[ignore = "needs a cluster: scripts/e2e-cluster"]
fn pods_go_where_the_report_says() {
    let mut nodes = nodes::core_and_users(Spelling::Slash);
    nodes.extend([nodes::gpu(), nodes::open()]);
    let cluster = Cluster::start(nodes);
    let testdata = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/scheduler");
    let [policy, manifests] = ["policy.yaml", "pods.yaml"].map(|name| format!("{testdata}/{name}"));
    let report = cluster.folder.join("report.json");
    let report = report.to_str().expect("UTF-8");
    let line = [
        "render", "--policy", &policy, "--report", report, &manifests,
    ];
    let rendered = cluster.dunnage(&line).expect_success();
    cluster.apply(&rendered);

    assert_eq!(
        cluster.places(),
        "Deployment/asks-for-what-no-pool-has: Pending\n\
         Deployment/left-alone: open\n\
         Deployment/left-alone-and-selecting-a-tainted-pool: Pending\n\
         Deployment/one-of-its-terms-fits: gpu\n\
         Deployment/prefers-core: core\n\
         Deployment/prefers-what-it-may-not-use: open\n\
         Deployment/requires-core: core\n\
         Deployment/requires-core-or-gpu: gpu\n\
         Deployment/requires-users: user\n"
    );
    cluster.check_nodes();
    let report = fs::read_to_string(report).expect("a report");
    cluster.check_report(&serde_json::from_str(&report).expect("JSON"));
}

/// The policy's `require` beside a selector of another pool: refused before, and Pending for good after.
#[test]
#[ignore = "needs a cluster: scripts/e2e-cluster"]
fn a_contradiction_is_refused_and_would_never_run() {
    let cluster = Cluster::start(nodes::core_and_users(Spelling::Slash));
    let pod = |affinity: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: torn}}\nspec:\n  {affinity}\n  nodeSelector: {{hub.jupyter.org/node-purpose: user}}\n  containers: [{{name: main, image: \"registry.example.org/main:1\"}}]\n  tolerations: [{{operator: Exists}}]\n"
        )
    };
    let job = |affinity: &str| {
        let indented = pod(affinity).replace('\n', "\n    ");
        let (_, spec) = indented.split_once("    spec:\n").expect("a spec");
        format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: torn}}\nspec:\n  selector: {{matchLabels: {{app: torn}}}}\n  template:\n    metadata: {{labels: {{app: torn}}}}\n    spec:\n{spec}"
        )
    };
    let manifests = cluster.write("torn.yaml", &job("restartPolicy: Always"));
    let policy = crate::helm::policy_path("require");
    let said = cluster
        .dunnage(&["render", "--policy", &policy, &manifests])
        .expect_failure();
    assert!(said.contains("`Deployment/torn`"), "{said}");

    cluster.apply(&pod(
        "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: hub.jupyter.org/node-purpose, operator: In, values: [core]}]}]}}}",
    ));
    assert_eq!(cluster.places(), "Pod/torn: Pending\n");
    cluster.check_nodes();
}
