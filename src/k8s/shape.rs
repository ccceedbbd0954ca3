//! The layout of a place: where the labels of a template and the fields of its pod spec are. Most are pod templates;
//! some operators have other shapes.

/// A field of a pod spec that affects where its pods run, or that dunnage changes.
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
    /// Returns the name of the field for messages.
    pub fn as_str(self) -> &'static str {
        match self {
            PodField::NodeAffinity => "affinity",
            other => Fields::POD.path(other).map_or("", |keys| keys[0]),
        }
    }
}

/// Keys from the mapping with the fields to one of them; `None` if the kind does not have the field.
type Keys = Option<&'static [&'static str]>;

/// Keys of fields that some kinds name differently or do not have; the others are named as in a pod spec.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fields {
    pub(super) tolerations: Keys,
    pub(super) node_affinity: Keys,
    pub(super) node_selector: Keys,
    pub(super) priority_class_name: Keys,
}

impl Fields {
    /// The fields of `core/v1` `PodSpec`.
    pub(super) const POD: Self = Self {
        tolerations: Some(&["tolerations"]),
        node_affinity: Some(&["affinity", "nodeAffinity"]),
        node_selector: Some(&["nodeSelector"]),
        priority_class_name: Some(&["priorityClassName"]),
    };

    /// Returns the keys from the mapping with the fields to one of them.
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

/// The layout of a pod template.
#[derive(Debug, PartialEq, Eq)]
pub struct Shape {
    /// Keys from the place to the mapping with the fields of the pod spec.
    pub(super) spec: &'static [&'static str],
    /// Whether that mapping is created if it is missing: the operator merges it with its own pod spec.
    pub(super) may_be_missing: bool,
    /// Keys from the place to the pods' labels.
    pub(super) labels: &'static [&'static str],
    /// The names of the fields.
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

/// The fields of a pod spec are at the place itself.
pub static POD_SPEC: Shape = Shape {
    spec: &[],
    may_be_missing: false,
    labels: &["labels"],
    fields: Fields::POD,
};

/// Tolerations and a node affinity next to each other, without `affinity` around it, and nothing else.
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

/// `monitoring.coreos.com/v1` `CommonPrometheusFields` and similar types.
pub(super) static PROMETHEUS: Shape = Shape {
    spec: &[],
    may_be_missing: false,
    labels: &["podMetadata", "labels"],
    fields: Fields::POD,
};

/// `postgresql.cnpg.io/v1` `ClusterSpec`: `affinity` is not that of a pod; it has tolerations too.
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

/// `argoproj.io/v1alpha1` `WorkflowSpec`: defaults for all steps.
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

/// A mapping whose fields apply if a template does not set them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parent {
    /// Keys from the object, separated by dots.
    pub(super) path: String,
    /// Its layout.
    pub(super) shape: &'static Shape,
    /// The fields that are inherited from there.
    pub(super) fields: &'static [PodField],
}
