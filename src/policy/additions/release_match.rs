//! Conditions on the release that gets objects.

use glob::Pattern;

use crate::diag::Diagnostic;
use crate::policy::place::{Findings, PolicyPlace};
use crate::policy::written::{OneOrMany, ReleaseMatch as Written};
use crate::policy::{codes, criteria};

/// Conditions on a release. All must be true; of a list, one item must match. An empty list matches everything.
#[derive(Debug, Clone, Default)]
pub struct ReleaseMatch {
    /// Charts of the release.
    pub charts: Vec<Pattern>,
    /// Names of the release.
    pub releases: Vec<Pattern>,
    /// Namespaces of the release.
    pub namespaces: Vec<Pattern>,
}

impl ReleaseMatch {
    /// Returns whether one of the charts of a release matches.
    pub fn has_chart(&self, charts: &[&str]) -> bool {
        let matches = |pattern: &Pattern| charts.iter().any(|chart| pattern.matches(chart));
        self.charts.is_empty() || self.charts.iter().any(matches)
    }

    /// Returns whether the name of the release matches; `None` if that depends on the name, which is unknown.
    pub fn has_release(&self, release: Option<&str>) -> Option<bool> {
        matches(&self.releases, release)
    }

    /// Returns whether the namespace of the release matches; `None` if that depends on the namespace, which is unknown.
    pub fn has_namespace(&self, namespace: Option<&str>) -> Option<bool> {
        matches(&self.namespaces, namespace)
    }

    /// Returns the only name that a release of this entry can have.
    pub fn only_release(&self) -> Option<&str> {
        only(&self.releases)
    }

    /// Returns the only namespace that a release of this entry can have.
    pub fn only_namespace(&self) -> Option<&str> {
        only(&self.namespaces)
    }

    /// Returns whether every release that matches the other conditions matches these.
    pub(super) fn covers(&self, other: &Self) -> bool {
        criteria::is_wider(&self.charts, &other.charts)
            && criteria::is_wider(&self.releases, &other.releases)
            && criteria::is_wider(&self.namespaces, &other.namespaces)
    }
}

fn matches(patterns: &[Pattern], name: Option<&str>) -> Option<bool> {
    if patterns.is_empty() {
        return Some(true);
    }
    name.map(|name| patterns.iter().any(|pattern| pattern.matches(name)))
}

fn only(patterns: &[Pattern]) -> Option<&str> {
    match patterns {
        [only] => Some(only.as_str()).filter(|text| !text.contains(['*', '?', '['])),
        _ => None,
    }
}

/// Checks the conditions of an entry.
pub(super) fn check(
    written: &Written,
    place: PolicyPlace<'_>,
    findings: &mut Findings,
) -> ReleaseMatch {
    if written.chart.is_none() && written.release.is_none() {
        let message =
            "`match` has neither `chart` nor `release`: every release would get the objects";
        findings.push(
            Diagnostic::new(&codes::ADDITION_FOR_ALL, message)
                .at(place.span(), "no `chart`, no `release`")
                .help("set `chart` or `release`"),
        );
    }
    let mut patterns = |written: Option<&OneOrMany>, key: &str| {
        let texts = written.map(|written| written.as_slice().to_vec());
        criteria::check_patterns(&texts.unwrap_or_default(), place.under(key), findings)
    };
    ReleaseMatch {
        charts: patterns(written.chart.as_ref(), "chart"),
        releases: patterns(written.release.as_ref(), "release"),
        namespaces: patterns(written.namespace.as_ref(), "namespace"),
    }
}
