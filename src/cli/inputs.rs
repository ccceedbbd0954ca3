//! What a rendering command reads: the policy, the hub's values, the manifests, the live ones.

use std::path::{Path, PathBuf};

use super::args::{ModeArg, PolicyOptions};
use super::find_policy;
use super::session::Session;
use crate::diag::Diagnostic;
use crate::hub;
use crate::k8s::Release;
use crate::policy::{self, Policy};
use crate::render::{self, Caller, Mode, Options, Outcome};
use crate::text::{SourceId, Sources};
use crate::values::{self, Helm, Value};

/// Who reads the output, and what lives already.
pub(super) struct Setting<'a> {
    pub(super) caller: Caller,
    pub(super) mode: ModeArg,
    /// Whether the manifests are those of a release that is installed.
    pub(super) is_live: bool,
    pub(super) previous: Option<&'a Path>,
    /// Whether what is decided is shown: as a diff, a summary or a report.
    pub(super) shows_decisions: bool,
}

/// Everything that was read.
pub(super) struct Inputs {
    pub(super) policy: Policy,
    manifests: SourceId,
    previous: Option<SourceId>,
    options: Options,
}

/// Refuses, before anything is read, an output that would replace an input.
pub(super) fn check_outputs(
    session: &mut Session<'_>,
    files: &[impl AsRef<Path>],
    asked: &PolicyOptions,
    previous: Option<&Path>,
) -> Result<(), Diagnostic> {
    let named = asked.policy.iter().chain(&asked.values);
    let named = named.map(PathBuf::as_path).chain(previous);
    for input in files.iter().map(AsRef::as_ref).chain(named) {
        session.outputs.add_input(input);
    }
    if let Some(report) = &asked.report {
        session.outputs.add_output(report);
    }
    session.check_outputs()
}

/// Reads everything: the policy first, so that a slow input is not waited for in vain.
pub(super) fn read(
    session: &mut Session<'_>,
    file: Option<&Path>,
    asked: &PolicyOptions,
    setting: &Setting<'_>,
) -> Result<Inputs, Vec<Diagnostic>> {
    let one = |error| vec![error];
    let source = find_policy::find(session, asked.policy.as_deref()).map_err(one)?;
    let (policy, diagnostics) = policy::read(source, session.sources.get(source).text());
    let policy = policy.ok_or_else(|| diagnostics.clone())?;
    session.show(&diagnostics);
    let hub_images = hub_images(session, asked)?;
    let previous = setting
        .previous
        .map(|path| session.read_manifests(path))
        .transpose()
        .map_err(one)?;
    let manifests = match file {
        Some(file) => session.read_manifests(file),
        None => session.read_stdin(),
    };
    let mode = match setting.mode {
        ModeArg::Auto => None,
        ModeArg::Helm3 => Some(Mode::Helm3),
        ModeArg::Helm4 => Some(Mode::Helm4),
        ModeArg::Krm => Some(Mode::Krm),
        ModeArg::Plain => Some(Mode::Plain),
    };
    let options = Options {
        mode,
        caller: setting.caller,
        is_live: setting.is_live,
        forgets_decisions: !setting.shows_decisions && setting.previous.is_none(),
        namespace: asked.namespace.clone(),
        hub_images,
        ..Options::default()
    };
    Ok(Inputs {
        policy,
        manifests: manifests.map_err(one)?,
        previous,
        options,
    })
}

impl Inputs {
    /// The manifests, read as a release.
    pub(super) fn release<'s>(&self, sources: &'s Sources) -> Release<'s> {
        self.release_of(sources, self.manifests)
    }

    /// Places what the release holds, beside what lives where that is known.
    pub(super) fn render(&self, sources: &Sources, release: &Release<'_>) -> Outcome {
        match self.previous {
            None => render::run(release, &self.policy, &self.options),
            Some(previous) => {
                let previous = self.release_of(sources, previous);
                render::run_after(release, &self.policy, &self.options, &previous)
            }
        }
    }

    fn release_of<'s>(&self, sources: &'s Sources, source: SourceId) -> Release<'s> {
        Release::read(source, sources.get(source).text(), &self.policy.kinds)
    }
}

/// The images that the values files name, laid over one another in their order.
fn hub_images(
    session: &mut Session<'_>,
    asked: &PolicyOptions,
) -> Result<Vec<hub::HubImage>, Vec<Diagnostic>> {
    let mut merged: Option<Value> = None;
    for path in &asked.values {
        let source = session.read(path).map_err(|error| vec![error])?;
        let text = session.sources.get(source).text();
        let values = values::read(source, text, Helm::Three).map_err(|error| vec![error])?;
        match &mut merged {
            Some(merged) => values::lay_over(merged, values),
            None => merged = Some(values),
        }
    }
    let merged = merged.map(|values| values.to_json()).unwrap_or_default();
    Ok(hub::locate_hub(&merged)
        .map(hub::hub_images)
        .unwrap_or_default())
}
