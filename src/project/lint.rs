//! What `lint` is made of.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::codes::Codes;
use super::gather::{Gathered, Gatherer};
use super::layers::LayerRequest;
use super::reader::Reader;
use super::settings;
use super::subjects::{self, Subjects};
use crate::diag::Diagnostic;
use crate::lint;

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
    let Subjects {
        found,
        notes,
        skipped,
    } = subjects::subjects(reader, request, &settings);
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
    Ok(LoadedLint {
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
    })
}
