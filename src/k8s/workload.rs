use std::collections::BTreeMap;

use super::kinds::{Kind, Kinds, OnChange, Place};
use super::pod_spec::Inherited;
use super::{Object, PodField, PodSpec};
use crate::yaml::NodeRef;

/// What pods of a workload are made from.
#[derive(Debug, Clone)]
pub struct PodTemplate<'d> {
    /// The mapping at the template's place.
    pub node: NodeRef<'d>,
    /// The place's path in the table.
    pub path: String,
    /// What the kind calls templates of this sort (`worker`); empty where it has only one.
    pub role: String,
    /// The name of the list's item, or the mapping's key, that holds it.
    pub name: Option<&'d str>,
    /// The pod spec.
    pub spec: PodSpec<'d>,
    labels: Option<NodeRef<'d>>,
}

impl<'d> PodTemplate<'d> {
    /// The mapping of the pods' labels, where it is written.
    pub fn labels_node(&self) -> Option<NodeRef<'d>> {
        self.labels
    }

    /// The mapping of the pods' annotations, where the template has metadata of its own.
    pub fn annotations_node(&self) -> Option<NodeRef<'d>> {
        self.node.get_path(&["metadata", "annotations"])
    }

    /// One annotation of the pods.
    pub fn annotation(&self, name: &str) -> Option<NodeRef<'d>> {
        self.annotations_node()?.get(name)
    }

    /// Whether z2jh names the pods' part in the hub so.
    pub fn is_component(&self, names: &[&str]) -> bool {
        let label = |key| self.labels?.get(key)?.text();
        let mut components = ["component", "app.kubernetes.io/component"]
            .into_iter()
            .filter_map(label);
        components.any(|component| names.contains(&component))
    }

    /// The containers of its pods, those that only run at the start first.
    pub fn containers(&self) -> impl Iterator<Item = NodeRef<'d>> {
        let fields = [PodField::InitContainers, PodField::Containers];
        let lists = fields.map(|field| self.spec.get(field));
        lists.into_iter().flatten().flat_map(|list| list.items())
    }

    /// The pods' labels; values that are no strings are left out, as the API server refuses them.
    pub fn labels(&self) -> BTreeMap<String, String> {
        let pairs = self.labels.into_iter().flat_map(|labels| labels.pairs());
        pairs
            .filter_map(|(key, value)| Some((key.text()?.to_owned(), value.as_str()?.to_owned())))
            .collect()
    }

    /// What `match.template` may call it: its role and its name.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let role = Some(self.role.as_str()).filter(|role| !role.is_empty());
        role.into_iter().chain(self.name)
    }
}

/// An object with one of the pod templates that its kind's row points to.
#[derive(Debug, Clone)]
pub struct Workload<'d> {
    /// The object.
    pub object: Object<'d>,
    /// The template.
    pub template: PodTemplate<'d>,
    /// What has to hold besides, so that the pods get what is written in objects of this kind.
    pub caveat: Option<&'static str>,
    on_change: OnChange,
}

impl<'d> Workload<'d> {
    /// The workloads of an object, one for each template that is there; none where its kind has no pods.
    pub fn all(object: &Object<'d>, kinds: &Kinds) -> Vec<Self> {
        let Some(kind) = kinds.get(&object.gvk.group, &object.gvk.kind) else {
            return Vec::new();
        };
        let templates = kind
            .places
            .iter()
            .flat_map(|place| templates(object.node, place));
        templates
            .map(|template| Self::new(object, template, kind))
            .collect()
    }

    fn new(object: &Object<'d>, template: PodTemplate<'d>, kind: &Kind) -> Self {
        Self {
            object: object.clone(),
            template,
            caveat: kind.caveat,
            on_change: kind.on_change,
        }
    }

    /// The object's kind.
    pub fn kind(&self) -> &str {
        &self.object.gvk.kind
    }

    /// `Kind/name` of the object, and which template where it has several: `RayCluster/a (worker gpu)`.
    pub fn title(&self) -> String {
        let names: Vec<&str> = self.template.names().collect();
        if names.is_empty() {
            return self.object.title();
        }
        format!("{} ({})", self.object.title(), names.join(" "))
    }

    /// Whether it is a Pod that no controller makes again and that Helm does not make anew either:
    /// nearly all of its spec can never change.
    pub fn is_bare_pod(&self) -> bool {
        self.is_fixed() && self.kind() == "Pod"
    }

    /// Whether its template can never change once it exists, as that of a Job. Helm deletes a hook before
    /// it creates it again.
    pub fn is_fixed(&self) -> bool {
        self.on_change == OnChange::Refused && !self.object.is_hook()
    }

    /// Whether a change of its template makes running pods start again.
    pub fn restarts(&self) -> bool {
        self.on_change == OnChange::Restart && !self.object.is_hook()
    }
}

/// The templates at a place of an object.
fn templates<'d>(object: NodeRef<'d>, place: &Place) -> Vec<PodTemplate<'d>> {
    let found = walk(object, &place.path);
    let found = found.into_iter().filter(|(node, _)| {
        let elsewhere = place.elsewhere.and_then(|key| node.get(key));
        node.is_mapping() && elsewhere.is_none_or(|key| key.is_null())
    });
    let template = |(node, name): (NodeRef<'d>, Option<&'d str>)| {
        let spec = PodSpec::at(node, place.shape)?;
        Some(PodTemplate {
            node,
            path: place.path.clone(),
            role: place.role.clone(),
            name,
            spec: spec.inheriting(inherited(object, place)),
            labels: node.get_path(place.shape.labels),
        })
    };
    found.filter_map(template).collect()
}

fn inherited<'d>(object: NodeRef<'d>, place: &Place) -> Vec<Inherited<'d>> {
    let parents = place.inherits.iter().filter_map(|parent| {
        let (node, _) = walk(object, &parent.path).pop()?;
        Some(Inherited {
            path: parent.path.clone(),
            spec: PodSpec::at(node.resolve(), parent.shape)?,
            fields: parent.fields,
        })
    });
    parents.collect()
}

/// The nodes at a path of the table, each with the name of the last item or key on its way.
pub(super) fn walk<'d>(object: NodeRef<'d>, path: &str) -> Vec<(NodeRef<'d>, Option<&'d str>)> {
    let steps = path.split('.').filter(|step| !step.is_empty());
    steps.fold(vec![(object, None)], |nodes, step| {
        nodes
            .into_iter()
            .flat_map(|(node, name)| follow(node, name, step))
            .collect()
    })
}

fn follow<'d>(
    node: NodeRef<'d>,
    name: Option<&'d str>,
    step: &str,
) -> Vec<(NodeRef<'d>, Option<&'d str>)> {
    if step == "*" {
        return node
            .pairs()
            .into_iter()
            .map(|(key, value)| (value.resolve(), key.text()))
            .collect();
    }
    let Some(key) = step.strip_suffix("[]") else {
        return node
            .get(step)
            .map(|next| (next, name))
            .into_iter()
            .collect();
    };
    let items = node.get(key).into_iter().flat_map(|list| list.items());
    items
        .map(|item| (item.resolve(), item_name(item).or(name)))
        .collect()
}

/// What an item of a list calls itself: worker groups of Ray have a `groupName`, all others a `name`.
fn item_name(item: NodeRef<'_>) -> Option<&str> {
    ["name", "groupName"]
        .iter()
        .find_map(|key| item.get(key)?.text())
}
