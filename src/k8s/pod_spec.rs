use super::Affinity;
use super::path::Reached;
use super::shape::{Fields, PodField, Shape};
use crate::yaml::{Edit, NodeRef, Value};

/// The fields of a pod spec, wherever an object keeps them.
#[derive(Debug, Clone)]
pub struct PodSpec<'d> {
    /// A mapping that is there.
    base: NodeRef<'d>,
    /// Keys from `base` to the mapping that holds the fields; empty unless that has to be created.
    prefix: Vec<String>,
    fields: &'static Fields,
    inherited: Vec<Inherited<'d>>,
}

/// Fields that count where the pod spec does not set them.
#[derive(Debug, Clone)]
pub(super) struct Inherited<'d> {
    /// The path of their place.
    pub(super) path: String,
    pub(super) spec: PodSpec<'d>,
    pub(super) fields: &'static [PodField],
}

impl<'d> PodSpec<'d> {
    /// The pod spec of a place; nothing where the place does not hold one.
    pub(super) fn at(place: Reached<'d>, shape: &'static Shape) -> Option<Self> {
        let is_there = place.missing.is_empty();
        let spec = is_there.then(|| place.node.get_path(shape.spec)).flatten();
        let (base, prefix) = match spec.filter(|spec| spec.is_mapping()) {
            Some(spec) => (spec, Vec::new()),
            None if is_there && !shape.may_be_missing => return None,
            None => {
                let mut prefix = place.missing;
                prefix.extend(shape.spec.iter().map(|&key| key.to_owned()));
                (place.node, prefix)
            }
        };
        Some(Self {
            base,
            prefix,
            fields: &shape.fields,
            inherited: Vec::new(),
        })
    }

    pub(super) fn inheriting(self, inherited: Vec<Inherited<'d>>) -> Self {
        Self { inherited, ..self }
    }

    /// The mapping that holds the fields, or the one that it would be made in.
    pub fn node(&self) -> NodeRef<'d> {
        self.base
    }

    /// Whether objects of the kind have the field.
    pub fn has(&self, field: PodField) -> bool {
        self.fields.path(field).is_some()
    }

    /// Puts a value at the end of the keys below a field; nothing where the kind has no such field.
    pub fn put(&self, field: PodField, below: &[&str], value: Value) -> Option<Edit> {
        let path = [&self.path(field)?, below].concat();
        Some(Edit::put_path(self.base, &path, value))
    }

    /// Appends values to the list at the end of the keys below a field; nothing where the kind has no such
    /// field.
    pub fn extend(&self, field: PodField, below: &[&str], values: Vec<Value>) -> Option<Edit> {
        let path = [&self.path(field)?, below].concat();
        Some(Edit::extend_path(self.base, &path, values))
    }

    /// What the field holds here.
    pub fn own(&self, field: PodField) -> Option<NodeRef<'d>> {
        self.base.get_path(&self.path(field)?)
    }

    /// Keys from [`node`](Self::node) to a field.
    fn path(&self, field: PodField) -> Option<Vec<&str>> {
        let prefix = self.prefix.iter().map(String::as_str);
        let keys = self.fields.path(field)?.iter().copied();
        Some(prefix.chain(keys).collect())
    }

    /// What counts: the field's value here, or where it comes from if it is not set here.
    pub fn get(&self, field: PodField) -> Option<NodeRef<'d>> {
        match self.source(field) {
            Some(from) if self.setting(field).is_none() => from.spec.own(field),
            _ => self.own(field),
        }
    }

    /// The path of the place that the field comes from where it is not set here: the nearest that sets
    /// it, else the last. Nothing where it is set here, or cannot come from elsewhere.
    pub fn inherits(&self, field: PodField) -> Option<&str> {
        self.source(field)
            .filter(|_| self.setting(field).is_none())
            .map(|from| from.path.as_str())
    }

    /// What the template takes from elsewhere, where that is not empty. An `affinity` is taken whole, with
    /// or without a node affinity in it.
    pub fn inherited(&self, field: PodField) -> Option<NodeRef<'d>> {
        let from = self
            .source(field)
            .filter(|_| self.setting(field).is_none())?;
        from.spec.setting(field)
    }

    /// What the pod spec demands of its node.
    pub fn affinity(&self) -> Affinity {
        Affinity::of(
            self.get(PodField::NodeSelector),
            self.get(PodField::NodeAffinity),
        )
    }

    fn source(&self, field: PodField) -> Option<&Inherited<'d>> {
        let mut from = self
            .inherited
            .iter()
            .filter(|from| from.fields.contains(&field));
        let last = from.clone().next_back();
        from.find(|from| from.spec.setting(field).is_some())
            .or(last)
    }

    /// What sets the field here: an empty list, mapping or name sets nothing, but an `affinity` without a
    /// node affinity does.
    fn setting(&self, field: PodField) -> Option<NodeRef<'d>> {
        let path = self.path(field)?;
        let is_affinity = field == PodField::NodeAffinity;
        let path = match &path[..] {
            [path @ .., "nodeAffinity"] if path.last() == Some(&"affinity") => path,
            path => path,
        };
        let node = self.base.get_path(path).filter(|node| !node.is_null())?;
        let is_empty = node.pairs().is_empty()
            && node.items().next().is_none()
            && node.text().is_none_or(str::is_empty);
        (is_affinity || !is_empty).then_some(node)
    }
}
