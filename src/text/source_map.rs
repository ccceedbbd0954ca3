use std::collections::BTreeMap;

use super::{SourceId, Sources, Span};

/// The names of the sources of a run; a name may come several times.
#[derive(Debug)]
pub struct SourceNames(BTreeMap<String, Vec<SourceId>>);

impl SourceNames {
    /// Returns the names of these sources.
    pub fn new(sources: &Sources) -> Self {
        let mut names: BTreeMap<String, Vec<SourceId>> = BTreeMap::new();
        for (id, source) in sources.iter() {
            names.entry(source.name().to_owned()).or_default().push(id);
        }
        Self(names)
    }
}

/// Maps the sources of one run to those of another: the same names in the same order.
#[derive(Debug)]
pub struct SourceMap {
    ids: BTreeMap<SourceId, SourceId>,
}

impl SourceMap {
    /// Returns the map from the sources of one run to those of another; a source that the other does not have is not
    /// in it.
    pub fn new(from: &Sources, to: &SourceNames) -> Self {
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        let mut ids = BTreeMap::new();
        for (id, source) in from.iter() {
            let count = seen.entry(source.name()).or_default();
            let known = to.0.get(source.name());
            ids.extend(known.and_then(|known| known.get(*count)).map(|to| (id, *to)));
            *count += 1;
        }
        Self { ids }
    }

    /// Returns the map in the other direction.
    #[must_use]
    pub fn inverse(&self) -> Self {
        let ids = self.ids.iter().map(|(from, to)| (*to, *from));
        Self { ids: ids.collect() }
    }

    /// Returns the source of the other run.
    pub fn get(&self, id: SourceId) -> Option<SourceId> {
        self.ids.get(&id).copied()
    }

    /// Moves a span to the source of the other run; returns whether there is one.
    #[must_use]
    pub fn relocate(&self, span: &mut Span) -> bool {
        let id = self.get(span.source);
        span.source = id.unwrap_or(span.source);
        id.is_some()
    }
}
