//! Added objects on tainted pools: where their pods run, whom they make room for, and what stays behind.

use serde_json::{Value, json};

use crate::cluster::Cluster;
use crate::helm::{Helm, Version, policy_path};
use crate::nodes::{self, Spelling};
use crate::under_both_helms;

under_both_helms!(
    added_pods_run_on_their_pools_and_make_room,
    another_size_and_priority_leave_nothing_behind,
    releases_in_two_namespaces_do_not_meet,
);

/// The chart without pullers, placeholders and classes of its own.
const BARE: &[&str] = &[
    "--no-hooks",
    "--set",
    "serviceType=ClusterIP",
    "--set",
    "scheduling.podPriority.enabled=false",
    "--set",
    "scheduling.userPlaceholder.enabled=false",
    "--set",
    "scheduling.userScheduler.enabled=false",
    "--set",
    "prePuller.continuous.enabled=false",
    "--wait",
    "--timeout",
    "90s",
];

fn cluster() -> Cluster {
    let mut nodes = nodes::core_and_users(Spelling::Slash);
    nodes.extend([
        nodes::starting(Spelling::Slash),
        nodes::gpu(),
        nodes::open(),
    ]);
    Cluster::start(nodes)
}

/// A policy of testdata with a part replaced.
fn policy_with(cluster: &Cluster, name: &str, pairs: &[(&str, &str)]) -> String {
    let path = policy_path("additions");
    let mut text = std::fs::read_to_string(path).expect("a policy of testdata");
    for (old, new) in pairs {
        assert!(text.contains(old), "{old}");
        text = text.replace(old, new);
    }
    cluster.write(name, &text)
}

/// A pod of a user, or of a priority class, that needs so much memory on the user pool.
fn pod(name: &str, class: Option<&str>, memory: &str) -> String {
    let mut pod = json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name},
        "spec": {
            "nodeSelector": {"hub.jupyter.org/node-purpose": "user"},
            "tolerations": [{"key": "hub.jupyter.org/dedicated", "value": "user"}],
            "terminationGracePeriodSeconds": 0,
            "containers": [{
                "name": "a",
                "image": "registry.example.org/a:1",
                "resources": {"requests": {"memory": memory}},
            }],
        },
    });
    if let Some(class) = class {
        pod["spec"]["priorityClassName"] = json!(class);
    }
    pod.to_string()
}

/// Where the pods of a component run, the pending ones left out: `user-0 user-1`.
fn places(cluster: &Cluster, component: &str, pool: &str) -> String {
    let pods = cluster.pods();
    let of = |pod: &&crate::pods::Pod| pod.owner.contains(&format!("-dunnage-{component}-{pool}"));
    let mut nodes: Vec<String> =
        pods.iter().filter(of).filter_map(|pod| pod.node.clone().ok()).collect();
    nodes.sort();
    nodes.join(" ")
}

fn classes(cluster: &Cluster) -> Vec<(String, i64)> {
    let all = cluster.objects("priorityclasses");
    let own = all.iter().filter_map(|class| {
        let name = class["metadata"]["name"].as_str()?;
        let value = class["value"].as_i64()?;
        name.contains("-dunnage-").then(|| (name.to_owned(), value))
    });
    own.collect()
}

fn events_of(cluster: &Cluster, reason: &str) -> Vec<String> {
    let events = cluster.objects("events");
    let found = events.iter().filter(|event| event["reason"] == *reason);
    let name = |event: &Value| event["involvedObject"]["name"].as_str().map(str::to_owned);
    found.filter_map(name).collect()
}

fn added_pods_run_on_their_pools_and_make_room(version: Version) {
    let cluster = cluster();
    let helm = Helm::new(&cluster, version).with("additions");
    // Two of the placeholders fit on each user node; node placeholders need no room. `--wait` returns
    // although the last placeholder is pending.
    let six = [(
        "userPlaceholder: {replicas: 3,",
        "userPlaceholder: {replicas: 5,",
    )];
    let policy = policy_with(&cluster, "policy.yaml", &six);
    let helm = helm.and("DUNNAGE_POLICY", policy);
    helm.run("install", Some("hub-like"), BARE).expect_success();
    assert_eq!(
        places(&cluster, "image-puller", "user"),
        "starting-0 user-0 user-1"
    );
    assert_eq!(places(&cluster, "image-puller", "gpu"), "gpu-0");
    assert_eq!(
        places(&cluster, "user-placeholder", "user"),
        "user-0 user-0 user-1 user-1"
    );
    assert_eq!(places(&cluster, "user-placeholder", "gpu"), "gpu-0");
    assert_eq!(
        places(&cluster, "node-placeholder", "user"),
        "user-0 user-1"
    );
    cluster.check_nodes_of(|pod| !pod.owner.contains("-dunnage-"));

    // A placeholder evicts nothing; a user and a puller evict placeholders.
    assert_eq!(events_of(&cluster, "Preempted"), [] as [&str; 0]);
    let puller = "hub-hub-dunnage-image-puller-m5";
    for (name, class) in [("user-a", None), ("puller-a", Some(puller))] {
        let before = events_of(&cluster, "Preempted").len();
        cluster.apply(&pod(name, class, "28Gi"));
        let node = cluster.wait_for("a pod in the place of a placeholder", || {
            let pods = cluster.pods();
            let found = pods.into_iter().find(|pod| pod.name == name)?;
            found.node.ok()
        });
        assert!(node.starts_with("user-"), "{node}");
        let evicted = events_of(&cluster, "Preempted");
        assert!(evicted.len() > before, "{evicted:?}");
        let are_placeholders =
            evicted.iter().all(|pod| pod.contains("-dunnage-user-placeholder-user-"));
        assert!(are_placeholders, "{evicted:?}");
    }
    helm.run("uninstall", None, &["--no-hooks", "--wait"]).expect_success();
    cluster.kubectl(&["delete", "pods", "user-a", "puller-a"]).expect_success();
    assert_eq!(cluster.places(), "");
    assert_eq!(classes(&cluster), []);
}

fn another_size_and_priority_leave_nothing_behind(version: Version) {
    let cluster = cluster();
    let first = Helm::new(&cluster, version).with("additions");
    first.run("install", Some("hub-like"), BARE).expect_success();
    assert_eq!(sizes(&cluster), ["28Gi"]);
    let old = classes(&cluster);
    assert_eq!(verify(&first), Some(0));

    let changed = [
        ("memory: 28Gi", "memory: 20Gi"),
        (
            "podPriority: {}",
            "podPriority: {imagePullerPriority: -4, userPlaceholderPriority: -9}",
        ),
    ];
    let policy = policy_with(&cluster, "policy.yaml", &changed);
    let second = Helm::new(&cluster, version).with("additions").and("DUNNAGE_POLICY", policy);
    second.run("upgrade", Some("hub-like"), BARE).expect_success();
    assert_eq!(sizes(&cluster), ["20Gi"]);
    let values = classes(&cluster).into_iter().map(|(_, value)| value);
    assert_eq!(values.collect::<Vec<_>>(), [-4, -9]);
    assert_eq!(verify(&second), Some(1), "by the policy before");

    second.run("rollback", None, &["1", "--no-hooks", "--wait"]).expect_success();
    assert_eq!(sizes(&cluster), ["28Gi"]);
    assert_eq!(classes(&cluster), old);
    second.run("uninstall", None, &["--no-hooks", "--wait"]).expect_success();
    assert_eq!(cluster.places(), "");
    assert_eq!(classes(&cluster), []);
}

/// The memory of a placeholder of each set on the user pool.
fn sizes(cluster: &Cluster) -> Vec<String> {
    let sets = cluster.objects("statefulsets");
    let of_users = sets.iter().filter(|set| {
        let labels = &set["metadata"]["labels"];
        labels["component"] == "user-placeholder" && labels["dunnage/pool"] == "user"
    });
    let memory = |set: &Value| {
        let container = &set["spec"]["template"]["spec"]["containers"][0];
        container["resources"]["requests"]["memory"].as_str().map(str::to_owned)
    };
    of_users.filter_map(memory).collect()
}

/// Whether the live manifest is what the policy of testdata wants.
fn verify(helm: &Helm<'_>) -> Option<i32> {
    let live = helm.cluster.write("live.yaml", &helm.manifest());
    let policy = policy_path("additions");
    let words = ["verify", "--policy", &policy, "--namespace", "hub", &live];
    helm.cluster.dunnage(&words).code()
}

fn releases_in_two_namespaces_do_not_meet(version: Version) {
    let cluster = cluster();
    cluster.kubectl(&["create", "namespace", "other"]).expect_success();
    let helm = Helm::new(&cluster, version).with("additions");
    helm.run("install", Some("hub-like"), BARE).expect_success();
    let other = [BARE, &["--namespace", "other"]].concat();
    helm.run("install", Some("hub-like"), &other).expect_success();
    let names: Vec<String> = classes(&cluster).into_iter().map(|(name, _)| name).collect();
    assert_eq!(
        names,
        [
            "hub-hub-dunnage-image-puller-m5",
            "hub-hub-dunnage-user-placeholder-m10",
            "hub-other-dunnage-image-puller-m5",
            "hub-other-dunnage-user-placeholder-m10",
        ]
    );
    helm.run("uninstall", None, &["--no-hooks", "--wait"]).expect_success();
    assert_eq!(classes(&cluster).len(), 2);
    helm.run(
        "uninstall",
        None,
        &["--no-hooks", "--wait", "--namespace", "other"],
    )
    .expect_success();
    assert_eq!(classes(&cluster), []);
}
