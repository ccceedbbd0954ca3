use std::collections::{BTreeMap, BTreeSet};

use super::Applied;
use super::run::Proven;
use super::texts::Texts;
use crate::diag::{Diagnostic, Fix};
use crate::text::SourceId;

/// The texts that were handed on because nothing was left to fix in them.
#[derive(Default)]
pub(super) struct Settled {
    texts: BTreeMap<SourceId, String>,
}

impl Settled {
    /// Hands on each group of changed texts in which no fix is pending.
    pub(super) fn hand_on<'d>(
        &mut self,
        texts: &Texts<'_>,
        applied: &[Applied],
        pending: impl IntoIterator<Item = &'d Diagnostic>,
        proven: &mut Proven<'_>,
    ) {
        let fixes = pending.into_iter().filter_map(|finding| finding.fix.as_ref());
        let pending: BTreeSet<SourceId> = fixes.flat_map(sources_of).collect();
        for group in groups(applied) {
            if !group.is_disjoint(&pending) {
                continue;
            }
            let new = group.iter().filter_map(|id| Some((*id, texts.get(*id)?)));
            let new: Vec<(SourceId, &str)> = new
                .filter(|(id, text)| self.texts.get(id).map(String::as_str) != Some(text))
                .collect();
            if !new.is_empty() {
                proven(&new);
            }
            let new = new.into_iter().map(|(id, text)| (id, text.to_owned()));
            self.texts.extend(new);
        }
    }
}

fn sources_of(fix: &Fix) -> impl Iterator<Item = SourceId> {
    fix.edits.iter().map(|edit| edit.span.source)
}

/// The changed sources; those that one fix changes are in one group, in the order of their first.
fn groups(applied: &[Applied]) -> Vec<BTreeSet<SourceId>> {
    // Each source leads to the first of its group, by way of others.
    let mut leads_to: BTreeMap<SourceId, SourceId> = BTreeMap::new();
    for applied in applied {
        let ids: BTreeSet<SourceId> = sources_of(&applied.fix).collect();
        let firsts: BTreeSet<SourceId> = ids.iter().map(|id| first(&leads_to, *id)).collect();
        if let Some(lowest) = firsts.first() {
            leads_to.extend(ids.union(&firsts).map(|id| (*id, *lowest)));
        }
    }
    let mut groups: BTreeMap<SourceId, BTreeSet<SourceId>> = BTreeMap::new();
    for id in leads_to.keys() {
        let first = first(&leads_to, *id);
        groups.entry(first).or_default().insert(*id);
    }
    groups.into_values().collect()
}

fn first(leads_to: &BTreeMap<SourceId, SourceId>, mut id: SourceId) -> SourceId {
    while let Some(next) = leads_to.get(&id).filter(|next| **next != id) {
        id = *next;
    }
    id
}
