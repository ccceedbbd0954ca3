//! What a good policy means.

use crate::diag::Level;
use crate::k8s::{Manifests, Workload};
use crate::policy::{Autoscaler, Demand, Expect, Facts, Jobs, Lead, Policy, Purpose, Z2JH, read};
use crate::text::Sources;

#[track_caller]
fn policy(text: &str) -> Policy {
    let (policy, diagnostics) = read(
        Sources::default().add("dunnage.yaml", text.to_owned()),
        text,
    );
    assert_eq!(diagnostics, []);
    policy.expect("a policy without diagnostics")
}

/// The policy that the manual shows, without what is not supported yet.
const EXAMPLE: &str = r#"
version: 1
pools:
  user:
    labels: {hub.jupyter.org/node-purpose: user}
    taints: ["hub.jupyter.org/dedicated=user:NoSchedule", "example.org/gpu:NoSchedule"]
    startupTaints: ["example.org/images-not-pulled:NoSchedule"]
    node: r5.2xlarge
    allocatable: {cpu: 7.69, memory: 60.8Gi, pods: 58}
    max: 20
  core: {taints: ["a.example.org/b=c:NoExecute"], twin: true}
workloads:
  - {match: {chart: prometheus}, pool: core, priorityClassName: metrics, override: [priorityClassName], expect: 1+}
  - {name: the rest, match: {chart: hub}, pool: [core, user], matchNodePurpose: require, expect: 3}
  - {match: {kind: DaemonSet}, pool: none}
priorityClasses: {existing: [metrics]}
prePuller:
  extraImages: {spark: {name: quay.io/jupyter/all-spark-notebook, tag: "2024-10-07"}, base: {name: b, tag: "1"}}
jobs: skip
autoscaler: {kind: cluster-autoscaler}
demand: {users: 300, within: 10m}
lead: {boot: 3m, pull: 1m30s}
lint:
  ignore: [IM002]
  levels: {PH004: warning}
  releases:
    - {name: prod, chart: charts/hub, chartVersion: "3.3", values: [common.yaml, prod.yaml], set: ["a=1"], hub: jupyterhub}
"#;

fn check_facts(policy: &Policy) {
    let seconds = std::time::Duration::from_secs;
    let expected = Facts {
        autoscaler: Some(Autoscaler::ClusterAutoscaler { cutoff: -10 }),
        demand: Some(Demand {
            users: 300,
            within: seconds(600),
        }),
        lead: Some(Lead {
            boot: seconds(180),
            pull: seconds(90),
            start: seconds(10),
        }),
    };
    assert_eq!(policy.facts, expected);
    assert_eq!(policy.lint.ignore[0].value, "IM002");
    assert_eq!(policy.lint.levels[0].1, Level::Warning);
    let release = &policy.lint.releases[0];
    let values: Vec<&str> = release.values.iter().map(|path| path.value.as_str()).collect();
    assert_eq!(
        (release.name.value.as_str(), values),
        ("prod", vec!["common.yaml", "prod.yaml"])
    );
    assert_eq!(release.chart.as_ref().expect("a chart").value, "charts/hub");
    assert_eq!(
        release.chart_version.as_ref().map(|version| version.value.as_str()),
        Some("3.3")
    );
    assert_eq!(
        (release.set.as_slice(), release.hub.as_deref()),
        (&["a=1".to_owned()][..], Some("jupyterhub"))
    );
}

#[test]
fn every_field_arrives() {
    let policy = policy(EXAMPLE);
    let names: Vec<&str> = policy.pools.iter().map(|pool| pool.name.as_str()).collect();
    assert_eq!(names, ["user", "core"]);
    let user = policy.pool(0);
    assert_eq!(
        user.labels,
        [("hub.jupyter.org/node-purpose".to_owned(), "user".to_owned())]
    );
    assert_eq!(user.node.as_ref().expect("a node").value, "r5.2xlarge");
    let allocatable = user.allocatable.as_ref().expect("allocatable");
    assert_eq!(allocatable.cpu.as_ref().expect("cpu").value, "7.69");
    assert_eq!(allocatable.memory.as_ref().expect("memory").value, "60.8Gi");
    assert_eq!(allocatable.pods.as_ref().expect("pods").value, "58");
    assert_eq!(user.max, Some(20));
    let [metrics, rest, agents] = policy.rows.as_slice() else {
        panic!("three rows")
    };
    assert_eq!(metrics.pools, [1]);
    assert_eq!(metrics.purpose, Purpose::Prefer);
    assert_eq!(
        metrics.priority_class.as_ref().expect("a class").value,
        "metrics"
    );
    assert!(metrics.override_priority_class);
    assert_eq!(
        metrics.expect.as_ref().expect("a count").value,
        Expect::AtLeast(1)
    );
    assert_eq!(metrics.title(), "row 1 (chart prometheus)");
    assert_eq!(
        (rest.pools.as_slice(), rest.purpose),
        (&[1, 0][..], Purpose::Require)
    );
    assert_eq!(
        rest.expect.as_ref().expect("a count").value,
        Expect::Exactly(3)
    );
    assert_eq!(rest.title(), "row \"the rest\"");
    assert!(agents.pools.is_empty());
    check_facts(&policy);
    assert_eq!(policy.existing_classes[0].value, "metrics");
    let images: Vec<String> = policy.extra_images.iter().map(|image| image.reference()).collect();
    assert_eq!(
        images,
        ["b:1", "quay.io/jupyter/all-spark-notebook:2024-10-07"]
    );
    assert_eq!(policy.jobs, Jobs::Skip);
}

#[test]
fn spans_are_those_of_the_file() {
    let policy = policy(EXAMPLE);
    let class = policy.rows[0].priority_class.as_ref().expect("a class");
    assert_eq!(&EXAMPLE[class.span.range()], "metrics");
    assert_eq!(
        &EXAMPLE[policy.extra_images[1].tag.span.range()],
        "\"2024-10-07\""
    );
    assert_eq!(
        &EXAMPLE[policy.rows[2].span.range()],
        "{match: {kind: DaemonSet}, pool: none}"
    );
}

#[test]
fn aliases_and_merge_keys_work_in_a_policy() {
    let policy = policy(
        "version: 1\npools:\n  a: &a {taints: [x:NoSchedule], max: 1}\n  b: {<<: *a, max: 2}\n",
    );
    let [a, b] = policy.pools.as_slice() else {
        panic!("two pools")
    };
    assert_eq!((a.max, b.max), (Some(1), Some(2)));
    assert_eq!(a.taints, b.taints);
}

#[track_caller]
fn check_tolerated(pool: usize, puller: bool, expected: &[&str]) {
    let taints = policy(EXAMPLE).pool(pool).tolerated_taints(puller);
    let taints: Vec<String> = taints.iter().map(ToString::to_string).collect();
    assert_eq!(taints, expected);
}

#[test]
fn taints_are_tolerated_with_their_twins() {
    let user = [
        "hub.jupyter.org/dedicated=user:NoSchedule",
        "hub.jupyter.org_dedicated=user:NoSchedule",
        "example.org/gpu:NoSchedule",
        "example.org/images-not-pulled:NoSchedule",
    ];
    check_tolerated(0, false, &user[..3]);
    check_tolerated(0, true, &user);
    check_tolerated(
        1,
        false,
        &["a.example.org/b=c:NoExecute", "a.example.org_b=c:NoExecute"],
    );
}

const OBJECTS: &str = r"
# Source: hub/charts/monitor/templates/x.yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: web-1, annotations: {team: a}}
spec: {template: {metadata: {labels: {app: web}}, spec: {containers: []}}}
---
# Source: hub/templates/y.yaml
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent, namespace: kube-system}
spec: {template: {metadata: {labels: {app: agent}}, spec: {containers: []}}}
---
# Source: hub/templates/z.yaml
apiVersion: batch/v1
kind: Job
metadata: {name: setup, annotations: {helm.sh/hook: pre-install}}
spec: {template: {spec: {containers: []}}}
";

/// Checks which of the objects (`web-1`, `agent`, `setup`) a condition matches in the namespace `hub`.
#[track_caller]
fn check_matches(criteria: &str, expected: &[&str]) {
    let policy = policy(&format!(
        "version: 1\npools: {{core: {{}}}}\nworkloads: [{{match: {criteria}, pool: core}}]\n"
    ));
    let mut sources = Sources::default();
    let source = sources.add("objects", OBJECTS.to_owned());
    let release = Manifests::read(source, OBJECTS, &policy.kinds);
    let documents = release.documents(|_| true);
    let objects = documents.objects(&release);
    let workloads = objects.iter().flat_map(|object| Workload::all(object, &policy.kinds));
    let matched: Vec<String> = workloads
        .filter(|workload| policy.row_for(workload, Some("hub")).is_some())
        .map(|workload| workload.object.name())
        .collect();
    assert_eq!(matched, expected, "{criteria}");
}

#[test]
fn all_conditions_hold_and_of_a_list_one_item() {
    check_matches("{}", &["web-1", "setup"]);
    check_matches("{kind: DaemonSet}", &["agent"]);
    check_matches("{kind: [Job, DaemonSet]}", &["agent", "setup"]);
    check_matches("{chart: monitor}", &["web-1"]);
    check_matches("{chart: hub}", &["web-1", "setup"]);
    check_matches("{chart: mon*, kind: Job}", &[]);
    check_matches("{group: batch}", &["setup"]);
    check_matches("{name: 'web-?'}", &["web-1"]);
    check_matches("{name: 'web-[23]'}", &[]);
    check_matches("{name: [web, set*]}", &["setup"]);
    check_matches("{namespace: hub}", &["web-1", "setup"]);
    check_matches("{namespace: kube-system, kind: DaemonSet}", &["agent"]);
    check_matches("{labels: {app: [agent, web]}}", &["web-1"]);
    check_matches("{labels: {app: web, other: x}}", &[]);
    check_matches("{annotations: {team: [a, b]}}", &["web-1"]);
    check_matches("{annotations: {team: c}}", &[]);
    check_matches("{hook: true}", &["setup"]);
    check_matches("{hook: false}", &["web-1"]);
}

#[test]
fn the_built_in_policy_reads_without_a_word() {
    let policy = policy(Z2JH);
    assert_eq!(policy.pools.len(), 2);
    let placed: Vec<(&str, Purpose)> = policy
        .rows
        .iter()
        .map(|row| (policy.pool(row.pools[0]).name.as_str(), row.purpose))
        .collect();
    assert_eq!(
        placed,
        [
            ("user", Purpose::Prefer),
            ("core", Purpose::Ignore),
            ("core", Purpose::Prefer),
        ]
    );
}

#[test]
fn expected_counts_are_compared() {
    assert!(Expect::Exactly(0).is_met(0) && !Expect::Exactly(0).is_met(1));
    assert!(Expect::AtLeast(1).is_met(7) && !Expect::AtLeast(1).is_met(0));
}
