#![allow(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "the corpus is read from the disk"
)]

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::scope::Scopes;
use super::*;
use crate::hub::{ChartCache, ReleaseInput, ReleaseSpec, secret_values};
use crate::k8s::Kinds;
use crate::lint::stream::with_stream;
use crate::lint::{self, Cluster, hub_values};
use crate::text::{SourceId, Sources};
use crate::values::{self, Helm};
use crate::yaml::{self, NodeRef};

fn release(sources: &mut Sources, values: Value, hub: Option<Vec<String>>) -> Release {
    let parts = ReleaseInput {
        chart: None,
        values,
        helm: Helm::Four,
        version: Some("4.4.0"),
        hub,
        inside: Vec::new(),
        is_partial: false,
    };
    let (plan, _) = ReleaseSpec::new(sources, &mut ChartCache::default(), parts);
    Release::new(plan).expect("mappings below the keys of charts")
}

/// What the findings in manifests say of the values: each label with the text it is at, and what the help says of
/// defaults.
#[track_caller]
fn check_origins(manifests: &str, values: &str, expected: &[&str]) {
    let mut sources = Sources::default();
    let layer = sources.add("values.yaml", values.to_owned());
    let read = values::read(layer, values, Helm::Four).expect("values");
    let nowhere = Span::new(sources.add_built_in("values", String::new()), 0..0);
    let mut all = Value::new(values::Content::map(values::Map::default()), None, nowhere);
    values::lay_over(&mut all, read);
    let release = release(&mut sources, all, None);
    let source = sources.add("rendered.yaml", manifests.to_owned());
    let kinds = Kinds::default();
    let findings = lint::manifests(&sources, source, &Cluster::unknown(&kinds), Some(&release));
    let mut told = BTreeSet::new();
    for finding in &findings {
        let labels = finding.labels.iter();
        let of_values = labels.filter(|label| label.span.source == layer);
        told.extend(
            of_values.map(|label| format!("{}: {}", sources.slice(label.span), label.text)),
        );
        let help = finding.help.iter().flat_map(|help| help.lines().skip(1));
        told.extend(help.map(str::to_owned));
    }
    let told: Vec<&str> = told.iter().map(String::as_str).collect();
    assert_eq!(told, expected, "{findings:#?}");
}

/// An object of a chart, whose pods have this spec.
fn object(source: &str, component: &str, kind: &str, spec: &str) -> String {
    format!(
        "---\n# Source: {source}/templates/a.yaml\napiVersion: apps/v1\nkind: {kind}\nmetadata:\n  name: {component}\n  labels: {{component: {component}}}\nspec:\n  template:\n    metadata: {{labels: {{component: {component}}}}}\n    spec: {spec}\n"
    )
}

const WRONG: &str = "{key: a, operator: Exists, effect: Never}";

#[test]
fn a_part_of_the_hub_has_the_tolerations_of_all_and_its_own() {
    let pods = format!("{{tolerations: [{{key: b, operator: Exists}}, {WRONG}]}}");
    let hub = object("umbrella/charts/jupyterhub", "hub", "Deployment", &pods);
    let own = format!("jupyterhub:\n  hub:\n    tolerations:\n    - {WRONG}\n");
    let expected = "effect: Never: set here, by `jupyterhub.hub.tolerations`";
    check_origins(&hub, &own, &[expected]);
    let all = format!("jupyterhub: {{scheduling: {{corePods: {{tolerations: [{WRONG}]}}}}}}");
    let expected = "effect: Never: set here, by `jupyterhub.scheduling.corePods.tolerations`";
    check_origins(&hub, &all, &[expected]);
    // Those of another part are no reason.
    let others =
        format!("jupyterhub: {{hub: {{}}, scheduling: {{userPods: {{tolerations: [{WRONG}]}}}}}}");
    let proxy = format!(
        "jupyterhub: {{hub: {{}}, proxy: {{chp: {{tolerations: [{WRONG}]}}}}, scheduling: {{userPods: {{tolerations: [{WRONG}]}}}}}}"
    );
    check_origins(&hub, &proxy, &[]);
    let placeholder = object(
        "umbrella/charts/jupyterhub",
        "user-placeholder",
        "StatefulSet",
        &pods,
    );
    let expected = "effect: Never: set here, by `jupyterhub.scheduling.userPods.tolerations`";
    check_origins(&placeholder, &others, &[expected]);
}

#[test]
fn of_two_values_that_are_alike_none_is_shown() {
    let pods = format!("{{tolerations: [{WRONG}]}}");
    let twice = format!("a: {{tolerations: [{WRONG}]}}\nb: {{tolerations: [{WRONG}]}}\n");
    check_origins(&object("web", "c", "Deployment", &pods), &twice, &[]);
    let at = |path: &str| format!("effect: Never: set here, by `{path}.tolerations`");
    // But for the chart, or for the part in it, one may be meant.
    check_origins(
        &object("web/charts/b", "c", "Deployment", &pods),
        &twice,
        &[&at("b")],
    );
    check_origins(
        &object("web", "a", "Deployment", &pods),
        &twice,
        &[&at("a")],
    );
    check_origins(
        &object("web/charts/d", "a", "Deployment", &pods),
        &twice,
        &[],
    );
}

#[test]
fn a_value_is_the_same_below_a_key_of_the_same_name() {
    let annotated = |text: &str| {
        format!(
            "---\n# Source: web/templates/a.yaml\napiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  annotations: {text}\n"
        )
    };
    let service = annotated("{a.io/x: true, b: c}");
    check_origins(
        &service,
        "service:\n  serviceAnnotations: {a.io/x: true}\n",
        &["a.io/x: true: set here, by `service.serviceAnnotations`"],
    );
    for other in [
        "serviceAnnotations: {a.io/x: false}",
        "serviceAnnotations: {a.io/y: true}",
        "myannotations: {a.io/x: true}",
        "labels: {a.io/x: true}",
    ] {
        check_origins(&service, other, &[]);
    }
    // The labels of a selector are not given to anything.
    let labelled = service.replace("annotations", "labels").replace("a.io/x", "a");
    check_origins(&labelled, "policy: {matchLabels: {a: true}}", &[]);
    let expected = "a: true: set here, by `extraLabels`";
    check_origins(&labelled, "extraLabels: {a: true}", &[expected]);
    let pods = "{priorityClassName: high}";
    let web = object("web", "a", "Deployment", pods);
    let high = "priorityClassName: high";
    check_origins(
        &web,
        high,
        &[&format!("{high}: set here, by `priorityClassName`")],
    );
    // Of two keys in a manifest, the first is lost, and no value.
    let twice = annotated("\n    x: 1\n    x: 'c'");
    check_origins(
        &twice,
        "annotations: {x: c}",
        &["x: c: set here, by `annotations`"],
    );
}

#[test]
fn charts_have_the_values_that_helm_gives_them() {
    let pods = format!("{{tolerations: [{WRONG}]}}");
    let values = |key: &str| format!("{key}: {{tolerations: [{WRONG}]}}\n");
    let web = object("umbrella/charts/web", "a", "Deployment", &pods);
    // What is global is handed down to it, and called as it is set.
    let expected = "effect: Never: set here, by `global.tolerations`";
    check_origins(&web, &values("global"), &[expected]);
    let expected = "effect: Never: set here, by `web.global.tolerations`";
    check_origins(
        &web,
        "web: {global: {tolerations: [{key: a, operator: Exists, effect: Never}]}}",
        &[expected],
    );
    // The values of a chart below are for the chart below.
    let both = object("umbrella", "b", "Deployment", &pods) + &web;
    check_origins(
        &both,
        &values("web"),
        &["effect: Never: set here, by `web.tolerations`"],
    );
    check_origins(&both.replacen(&pods, "{}", 2), &values("web"), &[]);
    // What is called otherwise than the object may be of a chart that is off.
    let alone = object("umbrella", "part-b", "Deployment", &pods);
    let expected = "effect: Never: set here, by `partB.tolerations`";
    check_origins(&alone, &values("partB"), &[expected]);
    check_origins(&alone, &values("web"), &[]);
    let hub = format!("jupyterhub: {{hub: {{tolerations: [{WRONG}]}}}}");
    check_origins(&object("umbrella", "b", "Deployment", &pods), &hub, &[]);
}

#[test]
fn a_number_says_something_only_where_all_values_are_known() {
    let budget = |charts: &str, component: &str| {
        let pods = object(charts, component, "Deployment", "{}");
        format!(
            "{pods}---\n# Source: {charts}/templates/pdb.yaml\napiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {{name: a, labels: {{component: {component}}}}}\nspec:\n  minAvailable: 1\n  selector: {{matchLabels: {{component: {component}}}}}\n"
        )
    };
    let values = "pdb: {minAvailable: 1}";
    check_origins(&budget("web", "a"), values, &[]);
    let values = "hub:\n  pdb: {enabled: true, minAvailable: 1}\n";
    let expected = "minAvailable: 1: set here, by `hub.pdb`";
    check_origins(&budget("jupyterhub", "hub"), values, &[expected]);
    let values = "hub: {}\nproxy: {chp: {pdb: {enabled: true}}}\n";
    let expected = "`proxy.chp.pdb` decides it, here by the chart's default";
    check_origins(&budget("jupyterhub", "proxy"), values, &[expected]);
}

#[test]
fn a_part_of_the_hub_has_nothing_of_the_values_of_others() {
    let annotated = |component: &str| {
        format!(
            "---\n# Source: jupyterhub/templates/a.yaml\napiVersion: v1\nkind: Service\nmetadata:\n  name: a\n  labels: {{component: {component}}}\n  annotations: {{a: 1}}\n"
        )
    };
    let values = "hub: {}\nproxy: {service: {annotations: {a: 1}}}\n";
    let expected = "a: 1: set here, by `proxy.service.annotations`";
    check_origins(&annotated("proxy-public"), values, &[expected]);
    check_origins(&annotated("hub"), values, &[]);
    check_origins(&annotated("another"), values, &[]);
}

#[test]
fn where_helm_does_not_say_the_chart_the_labels_of_the_hub_do() {
    let pods = format!("{{tolerations: [{WRONG}]}}");
    let hub = object("x", "hub", "Deployment", &pods);
    let label = |text: &str| {
        text.replace("# Source: x/templates/a.yaml\n", "").replace(
            "labels: {component: hub}\nspec",
            "labels: {component: hub, chart: jupyterhub-4.4.0}\nspec",
        )
    };
    let secret = "---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: hub\n  labels: {component: hub, chart: jupyterhub-4.4.0}\nstringData: {values.yaml: 'hub: {}'}\n";
    let values = format!("hub: {{tolerations: [{WRONG}]}}\nproxy: {{}}\n");
    let expected = "effect: Never: set here, by `hub.tolerations`";
    let labelled = label(&hub);
    check_origins(&(labelled.clone() + secret), &values, &[expected]);
    // Another chart has nothing of what are the values of z2jh alone.
    let another = labelled.replace("chart: jupyterhub-4.4.0", "chart: web-1");
    check_origins(&(another + secret), &values, &[]);
    // Of two hubs nobody knows which one the values are of.
    check_origins(&(labelled + secret + secret), &values, &[]);
}

#[test]
fn an_image_is_of_the_tag_that_is_set() {
    let pullers = |image: &str| {
        let pods = format!(
            "{{initContainers: [{{name: image-pull-a, image: '{image}', command: [echo]}}], containers: [{{image: 'tool:2'}}]}}"
        );
        let puller = object("jupyterhub", "hook-image-puller", "DaemonSet", &pods);
        puller
            + &object(
                "jupyterhub",
                "other",
                "Deployment",
                "{containers: [{image: 'tool:3'}]}",
            )
    };
    let values = "hub: {}\nprePuller:\n  extraImages:\n    a: {name: tool, tag: 1}\n";
    let expected = "tag: 1: set here, by `prePuller.extraImages.a`";
    check_origins(&pullers("tool:1"), values, &[expected]);
    check_origins(&pullers("tool:0"), values, &[]);
}

/// Every place of every stream of the corpus that has a hub's values.
fn ask_corpus(mut ask: impl FnMut(&str, &Scopes<'_, '_>, &Stream<'_>)) {
    let Some(folder) = std::env::var_os("DUNNAGE_CORPUS") else {
        eprintln!("skipped: DUNNAGE_CORPUS names no folder of streams");
        return;
    };
    let entries = std::fs::read_dir(folder).expect("the corpus");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().expect("a name").to_string_lossy();
        if !name.ends_with(".helm3.yaml") && !name.ends_with(".helm4.yaml") {
            continue;
        }
        let mut sources = Sources::default();
        let text = std::fs::read_to_string(&path).expect("a stream");
        let source = sources.add(&*name, text);
        let Some(release) = of_secret(&mut sources, source) else {
            continue;
        };
        let kinds = Kinds::default();
        with_stream(&sources, source, &Cluster::unknown(&kinds), |stream| {
            let scopes = Scopes::new(stream, &release).expect("one hub");
            ask(&name, &scopes, stream);
        });
    }
}

fn of_secret(sources: &mut Sources, source: SourceId) -> Option<Release> {
    let text = hub_values(sources, source)?;
    let secret = sources.add_built_in("secret", text.clone());
    let (values, _) = secret_values(values::read(secret, &text, Helm::Four).ok()?)?;
    Some(release(sources, values, Some(Vec::new())))
}

/// Where findings about nodes stand: at a scalar itself, at the key of what is more.
fn places<'d>(below: NodeRef<'d>, found: &mut Vec<(NodeRef<'d>, NodeRef<'d>)>) {
    let values = below.entries();
    for (key, node) in values.chain(below.items().map(|item| (item, item))) {
        let is_scalar = !node.is_mapping() && !node.is_sequence();
        if is_scalar || key.id() != node.id() {
            found.push((if is_scalar { node } else { key }, node));
        }
        places(node, found);
    }
}

#[test]
fn what_is_pointed_at_in_real_releases_is_what_stands_there() {
    let mut count = 0;
    ask_corpus(|name, scopes, stream| {
        for object in stream.objects {
            let mut all = Vec::new();
            places(object.node, &mut all);
            for (place, node) in all {
                let place = stream.span(object, place);
                let Some(origin) = scopes.origin(place) else {
                    continue;
                };
                count += 1;
                let (value, made) = (origin.value.to_json(), yaml::to_json(node).expect("JSON"));
                let text = |json: &Json| json.as_str().map_or(json.to_string(), str::to_owned);
                let is_part = made.is_string() && text(&made).contains(&text(&value));
                let title = object.title();
                assert!(
                    value == made || is_part,
                    "{name}: {title}: {} is {value}, not {made}",
                    origin.path
                );
            }
        }
    });
    eprintln!("{count} places have an origin");
    assert!(
        count > 500 || std::env::var_os("DUNNAGE_CORPUS").is_none(),
        "{count}"
    );
}

/// Whether a value that a row names is in the node: as a whole, or with every entry and item.
fn is_in(value: &Json, node: &Json) -> bool {
    match (value, node) {
        (Json::Array(items), Json::Array(all)) => items.iter().all(|item| all.contains(item)),
        // What a budget has besides are whether there is one, and a null.
        (Json::Object(entries), Json::Object(all)) => entries
            .iter()
            .all(|(key, value)| key == "enabled" || value.is_null() || all.get(key) == Some(value)),
        _ => value == node,
    }
}

#[test]
fn the_rows_hold_in_real_releases() {
    let mut held = BTreeSet::new();
    ask_corpus(|name, scopes, stream| {
        for object in stream.objects {
            let Some(hub) = scopes.hub_of(object) else {
                continue;
            };
            for row in templates::of(object) {
                let keys: Vec<&str> = row.node.split('.').collect();
                let Some(node) = object.node.get_path(&keys) else {
                    continue;
                };
                let made = yaml::to_json(node).expect("JSON");
                let candidates = row.values.iter().flat_map(|keys| scopes.values_at(hub, keys));
                for candidate in candidates {
                    let value = candidate.value.to_json();
                    let (title, path) = (object.title(), &candidate.path);
                    assert!(
                        is_in(&value, &made),
                        "{name}: {title}: {path} is {value}, not in {made}"
                    );
                    let is_empty = ["[]", "{}"].contains(&&*value.to_string());
                    held.extend((!is_empty).then(|| format!("{} {}", row.node, path)));
                }
            }
        }
    });
    eprintln!("{held:#?}");
    assert!(
        held.len() > 12 || std::env::var_os("DUNNAGE_CORPUS").is_none(),
        "{held:#?}"
    );
}
