use super::Affinity;
use super::shape::{Fields, PodField, Shape};
use crate::yaml::NodeRef;

/// The fields of a pod spec, wherever an object keeps them.
#[derive(Debug, Clone)]
pub struct PodSpec<'d> {
    /// A mapping that is there.
    base: NodeRef<'d>,
    /// Keys from `base` to the mapping that holds the fields; empty unless that may be missing.
    prefix: &'static [&'static str],
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
    pub(super) fn at(place: NodeRef<'d>, shape: &'static Shape) -> Option<Self> {
        let there = place.get_path(shape.spec).filter(|spec| spec.is_mapping());
        let (base, prefix) = match there {
            Some(spec) => (spec, &[][..]),
            None if shape.may_be_missing => (place, shape.spec),
            None => return None,
        };
        let fields = &shape.fields;
        let inherited = Vec::new();
        Some(Self {
            base,
            prefix,
            fields,
            inherited,
        })
    }

    pub(super) fn inheriting(self, inherited: Vec<Inherited<'d>>) -> Self {
        Self { inherited, ..self }
    }

    /// The mapping that holds the fields, or the one that it would be made in.
    pub fn node(&self) -> NodeRef<'d> {
        self.base
    }

    /// Keys from [`node`](Self::node) to a field.
    pub fn path(&self, field: PodField) -> Vec<&'static str> {
        [self.prefix, self.fields.path(field)].concat()
    }

    /// What the field holds here.
    pub fn own(&self, field: PodField) -> Option<NodeRef<'d>> {
        self.base.get_path(&self.path(field))
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
        let path = self.path(field);
        let is_affinity = field == PodField::NodeAffinity;
        let path = if is_affinity {
            &path[..=self.prefix.len()]
        } else {
            &path[..]
        };
        let node = self.base.get_path(path).filter(|node| !node.is_null())?;
        let is_empty = node.pairs().is_empty()
            && node.items().next().is_none()
            && node.text().is_none_or(str::is_empty);
        (is_affinity || !is_empty).then_some(node)
    }
}
