//! Loads everything that `lint` needs.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::codes::Codes;
use super::gather::{Gathered, Gatherer};
use super::layers::LayerRequest;
use super::policy_discovery;
use super::reader::Reader;
use super::settings::{self, Settings};
use super::subjects::{self, Subjects};
use crate::diag::Diagnostic;
use crate::lint::{self, RULES, Selection};

/// What to lint, and with which options.
#[derive(Debug, Clone, Default)]
pub struct LintRequest {
    /// Values files, charts, manifests and directories; `-` is standard input.
    pub paths: Vec<PathBuf>,
    /// Layers that override the paths.
    pub layers: LayerRequest,
    /// The version of the z2jh chart, if its files are not available.
    pub chart_version: Option<String>,
    /// The version of the z2jh chart to upgrade to: then only the upgrade is checked.
    pub to: Option<String>,
    /// The key path of the hub's values, separated by dots.
    pub hub: Option<String>,
    /// The policy; by default the nearest one, if any.
    pub policy: Option<PathBuf>,
    /// Only these rules, by code, name or family.
    pub select: Vec<String>,
    /// Not these rules.
    pub ignore: Vec<String>,
    /// Whether hints are reported.
    pub pedantic: bool,
    /// Whether given files without hub values, charts or manifests are skipped.
    pub skip_unknown: bool,
    /// Whether manifests are linted as the policy renders them.
    pub as_injected: bool,
    /// Patterns of files and directories to skip in directories.
    pub exclude: Vec<String>,
    /// All codes of the front end, some of which are not rules.
    pub codes: Codes,
}

/// Everything that was loaded for a run of the linter.
#[derive(Debug)]
pub struct LoadedLint {
    /// Returns the input of the linter.
    pub lint: lint::Input,
    /// Read errors.
    pub errors: Vec<Diagnostic>,
    /// Returns the number of subjects that the linter can lint.
    pub known: usize,
    /// Returns the values files, charts and manifests that are linted.
    pub files: BTreeSet<PathBuf>,
    /// Returns the number of skipped YAML files, which are not hub values, charts or manifests.
    pub skipped: usize,
    /// Returns the directory of the policy, at which its paths start, if there is one.
    pub policy_folder: Option<PathBuf>,
}

/// Reads the policy and everything to lint. An unreadable subject does not prevent the others from being linted.
///
/// # Errors
/// Options or a policy that cannot be followed.
pub fn load_lint(
    reader: &mut Reader<'_>,
    request: &LintRequest,
) -> Result<LoadedLint, Vec<Diagnostic>> {
    let settings = settings::read(reader, request)?;
    let nearer = nearer_policies(reader, request, &settings)?;
    if nearer.is_empty() {
        return Ok(load_one(reader, request, settings, &[]));
    }
    let apart: Vec<PathBuf> = nearer.iter().flat_map(|(_, paths)| paths.clone()).collect();
    let mut loaded = Vec::new();
    let own = left(request, &apart);
    if !own.paths.is_empty() {
        loaded.push(load_one(reader, &own, settings, &apart));
    }
    for (policy, paths) in nearer {
        let own = LintRequest {
            paths,
            policy: Some(policy),
            ..request.clone()
        };
        let settings = settings::read(reader, &own)?;
        // A policy in a subdirectory applies to its own part of these directories.
        let further: Vec<PathBuf> =
            apart.iter().filter(|path| !own.paths.contains(path)).cloned().collect();
        loaded.push(load_one(reader, &own, settings, &further));
    }
    Ok(together(request, loaded))
}

/// Returns the policies in subdirectories that are nearer to the linted paths than the one that was found.
fn nearer_policies(
    reader: &Reader<'_>,
    request: &LintRequest,
    settings: &Settings,
) -> Result<Vec<(PathBuf, Vec<PathBuf>)>, Vec<Diagnostic>> {
    let policy = settings.policy.as_ref();
    let has_releases = policy.is_some_and(|(policy, _)| !policy.lint.releases.is_empty());
    let is_walk = request.paths.is_empty() && request.layers.is_empty() && !has_releases;
    let here = [PathBuf::from(".")];
    let paths = if is_walk { &here[..] } else { &request.paths };
    if request.policy.is_some() || paths.is_empty() {
        return Ok(Vec::new());
    }
    let own = policy.map(|(_, folder)| folder.as_path());
    policy_discovery::nearer(reader.host, own, paths).map_err(|error| vec![error])
}

/// Returns the part of the request for the policy of the current directory.
fn left(request: &LintRequest, apart: &[PathBuf]) -> LintRequest {
    let mut own = request.clone();
    if own.paths.is_empty() {
        own.paths = vec![PathBuf::from(".")];
    }
    own.paths.retain(|path| !apart.contains(path));
    own
}

/// Combines several loads, each with its own selection.
fn together(request: &LintRequest, loaded: Vec<LoadedLint>) -> LoadedLint {
    let selection = Selection {
        select: request.select.clone(),
        ignore: request.ignore.clone(),
        pedantic: true,
        ..Selection::of(RULES)
    };
    let question = loaded.first().map(|first| first.lint.question.clone());
    let mut all = LoadedLint {
        lint: lint::Input::new(question.unwrap_or_default(), selection),
        errors: Vec::new(),
        known: 0,
        files: BTreeSet::new(),
        skipped: 0,
        policy_folder: None,
    };
    for one in loaded {
        all.errors.extend(one.errors);
        all.known += one.known;
        all.files.extend(one.files);
        all.skipped += one.skipped;
        all.lint.others.push(one.lint);
    }
    all
}

/// Loads what one policy applies to; paths in `apart` have other policies.
fn load_one(
    reader: &mut Reader<'_>,
    request: &LintRequest,
    settings: Settings,
    apart: &[PathBuf],
) -> LoadedLint {
    let Subjects {
        found,
        notes,
        skipped,
    } = subjects::subjects(reader, request, &settings, apart);
    let mut gatherer = Gatherer::new(request, &settings, notes);
    gatherer.add(reader, found);
    let Gathered {
        input,
        known,
        files,
        unknown,
        errors,
    } = gatherer.finish(settings.selection.clone());
    let (policy, policy_folder) = settings.policy.unzip();
    LoadedLint {
        lint: lint::Input {
            has_rows: !input.question.is_upgrade(),
            today: reader.host.today(),
            policy,
            ..input
        },
        errors,
        known,
        files,
        skipped: skipped + unknown,
        policy_folder,
    }
}
