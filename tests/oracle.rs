//! The z2jh chart places its own pods: what it renders with placement is what dunnage has to make of what
//! it renders without.

mod support;

use dunnage::policy::Z2JH;
use serde_json::{Value, json};
use support::{corpus, documents, render, stream, streams, template_pointers, title};

/// What differs between two renderings of the chart besides the pods: hashes, and its own values.
fn without_checksums(mut object: Value) -> Value {
    if let Some(data) = object["data"].as_object_mut() {
        data.remove("checksum_hook-image-puller");
        data.remove("values.yaml");
    }
    if let Some(annotations) = object.pointer_mut("/spec/template/metadata/annotations") {
        let annotations = annotations.as_object_mut().expect("annotations");
        annotations.retain(|key, _| !key.starts_with("checksum/"));
    }
    object
}

#[track_caller]
fn check_same(ours: &str, charts: &str) {
    let (ours, charts) = (documents(ours), documents(charts));
    assert_eq!(ours.len(), charts.len());
    let mut placed = 0;
    for (ours, charts) in ours.into_iter().zip(charts) {
        placed += template_pointers(&charts).len();
        let name = title(&charts);
        assert_eq!(without_checksums(ours), without_checksums(charts), "{name}");
    }
    assert_eq!(placed, 7, "pod templates were compared");
}

/// The built-in policy with a requirement wherever it prefers.
fn required() -> String {
    let mut policy: serde_yaml::Value = serde_yaml::from_str(Z2JH).expect("YAML");
    for row in policy["workloads"].as_sequence_mut().expect("rows") {
        let row = row.as_mapping_mut().expect("a row");
        row.entry("matchNodePurpose".into()).or_insert("require".into());
    }
    serde_yaml::to_string(&policy).expect("YAML")
}

#[test]
fn unplaced_becomes_what_the_chart_prefers() {
    let Some(corpus) = corpus() else { return };
    let ours = render(Z2JH, &stream(&corpus, "z2jh-4.4.0-unplaced.helm4.yaml")).expect("renders");
    check_same(&ours, &stream(&corpus, "z2jh-4.4.0-prefer.helm4.yaml"));
}

#[test]
fn unplaced_becomes_what_the_chart_requires() {
    let Some(corpus) = corpus() else { return };
    let ours = render(
        &required(),
        &stream(&corpus, "z2jh-4.4.0-unplaced.helm4.yaml"),
    )
    .expect("renders");
    check_same(&ours, &stream(&corpus, "z2jh-4.4.0-require.helm4.yaml"));
}

#[test]
fn extra_images_become_the_charts_own_containers() {
    let Some(corpus) = corpus() else { return };
    let policy = format!(
        "{Z2JH}\nprePuller:\n  extraImages:\n    \
         spark: {{name: quay.io/jupyter/all-spark-notebook, tag: \"2024-10-07\"}}\n    \
         my-tool: {{name: registry.example.org/team/tool, tag: v3}}\n"
    );
    let ours = render(&policy, &stream(&corpus, "z2jh-4.4.0-prefer.helm4.yaml")).expect("renders");
    check_same(
        &ours,
        &stream(&corpus, "z2jh-4.4.0-prefer-extra-images.helm4.yaml"),
    );
}

#[test]
fn nothing_is_left_to_do_where_the_chart_placed_its_pods() {
    let Some(corpus) = corpus() else { return };
    let mut checked = 0;
    for (name, text) in streams(&corpus) {
        let is_placed =
            name.starts_with("z2jh-") && !name.contains("unplaced") && !name.contains("require");
        if is_placed || name.starts_with("dask-daskhub") || name.starts_with("berkeley-") {
            assert!(
                render(Z2JH, &text).expect("renders") == text,
                "{name} changes"
            );
            checked += 1;
        }
    }
    assert!(checked >= 8, "only {checked} streams");
}

/// Old versions of the chart as well: every core and user pod tolerates its pool.
#[test]
fn every_version_comes_out_placed() {
    let Some(corpus) = corpus() else { return };
    for (name, text) in streams(&corpus).into_iter().filter(|(name, _)| name.starts_with("z2jh-")) {
        let ours = render(Z2JH, &text).expect("renders");
        let mut placed = 0;
        for object in documents(&ours) {
            for pointer in template_pointers(&object) {
                let template = object.pointer(pointer).expect("a template");
                let component =
                    template["metadata"]["labels"]["component"].as_str().unwrap_or_default();
                let is_user = component.ends_with("image-puller") && component != "image-puller"
                    || component == "user-placeholder";
                let pool = if is_user { "user" } else { "core" };
                let wanted = json!({"key": "hub.jupyter.org/dedicated", "operator": "Equal", "value": pool, "effect": "NoSchedule"});
                let tolerations = template["spec"]["tolerations"].as_array().expect("tolerations");
                assert!(
                    tolerations.contains(&wanted),
                    "{name}: {} has {tolerations:?}",
                    title(&object)
                );
                placed += 1;
            }
        }
        assert!(placed >= 5, "{name}: only {placed} pod templates");
    }
}
