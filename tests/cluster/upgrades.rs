//! What an upgrade restarts, and how a forgotten flag is found.

use std::collections::{BTreeMap, BTreeSet};

use crate::cluster::{Answer, Cluster};
use crate::helm::{Helm, Version, policy_path};
use crate::nodes::{self, Spelling};
use crate::pods::Pod;
use crate::under_both_helms;

under_both_helms!(
    an_upgrade_restarts_what_was_counted_and_a_forgotten_flag_is_found,
    pullers_run_the_images_of_the_report_on_every_node_of_the_pool,
);

/// The chart with its own placement, so that both Helms can run its hooks.
const CHART: &[&str] = &[
    "--set",
    "serviceType=ClusterIP",
    "--wait",
    "--timeout",
    "60s",
];

fn an_upgrade_restarts_what_was_counted_and_a_forgotten_flag_is_found(version: Version) {
    let mut nodes = nodes::core_and_users(Spelling::Slash);
    nodes.push(nodes::open());
    let cluster = Cluster::start(nodes);
    let helm = Helm::new(&cluster, version);
    let prefer = helm.with("prefer");
    prefer.run("install", Some("hub-like"), CHART).expect_success();
    let first = state(&cluster);
    assert_eq!(upgraded(&prefer), first, "the same policy again");

    // What is told before is what happens.
    let told = told_restarts(&helm, "require");
    let require = helm.with("require");
    let after = upgraded(&require);
    let changed = after.iter().filter(|(owner, state)| first.get(*owner) != Some(state));
    assert_eq!(told, format!("{} workloads will restart", changed.count()));
    cluster.check_nodes();
    cluster.check_report(&require.report());

    // A flag forgotten.
    verify(&helm, "require").expect_success();
    assert_ne!(upgraded(&helm), after);
    let found = verify(&helm, "require");
    assert_eq!(found.code(), Some(1), "{}", found.text());
    let proxy = "# Deployment/proxy of ";
    assert!(found.text().contains(proxy), "{}", found.text());

    // Helm keeps what was rendered: going back brings the placement back, without the flag.
    helm.run("rollback", None, &["3", "--wait"]).expect_success();
    verify(&helm, "require").expect_success();
    cluster.check_nodes();
    cluster.check_report(&require.report());
    helm.run("uninstall", None, &["--wait"]).expect_success();
    assert_eq!(cluster.pods(), []);
}

/// The cluster after one more upgrade.
fn upgraded(helm: &Helm<'_>) -> BTreeMap<String, State> {
    helm.run("upgrade", Some("hub-like"), CHART).expect_success();
    state(helm.cluster)
}

/// How many workloads `--diff` says an upgrade under this policy would restart, in its words.
fn told_restarts(helm: &Helm<'_>, policy: &str) -> String {
    let values = ["--set", "serviceType=ClusterIP", "--no-hooks"];
    let wanted = helm.run("template", Some("hub-like"), &values);
    let cluster = helm.cluster;
    let wanted = cluster.write("wanted.yaml", &wanted.expect_success());
    let path = cluster.write("live.yaml", &helm.manifest());
    let policy = policy_path(policy);
    let line = ["render", "--policy", &policy, "--diff", "--previous", &path];
    let diff = cluster.dunnage(&[&line[..], &[&wanted]].concat());
    let diff = diff.expect_success();
    let sums = diff.lines().last().and_then(|line| line.split_once("; "));
    sums.expect("the diff ends with its sums").1.to_owned()
}

/// Whether what is live is what the policy wants.
fn verify(helm: &Helm<'_>, policy: &str) -> Answer {
    let path = helm.cluster.write("live.yaml", &helm.manifest());
    let policy = policy_path(policy);
    let line = ["verify", "--policy", &policy, &path];
    helm.cluster.dunnage(&line)
}

/// What changes when a workload restarts: its pods, and its generation.
#[derive(Debug, PartialEq)]
struct State {
    pods: BTreeSet<String>,
    generation: i64,
}

fn state(cluster: &Cluster) -> BTreeMap<String, State> {
    let pods = cluster.pods();
    let objects = cluster.objects("deployments,statefulsets,daemonsets");
    let states = objects.iter().map(|object| {
        let text = |value: &serde_json::Value| value.as_str().expect("a string").to_owned();
        let owner = format!(
            "{}/{}",
            text(&object["kind"]),
            text(&object["metadata"]["name"])
        );
        let of_owner = pods.iter().filter(|pod| pod.owner == owner);
        let state = State {
            // A pod of a StatefulSet comes back under its name.
            pods: of_owner.map(|pod| format!("{} {}", pod.name, identity(pod))).collect(),
            generation: object["metadata"]["generation"].as_i64().expect("a generation"),
        };
        (owner, state)
    });
    states.collect()
}

/// What of a pod's spec dunnage may write.
fn identity(pod: &Pod) -> String {
    let fields = [
        "tolerations",
        "affinity",
        "priorityClassName",
        "initContainers",
    ];
    fields.map(|field| pod.spec[field].to_string()).concat()
}

fn pullers_run_the_images_of_the_report_on_every_node_of_the_pool(version: Version) {
    let mut nodes = nodes::core_and_users(Spelling::Slash);
    nodes.extend([nodes::starting(Spelling::Slash), nodes::gpu()]);
    let cluster = Cluster::start(nodes);
    let images = Helm::new(&cluster, version).with("images");
    // The policy places only the pullers: nothing else is waited for.
    let line = ["--set", "serviceType=ClusterIP", "--timeout", "60s"];
    images.run("install", Some("hub-like"), &line).expect_success();

    let report = images.report();
    let objects = report["objects"].as_array().expect("objects");
    let daemon_set = objects.iter().find(|object| object["name"] == "continuous-image-puller");
    let listed = &daemon_set.expect("the puller is in the report")["templates"][0]["pulls"];
    let listed: BTreeSet<&str> = listed
        .as_array()
        .expect("images")
        .iter()
        .filter_map(|image| image.as_str())
        .collect();
    assert!(
        listed.contains("registry.example.org/user/course:2026-09"),
        "{listed:?}"
    );

    let pods = cluster.pods();
    let pulling: Vec<&Pod> = pods
        .iter()
        .filter(|pod| pod.owner == "DaemonSet/continuous-image-puller")
        .collect();
    let on: BTreeSet<&str> = pulling.iter().filter_map(|pod| pod.node.as_deref().ok()).collect();
    assert_eq!(on, BTreeSet::from(["starting-0", "user-0", "user-1"]));
    for pod in pulling {
        // In their order: the init containers, then the one that holds the pod.
        let containers = ["initContainers", "containers"];
        let pulled = containers.iter().filter_map(|key| pod.spec[key].as_array());
        let pulled: BTreeSet<&str> =
            pulled.flatten().filter_map(|container| container["image"].as_str()).collect();
        assert_eq!(pulled, listed, "{}", pod.name);
    }
}
