//! What the chart itself renders: pullers, placeholders, classes, its scheduler, and objects that could conflict.

use std::collections::BTreeSet;

use super::added::is_addition;
use crate::hub::components::{
    CONTINUOUS_PULLER, DEFAULT_PRIORITY, IMAGE_PULLER, POOL, PULLERS, USER_PLACEHOLDER,
    USER_SCHEDULER,
};
use crate::k8s::{
    Demands, Manifests, Object, PodField, Selector, SelectorExt as _, Workload, read_selector,
};
use crate::policy::Policy;
use crate::render::EditedDocument;
use crate::text::Span;
use crate::yaml;

/// The labels of added pods.
pub(super) const LABELS: [&str; 4] = [
    "app.kubernetes.io/name",
    "app.kubernetes.io/instance",
    "component",
    POOL,
];

/// Image pullers or placeholders of the chart.
#[derive(Debug)]
pub(super) struct ChartPods {
    /// `Kind/name`
    pub(super) title: String,
    /// What they demand of their nodes after the passes.
    pub(super) demands: Demands,
    /// The images that they pull.
    pub(super) images: BTreeSet<String>,
    /// Their number; 1 for each node of a `DaemonSet`.
    pub(super) replicas: u64,
    /// Names of Secrets with credentials for registries.
    pub(super) pull_secrets: Vec<String>,
}

/// A priority class of the chart.
#[derive(Debug, Clone)]
pub(super) struct ChartClass {
    pub(super) name: String,
    pub(super) value: i64,
    pub(super) component: String,
    is_global_default: bool,
    /// Its place in the stream.
    pub(super) span: Span,
}

/// A selector of the chart that could select added pods.
#[derive(Debug)]
pub(in crate::render) struct ChartSelector {
    /// `Kind/name`
    pub(super) title: String,
    /// Whether it is a disruption budget.
    pub(super) is_budget: bool,
    pub(super) span: Span,
    selector: Selector,
}

/// An object of the chart with a name like those of added objects.
#[derive(Debug)]
pub(super) struct ChartObject {
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) span: Span,
}

/// What the chart renders.
#[derive(Debug, Default)]
pub(super) struct ChartFacts {
    pub(super) pullers: Vec<ChartPods>,
    pub(super) hook_pullers: Vec<ChartPods>,
    pub(super) placeholders: Vec<ChartPods>,
    pub(super) classes: Vec<ChartClass>,
    /// The name of its scheduler.
    pub(super) scheduler: Option<String>,
    pub(super) selectors: Vec<ChartSelector>,
    pub(super) objects: Vec<ChartObject>,
}

impl ChartSelector {
    /// Returns the selector of a workload or a disruption budget, if it could select added pods.
    pub(in crate::render) fn of(object: &Object<'_>, release: &Manifests<'_>) -> Option<Self> {
        let node = object.node.get_path(&["spec", "selector"])?;
        let labels = node.get("matchLabels").into_iter().flat_map(|labels| labels.pairs());
        let mut keys = labels.map(|(key, _)| key.text().unwrap_or_default());
        let is_candidate = !object.is_hook() && keys.all(|key| LABELS.contains(&key));
        Some(Self {
            title: object.title(),
            is_budget: object.gvk.kind == "PodDisruptionBudget",
            span: release.node_span(object.part, node),
            selector: read_selector(node).filter(|_| is_candidate)?,
        })
    }

    /// Returns whether it selects pods with these labels.
    pub(super) fn selects(&self, labels: &[(String, String)]) -> bool {
        self.selector.matches(&labels.iter().cloned().collect())
    }
}

impl ChartFacts {
    /// Reads the objects that matter, as the passes leave them. `objects` are those of documents that had to be parsed.
    pub(super) fn read(
        release: &Manifests<'_>,
        policy: &Policy,
        objects: &[Object<'_>],
        edited: &[EditedDocument],
    ) -> Self {
        let mut chart = Self::default();
        for object in objects.iter().filter(|object| !is_addition(object)) {
            chart.classes.extend(ChartClass::of(object, release));
        }
        let mut scheduler = None;
        let words = telling_words(release);
        for part in 0..release.parts.len() {
            if !words.iter().any(|word| release.contains(part, word)) {
                continue;
            }
            let text = edited.binary_search_by_key(&part, |document| document.part);
            let text = text.map_or_else(|_| release.part_text(part), |at| &edited[at].text);
            let Ok(document) = yaml::parse(text) else {
                continue;
            };
            for object in release.objects_of(part, &document) {
                if !is_addition(&object) {
                    chart.add(&object, release, policy);
                    scheduler = scheduler.or_else(|| scheduler_name(&object));
                }
            }
        }
        chart.scheduler = chart.scheduler.and(scheduler);
        chart
    }

    fn add(&mut self, object: &Object<'_>, release: &Manifests<'_>, policy: &Policy) {
        let kind = object.gvk.kind.as_str();
        if kind == "PodDisruptionBudget" {
            self.selectors.extend(ChartSelector::of(object, release));
        }
        if object.name().contains("-dunnage-") {
            let start = release.node_span(object.part, object.node).start;
            self.objects.push(ChartObject {
                kind: kind.to_owned(),
                name: object.name(),
                span: Span::new(release.source, start..start),
            });
        }
        for workload in Workload::all(object, &policy.kinds) {
            let is = |names: &[&str]| workload.template.is_component(names);
            if kind == "DaemonSet" && is(&[CONTINUOUS_PULLER]) {
                self.pullers.push(ChartPods::of(&workload));
            } else if kind == "DaemonSet" && is(&PULLERS) {
                self.hook_pullers.push(ChartPods::of(&workload));
            } else if is(&[USER_PLACEHOLDER]) {
                self.placeholders.push(ChartPods::of(&workload));
            } else if is(&[USER_SCHEDULER]) {
                self.scheduler = Some(String::new());
            }
        }
    }

    /// Returns the class of a component.
    pub(super) fn class(&self, component: &str) -> Option<&ChartClass> {
        let mut classes = self.classes.iter();
        classes.find(|class| class.component == component)
    }

    /// Returns the class of image pullers.
    pub(super) fn puller_class(&self) -> Option<&ChartClass> {
        self.class(IMAGE_PULLER)
    }

    /// Returns the class of user placeholders.
    pub(super) fn placeholder_class(&self) -> Option<&ChartClass> {
        self.class(USER_PLACEHOLDER)
    }

    /// Returns the class of user pods: that of the hub, otherwise the default of the cluster.
    pub(super) fn user_class(&self) -> Option<&ChartClass> {
        let mut classes = self.classes.iter();
        let default = || classes.find(|class| class.is_global_default);
        self.class(DEFAULT_PRIORITY).or_else(default)
    }

    /// Returns the Secrets that its image pullers use.
    pub(super) fn pull_secrets(&self) -> impl Iterator<Item = &String> {
        let pullers = self.pullers.iter().chain(&self.hook_pullers);
        pullers.flat_map(|pods| &pods.pull_secrets)
    }
}

/// Returns the words of documents that can contain an object that matters, as far as the stream contains them.
fn telling_words(release: &Manifests<'_>) -> Vec<&'static str> {
    const WORDS: [&str; 5] = [
        "-image-puller",
        USER_PLACEHOLDER,
        USER_SCHEDULER,
        "-dunnage-",
        "PodDisruptionBudget",
    ];
    let words = WORDS.into_iter();
    words.filter(|word| release.mentions(word)).collect()
}

impl ChartClass {
    fn of(object: &Object<'_>, release: &Manifests<'_>) -> Option<Self> {
        if object.gvk.kind != "PriorityClass" {
            return None;
        }
        let text = |path: &[&str]| object.node.get_path(path)?.text();
        let name = object.name();
        let label = text(&["metadata", "labels", "component"]);
        // Charts that copy z2jh's classes have its names, with or without the release before them.
        let of_name = || {
            let mut known = [IMAGE_PULLER, USER_PLACEHOLDER, "default"].into_iter();
            known.find(|known| {
                let plain =
                    name.strip_suffix("-priority").and_then(|name| name.strip_suffix(known));
                plain.is_some_and(|before| before.is_empty() || before.ends_with('-'))
            })
        };
        let component = match label.or_else(of_name) {
            Some("default") => DEFAULT_PRIORITY,
            component => component.unwrap_or_default(),
        };
        let value = object.node.get("value");
        let span = release.node_span(object.part, value.unwrap_or(object.node));
        Some(Self {
            component: component.to_owned(),
            name,
            value: value.and_then(|value| value.text()?.parse().ok()).unwrap_or(0),
            is_global_default: text(&["globalDefault"]) == Some("true"),
            span,
        })
    }
}

impl ChartPods {
    fn of(workload: &Workload<'_>) -> Self {
        let spec = &workload.template.spec;
        let texts = |list: Option<yaml::NodeRef<'_>>, key: &str| -> Vec<String> {
            let items = list.into_iter().flat_map(|list| list.items());
            let texts = items.filter_map(|item| item.get(key)?.text().map(str::to_owned));
            texts.collect()
        };
        let replicas = workload.object.node.get_path(&["spec", "replicas"]);
        let replicas = replicas.and_then(|replicas| replicas.text()?.parse().ok());
        Self {
            title: workload.title(),
            demands: Demands::of(spec),
            images: texts(spec.get(PodField::InitContainers), "image").into_iter().collect(),
            replicas: replicas.unwrap_or(1),
            pull_secrets: texts(spec.node().get("imagePullSecrets"), "name"),
        }
    }
}

/// Returns the name of the hub's scheduler, from its configuration.
fn scheduler_name(object: &Object<'_>) -> Option<String> {
    let component = object.node.get_path(&["metadata", "labels", "component"])?;
    if object.gvk.kind != "ConfigMap" || component.text() != Some(USER_SCHEDULER) {
        return None;
    }
    let data = object.node.get("data")?;
    let texts = data.pairs().into_iter().filter_map(|(_, value)| value.text());
    let mut lines = texts.flat_map(str::lines);
    let name = lines.find_map(|line| {
        let line = line.trim_start().trim_start_matches("- ");
        line.strip_prefix("schedulerName:")
    })?;
    Some(name.trim().trim_matches(['"', '\'']).to_owned())
}
