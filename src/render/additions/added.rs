//! What was added to a stream, and what was not.

use serde::Serialize;

use crate::k8s::Object;
use crate::text::Span;

/// The annotation of added objects: `<entry>/<part>`.
pub(super) const ANNOTATION: &str = "dunnage/addition";

/// Returns whether an object of the stream is one that an earlier run added.
pub(in crate::render) fn is_addition(object: &Object<'_>) -> bool {
    object.annotation(ANNOTATION).is_some()
}

/// A part of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AdditionPart {
    /// The priority class of image pullers.
    ImagePullerPriority,
    /// The priority class of user placeholders.
    UserPlaceholderPriority,
    /// The image puller on each node.
    Continuous,
    /// User placeholders.
    UserPlaceholder,
    /// Node placeholders.
    NodePlaceholder,
}

impl AdditionPart {
    pub(super) const ALL: [Self; 5] = [
        Self::ImagePullerPriority,
        Self::UserPlaceholderPriority,
        Self::Continuous,
        Self::UserPlaceholder,
        Self::NodePlaceholder,
    ];

    /// Returns the key in the policy.
    pub fn key(self) -> &'static str {
        match self {
            Self::ImagePullerPriority => "scheduling.podPriority.imagePullerPriority",
            Self::UserPlaceholderPriority => "scheduling.podPriority.userPlaceholderPriority",
            Self::Continuous => "prePuller.continuous",
            Self::UserPlaceholder => "scheduling.userPlaceholder",
            Self::NodePlaceholder => "scheduling.nodePlaceholder",
        }
    }

    /// Returns the kinds of its objects.
    pub(super) fn kinds(self) -> &'static [&'static str] {
        match self {
            Self::ImagePullerPriority | Self::UserPlaceholderPriority => &["PriorityClass"],
            Self::Continuous => &["DaemonSet"],
            Self::UserPlaceholder => &["StatefulSet", "PodDisruptionBudget"],
            Self::NodePlaceholder => &["StatefulSet"],
        }
    }

    /// Returns the name of the file that contains its objects, as of a chart's template.
    pub(super) fn file(self) -> &'static str {
        match self {
            Self::ImagePullerPriority | Self::UserPlaceholderPriority => "priority-classes",
            Self::Continuous => "continuous-image-puller",
            Self::UserPlaceholder => "user-placeholder",
            Self::NodePlaceholder => "node-placeholder",
        }
    }
}

/// An object that was added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddedObject {
    /// Its kind.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// Where the policy enables it.
    pub span: Span,
    /// The part.
    pub part: AdditionPart,
    /// Its pool; `None` if it belongs to several.
    pub pool: Option<String>,
    /// Why it was added, in a few words.
    pub why: String,
    /// Whether the input had it before.
    pub state: AddedState,
    /// The complete document, without the name of its file.
    pub text: String,
}

/// Whether the input had an added object before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum AddedState {
    /// It is new.
    New,
    /// It replaces another version of the same object.
    Replaced,
    /// The input already had it.
    Unchanged,
}

/// An enabled part that was not added to a pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAdded {
    /// The part.
    pub part: AdditionPart,
    /// The pool; `None` if it belongs to several.
    pub pool: Option<String>,
    /// The reason, in a few words.
    pub why: String,
}

/// An object of an earlier run that the policy does not add any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemovedAddition {
    /// `Kind/name`.
    pub title: String,
    /// Its entry and part: `the hub/prePuller.continuous`.
    pub addition: String,
}
