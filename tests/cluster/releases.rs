//! Attempts that leave a release as it is: Helm deletes what a post-renderer that succeeds does not write.

use crate::cluster::Cluster;
use crate::helm::{Helm, Version};
use crate::nodes::{self, Spelling};
use crate::under_both_helms;

under_both_helms!(a_post_renderer_without_manifests_never_empties_a_release);

/// What a release of the test chart consists of, by name.
fn objects(cluster: &Cluster) -> Vec<String> {
    let objects = cluster.objects("deployments,statefulsets,daemonsets,services");
    let name = |object: &serde_json::Value| {
        let (kind, name) = (&object["kind"], &object["metadata"]["name"]);
        format!("{kind}/{name}")
    };
    objects.iter().map(name).collect()
}

fn a_post_renderer_without_manifests_never_empties_a_release(version: Version) {
    let cluster = Cluster::start(nodes::core_and_users(Spelling::Slash));
    let helm = Helm::new(&cluster, version);
    helm.with("prefer")
        .run("install", Some("hub-like"), &["--no-hooks"])
        .expect_success();
    let installed = objects(&cluster);
    assert!(installed.len() > 3, "{installed:?}");

    // A policy that finds nothing to change: every option and command succeeds by it.
    let policy = "version: 1\npools: {core: {taints: [\"a=b:NoSchedule\"]}}\nworkloads:\n  - {match: {name: nothing}, pool: core}\n";
    let policy = cluster.write("policy.yaml", policy);
    let helm = helm.with("prefer").and("DUNNAGE_POLICY", policy);
    let mut attempts: Vec<&[&str]> = vec![
        &["--check"],
        &["--diff"],
        &["--mode", "plain", "--check"],
        &["--report", "/dev/stdout"],
        &["--previous", "/dev/fd/0"],
        &["--help"],
        &["--version"],
    ];
    if version == Version::Three {
        attempts.extend([
            &["verify"][..],
            &["lint", "-"],
            &["lint"],
            &["render", "--check"],
            &["render", "--diff"],
            &["values", "-"],
            &["schema"],
            &["init"],
            &["completions", "bash"],
            &["man"],
            &["rule"],
        ]);
    }
    for attempt in attempts {
        let mut line = vec!["--no-hooks"];
        line.extend(attempt.iter().flat_map(|word| ["--post-renderer-args", word]));
        helm.run("upgrade", Some("hub-like"), &line).expect_failure();
        assert_eq!(objects(&cluster), installed, "{attempt:?}");
    }
    helm.run("upgrade", Some("hub-like"), &["--no-hooks"]).expect_success();
    assert_eq!(objects(&cluster), installed);
}
