//! The name and the namespace of the release: Helm passes neither to a post-renderer.

use std::collections::BTreeSet;

use super::metadata::Metadata;
use crate::k8s::{Body, Manifests, Object};
use crate::render::Options;
use crate::yaml::NodeRef;

/// What is known of one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum KnownName {
    /// The name.
    Is(String),
    /// The stream contains several names.
    Several(BTreeSet<String>),
    /// Nothing tells it.
    Nothing,
}

impl KnownName {
    fn of(names: BTreeSet<String>) -> Self {
        if names.len() > 1 {
            return Self::Several(names);
        }
        names.into_iter().next().map_or(Self::Nothing, Self::Is)
    }

    /// Returns the name if it is known.
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Is(name) => Some(name),
            Self::Several(_) | Self::Nothing => None,
        }
    }

    /// Returns whether it can be this name.
    pub(super) fn may_be(&self, name: &str) -> bool {
        match self {
            Self::Is(own) => own == name,
            Self::Several(names) => names.contains(name),
            Self::Nothing => true,
        }
    }
}

/// The release of a stream, and its charts.
#[derive(Debug, Clone)]
pub(super) struct ReleaseIdentity {
    /// The name of the release.
    pub(super) release: KnownName,
    /// The namespace of the release.
    pub(super) namespace: KnownName,
}

/// Names in a stream that tell its release.
#[derive(Default)]
struct Evidence {
    releases: BTreeSet<String>,
    release_namespaces: BTreeSet<String>,
    namespaces: BTreeSet<String>,
    /// Service accounts of the stream.
    accounts: BTreeSet<String>,
    /// Name and namespace of the service accounts in bindings.
    subjects: Vec<(String, String)>,
}

/// Finds the name and the namespace of the release: in the options, otherwise in the objects of the stream if all agree.
/// `objects` are those of documents that had to be parsed.
pub(super) fn find(
    release: &Manifests<'_>,
    objects: &[Object<'_>],
    options: &Options,
) -> ReleaseIdentity {
    let given = |name: &Option<String>| name.clone().map(KnownName::Is);
    let (name, namespace) = (given(&options.release), given(&options.namespace));
    if let (Some(release), Some(namespace)) = (&name, &namespace) {
        return ReleaseIdentity {
            release: release.clone(),
            namespace: namespace.clone(),
        };
    }
    let evidence = Evidence::read(release, objects);
    ReleaseIdentity {
        release: name.unwrap_or_else(|| KnownName::of(evidence.releases.clone())),
        namespace: namespace.unwrap_or_else(|| evidence.namespace()),
    }
}

impl Evidence {
    fn read(release: &Manifests<'_>, objects: &[Object<'_>]) -> Self {
        let mut evidence = Self::default();
        for object in objects {
            let metadata = Metadata::of(object.node);
            evidence.add(&object.gvk.kind, metadata, Some(object.node));
        }
        for (part, body) in release.parts.iter().map(|part| part.body).enumerate() {
            if matches!(body, Body::Blank | Body::Common) {
                continue;
            }
            let metadata = Metadata::in_text(release.part_text(part));
            // Most documents neither are service accounts nor bind one.
            let is_of_account = release.contains(part, "ServiceAccount");
            let kind = is_of_account.then(|| release.plain_kind(part)).flatten();
            let kind = kind.map_or("", |(_, kind)| kind);
            let is_binding = kind.ends_with("RoleBinding");
            let parsed = is_binding.then(|| release.parse_any(part)).flatten();
            let document = parsed.as_ref().and_then(|parsed| parsed.as_ref().ok());
            let root = document.and_then(|document| document.root());
            evidence.add(kind, metadata, root);
        }
        evidence
    }

    fn add(&mut self, kind: &str, metadata: Metadata, node: Option<NodeRef<'_>>) {
        if metadata.is_addition {
            return;
        }
        self.releases.extend(metadata.releases);
        self.release_namespaces.extend(metadata.release_namespace);
        self.namespaces.extend(metadata.namespace);
        match kind {
            "ServiceAccount" => {
                self.accounts.insert(metadata.name);
            }
            "RoleBinding" | "ClusterRoleBinding" => {
                let subjects = node.and_then(|node| node.get("subjects"));
                let subjects = subjects.into_iter().flat_map(|list| list.items());
                self.subjects.extend(subjects.filter_map(account));
            }
            _ => {}
        }
    }

    fn namespace(&self) -> KnownName {
        let own = self.subjects.iter();
        let own = own.filter(|(account, _)| self.accounts.contains(account));
        let mut names: BTreeSet<String> = own.map(|(_, namespace)| namespace.clone()).collect();
        names.extend(self.release_namespaces.iter().cloned());
        if names.is_empty() {
            names.clone_from(&self.namespaces);
        }
        KnownName::of(names)
    }
}

/// Returns name and namespace of a subject that is a service account.
fn account(subject: NodeRef<'_>) -> Option<(String, String)> {
    let text = |key| subject.get(key)?.text();
    let is_account = text("kind") == Some("ServiceAccount");
    let (name, namespace) = (text("name")?, text("namespace")?);
    is_account.then(|| (name.to_owned(), namespace.to_owned()))
}
