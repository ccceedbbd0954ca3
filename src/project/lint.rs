//! What `lint` is made of.

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

/// What is to be linted, and by what.
#[derive(Debug, Clone, Default)]
pub struct LintRequest {
    /// Values files, charts, manifests and folders; `-` is standard input.
    pub paths: Vec<PathBuf>,
    /// Layers over the paths.
    pub layers: LayerRequest,
    /// The version of the z2jh chart, where its files are not at hand.
    pub chart_version: Option<String>,
    /// The version of the z2jh chart to upgrade to: then only what that needs is judged.
    pub to: Option<String>,
    /// The keys under which the hub's values are, with dots between.
    pub hub: Option<String>,
    /// The policy; else the nearest one, if there is one.
    pub policy: Option<PathBuf>,
    /// Only these rules, by code, name or family.
    pub select: Vec<String>,
    /// Not these rules.
    pub ignore: Vec<String>,
    /// Whether hints are asked for.
    pub pedantic: bool,
    /// Whether named files that the linter knows nothing of are left out.
    pub skip_unknown: bool,
    /// Whether manifests are judged as the policy renders them.
    pub as_injected: bool,
    /// Patterns of files and folders that are left out of folders.
    pub exclude: Vec<String>,
    /// Every code that the front end prints: a word that is no rule may be one of them.
    pub codes: Codes,
}

/// Everything that was read for a run of the linter.
#[derive(Debug)]
pub struct LoadedLint {
    /// The input of the linter.
    pub lint: lint::Input,
    /// What cannot be read or judged.
    pub errors: Vec<Diagnostic>,
    /// How many of the subjects the linter knows something of.
    pub known: usize,
    /// The values files, charts and manifests that are linted.
    pub files: BTreeSet<PathBuf>,
    /// How many YAML files were passed over: the linter knows nothing of what they hold.
    pub skipped: usize,
    /// The folder in which the paths of the policy start, where there is a policy.
    pub policy_folder: Option<PathBuf>,
}

/// Reads the policy and everything that is to be linted. What cannot be read of one subject keeps no other from being
/// linted.
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
        // A policy further down has its own part of these folders.
        let further: Vec<PathBuf> = apart
            .iter()
            .filter(|path| !own.paths.contains(path))
            .cloned()
            .collect();
        loaded.push(load_one(reader, &own, settings, &further));
    }
    Ok(together(request, loaded))
}

/// The policies nearer to what is linted than the one that was found, which nobody named.
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

/// What is left for the policy of the working folder.
fn left(request: &LintRequest, apart: &[PathBuf]) -> LintRequest {
    let mut own = request.clone();
    if own.paths.is_empty() {
        own.paths = vec![PathBuf::from(".")];
    }
    own.paths.retain(|path| !apart.contains(path));
    own
}

/// Several loads as one, of which each has its own selection.
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

/// Reads what one policy applies to; what is `apart` has others.
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
