use serde::Serialize;

use crate::k8s::{Manifests, Object, ParsedDocuments};
use crate::yaml::NodeRef;

use super::Caller;

/// What stands in place of an empty output: Helm 3 deploys nothing without a word where the output is
/// empty, Helm 4 refuses it; a comment is fine for both.
pub const NO_DOCUMENTS: &str = "# dunnage: no documents\n";

/// Who reads the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Mode {
    /// Helm 3 as a post-renderer: it never shows hooks and never recognises one.
    Helm3,
    /// Helm 4 as a plugin: hooks are in the stream, every document carries the filename annotation.
    Helm4,
    /// A KRM function's `ResourceList`.
    Krm,
    /// A pipe, a file.
    Plain,
}

impl Mode {
    /// Whether no document at all is a result and not a mistake: a chart may render nothing.
    pub fn is_helm(self) -> bool {
        matches!(self, Mode::Helm3 | Mode::Helm4)
    }

    /// The mode of a stream: Helm 4 marks every document, Helm 3 writes `# Source:` and no hook. What
    /// `helm template` prints has both, and is read by a pipe.
    pub(super) fn of(
        release: &Manifests<'_>,
        documents: &ParsedDocuments<'_>,
        objects: &[Object<'_>],
        caller: Caller,
    ) -> Self {
        if caller == Caller::Plugin
            || release
                .text
                .contains("postrenderer.helm.sh/postrender-filename")
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
