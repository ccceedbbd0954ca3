//! Which value of a release made what a finding in a manifest is about: the place of the finding becomes the steps
//! that lead there, the steps name the values that may have made it, and the one of them that is the same is shown.
//!
//! Nothing is guessed: a value that differs is not shown, and neither is any of several that are alike.

mod likeness;
mod scope;
mod steps;
#[cfg(test)]
mod tests;

use likeness::Anchor;
use scope::Scopes;
use steps::ReachedNode;

use super::Stream;
use crate::diag::{Diagnostic, Label};
use crate::hub::{self, Release, templates};
use crate::k8s::Object;
use crate::text::Span;
use crate::values::Value;

/// A value that made a node.
#[derive(Debug)]
struct ValueOrigin<'r> {
    /// The keys that lead to the value as a whole.
    path: String,
    /// What in it is the node.
    value: &'r Value,
}

/// Adds to findings the places of the values that made what they are about. A default of a chart has no place that
/// its user can change, so the help says how it is called.
pub(super) fn add(stream: &Stream<'_>, release: &Release, findings: &mut [Diagnostic]) {
    let Some(scopes) = Scopes::new(stream, release) else {
        return;
    };
    for finding in findings {
        let places: Vec<Span> = finding.labels.iter().map(|label| label.span).collect();
        for origin in places.into_iter().filter_map(|place| scopes.origin(place)) {
            tell(finding, &origin, release);
        }
    }
}

fn tell(finding: &mut Diagnostic, origin: &ValueOrigin<'_>, release: &Release) {
    let path = &origin.path;
    if !release.is_default(origin.value) {
        let span = hub::span(origin.value);
        let text = format!("set here, by `{path}`");
        if finding.labels.iter().all(|label| label.span != span) {
            finding.labels.push(Label { span, text });
        }
        return;
    }
    let words = format!("`{path}` decides it, here by the chart's default");
    match &mut finding.help {
        Some(help) if help.contains(&words) => {}
        Some(help) => help.push_str(&format!("\n{words}")),
        None => finding.help = Some(words),
    }
}

impl<'r> Scopes<'_, 'r> {
    /// The value that made what stands at a place of the stream.
    fn origin(&self, place: Span) -> Option<ValueOrigin<'r>> {
        let (object, range) = self.object(place)?;
        let steps = steps::to(object.node, &range);
        self.by_table(object, &steps).or_else(|| self.by_likeness(object, &steps))
    }

    /// By what is known of the templates of z2jh.
    fn by_table(&self, object: &Object<'_>, steps: &[ReachedNode<'_>]) -> Option<ValueOrigin<'r>> {
        let hub = self.hub_of(object)?;
        let keys: Vec<Option<&str>> = steps.iter().map(ReachedNode::key).collect();
        let mut found = Vec::new();
        for (row, depth) in templates::rows(object, &keys) {
            let anchor = Anchor::new(steps, depth)?;
            let candidates = row.values.iter().flat_map(|keys| self.values_at(hub, keys));
            found
                .extend(candidates.filter_map(|candidate| anchor.made_by(candidate, self.release)));
        }
        only(found)
    }

    /// By a value that is the same below a key of the same name; what is nearest to the node comes first.
    fn by_likeness(
        &self,
        object: &Object<'_>,
        steps: &[ReachedNode<'_>],
    ) -> Option<ValueOrigin<'r>> {
        let mut scope = self.of(object)?;
        let has_defaults = self.release.has_defaults(&scope);
        if self.hub_of(object).is_some() {
            scope.extend(templates::part(object)?.iter().map(|key| (*key).to_owned()));
        }
        // Where the chart is not at hand, any key of the release may be that of a chart below it which is off.
        let may_be_of_others = scope.is_empty() && !has_defaults;
        likeness::anchors(object, steps).find_map(|(anchor, names)| {
            if !has_defaults && !anchor.is_telling() {
                return None;
            }
            let candidates = self.values_called(&scope, names).into_iter();
            let found = candidates.filter_map(|candidate| anchor.made_by(candidate, self.release));
            let origin = only(of_component(object, found.collect()))?;
            (!may_be_of_others || is_called_so(object, &origin.path)).then_some(origin)
        })
    }
}

/// Whether an object, or the file of its template, is called as the first of several keys is: `podLogs.image` is in
/// `pod-logs/daemonset.yaml`.
fn is_called_so(object: &Object<'_>, path: &str) -> bool {
    let Some((first, _)) = path.split_once('.') else {
        return true;
    };
    let plain = |text: &str| text.replace(['-', '_', '.'], "").to_ascii_lowercase();
    let file = object.chart.file.split_once("/templates/");
    let names = [plain(&object.title()), plain(file.unwrap_or_default().1)];
    first == "global" || names.iter().any(|name| name.contains(&plain(first)))
}

/// The one origin; nothing where there are several. A value that has two names, as those of `global`, is one.
fn only(found: Vec<ValueOrigin<'_>>) -> Option<ValueOrigin<'_>> {
    let mut found = found.into_iter();
    let first = found.next()?;
    found.all(|other| other.value.set == first.value.set).then_some(first)
}

/// Of several those below a key that is called as the object's part in its chart is, if there are any.
fn of_component<'r>(object: &Object<'_>, found: Vec<ValueOrigin<'r>>) -> Vec<ValueOrigin<'r>> {
    let components: Vec<&str> = templates::components(object).collect();
    let is_of = |origin: &ValueOrigin<'_>| {
        let mut keys = origin.path.split('.');
        keys.any(|key| {
            let mut components = components.iter();
            components.any(|component| component.eq_ignore_ascii_case(key))
        })
    };
    if found.len() > 1 && found.iter().any(is_of) {
        found.into_iter().filter(is_of).collect()
    } else {
        found
    }
}
