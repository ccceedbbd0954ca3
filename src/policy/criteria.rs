use std::collections::{BTreeMap, BTreeSet};

use glob::Pattern;

use super::place::{Findings, PolicyPlace, pairs};
use super::{Spanned, codes, written};
use crate::diag::Diagnostic;
use crate::k8s::{Expression, Kinds, Selector, SelectorExt as _, Workload};
use crate::text::nearest;

/// Conditions on a workload. All must be true; of a list, one item must match. An empty list matches everything.
#[derive(Debug, Clone, Default)]
pub struct Match {
    /// The chart of the release, or the subchart of the object.
    pub charts: Vec<Pattern>,
    /// Kinds; if empty, every kind except those whose pods are bound to nodes, such as those of a `DaemonSet`.
    pub kinds: Vec<String>,
    /// API groups.
    pub groups: Vec<String>,
    /// Names of objects.
    pub names: Vec<Pattern>,
    /// Namespaces.
    pub namespaces: Vec<Pattern>,
    /// Labels of the pods.
    pub labels: Selector,
    /// Annotations of the object, each with its allowed values.
    pub annotations: Vec<(String, Vec<String>)>,
    /// Whether the object must be a hook, or must not be one.
    pub hook: Option<bool>,
    /// Names or roles of the pod template, if an object has several.
    pub templates: Vec<Pattern>,
    /// The chart patterns with their spans.
    pub written_charts: Vec<Spanned<String>>,
    /// The allowed values of each label, because a selector does not expose them.
    pub(super) label_values: BTreeMap<String, BTreeSet<String>>,
    /// Whether the pods of one of the kinds may be bound to nodes.
    pub(super) may_be_bound: bool,
}

impl Match {
    /// Returns whether all conditions are true. `namespace` is that of the release, for objects without one.
    pub fn matches(&self, workload: &Workload<'_>, namespace: Option<&str>) -> bool {
        let object = &workload.object;
        self.has_kind(workload)
            && is_any(&self.groups, |group| *group == object.gvk.group)
            && self.hook.is_none_or(|hook| hook == object.is_hook())
            && is_any(&self.charts, |chart| {
                object.chart.charts.iter().any(|name| chart.matches(name))
            })
            && is_any(&self.names, |name| name.matches(&object.name()))
            && is_any(&self.namespaces, |pattern| {
                object
                    .namespace()
                    .or(namespace)
                    .is_some_and(|namespace| pattern.matches(namespace))
            })
            && is_any(&self.templates, |wanted| {
                workload.template.names().any(|name| wanted.matches(name))
            })
            && self.annotations.iter().all(|(key, values)| {
                object
                    .annotation(key)
                    .is_some_and(|value| values.iter().any(|wanted| wanted == value))
            })
            && (self.labels.selects_all() || self.labels.matches(&workload.template.labels()))
    }

    fn has_kind(&self, workload: &Workload<'_>) -> bool {
        if self.kinds.is_empty() {
            return !workload.is_bound();
        }
        self.kinds.iter().any(|wanted| wanted == workload.kind())
    }

    /// Returns whether everything that `other` matches certainly matches here too. Patterns are equal only if they have
    /// the same text.
    pub(super) fn covers(&self, other: &Match) -> bool {
        let kinds = match (self.kinds.is_empty(), other.kinds.is_empty()) {
            (true, _) => !other.may_be_bound,
            (false, true) => false,
            (false, false) => is_wider(&self.kinds, &other.kinds),
        };
        let labels = self.label_values.iter().all(|(key, values)| {
            other.label_values.get(key).is_some_and(|others| others.is_subset(values))
        });
        let annotations = self.annotations.iter().all(|(key, values)| {
            let mut same_key = other.annotations.iter().filter(|(other, _)| other == key);
            same_key.any(|(_, others)| others.iter().all(|other| values.contains(other)))
        });
        kinds
            && labels
            && annotations
            && is_wider(&self.charts, &other.charts)
            && is_wider(&self.groups, &other.groups)
            && is_wider(&self.names, &other.names)
            && is_wider(&self.namespaces, &other.namespaces)
            && is_wider(&self.templates, &other.templates)
            && (self.hook.is_none() || self.hook == other.hook)
    }

    /// Returns the first condition in a few words: `kind StatefulSet`.
    pub(super) fn summary(&self) -> String {
        let patterns =
            |patterns: &[Pattern]| patterns.iter().map(Pattern::to_string).collect::<Vec<_>>();
        let lists = [
            ("chart", patterns(&self.charts)),
            ("kind", self.kinds.clone()),
            ("name", patterns(&self.names)),
            ("namespace", patterns(&self.namespaces)),
            ("group", self.groups.clone()),
            ("template", patterns(&self.templates)),
        ];
        if let Some((what, list)) = lists.iter().find(|(_, list)| !list.is_empty()) {
            return format!("{what} {}", list.join(", "));
        }
        let label = self.label_values.keys().next().map(|key| format!("label {key}"));
        let annotation = || self.annotations.first().map(|(key, _)| format!("annotation {key}"));
        let hook = || self.hook.map(|hook| if hook { "hooks" } else { "no hooks" }.to_owned());
        label
            .or_else(annotation)
            .or_else(hook)
            .unwrap_or_else(|| "everything".to_owned())
    }
}

fn is_any<T>(wanted: &[T], holds: impl Fn(&T) -> bool) -> bool {
    wanted.is_empty() || wanted.iter().any(holds)
}

/// Returns whether a list allows everything that another allows.
pub(super) fn is_wider<T: PartialEq>(wide: &[T], narrow: &[T]) -> bool {
    wide.is_empty() || !narrow.is_empty() && narrow.iter().all(|item| wide.contains(item))
}

/// Checks the conditions of a row.
pub(super) fn check(
    written: &written::Match,
    known: &Kinds,
    place: PolicyPlace<'_>,
    findings: &mut Findings,
) -> Match {
    let kinds = texts(written.kind.as_ref());
    check_kinds(&kinds, known, place.under("kind"), findings);
    let charts = texts(written.chart.as_ref());
    let written_charts = pairs(&charts, place.under("chart"));
    let written_charts =
        written_charts.map(|(chart, place)| place.spanned(chart.to_owned())).collect();
    let mut patterns = |written: Option<&written::OneOrMany>, key: &str| {
        check_patterns(&texts(written), place.under(key), findings)
    };
    let label_values: BTreeMap<String, BTreeSet<String>> = written
        .labels
        .iter()
        .map(|(key, values)| (key.clone(), values.as_slice().iter().cloned().collect()))
        .collect();
    Match {
        charts: patterns(written.chart.as_ref(), "chart"),
        names: patterns(written.name.as_ref(), "name"),
        namespaces: patterns(written.namespace.as_ref(), "namespace"),
        templates: patterns(written.template.as_ref(), "template"),
        groups: texts(written.group.as_ref()),
        labels: label_values
            .iter()
            .map(|(key, values)| Expression::In(key.clone(), values.clone()))
            .collect(),
        annotations: written
            .annotations
            .iter()
            .map(|(key, values)| (key.clone(), values.as_slice().to_vec()))
            .collect(),
        hook: written.hook,
        written_charts,
        may_be_bound: kinds.iter().any(|kind| known.may_be_bound(kind)),
        kinds,
        label_values,
    }
}

fn texts(written: Option<&written::OneOrMany>) -> Vec<String> {
    written.map(|written| written.as_slice().to_vec()).unwrap_or_default()
}

fn check_kinds(kinds: &[String], known: &Kinds, place: PolicyPlace<'_>, findings: &mut Findings) {
    let names = known.names();
    for (kind, place) in pairs(kinds, place) {
        if names.contains(&kind) {
            continue;
        }
        let message = format!("kind `{kind}` is not known to have pods");
        let diagnostic =
            Diagnostic::new(&codes::UNKNOWN_KIND, message).at(place.span(), "matches nothing");
        let help = match nearest(kind, names.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!(
                "add the kind to `templates`; known kinds: {}",
                names.join(", ")
            ),
        };
        findings.push(diagnostic.help(help));
    }
}

pub(super) fn check_patterns(
    texts: &[String],
    place: PolicyPlace<'_>,
    findings: &mut Findings,
) -> Vec<Pattern> {
    let mut patterns = Vec::new();
    for (text, place) in pairs(texts, place) {
        match Pattern::new(text) {
            Ok(pattern) => patterns.push(pattern),
            Err(error) => {
                let at = text.char_indices().nth(error.pos).map_or(text.len(), |(at, _)| at);
                let span = place.part(&(at..text.len()));
                let message = format!("cannot parse pattern `{text}`");
                let help = "`*` matches any string, `?` one character, `[abc]` one of these; \
                            write `[*]` for a literal `*`";
                findings.push(
                    Diagnostic::new(&codes::BAD_GLOB, message).at(span, error.msg).help(help),
                );
            }
        }
    }
    patterns
}
