use serde::Serialize;

use crate::k8s::{Manifests, Object, ParsedDocuments};
use crate::yaml::NodeRef;

use super::Caller;

/// The output for an empty stream. Helm 3 silently deploys nothing if the output is empty, and Helm 4 refuses it; a
/// comment is fine for both.
pub const NO_DOCUMENTS: &str = "# dunnage: no documents\n";

/// The consumer of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Mode {
    /// Helm 3, as a post-renderer. Hooks are not in the stream, and ignored in the output.
    Helm3,
    /// Helm 4, as a post-renderer plugin. Hooks are in the stream, and every document has the filename annotation.
    Helm4,
    /// A KRM function with a `ResourceList`.
    Krm,
    /// A pipe or a file.
    Plain,
}

impl Mode {
    /// Returns whether an empty stream is allowed: with Helm, a chart may render nothing.
    pub fn is_helm(self) -> bool {
        matches!(self, Mode::Helm3 | Mode::Helm4)
    }

    /// Detects the mode of a stream. Helm 4 annotates every document; Helm 3 writes `# Source:` and no hooks;
    /// `helm template` writes both and is a pipe.
    pub(super) fn of(
        release: &Manifests<'_>,
        documents: &ParsedDocuments<'_>,
        objects: &[Object<'_>],
        caller: Caller,
    ) -> Self {
        if caller == Caller::Plugin
            || release.text.contains("postrenderer.helm.sh/postrender-filename")
        {
            return Mode::Helm4;
        }
        if documents.roots().any(is_resource_list) {
            return Mode::Krm;
        }
        let has_hook = objects.iter().any(Object::is_hook);
        let first = release
            .parts
            .iter()
            .find(|part| !release.text[part.range.clone()].trim().is_empty());
        match (first, caller) {
            (Some(first), _) if !first.file.is_empty() && !has_hook => Mode::Helm3,
            (None, Caller::PostRenderer) => Mode::Helm3,
            _ => Mode::Plain,
        }
    }
}

fn is_resource_list(root: NodeRef<'_>) -> bool {
    let kind = root.get("kind");
    kind.is_some_and(|kind| kind.text() == Some("ResourceList"))
}
