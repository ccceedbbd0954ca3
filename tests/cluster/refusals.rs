//! What the API server refuses, and that dunnage said so before.

use crate::cluster::Cluster;
use crate::helm::{Helm, Version, policy_path};
use crate::nodes::{self, Spelling};
use crate::under_both_helms;

under_both_helms!(
    a_class_that_is_not_there_is_refused_before_the_api_server_sees_it,
    an_existing_job_is_foretold,
);

fn a_class_that_is_not_there_is_refused_before_the_api_server_sees_it(version: Version) {
    let cluster = Cluster::start(nodes::core_and_users(Spelling::Slash));
    let helm = Helm::new(&cluster, version);
    let line = ["--no-hooks", "--set", "glued=false,refused=false"];
    let policy = |classes: &str| {
        cluster.write(
            "policy.yaml",
            &format!(
                "version: 1\npools:\n  core: {{taints: [\"hub.jupyter.org/dedicated=core:NoSchedule\"]}}\n{classes}workloads:\n  - {{name: nobody's, match: {{kind: Deployment, name: words}}, pool: core, priorityClassName: nobody}}\n"
            ),
        )
    };

    // dunnage knows that nobody made it, and nothing was installed.
    let unknown = helm.with("prefer").and("DUNNAGE_POLICY", policy(""));
    let said = unknown.run("install", Some("oddities"), &line).expect_failure();
    assert!(said.contains("nobody"), "{said}");
    helm.run("status", None, &[]).expect_failure();
    assert!(cluster.objects("deployments").is_empty());

    // Where the policy vouches for it, it is the API server that says so, and no pod is ever made.
    let vouched = policy("priorityClasses: {existing: [nobody]}\n");
    let vouched = helm.with("prefer").and("DUNNAGE_POLICY", vouched);
    vouched.run("install", Some("oddities"), &line).expect_success();
    let event = cluster.wait_for("a word of the API server", || {
        let events = cluster.objects("events");
        let mut said = events.iter().filter(|event| event["reason"] == "FailedCreate");
        said.find_map(|event| event["message"].as_str()).map(str::to_owned)
    });
    assert!(
        event.contains("no PriorityClass with name nobody was found"),
        "{event}"
    );
}

fn an_existing_job_is_foretold(version: Version) {
    let cluster = Cluster::start(nodes::core_and_users(Spelling::Slash));
    let helm = Helm::new(&cluster, version);
    let line = ["--no-hooks", "--set", "glued=false,refused=false"];
    helm.run("install", Some("oddities"), &line).expect_success();

    // Told before: what exists, and that it stays as it is.
    let manifest = cluster.write("live.yaml", &helm.manifest());
    let policy = policy_path("prefer");
    let told = ["render", "--policy", &policy, "--format", "concise"];
    let told = [&told[..], &["--previous", &manifest, &manifest]].concat();
    let told = cluster.dunnage(&told);
    told.expect_success();
    let stays = "`Job/migrate` already exists and is left unchanged";
    assert!(told.text().contains(stays), "{}", told.text());

    let with = helm.with("prefer");
    let said = with.run("upgrade", Some("oddities"), &line).expect_failure();
    assert!(
        said.contains("migrate") && said.contains("field is immutable"),
        "{said}"
    );

    // And with the live manifest at hand the upgrade goes through, with everything else placed.
    let with = with.and("DUNNAGE_PREVIOUS", manifest);
    with.run("upgrade", Some("oddities"), &line).expect_success();
    let places = cluster.places();
    assert!(places.contains("Job/migrate: Pending\n"), "{places}");
    assert!(places.contains("Deployment/typed: core\n"), "{places}");
    cluster.check_nodes();
}
