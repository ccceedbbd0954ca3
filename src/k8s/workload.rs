use std::collections::BTreeMap;

use super::{Object, kinds};
use crate::yaml::NodeRef;

/// What pods of a workload are made from.
#[derive(Debug, Clone, Copy)]
pub struct PodTemplate<'d> {
    /// The mapping with the pods' `metadata` and `spec`.
    pub node: NodeRef<'d>,
    /// The pod spec.
    pub spec: NodeRef<'d>,
}

impl PodTemplate<'_> {
    /// The pods' labels; values that are no strings are left out, as the API server refuses them.
    pub fn labels(&self) -> BTreeMap<String, String> {
        let labels = self.node.get_path(&["metadata", "labels"]);
        let pairs = labels.into_iter().flat_map(|labels| labels.entries());
        pairs
            .filter_map(|(key, value)| Some((key.text()?.to_owned(), value.as_str()?.to_owned())))
            .collect()
    }
}

/// An object with the pod template that its kind's row points to.
#[derive(Debug, Clone)]
pub struct Workload<'d> {
    /// The object.
    pub object: Object<'d>,
    /// Its template.
    pub template: PodTemplate<'d>,
}

impl<'d> Workload<'d> {
    /// The workload of an object whose kind the table knows, if its template is there.
    pub fn of(object: &Object<'d>) -> Option<Self> {
        let row = kinds::template_path(&object.gvk.group, &object.gvk.kind)?;
        let node = object
            .node
            .get_path(row.path)
            .filter(|node| node.is_mapping())?;
        let spec = node.get("spec").filter(|spec| spec.is_mapping())?;
        Some(Self {
            object: object.clone(),
            template: PodTemplate { node, spec },
        })
    }

    /// The object's kind.
    pub fn kind(&self) -> &str {
        &self.object.gvk.kind
    }

    /// Whether it is a Pod that no controller makes again and that Helm does not make anew either:
    /// nearly all of its spec can never change.
    pub fn is_bare_pod(&self) -> bool {
        self.kind() == "Pod" && !self.object.is_hook()
    }

    /// Whether it is a Job whose template can never change once it exists. Helm deletes a hook before
    /// it creates it again.
    pub fn is_plain_job(&self) -> bool {
        self.kind() == "Job" && !self.object.is_hook()
    }

    /// Whether a change of its template makes running pods start again.
    pub fn restarts(&self) -> bool {
        matches!(self.kind(), "Deployment" | "StatefulSet" | "DaemonSet") && !self.object.is_hook()
    }
}
