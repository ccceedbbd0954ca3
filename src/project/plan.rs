//! What a question of `dunnage plan` is made of: the policy, the values of a hub, and a file with demand.

use std::path::PathBuf;

use super::codes::Codes;
use super::gather::{Gathered, Gatherer};
use super::layers::LayerRequest;
use super::lint::LintRequest;
use super::reader::Reader;
use super::settings;
use super::subjects::{ReleaseRequest, Subject};
use crate::diag::Diagnostic;
use crate::hub::Release;
use crate::plan::{PolicyFacts, ValuesFacts};
use crate::text::SourceId;

/// What is read for a question.
#[derive(Debug, Clone, Default)]
pub struct PlanRequest {
    /// The layers of the hub's values.
    pub layers: LayerRequest,
    /// The version of the z2jh chart, where its files are not at hand.
    pub chart_version: Option<String>,
    /// The keys under which the hub's values are, with dots between.
    pub hub: Option<String>,
    /// The policy; else the nearest one, if there is one.
    pub policy: Option<PathBuf>,
    /// A curve.
    pub curve: Option<PathBuf>,
    /// A trace.
    pub trace: Option<PathBuf>,
    /// Every code that the front end prints.
    pub codes: Codes,
}

/// What was read for a question.
#[derive(Debug, Clone, Default)]
pub struct LoadedPlan {
    /// What the policy says.
    pub policy: PolicyFacts,
    /// What the values say.
    pub values: ValuesFacts,
    /// The curve.
    pub curve: Option<SourceId>,
    /// The trace.
    pub trace: Option<SourceId>,
}

/// Reads what a question is made of.
///
/// # Errors
/// What cannot be read, or a policy that cannot be followed.
pub fn load_plan(
    reader: &mut Reader<'_>,
    request: &PlanRequest,
) -> Result<LoadedPlan, Vec<Diagnostic>> {
    let mut file = |path: &Option<PathBuf>| {
        let file = path.as_deref().map(|path| load_demand(reader, path));
        file.transpose().map_err(|error| vec![error])
    };
    let (curve, trace) = (file(&request.curve)?, file(&request.trace)?);
    let asked = LintRequest {
        layers: request.layers.clone(),
        chart_version: request.chart_version.clone(),
        hub: request.hub.clone(),
        policy: request.policy.clone(),
        codes: request.codes,
        ..LintRequest::default()
    };
    let settings = settings::read(reader, &asked)?;
    let policy = settings.policy.as_ref();
    let policy = policy.map(|(policy, _)| PolicyFacts::of(policy));
    let values = if request.layers.is_empty() {
        ValuesFacts::default()
    } else {
        let mut gatherer = Gatherer::new(&asked, &settings, Vec::new());
        let release = ReleaseRequest::of_paths(Vec::new(), &asked);
        gatherer.add(reader, vec![Subject::Release(release)]);
        facts(reader, gatherer.finish(settings.selection.clone()))?
    };
    Ok(LoadedPlan {
        policy: policy.unwrap_or_default(),
        values,
        curve,
        trace,
    })
}

/// Reads a curve, a trace or a scenario.
///
/// # Errors
/// A file that cannot be read.
pub fn load_demand(
    reader: &mut Reader<'_>,
    path: &std::path::Path,
) -> Result<SourceId, Diagnostic> {
    // A trace may be as large as a stream of manifests.
    reader.read_manifests(path)
}

/// What the values of the release say.
fn facts(reader: &Reader<'_>, gathered: Gathered) -> Result<ValuesFacts, Vec<Diagnostic>> {
    if gathered.errors.iter().any(Diagnostic::is_error) {
        return Err(gathered.errors);
    }
    let tasks = gathered.input.tasks.into_iter();
    for task in tasks {
        let release = Release::new(task.spec).map_err(|error| vec![error.diagnostic()])?;
        if let Some(hub) = release.hub(&reader.sources) {
            return Ok(ValuesFacts::of(&hub));
        }
    }
    let message = "the values are not those of a JupyterHub of the z2jh chart";
    let error = Diagnostic::new(&super::gather::NO_EFFECT, message);
    Err(vec![error.help(
        "give values files of the z2jh chart, or leave `--values` out",
    )])
}
