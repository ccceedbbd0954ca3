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
            other => Fields::POD.path(other).map_or("", |keys| keys[0]),
        }
    }
}

/// Keys from the mapping that holds the fields to one of them; nothing where the kind has no such field.
type Keys = Option<&'static [&'static str]>;

/// Keys of the fields that some kinds call otherwise or do not have; the rest are called as in a pod spec.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fields {
    pub(super) tolerations: Keys,
    pub(super) node_affinity: Keys,
    pub(super) node_selector: Keys,
    pub(super) priority_class_name: Keys,
}

impl Fields {
    /// Those of `core/v1` `PodSpec`.
    pub(super) const POD: Self = Self {
        tolerations: Some(&["tolerations"]),
        node_affinity: Some(&["affinity", "nodeAffinity"]),
        node_selector: Some(&["nodeSelector"]),
        priority_class_name: Some(&["priorityClassName"]),
    };

    /// Keys from the mapping that holds the fields to one of them.
    pub(super) fn path(&self, field: PodField) -> Keys {
        match field {
            PodField::Tolerations => self.tolerations,
            PodField::NodeAffinity => self.node_affinity,
            PodField::NodeSelector => self.node_selector,
            PodField::PriorityClassName => self.priority_class_name,
            PodField::Priority => Some(&["priority"]),
            PodField::NodeName => Some(&["nodeName"]),
            PodField::InitContainers => Some(&["initContainers"]),
            PodField::Containers => Some(&["containers"]),
        }
    }
}

/// How a pod template is laid out at its place.
#[derive(Debug, PartialEq, Eq)]
pub struct Shape {
    /// Keys from the place to the mapping that holds the fields of the pod spec.
    pub(super) spec: &'static [&'static str],
    /// Whether that mapping is created where it is missing: the operator has a pod spec of its own, which it
    /// merges with this one.
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

/// `core/v1` `PodTemplateSpec` that an operator merges with its own, so that even `spec` may be missing.
pub(super) static OVERLAY: Shape = Shape {
    spec: &["spec"],
    may_be_missing: true,
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

/// Tolerations and a node affinity side by side, without an `affinity` around it, and nothing else.
pub static PLACEMENT: Shape = Shape {
    spec: &[],
    may_be_missing: false,
    labels: &["labels"],
    fields: Fields {
        node_affinity: Some(&["nodeAffinity"]),
        node_selector: None,
        priority_class_name: None,
        ..Fields::POD
    },
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
        tolerations: Some(&["affinity", "tolerations"]),
        node_selector: Some(&["affinity", "nodeSelector"]),
        ..Fields::POD
    },
};

/// `argoproj.io/v1alpha1` `WorkflowSpec`: what holds for every step that sets nothing itself.
pub(super) static WORKFLOW: Shape = Shape {
    spec: &[],
    may_be_missing: false,
    labels: &["podMetadata", "labels"],
    fields: Fields {
        priority_class_name: Some(&["podPriorityClassName"]),
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
    /// Keys from the object, separated by dots.
    pub(super) path: String,
    /// Its layout.
    pub(super) shape: &'static Shape,
    /// Which fields come from there.
    pub(super) fields: &'static [PodField],
}
