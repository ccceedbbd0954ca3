//! Combines the settings of the command line and the policy.

use std::path::PathBuf;

use super::codes::Codes;
use super::lint::LintRequest;
use super::policy_discovery;
use super::reader::Reader;
use crate::diag::Diagnostic;
use crate::hub::chart;
use crate::lint::{Question, RULES, Selection, Target, is_rule};
use crate::policy::{self, PathPatterns, Policy, Spanned};
use crate::text::SourceId;

/// The settings of the linter.
pub(super) struct Settings {
    pub(super) selection: Selection,
    /// Returns the policy, if any, and the directory at which its paths start.
    pub(super) policy: Option<(Policy, PathBuf)>,
    /// Returns the policy that is applied to manifests before they are linted, if requested.
    pub(super) injected: Option<Policy>,
    /// Returns the question about releases.
    pub(super) question: Question,
    /// Files and directories to skip.
    pub(super) excluded: PathPatterns,
}

/// Reads the policy, if any, and applies the options, which override it.
pub(super) fn read(
    reader: &mut Reader<'_>,
    request: &LintRequest,
) -> Result<Settings, Vec<Diagnostic>> {
    if let Some(error) = unknown_in_options(request) {
        return Err(vec![error]);
    }
    let excluded = PathPatterns::read(&request.exclude).map_err(|error| vec![error])?;
    if let Some(version) = &request.chart_version {
        chart::check_version(version).map_err(|error| vec![error])?;
    }
    let target = request.to.as_deref().map(Target::read).transpose();
    let target = target.map_err(|error| vec![error])?;
    let found = policy_discovery::find_any(reader, request.policy.as_deref());
    let policy = match found.map_err(|error| vec![error])? {
        Some((source, folder)) => Some((read_policy(reader, request.codes, source)?, folder)),
        None => None,
    };
    let declared_at = policy.as_ref().map(|(policy, _)| selection(policy));
    let mut selection = declared_at.unwrap_or_else(|| Selection::of(RULES));
    if !request.select.is_empty() {
        selection.select.clone_from(&request.select);
    }
    selection.ignore.extend(request.ignore.iter().cloned());
    selection.pedantic = request.pedantic;
    let injected = match (request.as_injected, &policy) {
        (false, _) => None,
        (true, Some((policy, _))) => Some(policy.clone()),
        // The built-in policy, or none: an error here.
        (true, None) => {
            let source = policy_discovery::find(reader, request.policy.as_deref());
            let source = source.map_err(|error| vec![error])?;
            Some(read_policy(reader, request.codes, source)?)
        }
    };
    Ok(Settings {
        selection,
        policy,
        injected,
        question: target.map_or(Question::Release, Question::Upgrade),
        excluded,
    })
}

/// Returns the selection of findings in a policy.
pub(super) fn selection(policy: &Policy) -> Selection {
    let lint = &policy.lint;
    let names = |names: &[Spanned<String>]| -> Vec<String> {
        names.iter().map(|name| name.value.clone()).collect()
    };
    let levels = lint.levels.iter();
    Selection {
        rules: RULES,
        select: names(&lint.select),
        ignore: names(&lint.ignore),
        levels: levels.map(|(name, level)| (name.value.clone(), *level)).collect(),
        pedantic: false,
    }
}

fn read_policy(
    reader: &mut Reader<'_>,
    codes: Codes,
    source: SourceId,
) -> Result<Policy, Vec<Diagnostic>> {
    let (policy, mut diagnostics) = policy::read(source, reader.text(source));
    if let Some(policy) = &policy {
        let lint = &policy.lint;
        let levels = lint.levels.iter().map(|(name, _)| name);
        let suppressed = lint.suppress.iter().flat_map(|entry| &entry.rules);
        let names = lint.select.iter().chain(&lint.ignore);
        let names = names.chain(levels).chain(suppressed);
        let unknown = names.filter(|name| !is_rule(RULES, &name.value));
        diagnostics.extend(
            unknown.map(|name| codes.no_such_rule(&name.value).at(name.span, "unknown rule")),
        );
        let versions = lint.releases.iter();
        let versions = versions.filter_map(|release| release.chart_version.as_ref());
        diagnostics.extend(versions.filter_map(|version| {
            let error = chart::check_version(&version.value).err()?;
            Some(error.at(version.span, "unknown version"))
        }));
    }
    let is_broken = diagnostics.iter().any(Diagnostic::is_error);
    match policy.filter(|_| !is_broken) {
        Some(policy) => {
            reader.notes.extend(diagnostics);
            Ok(policy)
        }
        None => Err(diagnostics),
    }
}

fn unknown_in_options(request: &LintRequest) -> Option<Diagnostic> {
    let mut words = request.select.iter().chain(&request.ignore);
    let word = words.find(|word| !is_rule(RULES, word))?;
    Some(request.codes.no_such_rule(word))
}
