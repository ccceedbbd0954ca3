//! Loads everything that a rendering command needs: the policy, the hub's values, the manifests and the live manifest.

use std::path::PathBuf;

use super::policy_discovery;
use super::reader::Reader;
use crate::diag::Diagnostic;
use crate::hub::{self, HubImage};
use crate::policy;
use crate::render::{Job, Options};
use crate::values::{self, Helm, Value};

/// What to render, and with which options.
#[derive(Debug, Clone, Default)]
pub struct RenderRequest {
    /// The manifests; standard input if no file is given.
    pub file: Option<PathBuf>,
    /// The policy, or `z2jh` for the built-in one; by default the nearest one.
    pub policy: Option<PathBuf>,
    /// Values files of the hub, whose images the pre-pullers also pull.
    pub values: Vec<PathBuf>,
    /// The live manifest.
    pub previous: Option<PathBuf>,
    /// Options of the engine; the images of the hub are read from its values.
    pub options: Options,
}

/// Reads everything for a stream. The policy is read first, so that its errors are reported before a slow input ends.
///
/// # Errors
/// What cannot be read, or a policy that cannot be followed.
pub fn load_render(
    reader: &mut Reader<'_>,
    request: &RenderRequest,
) -> Result<Job, Vec<Diagnostic>> {
    let one = |error| vec![error];
    let source = policy_discovery::find(reader, request.policy.as_deref()).map_err(one)?;
    let (policy, diagnostics) = policy::read(source, reader.text(source));
    let Some(policy) = policy else {
        return Err(diagnostics);
    };
    reader.notes.extend(diagnostics);
    let hub_images = hub_images(reader, request).map_err(one)?;
    let previous = request.previous.as_ref();
    let previous = previous.map(|path| reader.read_manifests(path)).transpose();
    let previous = previous.map_err(one)?;
    let manifests = match &request.file {
        Some(file) => reader.read_manifests(file),
        None => reader.read_stdin(),
    };
    Ok(Job {
        policy,
        manifests: manifests.map_err(one)?,
        previous,
        options: Options {
            hub_images,
            ..request.options.clone()
        },
    })
}

/// Returns the images in the values files, merged in order.
fn hub_images(
    reader: &mut Reader<'_>,
    request: &RenderRequest,
) -> Result<Vec<HubImage>, Diagnostic> {
    let mut merged: Option<Value> = None;
    for path in &request.values {
        let source = reader.read(path)?;
        let values = values::read(source, reader.text(source), Helm::Three)?;
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
