//! One run of the linter: each rule over what it looks at, and its findings in order.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::documents::EditableDocuments;
use super::rule::Check;
use super::rules::{REFUSED_FIELD, RULES, VIOLATIONS};
use super::stream::{Cluster, Stream, with_stream};
use super::subjects::{Context, Rows, Upgrade, Values};
use super::{origin, partial, violations};
use crate::diag::{Diagnostic, Level};
use crate::hub::{self, ChartCache, Hub, Release, ReleaseSpec};
use crate::policy::{Facts, Pool};
use crate::text::{SourceId, Sources};
use crate::values::NotATable;

/// A release that is judged.
#[derive(Debug)]
pub struct LintTask {
    /// The release as it is.
    pub spec: ReleaseSpec,
    /// The release with another version of its chart, where it is judged what that changes, and nothing else.
    pub next: Option<Box<ReleaseSpec>>,
    /// Whether the release is wanted once it was judged: manifests that it made point back into it.
    pub keep_release: bool,
}

/// What came of a task.
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
    pub shared: &'r ChartCache,
    /// What is known besides the values.
    pub facts: &'r Facts,
    /// The node pools of the policy; empty without one.
    pub pools: &'r [Pool],
    /// Whether hints are asked for; of those that are not, nobody needs the fix.
    pub has_hints: bool,
}

impl<'r> Run<'r> {
    /// What rules about a hub know.
    pub(super) fn context(
        &self,
        hub: &'r Hub<'r>,
        documents: &'r EditableDocuments<'r>,
    ) -> Context<'r> {
        Context {
            hub,
            facts: self.facts,
            pools: self.pools,
            hints: self.has_hints,
            documents,
        }
    }
}

/// What comes of each of several tasks, or why Helm refuses the values.
pub fn run_all(cx: Run<'_>, tasks: Vec<LintTask>) -> Vec<Result<Linted, NotATable>> {
    let lint = |task: LintTask| {
        let release = Release::new(task.spec)?;
        let findings = match task.next {
            None => run(cx, &release),
            Some(next) => upgrade(cx, [&release, &Release::new(*next)?]),
        };
        Ok(Linted {
            findings,
            release: task.keep_release.then_some(release),
        })
    };
    // Threads take longer to start than one release to lint.
    if tasks.len() == 1 {
        return tasks.into_iter().map(lint).collect();
    }
    tasks.into_par_iter().map(lint).collect()
}

/// Every finding about a release, in the order of the sources, then of the text, then of the codes; what
/// comments silence is still among them.
pub fn run(cx: Run<'_>, release: &Release) -> Vec<Diagnostic> {
    let documents = EditableDocuments::default();
    let values = Values::of(release, cx.sources, cx.shared, &documents);
    let hub = release.hub(cx.sources);
    let context = hub.as_ref().map(|hub| cx.context(hub, &documents));
    let mut findings = check_subject(&LintSubject::Release(&values, context.as_ref()));
    // What a rule reports at a place replaces what the schema says there, which knows less, unless it is of less weight.
    let mut violations = violations::check(VIOLATIONS, &values, context.as_ref());
    violations.retain(|violation| !findings.iter().any(|finding| says_more(finding, violation)));
    findings.extend(violations);
    if !values.inside.is_empty() {
        findings.retain(|finding| !hub::is_filled_in(cx.sources, finding));
    }
    partial::retain(release, &mut findings);
    documents.prove(&mut findings);
    finish(findings)
}

fn says_more(finding: &Diagnostic, violation: &Diagnostic) -> bool {
    let is_graver = finding.level <= Level::Warning || finding.level <= violation.level;
    let start = violation.start();
    let is_marked = || {
        let mut labels = finding.labels.iter().map(|label| label.span);
        labels.any(|span| Some((span.source, span.start)) == start)
    };
    is_graver && finding.start() == start || finding.is_error() && is_marked()
}

/// What is found about a release of which another version of the chart makes the second one: what is an error
/// there, what warns there and not with the first, and what the change itself does.
fn upgrade(cx: Run<'_>, [from, to]: [&Release; 2]) -> Vec<Diagnostic> {
    let of = |release| run(cx, release);
    let (before, mut findings) = (of(from), of(to));
    let known: Vec<_> = before.iter().map(|finding| key(from, finding)).collect();
    // What is no more than worth knowing is so with either version, or of a first install.
    findings.retain(|finding| {
        let is_new = finding.level <= Level::Warning && !known.contains(&key(to, finding));
        finding.is_error() || is_new
    });
    let documents = EditableDocuments::default();
    if let (Some(before), Some(after)) = (from.hub(cx.sources), to.hub(cx.sources)) {
        let upgrade = Upgrade {
            from: &before,
            to: &cx.context(&after, &documents),
        };
        let mut changes = check_subject(&LintSubject::Upgrade(&upgrade));
        partial::retain(to, &mut changes);
        documents.prove(&mut changes);
        changes.retain(|change| !findings.iter().any(|finding| says_more(finding, change)));
        findings.extend(changes);
    }
    finish(findings)
}

/// What two releases have in common of a finding: the rule, and the place, or, as defaults stand in another
/// text for each version, what is said.
fn key<'f>(
    release: &Release,
    finding: &'f Diagnostic,
) -> (&'static str, Option<(SourceId, usize)>, &'f str) {
    let start = finding.start();
    let start = start.filter(|(source, _)| !release.is_defaults(*source));
    let message = if start.is_none() {
        &*finding.message
    } else {
        ""
    };
    (finding.code.id, start, message)
}

/// What is wrong in a stream of manifests; what comments silence is still among it. Where the release is known that
/// they were rendered from, a finding has the place of the value that made what it is about.
pub fn manifests(
    sources: &Sources,
    source: SourceId,
    cluster: &Cluster<'_>,
    made_from: Option<&Release>,
) -> Vec<Diagnostic> {
    with_stream(sources, source, cluster, |stream| {
        let mut findings = check_subject(&LintSubject::Stream(stream));
        leave_out_repeated(&mut findings);
        if let Some(release) = made_from {
            origin::add(stream, release, &mut findings);
        }
        finish(findings)
    })
}

/// Leaves out what the types of Kubernetes say where a rule has reported the same place: it knows more.
fn leave_out_repeated(findings: &mut Vec<Diagnostic>) {
    let is_of_types = |finding: &Diagnostic| finding.code.id == REFUSED_FIELD;
    let others = findings.iter().filter(|finding| !is_of_types(finding));
    let others = others.filter(|finding| finding.level <= Level::Warning);
    let starts: BTreeSet<_> = others.filter_map(Diagnostic::start).collect();
    findings.retain(|finding| {
        let is_repeated = finding.start().is_some_and(|start| starts.contains(&start));
        !(is_of_types(finding) && is_repeated)
    });
}

/// Every finding about the rows of a policy.
pub fn rows(rows: &Rows<'_>) -> Vec<Diagnostic> {
    finish(check_subject(&LintSubject::Rows(rows)))
}

/// What is linted.
enum LintSubject<'s> {
    /// The rows of a policy.
    Rows(&'s Rows<'s>),
    /// The values of a release, and the hub in them.
    Release(&'s Values<'s>, Option<&'s Context<'s>>),
    /// A hub whose chart gets another version.
    Upgrade(&'s Upgrade<'s>),
    /// Manifests.
    Stream(&'s Stream<'s>),
}

/// What the rules find that look at something of this sort.
fn check_subject(subject: &LintSubject<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for rule in RULES {
        match (&rule.check, subject) {
            (Check::Hub(check), LintSubject::Release(_, Some(cx))) => check(cx, &mut findings),
            (Check::Values(check), LintSubject::Release(values, _)) => check(values, &mut findings),
            (Check::Upgrade(check), LintSubject::Upgrade(upgrade)) => check(upgrade, &mut findings),
            (Check::Workload(check), LintSubject::Stream(stream)) => {
                for workload in &stream.workloads {
                    check(stream, workload, &mut findings);
                }
            }
            (Check::Rows(check), LintSubject::Rows(rows)) => check(rows, &mut findings),
            (Check::Stream(check), LintSubject::Stream(stream)) => check(stream, &mut findings),
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
