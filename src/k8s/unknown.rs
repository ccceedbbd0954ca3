//! Finds probable pod templates in objects of unknown kinds.

use super::kinds::{Kinds, is_of_kubernetes};
use super::{Affinity, Object};
use crate::yaml::{NodeContent, NodeRef, quote};

/// A probable pod template, with its path as in a row of the table.
#[derive(Debug, Clone)]
pub struct Likeness<'d> {
    /// Keys from the object, separated by dots, `[]` for the items of a list.
    pub path: String,
    /// Its probable layout.
    pub sort: Sort,
    /// Its node.
    pub node: NodeRef<'d>,
}

/// The layouts that `templates` in a policy supports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Returns a mapping with `spec`.
    Template,
    /// Returns the fields of a pod spec.
    PodSpec,
    /// Returns a mapping with `nodeAffinity` and `tolerations`.
    Placement,
}

/// Returns the probable pod templates in an object of an unknown kind, each path once: a mapping
/// whose `containers` are a list of mappings with an image (with a name in something called a template), or
/// that holds tolerations or a node affinity.
pub fn likenesses<'d>(object: &Object<'d>, kinds: &Kinds) -> Vec<Likeness<'d>> {
    let (group, kind) = (&object.gvk.group, &object.gvk.kind);
    if is_of_kubernetes(group) || has_no_pods(group, kind) || kinds.get(group, kind).is_some() {
        return Vec::new();
    }
    search_object(object.node)
}

/// Returns whether objects of a kind have such fields for other purposes than their pods: they describe nodes, contain
/// chart values, or match and change other pods.
fn has_no_pods(group: &str, kind: &str) -> bool {
    const KINDS: [(&str, &str); 6] = [
        ("kueue.x-k8s.io", "ResourceFlavor"),
        ("argoproj.io", "Application"),
        ("argoproj.io", "ApplicationSet"),
        ("helm.toolkit.fluxcd.io", "HelmRelease"),
        ("helm.cattle.io", "HelmChart"),
        ("helm.cattle.io", "HelmChartConfig"),
    ];
    const GROUPS: [&str; 9] = [
        "karpenter.sh",
        "karpenter.k8s.aws",
        "karpenter.azure.com",
        "karpenter.k8s.gcp",
        "cluster.x-k8s.io",
        "infrastructure.cluster.x-k8s.io",
        "bootstrap.cluster.x-k8s.io",
        "controlplane.cluster.x-k8s.io",
        "kyverno.io",
    ];
    KINDS.contains(&(group, kind)) || GROUPS.contains(&group) || group.ends_with(".gatekeeper.sh")
}

/// Returns a `templates` entry for the kind of an object, in flow style. It is a guess: only the custom resource
/// definition tells which fields exist.
pub fn templates_entry(object: &Object<'_>, kinds: &Kinds) -> Option<String> {
    let likenesses = likenesses(object, kinds);
    let paths = |sort: Sort| -> Vec<String> {
        let of_sort = likenesses.iter().filter(|likeness| likeness.sort == sort);
        of_sort.map(|likeness| quote::json_text(&likeness.path)).collect()
    };
    let kind = format!(
        "group: {}, kind: {}",
        quote::json_text(&object.gvk.group),
        quote::block_scalar_text(&object.gvk.kind)
    );
    // One entry per kind: of several layouts, templates are the best guess.
    let sorts = [Sort::Template, Sort::PodSpec, Sort::Placement];
    let (sort, paths) = sorts
        .into_iter()
        .map(|sort| (sort, paths(sort).join(", ")))
        .find(|(_, paths)| !paths.is_empty())?;
    let holds = match sort {
        Sort::Template => "",
        Sort::PodSpec => ", holds: podSpec",
        Sort::Placement => ", holds: placement",
    };
    Some(format!("{{{kind}, path: [{paths}]{holds}}}"))
}

fn search_object(object: NodeRef<'_>) -> Vec<Likeness<'_>> {
    let mut found = Vec::new();
    search(object, &mut Vec::new(), &mut found);
    found
}

/// The deepest path that is searched, deeper than any template of a real kind.
const DEEPEST: usize = 16;

fn search<'d>(node: NodeRef<'d>, path: &mut Vec<String>, found: &mut Vec<Likeness<'d>>) {
    if path.len() > DEEPEST || node.is_alias() {
        return;
    }
    if let Some((length, sort)) = likeness(node, path) {
        let path = path[..length].join(".");
        if found.iter().all(|other| other.path != path) {
            found.push(Likeness { path, sort, node });
        }
        return;
    }
    for (key, value) in node.entries() {
        // No path can have another key; with a dot it would be two keys.
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
        let key = key.text().filter(|key| !key.is_empty() && key.bytes().all(is_plain));
        let Some(key) = key else { continue };
        match &value.node().content {
            NodeContent::Mapping { .. } => {
                path.push(key.to_owned());
                search(value, path, found);
                path.pop();
            }
            NodeContent::Sequence { .. } => {
                path.push(format!("{key}[]"));
                for item in value.items() {
                    search(item, path, found);
                }
                path.pop();
            }
            _ => {}
        }
    }
}

/// Returns the probable layout of a node, and the number of keys in its path.
fn likeness(node: NodeRef<'_>, path: &[String]) -> Option<(usize, Sort)> {
    if !node.is_mapping() || path.is_empty() {
        return None;
    }
    let all_have = |list: &str, keys: &[&str]| {
        let items = node.get(list).into_iter().flat_map(|list| list.items());
        let mut items = items.peekable();
        items.peek().is_some() && items.all(|item| keys.iter().any(|key| item.get(key).is_some()))
    };
    let last = path.last().map_or("", String::as_str);
    let is_below_spec = last == "spec" && path.len() > 1;
    let template = path.len() - usize::from(is_below_spec);
    let is_template = path[template - 1].to_lowercase().ends_with("template");
    let keys_of_container: &[&str] = if is_template {
        &["image", "name"]
    } else {
        &["image"]
    };
    let has_containers = all_have("containers", keys_of_container);
    let is_bare = node.get("affinity").is_none();
    let has_affinity = node.get("nodeAffinity").is_some_and(is_node_affinity);
    if !has_containers && last == "affinity" && has_affinity {
        // The pod spec is around it, and may be that of a template.
        return likeness_around(&path[..path.len() - 1]);
    }
    if !has_containers && is_bare && has_affinity {
        return Some((path.len(), Sort::Placement));
    }
    let has_tolerations = all_have("tolerations", &["key", "operator"]);
    let is_placement = path.iter().rev().take(2).any(|key| key == "placement");
    match (has_containers, has_tolerations) {
        (false, true) if is_placement && is_bare => Some((path.len(), Sort::Placement)),
        (true, _) | (_, true) => likeness_around(path),
        (false, false) => None,
    }
}

/// Returns the layout of a pod spec at a path: below a `spec`, it is that of a template.
fn likeness_around(path: &[String]) -> Option<(usize, Sort)> {
    match path {
        [] => None,
        [.., _, last] if last == "spec" => Some((path.len() - 1, Sort::Template)),
        _ => Some((path.len(), Sort::PodSpec)),
    }
}

fn is_node_affinity(node: NodeRef<'_>) -> bool {
    [Affinity::REQUIRED, Affinity::PREFERRED]
        .iter()
        .any(|key| node.get(key).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::k8s::Manifests;
    use crate::text::Sources;
    use crate::yaml;

    #[track_caller]
    fn check(object: &str, expected: &[(&str, Sort)]) {
        let document = yaml::parse(object).expect("YAML");
        let found = search_object(document.root().expect("a root"));
        let found: Vec<(&str, Sort)> =
            found.iter().map(|likeness| (likeness.path.as_str(), likeness.sort)).collect();
        assert_eq!(found, expected, "{object}");
    }

    /// The entry of `templates` for an object.
    #[track_caller]
    fn check_entry(text: &str, expected: Option<&str>) {
        let kinds = Kinds::default();
        let source = Sources::default().add("a", String::new());
        let release = Manifests::read(source, text, &kinds);
        let documents = release.all_documents();
        let objects = documents.objects(&release);
        let entry = templates_entry(&objects[0], &kinds);
        assert_eq!(entry.as_deref(), expected, "{text}");
    }

    #[test]
    fn an_entry_names_the_paths_that_are_the_best_guess() {
        let gizmo = |spec: &str| format!("apiVersion: example.org/v1\nkind: Gizmo\nspec: {spec}\n");
        let containers = "containers: [{image: b}]";
        check_entry(
            &gizmo(&format!(
                "{{a: {{template: {{spec: {{{containers}}}}}}}, b: {{template: {{spec: {{{containers}}}}}}}, c: {{{containers}}}}}"
            )),
            Some(
                r#"{group: "example.org", kind: Gizmo, path: ["spec.a.template", "spec.b.template"]}"#,
            ),
        );
        check_entry(
            &gizmo(&format!(
                "{{a: {{{containers}}}, place: {{nodeAffinity: {{requiredDuringSchedulingIgnoredDuringExecution: {{}}}}}}}}"
            )),
            Some(r#"{group: "example.org", kind: Gizmo, path: ["spec.a"], holds: podSpec}"#),
        );
        check_entry(
            &gizmo("{placement: {tolerations: [{operator: Exists}]}}"),
            Some(
                r#"{group: "example.org", kind: Gizmo, path: ["spec.placement"], holds: placement}"#,
            ),
        );
        check_entry(&gizmo("{a: b}"), None);
        // Kinds that are known, or are Kubernetes' own, or have no pods.
        let spec = format!("spec: {{template: {{spec: {{{containers}}}}}}}\n");
        for known in [
            "apiVersion: kafka.strimzi.io/v1beta2\nkind: Kafka\n",
            "apiVersion: v1\nkind: Gizmo\n",
            "apiVersion: karpenter.sh/v1\nkind: NodePool\n",
        ] {
            check_entry(&format!("{known}{spec}"), None);
        }
    }

    #[test]
    fn what_lies_too_deep_is_not_looked_at() {
        let nested = |depth: usize| {
            let fields = "{containers: [{image: a}]}";
            let (open, close) = ("{a: ".repeat(depth), "}".repeat(depth));
            format!("{open}{fields}{close}")
        };
        let path = ["a"; DEEPEST].join(".");
        check(&nested(DEEPEST), &[(&path, Sort::PodSpec)]);
        check(&nested(DEEPEST + 1), &[]);
    }

    #[test]
    fn templates_and_bare_fields_are_found_once_a_path() {
        check(
            "{spec: {template: {spec: {containers: [{name: a, image: b}]}}}}",
            &[("spec.template", Sort::Template)],
        );
        check(
            "{spec: {groups: [{template: {spec: {containers: [{image: b}]}}}, {template: {spec: {containers: [{image: c}]}}}]}}",
            &[("spec.groups[].template", Sort::Template)],
        );
        check(
            "{spec: {runner: {tolerations: [{operator: Exists}]}}}",
            &[("spec.runner", Sort::PodSpec)],
        );
        check(
            "{spec: {tolerations: [{key: a}]}}",
            &[("spec", Sort::PodSpec)],
        );
    }

    #[test]
    fn containers_of_a_template_need_no_image() {
        let template = [("spec.podTemplate", Sort::Template)];
        check(
            "{spec: {podTemplate: {spec: {containers: [{name: a, resources: {}}]}}}}",
            &template,
        );
        check(
            "{spec: {workerTemplate: {containers: [{name: a}]}}}",
            &[("spec.workerTemplate", Sort::PodSpec)],
        );
        check("{spec: {rules: {containers: [{name: a}]}}}", &[]);
    }

    #[test]
    fn a_node_affinity_without_an_affinity_is_a_placement() {
        let node_affinity = "nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {}}";
        let placement = [("spec.place.all", Sort::Placement)];
        check(
            &format!(
                "{{spec: {{place: {{all: {{{node_affinity}, tolerations: [{{key: a}}]}}}}}}}}"
            ),
            &placement,
        );
        check(
            &format!("{{spec: {{place: {{all: {{{node_affinity}}}}}}}}}"),
            &placement,
        );
        check(
            "{spec: {placement: {all: {tolerations: [{key: a}]}}}}",
            &[("spec.placement.all", Sort::Placement)],
        );
        check(
            &format!("{{spec: {{server: {{affinity: {{{node_affinity}}}}}}}}}"),
            &[("spec.server", Sort::PodSpec)],
        );
        check(
            &format!("{{spec: {{podTemplate: {{spec: {{affinity: {{{node_affinity}}}}}}}}}}}"),
            &[("spec.podTemplate", Sort::Template)],
        );
        check("{spec: {nodeAffinity: required}}", &[]);
        // No path leads to a pod spec that is the object itself.
        check(&format!("{{affinity: {{{node_affinity}}}}}"), &[]);
    }

    #[test]
    fn objects_that_describe_nodes_or_values_have_no_pods() {
        assert!(has_no_pods("kueue.x-k8s.io", "ResourceFlavor"));
        assert!(has_no_pods("karpenter.sh", "NodePool"));
        assert!(has_no_pods("karpenter.k8s.aws", "EC2NodeClass"));
        assert!(has_no_pods("helm.toolkit.fluxcd.io", "HelmRelease"));
        assert!(has_no_pods("mutations.gatekeeper.sh", "Assign"));
        assert!(!has_no_pods("kueue.x-k8s.io", "Workload"));
        assert!(!has_no_pods("argoproj.io", "AnalysisRun"));
    }

    #[test]
    fn what_only_uses_the_words_is_not() {
        check("{spec: {containers: [a, b]}}", &[]);
        check("{spec: {containers: [{name: a}], tolerations: []}}", &[]);
        check("{data: {a.b: {containers: [{image: a}]}}}", &[]);
        check("{containers: [{image: a}]}", &[]);
    }
}
