use std::ops::Range;

use jsonschema::paths::{Location, LocationSegment};

use crate::yaml::{NodeRef, entry_named};

/// A value that an error speaks of.
#[derive(Debug, Clone)]
pub(super) struct Place<'d> {
    /// The value, with an alias not followed.
    pub(super) node: NodeRef<'d>,
    /// The key that it stands under; none for the root and for items of lists.
    pub(super) key: Option<NodeRef<'d>>,
    /// How a reader would call it: `taints`, `item 2 of taints`.
    pub(super) name: Option<String>,
    /// The last key on the way to it.
    pub(super) field: Option<String>,
}

impl<'d> Place<'d> {
    /// Follows the path of an error; a step that the tree does not have ends it early.
    pub(super) fn find(root: NodeRef<'d>, path: &Location) -> Self {
        let mut place = Self {
            node: root,
            key: None,
            name: None,
            field: None,
        };
        for segment in path {
            let next = match segment {
                LocationSegment::Property(name) => place.under(&name),
                LocationSegment::Index(index) => place.item(index),
            };
            let Some(next) = next else { break };
            place = next;
        }
        place
    }

    /// The key of this name in the mapping that the place holds.
    pub(super) fn under(&self, name: &str) -> Option<Self> {
        let (key, node) = entry_named(self.node, name)?;
        Some(Self {
            node,
            key: Some(key),
            name: Some(format!("`{name}`")),
            field: Some(name.to_owned()),
        })
    }

    fn item(&self, index: usize) -> Option<Self> {
        let node = self.node.items().nth(index)?;
        let name = self
            .name
            .as_ref()
            .map(|list| format!("item {} of {list}", index + 1));
        Some(Self {
            node,
            key: None,
            name,
            field: self.field.clone(),
        })
    }

    /// Where to point when something is missing in the mapping: its key, or else its own first key.
    pub(super) fn heading(&self) -> Range<usize> {
        let first = self.node.entries().next().map(|(key, _)| key);
        self.key.or(first).unwrap_or(self.node).range()
    }

    /// Where to point when the value is wrong: the value, or its key where nothing is written.
    pub(super) fn value(&self) -> Range<usize> {
        match self.key {
            Some(key) if self.node.range().is_empty() => key.range(),
            _ => self.node.range(),
        }
    }
}
