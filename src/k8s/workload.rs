use std::collections::BTreeMap;

use super::kinds::{Kind, Kinds, OnChange, TemplatePlace};
use super::path::{self, Reached};
use super::pod_spec::Inherited;
use super::{Object, PodField, PodSpec};
use crate::yaml::NodeRef;

/// A pod template of a workload.
#[derive(Debug, Clone)]
pub struct PodTemplate<'d> {
    /// The mapping at the place of the template; if there is none, the one in which it would be created.
    pub node: NodeRef<'d>,
    /// The path of the place in the table.
    pub path: String,
    /// The kind's name for this sort of template (`worker`); empty if it has only one.
    pub role: String,
    /// The name of the list item, or the mapping key, that contains it.
    pub name: Option<&'d str>,
    /// The pod spec.
    pub spec: PodSpec<'d>,
    labels: Option<NodeRef<'d>>,
}

impl<'d> PodTemplate<'d> {
    /// Returns the mapping of the pods' labels, if it is set.
    pub fn labels_node(&self) -> Option<NodeRef<'d>> {
        self.labels
    }

    /// Returns the mapping of the pods' annotations, if the template has its own metadata.
    pub fn annotations_node(&self) -> Option<NodeRef<'d>> {
        self.node.get_path(&["metadata", "annotations"])
    }

    /// Returns an annotation of the pods.
    pub fn annotation(&self, name: &str) -> Option<NodeRef<'d>> {
        self.annotations_node()?.get(name)
    }

    /// Returns whether the pods have one of these component labels of z2jh.
    pub fn is_component(&self, names: &[&str]) -> bool {
        let label = |key| self.labels?.get(key)?.text();
        let mut components =
            ["component", "app.kubernetes.io/component"].into_iter().filter_map(label);
        components.any(|component| names.contains(&component))
    }

    /// Returns the containers of its pods, init containers first.
    pub fn containers(&self) -> impl Iterator<Item = NodeRef<'d>> {
        let fields = [PodField::InitContainers, PodField::Containers];
        let lists = fields.map(|field| self.spec.get(field));
        lists.into_iter().flatten().flat_map(|list| list.items())
    }

    /// Returns the pods' labels; values that are not strings are left out, because the API server rejects them.
    pub fn labels(&self) -> BTreeMap<String, String> {
        let pairs = self.labels.into_iter().flat_map(|labels| labels.pairs());
        pairs
            .filter_map(|(key, value)| Some((key.text()?.to_owned(), value.as_str()?.to_owned())))
            .collect()
    }

    /// Returns the names for `match.template`: its role and its name.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let role = Some(self.role.as_str()).filter(|role| !role.is_empty());
        role.into_iter().chain(self.name)
    }
}

/// An object with one of its pod templates.
#[derive(Debug, Clone)]
pub struct Workload<'d> {
    /// The object.
    pub object: Object<'d>,
    /// The template.
    pub template: PodTemplate<'d>,
    /// A condition of the operator for applying the fields in objects of this kind.
    pub caveat: Option<&'static str>,
    on_change: OnChange,
    is_daemon_set: bool,
    is_bound: bool,
}

impl<'d> Workload<'d> {
    /// Returns the workloads of an object, one for each existing template; none if its kind has no pods.
    pub fn all(object: &Object<'d>, kinds: &Kinds) -> Vec<Self> {
        let Some(kind) = kinds.get(&object.gvk.group, &object.gvk.kind) else {
            return Vec::new();
        };
        let of_place = |place| {
            let templates = templates(object.node, place).into_iter();
            templates.map(move |template| Self::new(object, template, kind, place))
        };
        kind.places.iter().flat_map(of_place).collect()
    }

    /// Returns the pods of an object that cannot be placed, because the object has no template where its kind expects
    /// one.
    pub fn missing(object: &Object<'d>, kinds: &Kinds) -> Vec<Self> {
        let Some(kind) = kinds.get(&object.gvk.group, &object.gvk.kind) else {
            return Vec::new();
        };
        let of_place = |place| {
            let missing = missing(object.node, place).into_iter();
            missing.map(move |template| Self::new(object, template, kind, place))
        };
        let expected = kind.places.iter().filter(|place| place.is_expected);
        expected.flat_map(of_place).collect()
    }

    fn new(
        object: &Object<'d>,
        template: PodTemplate<'d>,
        kind: &Kind,
        place: &TemplatePlace,
    ) -> Self {
        let is_daemon_set =
            object.gvk.kind == "DaemonSet" || place.bound.is_daemon_set(template.node);
        Self {
            object: object.clone(),
            caveat: kind.caveat,
            on_change: kind.on_change,
            is_daemon_set,
            is_bound: is_daemon_set || place.bound.is_bound(template.node),
            template,
        }
    }

    /// Returns whether a DaemonSet creates the pods: the object itself, or one that an operator creates.
    pub fn is_daemon_set(&self) -> bool {
        self.is_daemon_set
    }

    /// Returns whether the pods are bound to their nodes, such as those of a DaemonSet and the daemons of a storage
    /// cluster: only rows that name the kind match them.
    pub fn is_bound(&self) -> bool {
        self.is_bound
    }

    /// Returns the kind of the object.
    pub fn kind(&self) -> &str {
        &self.object.gvk.kind
    }

    /// Returns `Kind/name` of the object, with the template if it has several: `RayCluster/a (worker gpu)`.
    pub fn title(&self) -> String {
        let names: Vec<&str> = self.template.names().collect();
        if names.is_empty() {
            return self.object.title();
        }
        format!("{} ({})", self.object.title(), names.join(" "))
    }

    /// Returns whether it is a Pod that neither a controller nor Helm recreates: nearly all of its spec is immutable.
    pub fn is_bare_pod(&self) -> bool {
        self.is_fixed() && self.kind() == "Pod"
    }

    /// Returns whether its template is immutable once it exists, such as that of a Job. Helm deletes a hook before it
    /// creates it again.
    pub fn is_fixed(&self) -> bool {
        self.on_change == OnChange::Refused && !self.object.is_hook()
    }

    /// Returns whether a change of its template restarts running pods.
    pub fn restarts(&self) -> bool {
        self.on_change == OnChange::Restart && !self.object.is_hook()
    }
}

/// Returns the templates at a place of an object.
fn templates<'d>(object: NodeRef<'d>, place: &TemplatePlace) -> Vec<PodTemplate<'d>> {
    let reached = path::follow(object, &place.path).into_iter();
    let found = reached.filter(|reached| {
        let is_there = reached.missing.is_empty();
        let node = reached.node;
        node.is_mapping() && !(is_there && place.unless.is_some_and(|unless| unless.holds(node)))
    });
    found.filter_map(|reached| template_at(reached, object, place)).collect()
}

/// Returns placeholders for missing templates.
fn missing<'d>(object: NodeRef<'d>, place: &TemplatePlace) -> Vec<PodTemplate<'d>> {
    let stopped = path::dead_ends(object, &place.path).into_iter();
    let is_no_template = |end: &Reached<'d>| template_at(end.clone(), object, place).is_none();
    let reached = path::follow(object, &place.path).into_iter();
    let other = reached.filter(|end| end.node.is_mapping() && is_no_template(end));
    let stand_in = |end: Reached<'d>| {
        let missing = vec![place.path.clone()];
        template_at(Reached { missing, ..end }, object, place)
    };
    stopped.chain(other).filter_map(stand_in).collect()
}

fn template_at<'d>(
    reached: Reached<'d>,
    object: NodeRef<'d>,
    place: &TemplatePlace,
) -> Option<PodTemplate<'d>> {
    let node = reached.node;
    let is_there = reached.missing.is_empty();
    let labels = is_there.then(|| node.get_path(place.shape.labels));
    let name = reached.name;
    let spec = PodSpec::at(reached, place.shape)?;
    Some(PodTemplate {
        node,
        path: place.path.clone(),
        role: place.role.clone(),
        name,
        spec: spec.inheriting(inherited(object, place)),
        labels: labels.flatten(),
    })
}

fn inherited<'d>(object: NodeRef<'d>, place: &TemplatePlace) -> Vec<Inherited<'d>> {
    let parents = place.inherits.iter().filter_map(|parent| {
        let reached = path::follow(object, &parent.path).pop()?;
        Some(Inherited {
            path: parent.path.clone(),
            spec: PodSpec::at(reached, parent.shape)?,
            fields: parent.fields,
        })
    });
    parents.collect()
}

#[cfg(test)]
mod tests;
