//! Finds values of a wrong type in workloads, such as a string where Kubernetes expects a mapping.

use super::kinds::{Kinds, TemplatePlace};
use super::path;
use super::shape::PodField;
use super::{HOOK, Object};
use crate::yaml::{NodeContent, NodeRef, Scalar};

/// A value of a wrong type.
#[derive(Debug, Clone)]
pub struct Misshapen<'d> {
    /// Keys from the object: `spec.template`, `spec.containers[0]`.
    pub path: String,
    /// The expected type.
    pub expected: Type,
    /// The value.
    pub node: NodeRef<'d>,
}

/// A type of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// A mapping.
    Mapping,
    /// A list.
    List,
    /// A string, or another scalar, which Kubernetes may reject.
    String,
}

impl Type {
    /// Returns the type with its article.
    pub fn title(self) -> &'static str {
        match self {
            Type::Mapping => "a mapping",
            Type::List => "a list",
            Type::String => "a string",
        }
    }

    fn is_of(self, node: NodeRef<'_>) -> bool {
        match self {
            Type::Mapping => node.is_mapping(),
            Type::List => node.is_sequence(),
            Type::String => node.text().is_some(),
        }
    }
}

impl Misshapen<'_> {
    /// Returns the type of the value, with its article.
    pub fn found(&self) -> &'static str {
        if self.node.is_mapping() {
            return "a mapping";
        }
        if self.node.is_sequence() {
            return "a list";
        }
        match self.node.scalar() {
            Some(Scalar::Bool(_)) => "a boolean",
            Some(Scalar::String(_)) => "a string",
            _ => "a number",
        }
    }
}

/// Returns the items of a `List` that are not objects.
pub fn misshapen_items(root: NodeRef<'_>) -> Vec<Misshapen<'_>> {
    let kind = root.get("kind").and_then(|kind| kind.text());
    let is_list = kind.is_some_and(|kind| kind.ends_with("List"));
    let items = root.get("items").filter(|_| is_list);
    let items = items.into_iter().flat_map(|items| items.items().enumerate());
    let wrong = items.filter(|(_, item)| !item.is_mapping() && !item.is_null());
    let wrong = wrong.map(|(index, node)| Misshapen {
        path: format!("items[{index}]"),
        expected: Type::Mapping,
        node: node.resolve(),
    });
    wrong.collect()
}

/// Returns the values of a wrong type in an object of a kind that has pods: in its metadata, on the path to its pod
/// templates, and in the fields of the pod specs that placement reads.
pub fn misshapen<'d>(object: &Object<'d>, kinds: &Kinds) -> Vec<Misshapen<'d>> {
    let mut search = MisshapenSearch::default();
    let Some(kind) = kinds.get(&object.gvk.group, &object.gvk.kind) else {
        search.check_items(object);
        return search.found;
    };
    search.check_metadata(object.node, "metadata");
    for place in &kind.places {
        let steps: Vec<&str> = path::steps(&place.path).collect();
        search.follow(object.node, "", &steps, place);
    }
    search.found
}

#[derive(Default)]
struct MisshapenSearch<'d> {
    found: Vec<Misshapen<'d>>,
}

impl<'d> MisshapenSearch<'d> {
    /// Returns whether a value has a type. Null is accepted for any type, but returns `false`.
    fn expect(&mut self, node: NodeRef<'d>, path: &str, expected: Type) -> bool {
        if expected.is_of(node) {
            return true;
        }
        // An alias without an anchor has no type; it has its own error.
        let is_alias = matches!(node.node().content, NodeContent::Alias(_));
        if !node.is_null() && !is_alias && self.found.iter().all(|other| other.path != path) {
            self.found.push(Misshapen {
                path: path.to_owned(),
                expected,
                node,
            });
        }
        false
    }

    /// Returns the value of a key of a mapping, if it has the type.
    fn get(
        &mut self,
        node: NodeRef<'d>,
        path: &str,
        key: &str,
        expected: Type,
    ) -> Option<(NodeRef<'d>, String)> {
        let value = node.get(key)?;
        let path = joined(path, key);
        self.expect(value, &path, expected).then_some((value, path))
    }

    /// Returns the value at a path of keys, if it has the type.
    fn get_path(&mut self, node: NodeRef<'d>, path: &str, keys: &[&str], expected: Type) {
        let Some((last, keys)) = keys.split_last() else {
            return;
        };
        let mut at = (node, path.to_owned());
        for key in keys {
            let Some(next) = self.get(at.0, &at.1, key, Type::Mapping) else {
                return;
            };
            at = next;
        }
        self.get(at.0, &at.1, last, expected);
    }

    fn check_metadata(&mut self, object: NodeRef<'d>, key: &str) {
        let Some((metadata, path)) = self.get(object, "", key, Type::Mapping) else {
            return;
        };
        for key in ["annotations", "labels"] {
            self.get(metadata, &path, key, Type::Mapping);
        }
        for key in ["name", "namespace"] {
            self.get(metadata, &path, key, Type::String);
        }
        self.get_path(metadata, &path, &["annotations", HOOK], Type::String);
    }

    /// Checks the list of a list of objects.
    fn check_items(&mut self, object: &Object<'d>) {
        let is_list = object.gvk.kind == "List" && object.gvk.group.is_empty();
        if is_list && let Some(items) = object.node.get("items") {
            self.expect(items, "items", Type::List);
        }
    }

    /// Follows the path of a place.
    fn follow(&mut self, node: NodeRef<'d>, path: &str, steps: &[&str], place: &TemplatePlace) {
        let Some((step, rest)) = steps.split_first() else {
            return self.check_template(node, path, place);
        };
        if !path.is_empty() && !self.expect(node, path, Type::Mapping) {
            return;
        }
        if *step == "*" {
            for (key, value) in node.entries() {
                let path = joined(path, key.text().unwrap_or_default());
                self.follow(value.resolve(), &path, rest, place);
            }
        } else if let Some(key) = step.strip_suffix("[]") {
            let Some((list, path)) = self.get(node, path, key, Type::List) else {
                return;
            };
            for (index, item) in list.items().enumerate() {
                self.follow(item.resolve(), &format!("{path}[{index}]"), rest, place);
            }
        } else {
            let key = step.trim_end_matches('?');
            if let Some(next) = node.get(key) {
                self.follow(next, &joined(path, key), rest, place);
            }
        }
    }

    /// Checks the value at the place itself.
    fn check_template(&mut self, node: NodeRef<'d>, path: &str, place: &TemplatePlace) {
        if !path.is_empty() && !self.expect(node, path, Type::Mapping) {
            return;
        }
        if place.unless.is_some_and(|unless| unless.holds(node)) {
            return;
        }
        // Labels next to the fields of a pod spec belong to the kind.
        if place.shape.labels.len() > 1 {
            self.get_path(node, path, place.shape.labels, Type::Mapping);
        }
        let mut spec = (node, path.to_owned());
        for key in place.shape.spec {
            let Some(next) = self.get(spec.0, &spec.1, key, Type::Mapping) else {
                return;
            };
            spec = next;
        }
        self.check_fields(spec.0, &spec.1, place);
    }

    fn check_fields(&mut self, spec: NodeRef<'d>, path: &str, place: &TemplatePlace) {
        let fields = [
            (PodField::Tolerations, Type::List),
            (PodField::NodeAffinity, Type::Mapping),
            (PodField::NodeSelector, Type::Mapping),
            (PodField::PriorityClassName, Type::String),
            (PodField::NodeName, Type::String),
        ];
        for (field, expected) in fields {
            if let Some(keys) = place.shape.fields.path(field) {
                self.get_path(spec, path, keys, expected);
            }
        }
        for key in ["initContainers", "containers"] {
            let Some((list, path)) = self.get(spec, path, key, Type::List) else {
                continue;
            };
            for (index, item) in list.items().enumerate() {
                self.expect(item.resolve(), &format!("{path}[{index}]"), Type::Mapping);
            }
        }
    }
}

fn joined(path: &str, key: &str) -> String {
    if path.is_empty() {
        return key.to_owned();
    }
    format!("{path}.{key}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::k8s::Manifests;
    use crate::text::Sources;

    #[track_caller]
    fn check(text: &str, expected: &[(&str, &str, &str)]) {
        let kinds = Kinds::default();
        let source = Sources::default().add("a", String::new());
        let release = Manifests::read(source, text, &kinds);
        let documents = release.all_documents();
        let objects = documents.objects(&release);
        let found: Vec<_> = objects.iter().flat_map(|object| misshapen(object, &kinds)).collect();
        let found: Vec<_> = found
            .iter()
            .map(|wrong| (wrong.path.as_str(), wrong.found(), wrong.expected.title()))
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    const DEPLOYMENT: &str = "apiVersion: apps/v1\nkind: Deployment\n";

    #[test]
    fn the_way_to_the_pod_spec_is_one_of_mappings() {
        for (rest, path, found) in [
            ("spec: nope", "spec", "a string"),
            ("spec: [a]", "spec", "a list"),
            ("spec: 5", "spec", "a number"),
            ("spec: {template: nope}", "spec.template", "a string"),
            ("spec: {template: yes}", "spec.template", "a boolean"),
            (
                "spec: {template: {spec: nope}}",
                "spec.template.spec",
                "a string",
            ),
            (
                "spec: {template: {metadata: [a]}}",
                "spec.template.metadata",
                "a list",
            ),
            (
                "spec: {template: {metadata: {labels: a}}}",
                "spec.template.metadata.labels",
                "a string",
            ),
            ("metadata: x", "metadata", "a string"),
            (
                "metadata: {annotations: [a]}",
                "metadata.annotations",
                "a list",
            ),
        ] {
            check(
                &format!("{DEPLOYMENT}{rest}\n"),
                &[(path, found, "a mapping")],
            );
        }
    }

    #[test]
    fn fields_of_the_pod_spec_have_their_types() {
        for (rest, path, found, expected) in [
            ("containers: nope", "containers", "a string", "a list"),
            (
                "containers: [nope]",
                "containers[0]",
                "a string",
                "a mapping",
            ),
            (
                "initContainers: {a: b}",
                "initContainers",
                "a mapping",
                "a list",
            ),
            (
                "tolerations: {key: a}",
                "tolerations",
                "a mapping",
                "a list",
            ),
            ("affinity: x", "affinity", "a string", "a mapping"),
            (
                "affinity: {nodeAffinity: []}",
                "affinity.nodeAffinity",
                "a list",
                "a mapping",
            ),
            ("nodeSelector: x", "nodeSelector", "a string", "a mapping"),
            (
                "priorityClassName: [a]",
                "priorityClassName",
                "a list",
                "a string",
            ),
        ] {
            let text = format!("{DEPLOYMENT}spec: {{template: {{spec: {{{rest}}}}}}}\n");
            check(
                &text,
                &[(&format!("spec.template.spec.{path}"), found, expected)],
            );
        }
    }

    #[test]
    fn other_kinds_and_lists_are_looked_into() {
        check(
            "apiVersion: batch/v1\nkind: CronJob\nspec: {jobTemplate: nope}\n",
            &[("spec.jobTemplate", "a string", "a mapping")],
        );
        check(
            "apiVersion: ray.io/v1\nkind: RayCluster\nspec: {workerGroupSpecs: [{template: a}, b]}\n",
            &[
                ("spec.workerGroupSpecs[0].template", "a string", "a mapping"),
                ("spec.workerGroupSpecs[1]", "a string", "a mapping"),
            ],
        );
        check(
            "apiVersion: v1\nkind: List\nitems: nope\n",
            &[("items", "a string", "a list")],
        );
        check(
            "apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: Pod, spec: a}]\n",
            &[("spec", "a string", "a mapping")],
        );
    }

    #[test]
    fn an_item_of_a_list_of_objects_is_an_object() {
        for (text, paths) in [
            (
                "{apiVersion: v1, kind: List, items: [nope, {kind: Pod}, [a], ~]}",
                &["items[0]", "items[2]"][..],
            ),
            ("{apiVersion: v1, kind: PodList, items: [5]}", &["items[0]"]),
            ("{apiVersion: v1, kind: ConfigMap, items: [5]}", &[]),
        ] {
            let document = crate::yaml::parse(text).expect("YAML");
            let wrong = misshapen_items(document.root().expect("a root"));
            let found: Vec<&str> = wrong.iter().map(|wrong| wrong.path.as_str()).collect();
            assert_eq!(found, paths, "{text}");
        }
    }

    #[test]
    fn what_is_empty_or_of_another_kind_is_nobodys_fault() {
        for text in [
            "apiVersion: apps/v1\nkind: Deployment\nspec:\n",
            "apiVersion: apps/v1\nkind: Deployment\nspec: {template: {spec: ~, metadata: }}\n",
            "apiVersion: apps/v1\nkind: Deployment\nspec: {template: {spec: {tolerations: ~, containers: []}}}\n",
            "apiVersion: v1\nkind: ConfigMap\nspec: nope\n",
            "apiVersion: v1\nkind: ConfigMap\nitems: nope\n",
            "apiVersion: example.org/v1\nkind: List\nitems: nope\n",
            "apiVersion: minio.min.io/v2\nkind: Tenant\nspec: {pools: [{labels: nope}]}\n",
            "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nspec: {workloadRef: {name: a}}\n",
        ] {
            check(text, &[]);
        }
    }
}
