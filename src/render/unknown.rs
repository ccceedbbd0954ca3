//! Kinds that hold what looks like a pod template, though nobody said where.

use std::collections::BTreeSet;

use super::codes;
use crate::diag::Diagnostic;
use crate::k8s::{self, Kinds, Likeness, Object, Release};
use crate::text::Span;

/// A note for each kind whose pods are left alone because nobody knows where their template sits.
pub(super) fn check(
    release: &Release<'_>,
    objects: &[Object<'_>],
    kinds: &Kinds,
) -> Vec<Diagnostic> {
    let mut said = BTreeSet::new();
    let mut diagnostics = Vec::new();
    for object in objects {
        let kind = (object.gvk.group.as_str(), object.gvk.kind.as_str());
        let likenesses = k8s::likenesses(object, kinds);
        if let Some(first) = likenesses.first()
            && said.insert(kind)
        {
            diagnostics.push(note(release, object, first, kinds));
        }
    }
    diagnostics
}

fn note(
    release: &Release<'_>,
    object: &Object<'_>,
    first: &Likeness<'_>,
    kinds: &Kinds,
) -> Diagnostic {
    let message = format!(
        "`{}` has what looks like a pod template, but where objects of its kind keep theirs is not known",
        object.title()
    );
    let span = release.node_span(object.part, first.node);
    let start = Span {
        end: span.start,
        ..span
    };
    let help = format!(
        "to place its pods, add this to the policy; with `path: []` they are left alone in silence: \
         `templates: [{}]`",
        k8s::templates_entry(object, kinds).expect("a pod template was found")
    );
    Diagnostic::new(&codes::UNKNOWN_TEMPLATE, message)
        .at(start, "like a pod spec")
        .help(help)
}
