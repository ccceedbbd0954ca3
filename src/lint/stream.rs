//! The manifests of a release, of any chart, as rules see them, and the values of a hub in them.

use crate::hub::HubValues;
use crate::k8s::{self, Kinds, Object, ParsedDocuments, Workload};
use crate::policy::{Policy, Pool};
use crate::text::{SourceId, Sources, Span};
use crate::yaml::NodeRef;

/// What is known beside the manifests.
#[derive(Debug, Clone)]
pub struct Cluster<'c> {
    /// The kinds whose objects have pods.
    pub kinds: &'c Kinds,
    /// Priority classes that there are without this release; nothing where nobody said which.
    pub classes: Option<Vec<&'c str>>,
    /// The pools of nodes; empty where they are not known.
    pub pools: &'c [Pool],
}

impl<'c> Cluster<'c> {
    /// A cluster of which nothing is known but the kinds.
    pub fn unknown(kinds: &'c Kinds) -> Self {
        Self {
            kinds,
            classes: None,
            pools: &[],
        }
    }

    /// What a policy says.
    pub fn of(policy: &'c Policy) -> Self {
        let classes = policy.existing_classes.iter();
        Self {
            kinds: &policy.kinds,
            classes: Some(classes.map(|class| class.value.as_str()).collect()),
            pools: &policy.pools,
        }
    }
}

/// A stream of manifests as rules see it.
#[derive(Debug)]
pub struct Stream<'s> {
    /// The text that spans point into, among others.
    pub sources: &'s Sources,
    /// The stream with its parts.
    pub release: &'s k8s::Manifests<'s>,
    /// Every document.
    pub documents: &'s ParsedDocuments<'s>,
    /// Every object, in the order of the stream.
    pub objects: &'s [Object<'s>],
    /// Every pod template, in the order of the stream.
    pub workloads: Vec<Workload<'s>>,
    /// What is known besides.
    pub cluster: &'s Cluster<'s>,
}

impl<'s> Stream<'s> {
    /// The span of a node of an object.
    pub fn span(&self, object: &Object<'_>, node: NodeRef<'_>) -> Span {
        self.release.node_span(object.part, node)
    }

    /// The span of a value with the key that it stands under, where both are on one line; else the key.
    pub fn entry_span(&self, object: &Object<'_>, mapping: NodeRef<'_>, key: &str) -> Span {
        let Some(found) = mapping.find(key) else {
            return self.span(object, mapping);
        };
        let (key, value) = (found.key.range(), found.value.range());
        let is_scalar = found.value.text().is_some() && !found.value.is_alias();
        let end = if is_scalar { value.end } else { key.end };
        self.release.span(object.part, key.start..end.max(key.end))
    }

    /// Where an object is shown as a whole: its name, else its first line.
    pub fn place(&self, object: &Object<'_>) -> Span {
        let metadata = object.node.get("metadata");
        let name = metadata.and_then(|metadata| {
            let key =
                ["name", "generateName"].into_iter().find(|key| metadata.get(key).is_some())?;
            Some(self.entry_span(object, metadata, key))
        });
        let start = object.node.range().start;
        name.unwrap_or_else(|| self.release.span(object.part, start..start))
    }

    /// Objects of a kind, whatever their version.
    pub fn of_kind<'k>(
        &'k self,
        group: &'k str,
        kind: &'k str,
    ) -> impl Iterator<Item = &'k Object<'s>> {
        let objects = self.objects.iter();
        objects.filter(move |object| object.gvk.group == group && object.gvk.kind == kind)
    }

    /// The values of the hubs in the stream, with their Secrets.
    pub fn hubs(&self) -> impl Iterator<Item = (&Object<'s>, HubValues<'s>)> {
        let objects = self.objects.iter();
        objects.filter_map(|object| Some((object, HubValues::of(object)?)))
    }
}

/// Reads a stream for as long as something is asked of it.
pub(super) fn with_stream<T>(
    sources: &Sources,
    source: SourceId,
    cluster: &Cluster<'_>,
    ask: impl FnOnce(&Stream<'_>) -> T,
) -> T {
    let release = k8s::Manifests::read(source, sources.get(source).text(), cluster.kinds);
    let documents = release.all_documents();
    let objects = documents.objects(&release);
    let workloads = objects.iter();
    ask(&Stream {
        sources,
        release: &release,
        documents: &documents,
        workloads: workloads.flat_map(|object| Workload::all(object, cluster.kinds)).collect(),
        objects: &objects,
        cluster,
    })
}

/// The values of the hub whose Secret stands in a stream, to be linted as values; those of the first hub
/// where there are several.
pub fn hub_values(sources: &Sources, source: SourceId) -> Option<String> {
    let kinds = Kinds::default();
    let release = k8s::Manifests::read(source, sources.get(source).text(), &kinds);
    let documents = release.documents(|body| body == k8s::Body::Common);
    let objects = documents.objects(&release);
    objects.iter().find_map(|object| HubValues::of(object)?.text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_hub_values(stream: &str, expected: Option<&str>) {
        let mut sources = Sources::default();
        let source = sources.add("rendered.yaml", stream.to_owned());
        assert_eq!(hub_values(&sources, source).as_deref(), expected);
    }

    #[test]
    fn the_values_of_a_hub_are_found_in_its_secret() {
        let secret = |data: &str| {
            format!(
                "---\nkind: Service\napiVersion: v1\n---\nkind: Secret\napiVersion: v1\nmetadata:\n  labels: {{component: hub}}\n{data}\n"
            )
        };
        check_hub_values(
            &secret("data: {values.yaml: aHViOiB7fQ==}"),
            Some("hub: {}"),
        );
        check_hub_values(
            &secret("stringData: {values.yaml: 'hub: {}'}"),
            Some("hub: {}"),
        );
        check_hub_values(&secret("data: {values.yaml: '%'}"), None);
        check_hub_values(&secret("data: {a: aHViOiB7fQ==}"), None);
    }
}
