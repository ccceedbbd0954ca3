use crate::text::Span;
use crate::yaml::Edit;

/// Which field of a pod spec a change is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// `tolerations`
    Tolerations,
    /// `affinity.nodeAffinity`
    NodeAffinity,
    /// `priorityClassName`
    PriorityClassName,
    /// `initContainers`
    InitContainers,
}

impl Field {
    /// The field's name in a pod spec.
    pub fn as_str(self) -> &'static str {
        match self {
            Field::Tolerations => "tolerations",
            Field::NodeAffinity => "affinity",
            Field::PriorityClassName => "priorityClassName",
            Field::InitContainers => "initContainers",
        }
    }
}

/// Why a change is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Because {
    /// The policy's row, as its title.
    pub row: String,
    /// The row in the policy.
    pub row_span: Span,
    /// The pools that the row names.
    pub pools: Vec<String>,
}

/// One planned change of one workload.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The part of the release that holds the workload.
    pub part: usize,
    /// `Kind/name` of the object.
    pub object: String,
    /// Whether running pods start again because of it.
    pub restarts: bool,
    /// The field.
    pub field: Field,
    /// What happens to it, in a few words.
    pub what: String,
    /// Why.
    pub because: Because,
    /// How.
    pub edits: Vec<Edit>,
}
