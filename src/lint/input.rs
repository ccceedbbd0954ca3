//! One run of the linter over all that is named: releases, manifests and the rows of the policy.

use std::collections::BTreeSet;

use super::dedup::ReportedValues;
use super::engine::{LintTask, Linted, Run, manifests, rows, run_all};
use super::memo::{Memo, MemoRun};
use super::question::Question;
use super::select::Selection;
use super::stream::Cluster;
use super::subjects::Rows;
use super::suppress::Suppressions;
use crate::diag::Diagnostic;
use crate::hub::{ChartCache, Release};
use crate::k8s::Kinds;
use crate::policy::Policy;
use crate::text::{SourceId, Sources};
use crate::values::NotATable;

/// What one run of the linter judges, and by what.
#[derive(Debug)]
pub struct Input {
    /// What the releases have in common.
    pub shared: ChartCache,
    /// What is asked about the releases.
    pub question: Question,
    /// The releases.
    pub tasks: Vec<LintTask>,
    /// The manifests.
    pub streams: Vec<Rendered>,
    /// The policy, where there is one.
    pub policy: Option<Policy>,
    /// Whether the rows of the policy are judged too.
    pub has_rows: bool,
    /// Which findings are asked for.
    pub selection: Selection,
    /// Whether the values that the manifests were rendered from are in files that are judged too.
    pub is_layered: bool,
    /// The day in UTC, as `2027-01-31`; where it is not known no suppression expires.
    pub today: Option<String>,
    /// What is judged by other policies, each with its own selection.
    pub others: Vec<Input>,
}

impl Input {
    /// Nothing to judge yet.
    pub fn new(question: Question, selection: Selection) -> Self {
        Self {
            shared: ChartCache::default(),
            question,
            tasks: Vec::new(),
            streams: Vec::new(),
            policy: None,
            has_rows: false,
            selection,
            is_layered: false,
            today: None,
            others: Vec::new(),
        }
    }

    /// Whether manifests are among what is judged.
    pub fn has_manifests(&self) -> bool {
        !self.streams.is_empty() || self.others.iter().any(Input::has_manifests)
    }
}

/// Manifests to judge.
#[derive(Debug, Clone, Copy)]
pub struct Rendered {
    /// The stream.
    pub source: SourceId,
    /// The index of the task of the release that they were rendered from, where it is known.
    pub task: Option<usize>,
}

/// Whether findings in manifests are kept that findings about their values report already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeats {
    /// As fixes need it: the manifests stay wrong when the values are right.
    Shown,
    /// As readers want it.
    Hidden,
}

/// The outcome of a run.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What was found and is not suppressed; the selection was not applied yet, except to what other policies judge.
    pub findings: Vec<Diagnostic>,
    /// What could not be judged.
    pub errors: Vec<Diagnostic>,
}

impl Outcome {
    /// Takes what was found, and leaves the releases that are kept.
    fn take(&mut self, linted: Vec<Result<Linted, NotATable>>) -> Vec<Option<Release>> {
        let mut releases = Vec::new();
        for result in linted {
            releases.push(match result {
                Ok(Linted { findings, release }) => {
                    self.findings.extend(findings);
                    release
                }
                Err(error) => {
                    self.errors.push(error.diagnostic());
                    None
                }
            });
        }
        releases
    }
}

/// Judges everything in the input; findings are sorted by place, once each, and without those that are suppressed.
pub fn judge(sources: &Sources, input: Input, repeats: Repeats) -> Outcome {
    judge_all(sources, input, repeats, None)
}

/// Judges everything in the input as [`judge`] does, but releases of which `memo` has seen the same texts: it gives their
/// findings, and keeps those of the others.
pub fn judge_again(sources: &Sources, input: Input, repeats: Repeats, memo: &mut Memo) -> Outcome {
    judge_all(sources, input, repeats, Some(&mut memo.start(sources)))
}

fn judge_all(
    sources: &Sources,
    mut input: Input,
    repeats: Repeats,
    mut memo: Option<&mut MemoRun<'_>>,
) -> Outcome {
    let others = std::mem::take(&mut input.others);
    let mut outcome = judge_one(sources, input, repeats, memo.as_deref_mut());
    if others.is_empty() {
        return outcome;
    }
    for other in others {
        let selection = other.selection.clone();
        let mut judged = judge_all(sources, other, repeats, memo.as_deref_mut());
        selection.apply(&mut judged.findings);
        outcome.findings.extend(judged.findings);
        outcome.errors.extend(judged.errors);
    }
    sort(&mut outcome.findings);
    outcome
}

/// The findings by place, once each.
fn sort(findings: &mut Vec<Diagnostic>) {
    findings.sort_by_key(|finding| (finding.span(), finding.code.id));
    findings.dedup();
}

/// Runs the tasks whose texts changed, and gives the findings of the others from an earlier run.
fn run_changed(
    run: Run<'_>,
    tasks: Vec<LintTask>,
    memo: &mut MemoRun<'_>,
) -> Vec<Result<Linted, NotATable>> {
    memo.next_policy();
    let keys: Vec<_> =
        (tasks.iter().enumerate()).map(|(index, task)| memo.key(index, task)).collect();
    let mut known = Vec::new();
    let mut changed = Vec::new();
    for (task, key) in tasks.into_iter().zip(&keys) {
        let findings = key.as_ref().and_then(|key| memo.recall(key));
        if findings.is_none() {
            changed.push(task);
        }
        known.push(findings);
    }
    let mut linted = run_all(run, changed).into_iter();
    let mut all = Vec::new();
    for (findings, key) in known.into_iter().zip(keys) {
        let release = None;
        all.extend(match findings {
            Some(findings) => Some(Ok(Linted { findings, release })),
            None => linted.next(),
        });
        if let (Some(key), Some(Ok(linted))) = (key, all.last()) {
            memo.keep(key, &linted.findings);
        }
    }
    all
}

/// Judges what one policy applies to.
fn judge_one(
    sources: &Sources,
    input: Input,
    repeats: Repeats,
    memo: Option<&mut MemoRun<'_>>,
) -> Outcome {
    let mut outcome = Outcome::default();
    let policy = input.policy.as_ref();
    let facts = policy.map(|policy| policy.facts.clone());
    let facts = facts.unwrap_or_default();
    let run = Run {
        sources,
        shared: &input.shared,
        facts: &facts,
        pools: policy.map_or(&[], |policy| policy.pools.as_slice()),
        has_hints: input.selection.may_have_hints(),
    };
    let mut charts = BTreeSet::new();
    for task in &input.tasks {
        task.spec.add_chart_names(&mut charts);
    }
    let linted = match memo {
        Some(memo) => run_changed(run, input.tasks, memo),
        None => run_all(run, input.tasks),
    };
    let releases = outcome.take(linted);
    let kinds = Kinds::default();
    let cluster = policy.map_or_else(|| Cluster::unknown(&kinds), Cluster::of);
    let is_layered = input.is_layered && repeats == Repeats::Hidden;
    let reported = ReportedValues::new(&outcome.findings, &input.selection, is_layered);
    for Rendered { source, task } in input.streams {
        let release = task.and_then(|task| releases[task].as_ref());
        let mut findings = manifests(sources, source, &cluster, release);
        findings.retain(|finding| !reported.has(finding, source));
        outcome.findings.extend(findings);
    }
    let findings = &mut outcome.findings;
    if let Some(policy) = policy.filter(|_| input.has_rows) {
        let charts = &charts;
        findings.extend(rows(&Rows { policy, charts }));
    }
    sort(findings);
    let suppressions = Suppressions {
        rules: input.selection.rules,
        entries: policy.map_or(&[], |policy| policy.lint.suppress.as_slice()),
        without: policy.map(|policy| policy.source).into_iter().collect(),
        today: input.today,
        needs_reason: policy.is_some_and(|policy| policy.lint.require_reasons),
        is_of_upgrade: input.question.is_upgrade(),
    };
    suppressions.apply(sources, findings);
    outcome
}
