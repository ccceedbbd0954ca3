//! Settings of `dunnage lint` in the policy.

use glob::Pattern;

use super::place::{Findings, PolicyPlace, pairs};
use super::{Spanned, codes, written};
use crate::diag::{Diagnostic, Level};
use crate::text::Span;

/// Settings of `dunnage lint`. The names of rules are not checked here.
#[derive(Debug, Clone, Default)]
pub struct Lint {
    /// Rules to run, by code, name or family; all rules if empty.
    pub select: Vec<Spanned<String>>,
    /// Rules to skip.
    pub ignore: Vec<Spanned<String>>,
    /// Levels of rules or families.
    pub levels: Vec<(Spanned<String>, Level)>,
    /// Releases to lint if no path is given.
    pub releases: Vec<LintRelease>,
    /// Suppressed findings.
    pub suppress: Vec<Suppression>,
    /// Whether every suppression comment must give a reason.
    pub require_reasons: bool,
}

/// A suppression in the policy.
#[derive(Debug, Clone)]
pub struct Suppression {
    /// The suppressed rules; at least one.
    pub rules: Vec<Spanned<String>>,
    /// Patterns of files; all files if empty.
    files: Vec<Pattern>,
    /// The last day of the suppression, such as `2027-01-31`.
    pub until: Option<String>,
    /// The span of its first rule.
    pub span: Span,
}

impl Suppression {
    /// Returns whether it applies to a file with this name.
    pub fn covers(&self, name: &str) -> bool {
        self.files.is_empty() || self.files.iter().any(|pattern| pattern.matches(name))
    }
}

/// A release with all its layers. Paths are relative to the directory of the policy.
#[derive(Debug, Clone)]
pub struct LintRelease {
    /// The unique name of the release in messages.
    pub name: Spanned<String>,
    /// The chart directory or archive.
    pub chart: Option<Spanned<String>>,
    /// The version of the z2jh chart, if its files are not available.
    pub chart_version: Option<Spanned<String>>,
    /// The values files; later files override earlier ones. They may be patterns, which `project` expands.
    pub values: Vec<Spanned<String>>,
    /// The arguments of `--set`.
    pub set: Vec<String>,
    /// The path of the z2jh values, separated by dots; detected if not set.
    pub hub: Option<String>,
}

/// Checks the section `lint`.
pub(super) fn check(lint: &written::Lint, place: PolicyPlace<'_>, findings: &mut Findings) -> Lint {
    let names = |names: &[String], key: &str| {
        let named = pairs(names, place.under(key));
        named.map(|(name, place)| place.spanned(name.to_owned())).collect()
    };
    let levels = place.under("levels");
    let mut releases: Vec<LintRelease> = Vec::new();
    for (release, place) in lint.releases.iter().zip(place.under("releases").items()) {
        let release = check_release(release, place);
        let twin = releases.iter().find(|other| other.name.value == release.name.value);
        if let Some(twin) = twin {
            let message = format!("two releases are named `{}`", release.name.value);
            let finding = Diagnostic::new(&codes::DUPLICATE_RELEASE, message)
                .at(release.name.span, "same name")
                .at(twin.name.span, "first used here");
            findings.push(finding.help("rename one of them"));
        }
        releases.push(release);
    }
    Lint {
        select: names(&lint.select, "select"),
        ignore: names(&lint.ignore, "ignore"),
        levels: lint
            .levels
            .iter()
            .map(|(name, level)| {
                let name = Spanned::new(name.clone(), levels.key(name));
                (name, level_of(*level))
            })
            .collect(),
        releases,
        suppress: lint
            .suppress
            .iter()
            .zip(place.under("suppress").items())
            .map(|(entry, place)| check_suppression(entry, place, findings))
            .collect(),
        require_reasons: lint.require_reasons,
    }
}

fn check_suppression(
    entry: &written::Suppression,
    place: PolicyPlace<'_>,
    findings: &mut Findings,
) -> Suppression {
    let rules = pairs(&entry.rules, place.under("rules"));
    let mut files = Vec::new();
    for (file, place) in pairs(&entry.files, place.under("files")) {
        match Pattern::new(file) {
            Ok(pattern) => files.push(pattern),
            Err(error) => {
                let message = format!("cannot parse pattern `{file}`: {}", error.msg);
                findings.push(Diagnostic::new(&codes::BAD_GLOB, message).at(place.span(), ""));
            }
        }
    }
    Suppression {
        rules: rules.map(|(rule, place)| place.spanned(rule.to_owned())).collect(),
        files,
        until: entry.until.clone(),
        span: place.under("rules").span(),
    }
}

fn check_release(release: &written::LintRelease, place: PolicyPlace<'_>) -> LintRelease {
    let values = pairs(&release.values, place.under("values"));
    let chart = release.chart.clone();
    let version = release.chart_version.clone();
    LintRelease {
        name: place.under("name").spanned(release.name.clone()),
        chart: chart.map(|chart| place.under("chart").spanned(chart)),
        chart_version: version.map(|version| place.under("chartVersion").spanned(version)),
        values: values.map(|(path, place)| place.spanned(path.to_owned())).collect(),
        set: release.set.clone(),
        hub: release.hub.clone(),
    }
}

fn level_of(level: written::LintLevel) -> Level {
    match level {
        written::LintLevel::Error => Level::Error,
        written::LintLevel::Warning => Level::Warning,
        written::LintLevel::Note => Level::Note,
        written::LintLevel::Hint => Level::Hint,
    }
}
