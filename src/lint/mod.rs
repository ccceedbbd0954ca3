//! The linter: what is wrong in the values of a hub, with the line that did it, why it matters, and a fix.
//!
//! A rule is a static (its code and its page) and a function; `rules/` has one file and one page for each.

mod bytes;
mod hub;
mod locate;
mod profiles;
mod release;
mod rules;
mod suppress;
pub mod z2jh;

pub use hub::Hub;
pub use release::Release;
pub use rules::{Check, RULES, Rule};

use locate::locate;

use crate::diag::Diagnostic;

/// Every finding about a hub, in the order of the sources, then of the text, then of the codes; what a
/// comment silences is left out.
pub fn run(hub: &Hub<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for rule in RULES {
        match rule.check {
            Check::Hub(check) => check(hub, &mut findings),
        }
    }
    suppress::apply(hub.sources, &mut findings);
    findings.sort_by(|one, other| {
        let key = |finding: &Diagnostic| (finding.span(), finding.code.id);
        key(one).cmp(&key(other))
    });
    // What a profile inherits is wrong where it was set, and once.
    findings
        .dedup_by(|later, earlier| later.code == earlier.code && later.labels == earlier.labels);
    findings
}
