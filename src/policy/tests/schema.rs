//! The published schema is made from the types; `UPDATE=1 cargo test` writes it anew.

use serde_json::{Value, json};

use crate::policy::read::SCHEMA_OF_POLICIES;
use crate::policy::{KEYWORDS, SCHEMA, Z2JH, written};
use crate::yaml;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/dunnage.schema.json");
const KEYWORDS_PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/policy/keywords.json");

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a test that rewrites its own expectation"
)]
fn the_published_schema_is_that_of_the_types() {
    let mut schema = schemars::schema_for!(written::Policy).to_value();
    refuse_null(&mut schema);
    let text = format!("{schema:#}\n");
    let keywords = by_lines(keywords(&schema));
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(PATH, &text).expect("the schema can be written");
        std::fs::write(KEYWORDS_PATH, &keywords).expect("its keywords can be written");
        return;
    }
    assert!(
        text == SCHEMA,
        "schemas/dunnage.schema.json is stale; run `UPDATE=1 cargo test`"
    );
    assert!(
        keywords == KEYWORDS,
        "src/policy/keywords.json is stale; run `UPDATE=1 cargo test`"
    );
}

/// A schema without what is for people alone.
fn keywords(schema: &Value) -> Value {
    match schema {
        Value::Object(map) => {
            let is_for_people = |name: &str| matches!(name, "title" | "description" | "default");
            let left = map.iter().filter(|(name, _)| !is_for_people(name));
            let left = left.map(|(name, keyword_value)| match keyword_value {
                // Their keys are names of the policy and of types.
                Value::Object(named) if name == "properties" || name == "$defs" => {
                    let named = named.iter();
                    let named = named.map(|(name, schema)| (name.clone(), keywords(schema)));
                    (name.clone(), Value::Object(named.collect()))
                }
                keyword_value => (name.clone(), keywords(keyword_value)),
            });
            Value::Object(left.collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(keywords).collect()),
        other => other.clone(),
    }
}

/// The text of a schema in which each definition has a line of its own.
fn by_lines(mut schema: Value) -> String {
    let definitions = schema["$defs"].take();
    schema["$defs"] = json!({});
    let named = definitions.as_object().expect("definitions").iter();
    let lines: Vec<String> =
        named.map(|(name, definition)| format!("\"{name}\": {definition}")).collect();
    let lines = format!("{{\n{}\n}}", lines.join(",\n"));
    format!("{}\n", schema.to_string().replacen("{}", &lines, 1))
}

/// Compiling the schema takes longer than rendering fifty documents, so no policy that is valid needs it.
#[test]
#[expect(clippy::disallowed_methods, reason = "a test reads the source tree")]
fn a_valid_policy_is_read_without_compiling_the_schema() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let cases = std::fs::read_dir(root.join("testdata/render")).expect("the cases");
    let policies = cases.filter_map(|case| {
        std::fs::read_to_string(case.expect("a case").path().join("policy.yaml")).ok()
    });
    let mut policies: Vec<String> = policies.collect();
    policies.extend([Z2JH.to_owned(), EVERY_KEY.to_owned()]);
    for policy in policies {
        let tree = yaml::parse(&policy).expect("YAML");
        let value = yaml::to_json(tree.root().expect("a root")).expect("JSON");
        let is_valid = SCHEMA_OF_POLICIES.whole().violations(&value).is_empty();
        assert_eq!(
            SCHEMA_OF_POLICIES.is_surely_valid(&value),
            is_valid,
            "{policy}"
        );
    }
}

/// A policy with every section, so that every part of the schema is met.
const EVERY_KEY: &str = r#"
version: 1
pools:
  core:
    labels: {hub.jupyter.org/node-purpose: core}
    taints: ["hub.jupyter.org/dedicated=core:NoSchedule"]
    twin: true
  user:
    taints: ["hub.jupyter.org/dedicated=user:NoSchedule"]
    startupTaints: ["example.org/images-not-pulled:NoSchedule"]
    node: r5.2xlarge
    allocatable: {cpu: 7.69, memory: 60.8Gi, pods: 58}
    max: 20
workloads:
  - name: placeholders
    match:
      chart: [jupyterhub]
      kind: [StatefulSet, DaemonSet]
      group: apps
      name: "user-*"
      namespace: hub
      labels: {component: [user-placeholder, continuous-image-puller]}
      annotations: {a: b}
      hook: false
      template: [head]
    pool: [user, core]
    matchNodePurpose: require
    priorityClassName: metrics
    override: [priorityClassName]
    puller: true
    images: [nginx:1.29]
    expect: 3
  - {name: everything else, pool: core, expect: 1+}
priorityClasses: {existing: [metrics]}
prePuller:
  extraImages: {spark: {name: quay.io/jupyter/all-spark-notebook, tag: "2024-10-07"}}
additions:
  - name: the hub
    match: {chart: jupyterhub, release: [prod], namespace: "h*"}
    pools:
      core: {}
      user:
        prePuller: {extraImages: {cuda: {name: quay.io/team/cuda, tag: "12"}}}
        scheduling: {userPlaceholder: {resources: {requests: {memory: 16G, nvidia.com/gpu: 1}, limits: {cpu: "2"}}}}
    prePuller:
      continuous: {enabled: true}
      extraImages: {}
      via: volume
      pullSecrets: [registry]
      pause: {image: {name: registry.k8s.io/pause, tag: "3.10.1"}}
    scheduling:
      podPriority: {enabled: true, imagePullerPriority: -5, userPlaceholderPriority: -10}
      userPlaceholder: {enabled: false, replicas: 20, seats: 8}
      nodePlaceholder: {enabled: true, replicas: 3}
jobs: skip
templates:
  - {kind: Gizmo, group: example.org, path: [spec.template, "spec.workers[].template"], holds: podSpec, restarts: true}
  - {kind: Gadget, group: example.org, path: spec.template}
autoscaler: {kind: cluster-autoscaler, priorityCutoff: -10}
demand: {users: 300, within: 10m}
lead: {boot: 3m, pull: 5m}
lint:
  select: [PH]
  ignore: [IM002]
  levels: {PH001: warning}
  suppress:
    - {rules: [RS004], files: ["*.yaml"], until: "2027-01-31", reason: a trial}
  requireReasons: true
  releases:
    - {name: prod, chart: charts/hub, chartVersion: "4.4", values: [common.yaml], set: ["a=1"], hub: jupyterhub}
"#;

/// A key with nothing behind it is more often forgotten than meant, so `null` is never allowed where
/// a type is optional.
fn refuse_null(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            if let Some(Value::Array(types)) = map.get_mut("type") {
                types.retain(|name| name != "null");
                if let [single] = types.as_slice() {
                    let single = single.clone();
                    map.insert("type".to_owned(), single);
                }
            }
            if let Some(Value::Array(branches)) = map.get_mut("anyOf") {
                branches.retain(|branch| branch["type"] != "null");
                if let [single] = branches.as_slice()
                    && let Value::Object(single) = single.clone()
                {
                    map.remove("anyOf");
                    map.extend(single);
                }
            }
            map.values_mut().for_each(refuse_null);
        }
        Value::Array(items) => items.iter_mut().for_each(refuse_null),
        _ => {}
    }
}
