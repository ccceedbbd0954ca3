use kube_core::gvk::{GroupVersion, GroupVersionKind};

use crate::yaml::NodeRef;

/// The annotation that makes an object a hook of Helm.
pub const HOOK: &str = "helm.sh/hook";

/// The annotation with which Helm 4 passes the template's file to a post-renderer.
pub const FILENAME: &str = "postrenderer.helm.sh/postrender-filename";

/// The charts of a document, the release's own first: `parent/charts/sub/templates/x.yaml` is `["parent", "sub"]`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChartPath {
    /// The path of the chart template; empty if unknown.
    pub file: String,
    /// Chart names, outermost first.
    pub charts: Vec<String>,
}

impl ChartPath {
    /// Reads a path from `# Source:` (Helm 3) or the filename annotation (Helm 4).
    pub fn read(file: &str) -> Self {
        if file.is_empty() {
            return Self::default();
        }
        let mut parts = file.split('/');
        let mut charts: Vec<String> = parts.next().map(str::to_owned).into_iter().collect();
        while parts.next() == Some("charts") {
            charts.extend(parts.next().map(str::to_owned));
        }
        Self {
            file: file.to_owned(),
            charts,
        }
    }
}

/// An object of a release: the root of a document, or an item of a List.
#[derive(Debug, Clone)]
pub struct Object<'d> {
    /// The index of the part of the release that contains it.
    pub part: usize,
    /// The object's mapping.
    pub node: NodeRef<'d>,
    /// Group, version and kind; an item of a typed list has those of the list without `List`.
    pub gvk: GroupVersionKind,
    /// The chart template that rendered it.
    pub chart: ChartPath,
}

impl<'d> Object<'d> {
    /// Returns `metadata.name`, or `metadata.generateName` followed by `*`, or an empty string.
    pub fn name(&self) -> String {
        let metadata = |key| self.node.get_path(&["metadata", key]).and_then(|name| name.text());
        match (metadata("name"), metadata("generateName")) {
            (Some(name), _) => name.to_owned(),
            (None, Some(prefix)) => format!("{prefix}*"),
            (None, None) => String::new(),
        }
    }

    /// Returns `metadata.namespace`, if it is set.
    pub fn namespace(&self) -> Option<&'d str> {
        self.node.get_path(&["metadata", "namespace"])?.text()
    }

    /// Returns an annotation of the object.
    pub fn annotation(&self, name: &str) -> Option<&'d str> {
        self.node.get_path(&["metadata", "annotations"])?.get(name)?.text()
    }

    /// Returns the events of `helm.sh/hook`; empty for an ordinary object.
    pub fn hooks(&self) -> impl Iterator<Item = &'d str> {
        self.annotation(HOOK)
            .unwrap_or_default()
            .split(',')
            .map(str::trim)
            .filter(|event| !event.is_empty())
    }

    /// Returns whether Helm treats the object as a hook.
    pub fn is_hook(&self) -> bool {
        self.hooks().next().is_some()
    }

    /// Returns `Kind/name`, as kubectl shows objects; the kind alone if it has no name.
    pub fn title(&self) -> String {
        match self.name() {
            name if name.is_empty() => self.gvk.kind.clone(),
            name => format!("{}/{name}", self.gvk.kind),
        }
    }
}

/// Reads the type of an object from `apiVersion` and `kind`.
pub(super) fn gvk(node: NodeRef<'_>) -> Option<GroupVersionKind> {
    let kind = node.get("kind")?.text()?;
    let version = node.get("apiVersion").and_then(|version| version.text()).unwrap_or_default();
    let version: GroupVersion = version.parse().ok()?;
    Some(version.with_kind(kind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    #[test]
    fn a_path_names_the_charts_it_came_through() {
        let charts = |file: &str| ChartPath::read(file).charts;
        assert_eq!(charts("hub/templates/deployment.yaml"), ["hub"]);
        assert_eq!(
            charts("hub/charts/monitor/templates/a/b.yaml"),
            ["hub", "monitor"]
        );
        assert_eq!(charts("a/charts/b/charts/c/crds/d.yaml"), ["a", "b", "c"]);
    }

    /// What an object with this metadata is called, and the events that it is a hook of.
    #[track_caller]
    fn check(metadata: &str, title: &str, namespace: Option<&str>, hooks: &[&str]) {
        let text = format!("apiVersion: batch/v1\nkind: Job\nmetadata: {metadata}\n");
        let document = yaml::parse(&text).expect("YAML");
        let node = document.root().expect("a root");
        let object = Object {
            part: 0,
            node,
            gvk: gvk(node).expect("a type"),
            chart: ChartPath::read(""),
        };
        assert_eq!(object.gvk, GroupVersionKind::gvk("batch", "v1", "Job"));
        assert_eq!(object.chart, ChartPath::default());
        assert_eq!(object.title(), title, "{metadata}");
        assert_eq!(object.namespace(), namespace, "{metadata}");
        let found: Vec<&str> = object.hooks().collect();
        assert_eq!(found, hooks, "{metadata}");
        assert_eq!(object.is_hook(), !hooks.is_empty(), "{metadata}");
    }

    #[test]
    fn an_object_is_called_as_its_metadata_says() {
        check("{}", "Job", None, &[]);
        check("{name: a, namespace: n}", "Job/a", Some("n"), &[]);
        check("{generateName: a-}", "Job/a-*", None, &[]);
        check("{name: a, generateName: b-}", "Job/a", None, &[]);
    }

    #[test]
    fn a_hook_names_its_events() {
        let hook = |events: &str| format!("{{annotations: {{helm.sh/hook: '{events}'}}}}");
        check(&hook("test"), "Job", None, &["test"]);
        check(
            &hook("pre-install, post-install,"),
            "Job",
            None,
            &["pre-install", "post-install"],
        );
        check(&hook(" , "), "Job", None, &[]);
        check("{annotations: {other: test}}", "Job", None, &[]);
    }
}
