//! Objects of unknown kinds that seem to contain a pod template.

use super::additions::is_addition;
use super::codes;
use super::common::Common;
use crate::diag::Diagnostic;
use crate::k8s::{self, Kinds, Likeness, Manifests, Object};
use crate::text::Span;

/// An object whose pods are not placed because its kind is unknown.
#[derive(Debug)]
pub(super) struct Unknown {
    /// Group and kind.
    pub(super) kind: (String, String),
    /// The note; only the first one of each kind is reported.
    pub(super) diagnostic: Diagnostic,
}

/// Returns the objects of unknown kinds in a document, one for each kind.
pub(super) fn find(common: &Common<'_>, objects: &[Object<'_>]) -> Vec<Unknown> {
    let kinds = &common.policy.kinds;
    let mut found: Vec<Unknown> = Vec::new();
    for object in objects.iter().filter(|object| !is_addition(object)) {
        let kind = (object.gvk.group.clone(), object.gvk.kind.clone());
        if found.iter().any(|other| other.kind == kind) {
            continue;
        }
        if let Some(first) = k8s::likenesses(object, kinds).first() {
            let diagnostic = note(common.release, object, first, kinds);
            found.push(Unknown { kind, diagnostic });
        }
    }
    found
}

fn note(
    release: &Manifests<'_>,
    object: &Object<'_>,
    first: &Likeness<'_>,
    kinds: &Kinds,
) -> Diagnostic {
    let message = format!(
        "`{}` seems to contain a pod template, but its kind is unknown: its pods are not placed",
        object.title()
    );
    let span = release.node_span(object.part, first.node);
    let start = Span {
        end: span.start,
        ..span
    };
    let help = format!(
        "check the fields in the custom resource definition and add the kind to the policy, for example \
         `templates: [{}]`; with `path: []` its pods are left unchanged",
        k8s::templates_entry(object, kinds).expect("a pod template was found")
    );
    Diagnostic::new(&codes::UNKNOWN_TEMPLATE, message)
        .at(start, "looks like a pod spec")
        .help(help)
}
