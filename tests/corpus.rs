//! Real releases: nothing changes but what was asked for, and every line that was there still is.

mod support;

use dunnage::policy::Z2JH;
use serde_json::{Map, Value};
use support::{corpus, documents, pod_spec_pointers, render, streams, title};

/// Policies that ask for everything there is, in turn.
const POLICIES: [(&str, &str); 4] = [
    ("z2jh", Z2JH),
    ("require", include_str!("../testdata/policies/require.yaml")),
    ("gpu", include_str!("../testdata/policies/gpu.yaml")),
    ("images", include_str!("../testdata/policies/images.yaml")),
];

/// Takes the fields that a policy may change out of every pod spec, and gives them back.
fn take_placement(object: &mut Value) -> Vec<Map<String, Value>> {
    if let Some(items) = object.get_mut("items").and_then(Value::as_array_mut) {
        return items.iter_mut().flat_map(take_placement).collect();
    }
    let mut taken = Vec::new();
    for pointer in pod_spec_pointers(object) {
        let Some(Value::Object(spec)) = object.pointer_mut(&pointer) else {
            continue;
        };
        let mut fields = Map::new();
        for field in [
            "tolerations",
            "affinity",
            "priorityClassName",
            "initContainers",
        ] {
            fields.extend(spec.remove(field).map(|value| (field.to_owned(), value)));
        }
        taken.push(fields);
    }
    taken
}

/// Lists that only ever grow at their end: all that was there is there, in order.
fn check_grown(old: &Map<String, Value>, new: &Map<String, Value>, place: &str) {
    for field in ["tolerations", "initContainers"] {
        let list = |fields: &Map<String, Value>| {
            fields.get(field).and_then(Value::as_array).cloned().unwrap_or_default()
        };
        assert!(
            list(new).starts_with(&list(old)),
            "{place}: {field} did not grow at its end"
        );
    }
    let pods = |fields: &Map<String, Value>, key: &str| {
        fields.get("affinity").and_then(|affinity| affinity.get(key)).cloned()
    };
    for key in ["podAffinity", "podAntiAffinity"] {
        assert_eq!(pods(old, key), pods(new, key), "{place}: {key} changed");
    }
    let set = |value: Option<&Value>| {
        value.is_some_and(|value| value.as_str().is_some_and(|name| !name.is_empty()))
    };
    if set(old.get("priorityClassName")) {
        assert_eq!(
            old.get("priorityClassName"),
            new.get("priorityClassName"),
            "{place}: the chart's class is kept"
        );
    }
}

fn check_documents(old: &str, new: &str, place: &str) {
    let (old, new) = (documents(old), documents(new));
    assert_eq!(old.len(), new.len(), "{place}");
    for (mut old, mut new) in old.into_iter().zip(new) {
        let place = format!("{place}: {}", title(&old));
        for (old, new) in take_placement(&mut old).iter().zip(take_placement(&mut new)) {
            check_grown(old, &new, &place);
        }
        assert_eq!(old, new, "{place}");
    }
}

/// Every old line is there in order, unless it holds a value that was filled or replaced.
fn check_lines(old: &str, new: &str, place: &str) {
    let mut rest = new.split_inclusive('\n');
    let mut lost = Vec::new();
    for line in old.split_inclusive('\n') {
        let before = rest.clone();
        if !rest.any(|other| other == line) {
            rest = before;
            lost.push(line);
        }
    }
    let fields = [
        "tolerations",
        "affinity",
        "priorityClassName",
        "nodeAffinity",
        "initContainers",
    ];
    for line in lost {
        let is_flow = line.contains(['{', '[']);
        assert!(
            is_flow || fields.iter().any(|field| line.contains(field)),
            "{place}: this line is lost: {line}"
        );
    }
}

#[test]
fn only_what_the_policy_asks_for_changes() {
    let Some(corpus) = corpus() else { return };
    let mut refused = Vec::new();
    for (name, text) in streams(&corpus) {
        for (policy_name, policy) in POLICIES {
            let place = format!("{name}, {policy_name}");
            let new = match render(policy, &text) {
                Ok(new) => new,
                Err(diagnostics) => {
                    let errors: Vec<&str> = diagnostics
                        .iter()
                        .filter(|one| one.is_error())
                        .map(|one| one.code.name)
                        .collect();
                    assert!(
                        errors.iter().all(|name| *name == "affinity-contradiction"),
                        "{place}: {errors:?}"
                    );
                    refused.push(place);
                    continue;
                }
            };
            check_documents(&text, &new, &place);
            check_lines(&text, &new, &place);
            assert!(
                render(policy, &new).expect("renders twice") == new,
                "{place}: twice is not once"
            );
        }
    }
    println!("contradictions: {refused:#?}");
    assert!(refused.len() < 12, "{refused:#?}");
}

/// A policy that adds every part to two pools of any release.
const ADDITIONS: &str = include_str!("../testdata/policies/additions-everything.yaml");

/// The same for one pool, with nothing that z2jh cannot do itself.
const LIKE_THE_CHART: &str = include_str!("../testdata/policies/additions-of-z2jh.yaml");

/// What was added to a stream, and what was not.
fn additions(policy: &str, stream: &str) -> (Vec<String>, Vec<String>) {
    use dunnage::k8s::Manifests;
    use dunnage::render::{Options, run};
    let mut sources = dunnage::text::Sources::default();
    let source = sources.add("policy.yaml", policy.to_owned());
    let (policy, problems) = dunnage::policy::read(source, policy);
    let policy = policy.unwrap_or_else(|| panic!("{problems:#?}"));
    let release = Manifests::read(source, stream, &policy.kinds);
    let outcome = run(&release, &policy, &Options::default());
    let added = outcome.added.iter();
    let added = added.map(|added| format!("{}/{}", added.kind, added.name));
    let left = outcome.not_added.iter();
    let left = left.map(|left| format!("{}: {}", left.part.key(), left.why));
    (added.collect(), left.collect())
}

#[test]
fn what_is_added_is_added_once() {
    let Some(corpus) = corpus() else { return };
    for (name, stream) in streams(&corpus) {
        let once =
            render(ADDITIONS, &stream).unwrap_or_else(|errors| panic!("{name}: {errors:#?}"));
        let twice = render(ADDITIONS, &once).unwrap_or_else(|errors| panic!("{name}: {errors:#?}"));
        assert!(once == twice, "{name}: rendered twice");
        let (added, _) = additions(ADDITIONS, &stream);
        // The release of every recorded stream is `rel`, in the namespace `ns`.
        let are_of_release = added.iter().all(|title| title.contains("/rel-"));
        assert!(added.len() >= 5 && are_of_release, "{name}: {added:?}");
        let classes = added.iter().filter(|title| title.starts_with("PriorityClass"));
        for class in classes {
            assert!(class.contains("/rel-ns-dunnage-"), "{name}: {class}");
        }
        // All that was there is there, byte for byte.
        let mut rest = once.as_str();
        for part in dunnage::yaml::split(&stream) {
            let text = &stream[part];
            let at = rest.find(text);
            let at = at.unwrap_or_else(|| panic!("{name}: a document is missing"));
            rest = &rest[at + text.len()..];
        }
    }
}

#[test]
fn what_the_chart_does_itself_is_not_added() {
    let Some(corpus) = corpus() else { return };
    let mut checked = 0;
    for (name, stream) in streams(&corpus) {
        // The chart's own parts are enabled in these.
        if !["z2jh-4.4.0-prefer", "z2jh-4.4.0-require"]
            .iter()
            .any(|own| name.starts_with(own))
        {
            continue;
        }
        let (added, left) = additions(LIKE_THE_CHART, &stream);
        assert_eq!(added, [] as [&str; 0], "{name}");
        let covers = [
            "DaemonSet/continuous-image-puller",
            "StatefulSet/user-placeholder",
        ];
        for cover in covers {
            assert!(
                left.iter().any(|line| line.contains(cover)),
                "{name}: {left:?}"
            );
        }
        checked += 1;
    }
    assert!(checked > 1, "only {checked} streams");
}
