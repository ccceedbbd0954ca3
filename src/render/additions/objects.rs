//! What all added objects have in common: names, labels, and the spec of their pods.

use super::added::{ANNOTATION, AdditionPart};
use super::names::{Names, label_value};
use crate::hub::components::POOL;
use crate::k8s::{Affinity, Toleration};
use crate::policy::{Addition, Pool};
use crate::render::passes::toleration_value;
use crate::text::Span;
use crate::yaml::Value;
use crate::yaml::value::Layout;

/// The release and the entry that own the objects.
pub(super) struct Owner<'a> {
    pub(super) entry: &'a Addition,
    pub(super) release: &'a str,
    pub(super) names: Names,
}

/// An object to add.
#[derive(Debug)]
pub(super) struct PlannedObject {
    pub(super) kind: &'static str,
    pub(super) name: String,
    pub(super) part: AdditionPart,
    /// The name of its pool; `None` if it belongs to several.
    pub(super) pool: Option<String>,
    /// Where the policy enables it.
    pub(super) span: Span,
    pub(super) why: String,
    /// The labels of its pods; empty if it has none.
    pub(super) pod_labels: Vec<(String, String)>,
    pub(super) value: Value,
}

/// What the pods of an object need in addition to the properties of their pool.
#[derive(Default)]
pub(super) struct PodSettings<'a> {
    pub(super) class: Option<&'a str>,
    pub(super) scheduler: Option<&'a str>,
    /// Whether they run before the node is ready for users.
    pub(super) is_puller: bool,
    pub(super) pull_secrets: &'a [String],
    /// Labels of pods that may not be on the same node.
    pub(super) apart_from: Option<Value>,
    pub(super) init_containers: Vec<Value>,
    pub(super) containers: Vec<Value>,
    pub(super) volumes: Vec<Value>,
}

impl Owner<'_> {
    /// Returns the labels that tell the objects of a component and a pool.
    pub(super) fn labels(&self, component: &str, pool: Option<&str>) -> Vec<(String, String)> {
        let own = [
            ("app.kubernetes.io/name", "dunnage".to_owned()),
            ("app.kubernetes.io/instance", label_value(self.release)),
            ("component", component.to_owned()),
        ];
        let pool = pool.map(|pool| (POOL, label_value(pool)));
        let all = own.into_iter().chain(pool);
        all.map(|(key, value)| (key.to_owned(), value)).collect()
    }

    /// Returns the metadata of an object.
    pub(super) fn metadata(
        &self,
        name: &str,
        labels: &[(String, String)],
        part: AdditionPart,
    ) -> Value {
        let addition = format!("{}/{}", self.entry.name.value, part.key());
        Value::map([
            ("name", name.into()),
            ("labels", texts(labels)),
            (
                "annotations",
                Value::map([(ANNOTATION, addition.as_str().into())]),
            ),
        ])
    }
}

/// Returns a mapping of strings.
pub(super) fn texts(pairs: &[(String, String)]) -> Value {
    let pairs = pairs.iter();
    Value::Mapping(pairs.map(|(key, value)| (key.clone(), value.as_str().into())).collect())
}

/// Returns a selector of labels.
pub(super) fn selector(labels: &[(String, String)]) -> Value {
    Value::map([("matchLabels", texts(labels))])
}

/// Returns the spec of pods that run on the nodes of a pool and nowhere else.
pub(super) fn pod_spec(pool: &Pool, settings: PodSettings<'_>) -> Value {
    let mut spec = Vec::new();
    let mut add = |key: &str, value: Value| {
        let is_empty = matches!(&value, Value::Sequence(items) if items.is_empty());
        if !is_empty {
            spec.push((key.to_owned(), value));
        }
    };
    if let Some(class) = settings.class {
        add("priorityClassName", class.into());
    }
    if let Some(scheduler) = settings.scheduler {
        add("schedulerName", scheduler.into());
    }
    add("automountServiceAccountToken", Value::Bool(false));
    add("enableServiceLinks", Value::Bool(false));
    add("terminationGracePeriodSeconds", 0.into());
    add(
        "nodeSelector",
        Value::map([("kubernetes.io/os", "linux".into())]),
    );
    add("tolerations", tolerations(pool, settings.is_puller));
    add("affinity", affinity(pool, settings.apart_from));
    add("securityContext", pod_security());
    add("imagePullSecrets", secrets(settings.pull_secrets));
    add("initContainers", Value::Sequence(settings.init_containers));
    add("containers", Value::Sequence(settings.containers));
    add("volumes", Value::Sequence(settings.volumes));
    Value::Mapping(spec)
}

fn tolerations(pool: &Pool, is_puller: bool) -> Value {
    let taints = pool.tolerated_taints(is_puller).into_iter();
    let tolerations = taints.map(|taint| toleration_value(&Toleration::of(&taint)));
    Value::Sequence(tolerations.collect())
}

fn affinity(pool: &Pool, apart_from: Option<Value>) -> Value {
    let requirement = |(key, value): &(String, String)| {
        Value::map([
            ("key", key.as_str().into()),
            ("operator", "In".into()),
            ("values", Value::Sequence(vec![value.as_str().into()])),
        ])
    };
    let expressions = pool.labels.iter().map(requirement).collect();
    let term = Value::map([("matchExpressions", Value::Sequence(expressions))]);
    let terms = Value::map([("nodeSelectorTerms", Value::Sequence(vec![term]))]);
    let nodes = Value::map([(Affinity::REQUIRED, terms)]);
    let Some(selector) = apart_from else {
        return Value::map([("nodeAffinity", nodes)]);
    };
    let term = Value::map([
        ("topologyKey", "kubernetes.io/hostname".into()),
        ("labelSelector", selector),
    ]);
    let pods = Value::map([(Affinity::REQUIRED, Value::Sequence(vec![term]))]);
    Value::map([("nodeAffinity", nodes), ("podAntiAffinity", pods)])
}

/// Returns the security context of pods that Pod Security `restricted` admits.
fn pod_security() -> Value {
    Value::map([
        ("runAsNonRoot", Value::Bool(true)),
        ("runAsUser", 65534.into()),
        ("runAsGroup", 65534.into()),
        (
            "seccompProfile",
            Value::map([("type", "RuntimeDefault".into())]),
        ),
    ])
}

/// Returns the same for containers.
pub(super) fn container_security() -> Value {
    let all = Value::Sequence(vec!["ALL".into()]);
    Value::map([
        ("allowPrivilegeEscalation", Value::Bool(false)),
        ("readOnlyRootFilesystem", Value::Bool(true)),
        ("capabilities", Value::map([("drop", all)])),
    ])
}

fn secrets(names: &[String]) -> Value {
    let names = names.iter().map(|name| Value::map([("name", name.as_str().into())]));
    Value::Sequence(names.collect())
}

/// Returns the YAML of an object in block style.
pub(super) fn text(value: &Value) -> String {
    let mut text = String::new();
    let layout = Layout {
        indent: 0,
        map_step: 2,
        seq_step: 2,
        eol: "\n",
    };
    value.write_block(&mut text, layout);
    text
}
