//! A release on a cluster of tainted pools: nowhere without dunnage, each pod on its pool with it.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::cluster::Cluster;
use crate::helm::{Helm, Version};
use crate::nodes::{self, Spelling};
use crate::under_both_helms;

under_both_helms!(
    a_hub_runs_on_its_pools,
    a_hub_runs_on_its_pools_where_taints_have_no_slash,
    oddities_run_on_their_pools,
);

/// The chart as somebody wrote it who knows nothing of pools.
const UNPLACED: &[&str] = &["--set", "placement=false,serviceType=ClusterIP"];

fn a_hub_runs_on_its_pools(version: Version) {
    hub(version, Spelling::Slash);
}

fn a_hub_runs_on_its_pools_where_taints_have_no_slash(version: Version) {
    hub(version, Spelling::Underscore);
}

fn hub(version: Version, spelling: Spelling) {
    let mut nodes = nodes::core_and_users(spelling);
    nodes.extend([nodes::starting(spelling), nodes::gpu()]);
    let cluster = Cluster::start(nodes);
    let helm = Helm::new(&cluster, version);
    check_pending(&helm);
    let report = match version {
        Version::Three => install_without_hooks(&helm),
        Version::Four => install_with_hooks(&helm),
    };
    assert_eq!(
        cluster.places(),
        "DaemonSet/continuous-image-puller: starting-0 user-0 user-1\n\
         DaemonSet/hub-monitor-agent: core-0 gpu-0 starting-0 user-0 user-1\n\
         Deployment/hub: core\n\
         Deployment/hub-monitor: core\n\
         Deployment/proxy: core\n\
         Deployment/user-scheduler: core\n\
         StatefulSet/user-placeholder: user\n"
    );
    cluster.check_nodes();
    cluster.check_report(&report);
    helm.run("uninstall", None, &["--wait", "--no-hooks"]).expect_success();
    assert_eq!(cluster.places(), "", "nothing stays");
}

/// Without dunnage, only what tolerates everything runs.
fn check_pending(helm: &Helm<'_>) {
    let cluster = helm.cluster;
    let line = [UNPLACED, &["--no-hooks"]].concat();
    helm.run("install", Some("hub-like"), &line).expect_success();
    assert_eq!(
        cluster.places(),
        "DaemonSet/hub-monitor-agent: core-0 gpu-0 starting-0 user-0 user-1\n\
         Deployment/hub: Pending\n\
         Deployment/hub-monitor: Pending\n\
         Deployment/proxy: Pending\n\
         Deployment/user-scheduler: Pending\n\
         StatefulSet/user-placeholder: Pending\n"
    );
    let pods = cluster.pods();
    for message in pods.iter().filter_map(|pod| pod.node.as_ref().err()) {
        let words = "5 node(s) had untolerated taint(s)";
        assert!(message.contains(words), "{message}");
    }
    cluster.check_nodes();
    helm.run("uninstall", None, &["--no-hooks", "--wait"]).expect_success();
}

/// Helm 4 shows its hooks, and waits for Jobs that run on their pool.
fn install_with_hooks(helm: &Helm<'_>) -> Value {
    let cluster = helm.cluster;
    let with = helm.with("prefer");
    let line = [UNPLACED, &["--wait", "--timeout", "60s"]].concat();
    with.run("install", Some("hub-like"), &line).expect_success();
    let report = with.report();
    assert!(report["unseen"].is_null());
    let users = set(&["user-0", "user-1", "starting-0"]);
    assert_eq!(cluster.nodes_ever("hook-image-awaiter"), set(&["core-0"]));
    assert_eq!(cluster.nodes_ever("hook-image-puller"), users);
    report
}

/// Helm 3 shows no hooks, which the report says; a hook that nobody placed is waited for in vain.
fn install_without_hooks(helm: &Helm<'_>) -> Value {
    let cluster = helm.cluster;
    let with = helm.with("prefer");
    let line = [UNPLACED, &["--timeout", "4s"]].concat();
    let said = with.run("install", Some("hub-like"), &line).expect_failure();
    assert!(said.contains("pre-install"), "{said}");
    assert!(cluster.places().contains("Job/hook-image-awaiter: Pending\n"));
    let report = with.report();
    let unseen = report["unseen"].as_str().unwrap_or_default();
    assert!(
        unseen.contains("Helm 3 does not pass hooks to a post-renderer"),
        "{unseen}"
    );
    helm.run("uninstall", None, &["--no-hooks", "--wait"]).expect_success();
    let leftovers = [
        "delete",
        "jobs,daemonsets,serviceaccounts",
        "--all",
        "--wait",
    ];
    cluster.kubectl(&leftovers).expect_success();
    let line = [UNPLACED, &["--wait", "--timeout", "60s", "--no-hooks"]].concat();
    with.run("install", Some("hub-like"), &line).expect_success();
    with.report()
}

fn oddities_run_on_their_pools(version: Version) {
    let mut nodes = nodes::core_and_users(Spelling::Slash);
    nodes.push(nodes::gpu());
    let cluster = Cluster::start(nodes);
    let helm = Helm::new(&cluster, version);
    let with = helm.with("prefer");
    let installable = ["--set", "glued=false,refused=false"];

    let bare = [&installable[..], &["--no-hooks"]].concat();
    helm.run("install", Some("oddities"), &bare).expect_success();
    let pods = cluster.pods();
    let running: Vec<&str> = pods
        .iter()
        .filter(|pod| pod.node.is_ok())
        .map(|pod| pod.owner.as_str())
        .collect();
    assert_eq!(running, ["StatefulSet/blanket"]);
    cluster.check_nodes();
    helm.run("uninstall", None, &["--no-hooks", "--wait"]).expect_success();

    let line = match version {
        Version::Three => [&installable[..], &["--no-hooks"]].concat(),
        Version::Four => installable.to_vec(),
    };
    with.run("install", Some("oddities"), &line).expect_success();
    let places = cluster.places();
    for line in places.lines() {
        let place = match line.split(':').next().unwrap_or_default() {
            // It asks for a disk that no node has.
            "Deployment/many-terms" => "Pending",
            _ => "core",
        };
        assert!(line.ends_with(&format!(": {place}")), "{places}");
    }
    assert!(places.lines().count() > 15, "{places}");
    cluster.check_nodes();
    cluster.check_report(&with.report());
    if version == Version::Four {
        assert_eq!(cluster.nodes_ever("prepare"), set(&["core-0"]));
    }
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}
