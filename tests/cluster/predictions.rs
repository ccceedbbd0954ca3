//! The scheduler's choice is the one that the product's evaluation of pools foretold.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

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

    let places = "Deployment/asks-for-what-no-pool-has: Pending\n\
         Deployment/left-alone: open\n\
         Deployment/left-alone-and-selecting-a-tainted-pool: Pending\n\
         Deployment/one-of-its-terms-fits: gpu\n\
         Deployment/prefers-core: core\n\
         Deployment/prefers-what-it-may-not-use: open\n\
         Deployment/requires-core: core\n\
         Deployment/requires-core-or-gpu: gpu\n\
         Deployment/requires-users: user\n";
    assert_eq!(cluster.places(), places);
    cluster.check_nodes();
    let report = fs::read_to_string(report).expect("a report");
    let report = serde_json::from_str(&report).expect("JSON");
    cluster.check_report(&report);
    // What a pool does not say of its nodes nobody can know.
    let known = places
        .replace("no-pool-has: Pending", "no-pool-has: perhaps core")
        .replace("tainted-pool: Pending", "tainted-pool: perhaps open")
        .replace("may-not-use: open", "may-not-use: perhaps open");
    assert_eq!(foretold(&report), known);
}

/// The pools that take each object's pods and that those prefer most, as the report has them.
fn foretold(report: &Value) -> String {
    let objects = report["objects"].as_array().expect("objects");
    let places = objects.iter().map(|object| {
        let [kind, name] = ["kind", "name"].map(|key| object[key].as_str().expect("a word"));
        let fits = object["templates"][0]["fits"].as_array().expect("fits");
        let certain = best(fits, "takes");
        let place = match (certain.as_str(), best(fits, "depends")) {
            ("", perhaps) if perhaps.is_empty() => "Pending".to_owned(),
            ("", perhaps) => format!("perhaps {perhaps}"),
            _ => certain,
        };
        (format!("{kind}/{name}"), place)
    });
    let places: BTreeMap<String, String> = places.collect();
    let lines = places.iter().map(|(owner, place)| format!("{owner}: {place}\n"));
    lines.collect()
}

/// The pools of this answer with the greatest preference.
fn best(fits: &[Value], answer: &str) -> String {
    let fits = fits.iter().filter(|fit| fit["fit"] == answer);
    let most = fits.clone().map(|fit| fit["preference"].as_i64()).max();
    let best = fits.filter(|fit| Some(fit["preference"].as_i64()) == most);
    let pools: Vec<&str> = best.filter_map(|fit| fit["pool"].as_str()).collect();
    pools.join(" ")
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
    let said = cluster.dunnage(&["render", "--policy", &policy, &manifests]).expect_failure();
    assert!(said.contains("`Deployment/torn`"), "{said}");

    cluster.apply(&pod(
        "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: hub.jupyter.org/node-purpose, operator: In, values: [core]}]}]}}}",
    ));
    assert_eq!(cluster.places(), "Pod/torn: Pending\n");
    cluster.check_nodes();
}
