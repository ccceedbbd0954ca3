//! Data that all documents of a release share.

use std::collections::BTreeMap;

use super::additions::is_addition;
use super::{Options, hub_values};
use crate::diag::Diagnostic;
use crate::hub::HubImage;
use crate::k8s::{Manifests, Object};
use crate::policy::Policy;

/// When the release creates a priority class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ClassOrigin {
    /// As an ordinary object, after every `pre-*` hook.
    Ordinary,
    /// As a hook.
    Hook,
}

/// The policy, the options and the shared data of a release.
pub(super) struct Common<'a> {
    pub(super) release: &'a Manifests<'a>,
    pub(super) policy: &'a Policy,
    pub(super) options: &'a Options,
    /// Priority classes that the stream creates.
    pub(super) classes: BTreeMap<String, ClassOrigin>,
    /// Images in the hub's values in the stream, with the chart path of the hub.
    pub(super) stream_images: Vec<(Vec<String>, HubImage)>,
}

impl<'a> Common<'a> {
    /// Reads the shared data from the objects that were parsed first.
    pub(super) fn read(
        release: &'a Manifests<'a>,
        policy: &'a Policy,
        options: &'a Options,
        objects: &[Object<'_>],
    ) -> (Self, Vec<Diagnostic>) {
        let (stream_images, diagnostics) = hub_values::read(release, objects);
        let common = Self {
            release,
            policy,
            options,
            classes: classes(objects),
            stream_images,
        };
        (common, diagnostics)
    }
}

fn classes(objects: &[Object<'_>]) -> BTreeMap<String, ClassOrigin> {
    let classes = objects
        .iter()
        .filter(|object| object.gvk.kind == "PriorityClass" && !is_addition(object));
    let mut origins = BTreeMap::new();
    for class in classes {
        let origin = if class.is_hook() {
            ClassOrigin::Hook
        } else {
            ClassOrigin::Ordinary
        };
        origins.insert(class.name(), origin);
    }
    origins
}
