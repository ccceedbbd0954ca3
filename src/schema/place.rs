use std::ops::Range;

use jsonschema::paths::{Location, LocationSegment};
use serde_json::Value;

use crate::text::{SourceId, Span};
use crate::yaml::{NodeRef, entry_named};

/// A step from a value to one below it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// To the value of a key.
    Key(String),
    /// To an item of a list, from 0.
    Index(usize),
}

/// The spans of a value in its source text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// Its key; none for a root and for items of lists.
    pub key: Option<Span>,
    /// The value.
    pub value: Span,
    /// The first key of a mapping.
    pub first_key: Option<Span>,
    /// A scalar's text, quotes undone; stars for a secret.
    pub text: Option<String>,
    /// Whether the scalar is a secret, which no message may quote.
    pub is_secret: bool,
}

/// The document to check, as JSON, with a function that finds the spans of its values.
#[derive(Clone, Copy)]
pub struct Instance<'a> {
    /// The document.
    pub value: &'a Value,
    /// Returns the spans of the value at some steps.
    pub spot: &'a dyn Fn(&[Step]) -> Option<Spot>,
}

/// Returns the spans of a value in a tree. `offset` is the start of the document in its source.
pub fn tree_spot(
    source: SourceId,
    offset: usize,
    root: NodeRef<'_>,
    steps: &[Step],
) -> Option<Spot> {
    let (mut key, mut node) = (None, root);
    for step in steps {
        (key, node) = match step {
            Step::Key(name) => {
                let (key, value) = entry_named(node, name)?;
                (Some(key), value)
            }
            Step::Index(index) => (None, node.items().nth(*index)?),
        };
    }
    let span = |range: Range<usize>| Span::new(source, offset + range.start..offset + range.end);
    let first_key = node.entries().next().map(|(key, _)| span(key.range()));
    Some(Spot {
        key: key.map(|key| span(key.range())),
        value: span(node.range()),
        first_key,
        text: node.resolve().text().map(str::to_owned),
        is_secret: false,
    })
}

/// A path of more bytes is not extended in messages.
const LONGEST_PATH: usize = 120;

/// The value at which a violation was found.
#[derive(Clone)]
pub(super) struct SchemaPlace<'a> {
    subject: Instance<'a>,
    /// The steps that lead to it.
    pub(super) steps: Vec<Step>,
    /// Its spans.
    pub(super) spot: Spot,
    /// Its path, as in Kubernetes: `pools.core.taints[1]`; `None` for the root. Long paths lose their first keys.
    pub(super) name: Option<String>,
}

impl<'a> SchemaPlace<'a> {
    /// The whole document.
    pub(super) fn root(subject: Instance<'a>) -> Self {
        Self {
            subject,
            steps: Vec::new(),
            spot: (subject.spot)(&[]).expect("a document has a root"),
            name: None,
        }
    }

    /// Returns the place at the path of an error, or its closest parent that is in the text.
    pub(super) fn find(subject: Instance<'a>, path: &Location) -> Self {
        let steps = path.into_iter().map(|segment| match segment {
            LocationSegment::Property(name) => Step::Key(name.into_owned()),
            LocationSegment::Index(index) => Step::Index(index),
        });
        let mut steps: Vec<Step> = steps.collect();
        let spot = loop {
            match (subject.spot)(&steps) {
                Some(spot) => break spot,
                None => steps.pop().expect("a document has a root"),
            };
        };
        Self {
            subject,
            name: name(&steps),
            steps,
            spot,
        }
    }

    /// Returns the spans of the value under a key of the mapping that the place holds.
    pub(super) fn under(&self, key: &str) -> Option<Spot> {
        let mut steps = self.steps.clone();
        steps.push(Step::Key(key.to_owned()));
        (self.subject.spot)(&steps)
    }

    /// Returns the span for a missing or unknown key: the key of the mapping, otherwise its first key.
    pub(super) fn heading(&self) -> Span {
        self.spot.key.or(self.spot.first_key).unwrap_or(self.spot.value)
    }

    /// Returns the span for a wrong value: the value, or its key if the value is empty.
    pub(super) fn value(&self) -> Span {
        match self.spot.key {
            Some(key) if self.spot.value.range().is_empty() => key,
            _ => self.spot.value,
        }
    }
}

/// Returns the path as Kubernetes writes it; `None` for the root. A key after a long path, or after an item of a list at
/// the root, stands alone.
fn name(steps: &[Step]) -> Option<String> {
    steps.iter().fold(None, |path: Option<String>, step| match (path, step) {
        (Some(path), Step::Key(key)) if path.len() < LONGEST_PATH => Some(format!("{path}.{key}")),
        (_, Step::Key(key)) => Some(key.clone()),
        (path, Step::Index(index)) => path.map(|list| format!("{list}[{index}]")),
    })
}
