//! Loads everything that a rendering command needs: the policy, the hub's values, the manifests and the live manifest.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::policy_discovery;
use super::reader::Reader;
use crate::diag::{Code, Diagnostic};
use crate::hub::{self, StoredHub};
use crate::k8s::syntax;
use crate::policy::{self, Policy};
use crate::render::{Job, Options};
use crate::values::{self, Helm, Value};

pub(super) static BAD_RELEASE: Code = Code::error(
    "CL025",
    "bad-release-name",
    "the name of a release or namespace is rejected by Kubernetes",
)
.page(include_str!("codes/bad_release.md"));

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
    check_names(&request.options).map_err(one)?;
    let policy = read_policy(reader, request.policy.as_deref())?;
    let values = merged_values(reader, &request.values).map_err(one)?;
    let json = values.as_ref().map(Value::to_json).unwrap_or_default();
    let hub_images = hub::locate_hub(&json).map(hub::hub_images);
    let stored = values.as_ref().filter(|_| !policy.additions.is_empty());
    let helm_namespace = reader.host.env("HELM_NAMESPACE");
    let helm_namespace = helm_namespace.and_then(|name| name.into_string().ok());
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
            hub_images: hub_images.unwrap_or_default(),
            hub: stored.and_then(StoredHub::of_values).map(Arc::new),
            helm_namespace: helm_namespace.filter(|name| !name.is_empty()),
            ..request.options.clone()
        },
    })
}

/// Returns the policy at a path, or the nearest one; its notes go to the reader.
pub(super) fn read_policy(
    reader: &mut Reader<'_>,
    path: Option<&Path>,
) -> Result<Policy, Vec<Diagnostic>> {
    let source = policy_discovery::find(reader, path).map_err(|error| vec![error])?;
    let (policy, diagnostics) = policy::read(source, reader.text(source));
    let Some(policy) = policy else {
        return Err(diagnostics);
    };
    reader.notes.extend(diagnostics);
    Ok(policy)
}

/// Returns an error for a name that no release or namespace can have.
fn check_names(options: &Options) -> Result<(), Diagnostic> {
    // Helm stores a release in a Secret whose name contains that of the release.
    const LONGEST_RELEASE: usize = 53;
    let refused = |option: &str, name: &str, why: &str| {
        let message = format!("`{option} {name}` is not a name that Kubernetes accepts: {why}");
        Err(Diagnostic::new(&BAD_RELEASE, message).help("use lower case letters, digits and `-`"))
    };
    if let Some(release) = &options.release {
        if let Some(flaw) = syntax::subdomain_flaw(release) {
            return refused("--release", release, flaw.what);
        }
        if release.len() > LONGEST_RELEASE {
            return refused("--release", release, "longer than 53 characters");
        }
    }
    if let Some(namespace) = &options.namespace {
        let flaw = syntax::subdomain_flaw(namespace).map(|flaw| flaw.what);
        let flaw = flaw.or(namespace.contains('.').then_some("contains a `.`"));
        if let Some(flaw) = flaw.or((namespace.len() > 63).then_some("longer than 63 characters")) {
            return refused("--namespace", namespace, flaw);
        }
    }
    Ok(())
}

/// Returns the values files, merged in their order.
pub(super) fn merged_values(
    reader: &mut Reader<'_>,
    paths: &[PathBuf],
) -> Result<Option<Value>, Diagnostic> {
    let mut merged: Option<Value> = None;
    for path in paths {
        let source = reader.read(path)?;
        let values = values::read(source, reader.text(source), Helm::Three)?;
        match &mut merged {
            Some(merged) => values::lay_over(merged, values),
            None => merged = Some(values),
        }
    }
    Ok(merged)
}
