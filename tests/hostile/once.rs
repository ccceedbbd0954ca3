//! What did not hold once: the shapes that the other loops would not come upon by themselves.

use super::giants::Expected::{Edited, Refused, Same};
use super::giants::{OF_NODES, check, check_with, deployment, many, repeated};
use super::properties::release;
use dunnage::k8s::Body;
use dunnage::text::Sources;

#[test]
fn every_kind_is_seen() {
    let keys = [
        "? kind\n:",
        "&a kind:",
        "!!str kind:",
        "\"k\\x69nd\":",
        "a: b\rkind:",
    ];
    for key in keys {
        // The last of two wins; and what begins a line may be no key at all.
        for before in ["kind: ConfigMap", "a: \"\nkind: ConfigMap\n\""] {
            check_parsed(&format!(
                "apiVersion: v1\n{before}\n{key} Pod\nspec: {{}}\n"
            ));
        }
    }
}

#[test]
fn every_hook_is_seen() {
    let annotation = "{annotations: {\"helm.sh\\x2fhook\": test}}";
    check_parsed(&format!("kind: ConfigMap\nmetadata: {annotation}\n"));
}

#[test]
fn a_key_of_bytes_is_no_field() {
    let text = "kind: Pod\nspec:\n  !!binary affinity: {podAffinity: {}}\n";
    let document = dunnage::yaml::parse(text).expect("YAML");
    let spec = document.root().and_then(|root| root.get("spec"));
    assert!(spec.expect("it is there").get("affinity").is_none());
}

#[track_caller]
fn check_parsed(text: &str) {
    let source = Sources::default().add("in.yaml", String::new());
    let release = release(source, text);
    assert_ne!(release.parts[0].body, Body::Copied, "{text:?}");
}

#[test]
fn merges_of_merges_are_not_followed_forever() {
    let said = "<stdin>:8:19: error[RN018] an anchor contains itself";
    let text = deployment("      x: &x {<<: [*x, *x]}\n      <<: *x\n");
    check("merges of itself", text, OF_NODES, &Refused(2, said));
    let mut bomb = String::from("x0: &x0 {a: b}\n");
    for level in 1..40 {
        let below = level - 1;
        bomb.push_str(&format!(
            "x{level}: &x{level} {{<<: [*x{below}, *x{below}]}}\n"
        ));
    }
    let text = format!("{bomb}<<: *x39\n{}", deployment(""));
    check("merges of merges", text, OF_NODES, &Refused(2, "<stdin>:"));
}

#[test]
fn lists_of_lists_are_not_followed_forever() {
    // No workload is in them, so that nothing changes, and what does not change may be anything.
    let text = "kind: List\nitems: &a\n- kind: List\n  items: *a\n";
    check("a List in itself", text, OF_NODES, &Same);
    let mut bomb = String::from("kind: List\nx0: &x0 []\n");
    for level in 1..40 {
        let list = format!("{{kind: List, items: *x{}}}", level - 1);
        bomb.push_str(&format!("x{level}: &x{level} [{list}, {list}]\n"));
    }
    bomb.push_str("items: *x39\n");
    check("Lists of Lists", bomb, OF_NODES, &Same);
}

#[test]
fn a_list_of_many_workloads_takes_time_in_proportion() {
    let item = "- kind: Deployment\n  apiVersion: apps/v1\n  spec:\n    template:\n      spec:\n        containers: []\n";
    let text = format!("kind: List\nitems:\n{}", item.repeat(many(100_000)));
    check("a List of Deployments", text, 4 * OF_NODES, &Edited);
}

#[test]
fn many_images_of_one_name_take_time_in_proportion() {
    let images = repeated(10_000, |number| {
        let key = char::from_u32(0x4E00 + u32::try_from(number).expect("few")).expect("a letter");
        format!("        \"{key}\": {{name: i{number}}}\n")
    });
    let text = format!(
        "kind: Secret\nmetadata: {{name: hub, labels: {{component: hub}}}}\nstringData:\n  values.yaml: |\n    \
         singleuser: {{image: {{name: u}}}}\n    prePuller:\n      extraImages:\n{images}---\nkind: DaemonSet\n\
         apiVersion: apps/v1\nspec:\n  template:\n    metadata: {{labels: {{component: hook-image-puller}}}}\n    \
         spec:\n      initContainers:\n      - {{name: image-pull-a, image: x}}\n"
    );
    check("many images of one name", text, 2 * OF_NODES, &Edited);
}

#[test]
fn many_places_on_one_line_take_time_in_proportion() {
    let pairs = "k: v, ".repeat(many(500_000));
    let text = format!("kind: Pod\nspec: {{containers: [], {pairs}}}\n");
    check_with(
        "many keys on one line",
        text,
        4 * OF_NODES,
        &Edited,
        &["--format", "json"],
    );
}
