//! The linter: what is wrong in the values of a hub and in the manifests of any chart, with the line that did
//! it, why it matters, and a fix.
//!
//! A rule is a static (its code and its page) and a function; `rules/` has one file and one page for each.

mod baseline;
mod bytes;
mod codes;
mod dedup;
mod gitops;
mod hub;
mod input;
mod locate;
mod manifests;
mod origin;
mod profiles;
mod release;
mod remedy;
mod rules;
mod select;
mod shared;
mod suppress;
mod traits;
mod upgrade;
mod values;
mod violations;
pub mod z2jh;

pub use baseline::Baseline;
pub use codes::ALL as CODES;
pub use gitops::{Inline, Inside, inline_values};
pub use hub::Hub;
pub use input::{Input, Outcome, Rendered, Repeats, judge};
pub use manifests::{Cluster, Stream, hub_values, manifests};
pub use release::{Parts, Plan, Release, secret_values};
pub use rules::{Check, NO_SUCH_RULE, RULES, Rule};
pub use select::{Selection, is_rule, no_such_rule};
pub use shared::Shared;
pub use suppress::{Comment, Judged, Scope, Silence, Word};
pub use upgrade::{Target, Upgrade};
pub use values::{Basis, ChartValues, Values};
pub use violations::Found;

use locate::locate;
use remedy::Pages;

use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::diag::{Diagnostic, Level};
use crate::policy::{Facts, Policy};
use crate::text::Sources;
use crate::values::NotATable;

/// A release that is judged.
#[derive(Debug)]
pub struct Job {
    /// The release as it is.
    pub plan: Plan,
    /// The release with another version of its chart, where it is judged what that changes, and nothing else.
    pub next: Option<Box<Plan>>,
    /// Whether the release is wanted once it was judged: manifests that it made point back into it.
    pub is_kept: bool,
}

/// What came of a job.
#[derive(Debug)]
pub struct Linted {
    /// What was found.
    pub findings: Vec<Diagnostic>,
    /// The release, where it is kept.
    pub release: Option<Release>,
}

/// What a run goes by.
#[derive(Debug, Clone, Copy)]
pub struct Run<'r> {
    /// The texts that values were read from.
    pub sources: &'r Sources,
    /// What releases have in common.
    pub shared: &'r Shared,
    /// What is known besides the values.
    pub facts: &'r Facts,
    /// Whether hints are asked for; of those that are not, nobody needs the fix.
    pub has_hints: bool,
}

/// What comes of each of several jobs, or why Helm refuses the values.
pub fn run_all(cx: Run<'_>, jobs: Vec<Job>) -> Vec<Result<Linted, NotATable>> {
    let linted = jobs.into_par_iter().map(|job| {
        let release = Release::new(job.plan)?;
        let findings = match job.next {
            None => run(cx, &release),
            Some(next) => upgrade::run(cx, [&release, &Release::new(*next)?]),
        };
        Ok(Linted {
            findings,
            release: job.is_kept.then_some(release),
        })
    });
    linted.collect()
}

/// Every finding about a release, in the order of the sources, then of the text, then of the codes; what
/// comments silence is still among them.
pub fn run(cx: Run<'_>, release: &Release) -> Vec<Diagnostic> {
    let pages = Pages::default();
    let values = release.view(cx.sources, cx.shared, &pages);
    let hub = release.hub(cx, &pages);
    let mut findings = look(&Subject::Release(&values, hub.as_ref()));
    // Where a rule has spoken of a place, and not only by the way, it knows more than the schema.
    let mut violations = violations::check(&values, hub.as_ref());
    violations.retain(|violation| !findings.iter().any(|finding| says_more(finding, violation)));
    findings.extend(violations);
    if !values.inside.is_empty() {
        findings.retain(|finding| !gitops::is_filled_in(cx.sources, finding));
    }
    pages.prove(&mut findings);
    finish(findings)
}

fn says_more(finding: &Diagnostic, violation: &Diagnostic) -> bool {
    finding.level <= Level::Warning && finding.start() == violation.start()
}

/// The policy beside the releases that it is for.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'r> {
    /// The policy.
    pub policy: &'r Policy,
    /// The names and aliases of all charts of the releases.
    pub charts: &'r BTreeSet<String>,
}

/// Every finding about the rows of a policy.
pub fn rows(rows: &Rows<'_>) -> Vec<Diagnostic> {
    finish(look(&Subject::Rows(rows)))
}

/// What is linted.
enum Subject<'s> {
    /// The rows of a policy.
    Rows(&'s Rows<'s>),
    /// The values of a release, and the hub in them.
    Release(&'s Values<'s>, Option<&'s Hub<'s>>),
    /// A hub whose chart gets another version.
    Upgrade(&'s Upgrade<'s>),
    /// Manifests.
    Stream(&'s Stream<'s>),
}

/// What the rules find that look at something of this sort.
fn look(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for rule in RULES {
        match (&rule.check, subject) {
            (Check::Hub(check), Subject::Release(_, Some(hub))) => check(hub, &mut findings),
            (Check::Values(check), Subject::Release(values, _)) => check(values, &mut findings),
            (Check::Upgrade(check), Subject::Upgrade(upgrade)) => check(upgrade, &mut findings),
            (Check::Workload(check), Subject::Stream(stream)) => {
                for workload in &stream.workloads {
                    check(stream, workload, &mut findings);
                }
            }
            (Check::Rows(check), Subject::Rows(rows)) => check(rows, &mut findings),
            (Check::Stream(check), Subject::Stream(stream)) => check(stream, &mut findings),
            _ => {}
        }
    }
    findings
}

/// Findings in order, and each once.
fn finish(mut findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    findings.sort_by(|one, other| {
        let key = |finding: &Diagnostic| (finding.span(), finding.code.id);
        key(one).cmp(&key(other))
    });
    // What a profile inherits is wrong where it was set, and once.
    findings
        .dedup_by(|later, earlier| later.code == earlier.code && later.labels == earlier.labels);
    findings
}
