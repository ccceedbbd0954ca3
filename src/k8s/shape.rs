//! How the places of the table are laid out: where a template's labels and the fields of its pod spec
//! stand. Most are pod templates; operators have shapes of their own.

/// A field of a pod spec that decides where its pods run, or that dunnage changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PodField {
    /// `tolerations`
    Tolerations,
    /// `affinity.nodeAffinity`
    NodeAffinity,
    /// `nodeSelector`
    NodeSelector,
    /// `priorityClassName`
    PriorityClassName,
    /// `priority`
    Priority,
    /// `nodeName`
    NodeName,
    /// `initContainers`
    InitContainers,
    /// `containers`
    Containers,
}

impl PodField {
    /// The field as messages name it.
    pub fn as_str(self) -> &'static str {
        match self {
            PodField::NodeAffinity => "affinity",
            other => Fields::POD.path(other)[0],
        }
    }
}

/// Keys of the fields that have other names in some kinds; the rest are called as in a pod spec.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fields {
    tolerations: &'static [&'static str],
    node_affinity: &'static [&'static str],
    node_selector: &'static [&'static str],
    priority_class_name: &'static [&'static str],
}

impl Fields {
    const POD: Self = Self {
        tolerations: &["tolerations"],
        node_affinity: &["affinity", "nodeAffinity"],
        node_selector: &["nodeSelector"],
        priority_class_name: &["priorityClassName"],
    };

    /// Keys from the mapping that holds the fields to one of them.
    pub(super) fn path(&self, field: PodField) -> &'static [&'static str] {
        match field {
            PodField::Tolerations => self.tolerations,
            PodField::NodeAffinity => self.node_affinity,
            PodField::NodeSelector => self.node_selector,
            PodField::PriorityClassName => self.priority_class_name,
            PodField::Priority => &["priority"],
            PodField::NodeName => &["nodeName"],
            PodField::InitContainers => &["initContainers"],
            PodField::Containers => &["containers"],
        }
    }
}

/// How a pod template is laid out at its place.
#[derive(Debug, PartialEq, Eq)]
pub struct Shape {
    /// Keys from the place to the mapping that holds the fields of the pod spec.
    pub(super) spec: &'static [&'static str],
    /// Whether that mapping may be missing: the operator then has a pod spec of its own, which it merges
    /// with what stands here.
    pub(super) may_be_missing: bool,
    /// Keys from the place to the pods' labels.
    pub(super) labels: &'static [&'static str],
    /// What the fields are called.
    pub(super) fields: Fields,
}

/// `core/v1` `PodTemplateSpec`: `metadata` and `spec`.
pub static TEMPLATE: Shape = Shape {
    spec: &["spec"],
    may_be_missing: false,
    labels: &["metadata", "labels"],
    fields: Fields::POD,
};

/// The fields of a pod spec stand at the place itself.
pub static POD_SPEC: Shape = Shape {
    spec: &[],
    may_be_missing: false,
    labels: &["labels"],
    fields: Fields::POD,
};

/// `monitoring.coreos.com/v1` `CommonPrometheusFields` and its kin.
pub(super) static PROMETHEUS: Shape = Shape {
    spec: &[],
    may_be_missing: false,
    labels: &["podMetadata", "labels"],
    fields: Fields::POD,
};

/// `postgresql.cnpg.io/v1` `ClusterSpec`: `affinity` is not that of a pod, it holds tolerations too.
pub(super) static CLOUD_NATIVE_PG: Shape = Shape {
    spec: &[],
    may_be_missing: false,
    labels: &["inheritedMetadata", "labels"],
    fields: Fields {
        tolerations: &["affinity", "tolerations"],
        node_affinity: &["affinity", "nodeAffinity"],
        node_selector: &["affinity", "nodeSelector"],
        priority_class_name: &["priorityClassName"],
    },
};

/// `grafana.integreatly.org/v1beta1` `GrafanaSpec`: overrides of the Deployment that the operator makes.
pub(super) static GRAFANA: Shape = Shape {
    spec: &["deployment", "spec", "template", "spec"],
    may_be_missing: true,
    labels: &["deployment", "spec", "template", "metadata", "labels"],
    fields: Fields::POD,
};

/// `argoproj.io/v1alpha1` `WorkflowSpec`: what holds for every step that sets nothing itself.
pub(super) static WORKFLOW: Shape = Shape {
    spec: &[],
    may_be_missing: false,
    labels: &["podMetadata", "labels"],
    fields: Fields {
        priority_class_name: &["podPriorityClassName"],
        ..Fields::POD
    },
};

/// `argoproj.io/v1alpha1` `Template`: a step of a workflow.
pub(super) static STEP: Shape = Shape {
    spec: &[],
    may_be_missing: false,
    labels: &["metadata", "labels"],
    fields: Fields::POD,
};

/// A mapping whose fields count where a template does not set them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parent {
    /// Keys from the object, parted by dots.
    pub(super) path: String,
    /// Its layout.
    pub(super) shape: &'static Shape,
    /// Which fields come from there.
    pub(super) fields: &'static [PodField],
}
