//! What `images` lists: the hub's values, of values files or of a stream, and the policy.

use std::path::PathBuf;

use super::reader::Reader;
use super::render::{merged_values, read_policy};
use crate::diag::Diagnostic;
use crate::hub::{HubValues, StoredHub};
use crate::k8s::Manifests;
use crate::policy::Policy;
use crate::text::Span;
use crate::values::Value;

/// What is to be listed, and by what.
#[derive(Debug, Clone, Default)]
pub struct ImagesRequest {
    /// The manifests, with the Secret of the hub.
    pub file: Option<PathBuf>,
    /// The policy, or `z2jh` for the built-in one; else the nearest one.
    pub policy: Option<PathBuf>,
    /// Values files of the hub.
    pub values: Vec<PathBuf>,
}

/// A policy and the values of a hub.
#[derive(Debug)]
pub struct LoadedImages {
    /// The policy.
    pub policy: Policy,
    /// The hub, if its values were found.
    pub hub: Option<StoredHub>,
    /// The values files, merged.
    pub values: Option<Value>,
    /// The place of the values in the manifests, if they come from there.
    pub secret: Option<Span>,
}

/// Reads the policy and the values of the hub: those of the values files, otherwise those in the manifests.
///
/// # Errors
/// If something cannot be read, or the policy has errors.
pub fn load_images(
    reader: &mut Reader<'_>,
    request: &ImagesRequest,
) -> Result<LoadedImages, Vec<Diagnostic>> {
    let one = |error| vec![error];
    let policy = read_policy(reader, request.policy.as_deref())?;
    let values = merged_values(reader, &request.values).map_err(one)?;
    let mut loaded = LoadedImages {
        hub: values.as_ref().and_then(StoredHub::of_values),
        values,
        policy,
        secret: None,
    };
    if let (None, Some(file)) = (&loaded.hub, &request.file) {
        let source = reader.read_manifests(file).map_err(one)?;
        let release = Manifests::read(source, reader.text(source), &loaded.policy.kinds);
        let documents = release.documents(|_| true);
        for object in &documents.objects(&release) {
            let Some(values) = HubValues::of(object) else {
                continue;
            };
            loaded.hub = values.text.as_deref().and_then(StoredHub::of_secret);
            loaded.secret = Some(release.node_span(object.part, values.node));
        }
    }
    Ok(loaded)
}
