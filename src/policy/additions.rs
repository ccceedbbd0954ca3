//! Objects that a policy adds to releases.

mod parts;
mod release_match;

pub use parts::{
    AddedParts, DEFAULT_PRIORITIES, NodePlaceholder, PodPriority, SeatResources, UserPlaceholder,
};
pub use release_match::ReleaseMatch;

use serde_json::Value;

use super::place::{Findings, PolicyPlace};
use super::{Autoscaler, DEFAULT_CUTOFF, Facts, Pool, Spanned, codes, row, written};
use crate::diag::Diagnostic;
use crate::text::Span;

/// An entry of `additions`: the objects that releases get.
#[derive(Debug, Clone)]
pub struct Addition {
    /// The span of the entry.
    pub span: Span,
    /// The unique name.
    pub name: Spanned<String>,
    /// The conditions on a release.
    pub criteria: ReleaseMatch,
    /// The pools that get objects, in the order of `pools`.
    pub pools: Vec<AddedPool>,
}

/// A pool of an entry with its merged settings.
#[derive(Debug, Clone)]
pub struct AddedPool {
    /// The index of [`Policy::pools`](super::Policy::pools).
    pub pool: usize,
    /// The span of the pool's name in the entry.
    pub span: Span,
    /// What the pool gets.
    pub parts: AddedParts,
}

/// What the checks of an entry know.
#[derive(Clone, Copy)]
pub(super) struct PartContext<'k> {
    pub(super) pools: &'k [Pool],
    /// The lowest priority for which the autoscaler adds a node, if it has such a limit.
    pub(super) cutoff: Option<i32>,
}

impl<'k> PartContext<'k> {
    pub(super) fn new(pools: &'k [Pool], facts: &Facts) -> Self {
        let cutoff = match facts.autoscaler {
            None => Some(DEFAULT_CUTOFF),
            Some(Autoscaler::ClusterAutoscaler { cutoff }) => Some(cutoff),
            Some(Autoscaler::Karpenter | Autoscaler::None) => None,
        };
        Self { pools, cutoff }
    }
}

/// The entries as JSON and as they are written: the settings of a pool are merged as JSON.
pub(super) struct Entries<'w>(
    pub(super) Option<&'w Value>,
    pub(super) &'w [written::Addition],
);

/// Checks every entry of the list at `place`.
pub(super) fn check_all(
    Entries(values, written): Entries<'_>,
    known: PartContext<'_>,
    place: PolicyPlace<'_>,
    findings: &mut Findings,
) -> Vec<Addition> {
    let mut all: Vec<Addition> = Vec::new();
    let values = values.and_then(Value::as_array).into_iter().flatten();
    for ((value, written), place) in values.zip(written).zip(place.items()) {
        let mut found = Findings::new();
        let addition = check(value, written, known, place, &mut found);
        // Several pools have the same settings of the entry.
        for finding in found {
            if !findings.contains(&finding) {
                findings.push(finding);
            }
        }
        findings.extend(all.iter().find_map(|earlier| clash(earlier, &addition)));
        all.push(addition);
    }
    all
}

fn check(
    value: &Value,
    written: &written::Addition,
    known: PartContext<'_>,
    place: PolicyPlace<'_>,
    findings: &mut Findings,
) -> Addition {
    let criteria = release_match::check(&written.criteria, place.under("match"), findings);
    if written.name.is_empty() {
        let finding = Diagnostic::new(&codes::WRONG_VALUE, "the name of an entry is empty");
        findings.push(finding.at(place.under("name").span(), "empty name"));
    }
    let of_pools = place.under("pools");
    let mut pools = Vec::new();
    for name in written.pools.keys() {
        let key = of_pools.key(name);
        let Some(pool) = known.pools.iter().position(|pool| pool.name.value == *name) else {
            findings.push(row::undefined_pool(name, known.pools, key));
            continue;
        };
        if known.pools[pool].labels.is_empty() {
            findings.push(no_labels(&known.pools[pool], key));
        }
        let layers = parts::PartLayers::new(value, name, place);
        pools.push(AddedPool {
            pool,
            span: key,
            parts: parts::check(&layers, known, findings),
        });
    }
    pools.sort_by_key(|pool| pool.pool);
    Addition {
        span: place.span(),
        name: place.under("name").spanned(written.name.clone()),
        criteria,
        pools,
    }
}

fn no_labels(pool: &Pool, named: Span) -> Diagnostic {
    let name = &pool.name.value;
    let message = format!("pool `{name}` has no labels: added pods could run on any node");
    Diagnostic::new(&codes::POOL_WITHOUT_LABELS, message)
        .at(named, "gets objects")
        .at(pool.name.span, "no `labels`")
        .help(format!(
            "set the labels of its nodes in `pools.{name}.labels`"
        ))
}

/// Reports an entry with the name of an earlier one, or one that an earlier one hides.
fn clash(earlier: &Addition, later: &Addition) -> Option<Diagnostic> {
    if earlier.name.value == later.name.value {
        let message = format!(
            "two entries of `additions` are named `{}`",
            later.name.value
        );
        return Some(
            Diagnostic::new(&codes::DUPLICATE_ADDITION, message)
                .at(later.name.span, "same name")
                .at(earlier.name.span, "first used here")
                .help("rename one of them"),
        );
    }
    if !earlier.criteria.covers(&later.criteria) {
        return None;
    }
    let message = format!(
        "`{}` never applies: an earlier entry matches the same releases",
        later.name.value
    );
    let label = format!("`{}` matches them all", earlier.name.value);
    Some(
        Diagnostic::new(&codes::UNREACHABLE_ADDITION, message)
            .at(later.name.span, "never reached")
            .at(earlier.name.span, label)
            .help(
                "move it above the earlier entry, or remove it; the first matching entry applies",
            ),
    )
}
