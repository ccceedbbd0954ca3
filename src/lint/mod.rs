//! The linter: what is wrong in the values of a hub, with the line that did it, why it matters, and a fix.
//!
//! A rule is a static (its code and its page) and a function; `rules/` has one file and one page for each.

mod bytes;
mod hub;
mod locate;
mod profiles;
mod release;
mod rules;
mod select;
mod shared;
mod suppress;
mod values;
mod violations;
pub mod z2jh;

pub use hub::Hub;
pub use release::{Parts, Plan, Release};
pub use rules::{Check, RULES, Rule};
pub use select::{Selection, is_rule};
pub use shared::Shared;
pub use values::{Basis, ChartValues, Values};
pub use violations::Found;

use locate::locate;

use rayon::prelude::*;

use crate::diag::Diagnostic;
use crate::policy::Facts;
use crate::text::{Sources, Span};
use crate::values::NotATable;

/// The findings about each of several releases, or why Helm refuses its values.
pub fn run_all(
    sources: &Sources,
    shared: &Shared,
    facts: &Facts,
    plans: Vec<Plan>,
) -> Vec<Result<Vec<Diagnostic>, NotATable>> {
    let plans = plans.into_par_iter();
    let releases = plans.map(Release::new);
    let findings = releases.map(|release| Ok(run(sources, shared, facts, &release?)));
    findings.collect()
}

/// Every finding about a release, in the order of the sources, then of the text, then of the codes; what a
/// comment silences is left out.
pub fn run(
    sources: &Sources,
    shared: &Shared,
    facts: &Facts,
    release: &Release,
) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let values = release.view(sources, shared);
    let hub = release.hub(sources, facts);
    for rule in RULES {
        match (&rule.check, &hub) {
            (Check::Hub(check), Some(hub)) => check(hub, &mut findings),
            (Check::Values(check), _) => check(&values, &mut findings),
            (Check::Hub(_), None) | (Check::Violation(_) | Check::Property(_), _) => {}
        }
    }
    // Where a rule has spoken of a place already, it knows more than the schema.
    let places: Vec<_> = findings.iter().filter_map(Diagnostic::span).collect();
    let is_new = |finding: &Diagnostic| {
        let span = finding.span();
        let is_there = |place: &Span| {
            span.is_some_and(|span| (span.source, span.start) == (place.source, place.start))
        };
        !places.iter().any(is_there)
    };
    findings.extend(violations::check(&values).into_iter().filter(is_new));
    suppress::apply(sources, &mut findings);
    findings.sort_by(|one, other| {
        let key = |finding: &Diagnostic| (finding.span(), finding.code.id);
        key(one).cmp(&key(other))
    });
    // What a profile inherits is wrong where it was set, and once.
    findings
        .dedup_by(|later, earlier| later.code == earlier.code && later.labels == earlier.labels);
    findings
}
