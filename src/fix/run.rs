use std::collections::{BTreeMap, BTreeSet};

use super::Allowed;
use super::choose::{Chosen, choose};
use super::settled::Settled;
use super::texts::Texts;
use crate::diag::{Code, Diagnostic, Fix, Level, TextEdit};
use crate::text::{SourceId, Sources};

/// How often it is linted and fixed again; a fix that brings another beyond this does not end by itself.
pub const ROUNDS: usize = 8;

/// How many findings may be hidden one behind the other, each of which has a fix.
const MOST_HIDDEN: usize = 3;

/// How often it is linted to tell fixes apart that are not right together. Each time takes a whole lint, so that
/// a file full of fixes that do not hold would take one for each of them.
const TRIALS: usize = 100;

/// What a run of fixes gives back.
#[derive(Debug)]
pub struct FixOutcome {
    /// The whole new text of each source that changes.
    pub texts: BTreeMap<SourceId, String>,
    /// The fixes that are in these texts, in the order in which they were applied.
    pub applied: Vec<Applied>,
    /// The fixes that are not, though they were allowed.
    pub refused: Vec<Refused>,
    /// What is found in the new texts; its places are theirs.
    pub left: Vec<Diagnostic>,
}

/// A fix that was applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// What it does, with its edits.
    pub fix: Fix,
    /// The findings that are gone by it.
    pub findings: Vec<Diagnostic>,
    /// The round; the places of those of the first are in the texts as they were.
    pub round: usize,
}

/// A fix that was not applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The finding, with its fix.
    pub finding: Diagnostic,
    /// What was in the way.
    pub reason: RefusalReason,
}

/// Why a fix was not applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RefusalReason {
    /// Its edits lie outside of the text, or meet each other.
    #[error("its edits do not fit the text")]
    Unfit,
    /// The linter still finds what it was to fix.
    #[error("the finding would remain")]
    StillThere,
    /// The linter finds something as bad that was not there before.
    #[error("it would cause another finding, `{}`: {message}", .code.id)]
    Brings {
        /// Which kind of finding.
        code: &'static Code,
        /// What is found.
        message: String,
    },
    /// So many were not right together that not each was tried by itself.
    #[error("too many fixes were refused together to try each one alone")]
    Untried,
    /// Others came first in every round.
    #[error("it depends on other fixes, and {ROUNDS} rounds were not enough")]
    Waited,
}

/// What takes the new texts of files for which nothing is left to fix.
pub type Proven<'p> = dyn FnMut(&[(SourceId, &str)]) + 'p;

/// Lints, fixes and lints again until there is nothing to fix.
///
/// `lint` finds what is wrong in the texts that it is given; an id has to mean the same source each time. It
/// takes the fix off a finding that is not to be fixed. A fix stays only if the findings that asked for it are
/// gone and no other came that is as bad: one that is milder was hidden behind the first.
pub fn run(
    sources: &Sources,
    allowed: Allowed,
    lint: &mut dyn FnMut(&Texts<'_>) -> Vec<Diagnostic>,
) -> FixOutcome {
    run_and_hand_on(sources, allowed, lint, &mut |_| {})
}

/// The same; `proven` gets the new texts of files for which nothing is left to fix, as soon as that is known. Those
/// that share a fix come together. A text that changes once more comes again.
pub fn run_and_hand_on(
    sources: &Sources,
    allowed: Allowed,
    lint: &mut dyn FnMut(&Texts<'_>) -> Vec<Diagnostic>,
    proven: &mut Proven<'_>,
) -> FixOutcome {
    let mut settled = Settled::default();
    let mut texts = Texts::new(sources);
    let mut left = lint(&texts);
    let mut applied = Vec::new();
    let mut refused: Vec<Refused> = Vec::new();
    let mut is_stale = false;
    let (mut round, mut count) = (1, 0);
    loop {
        let known: BTreeSet<Asked> = refused.iter().map(|it| Asked::of(&it.finding)).collect();
        let choice = choose(&left, allowed, &texts, |finding| {
            known.contains(&Asked::of(finding))
        });
        refused.extend(refuse(choice.unfit, &RefusalReason::Unfit));
        if choice.chosen.is_empty() && std::mem::take(&mut is_stale) && count < TRIALS {
            // What was not right among others may be right after them.
            refused.clear();
            continue;
        }
        if choice.chosen.is_empty() {
            break;
        }
        let pending = choice.chosen.iter().flat_map(|chosen| &chosen.findings);
        settled.hand_on(&texts, &applied, pending.chain(&choice.waiting), proven);
        if round > ROUNDS {
            let chosen = choice.chosen.into_iter().flat_map(|chosen| chosen.findings);
            refused.extend(refuse(chosen.chain(choice.waiting), &RefusalReason::Waited));
            break;
        }
        let mut trials = Trials {
            texts: &texts,
            step: FixStep::new(&texts, left),
            allowed,
            lint,
            count: &mut count,
        };
        trials.add(&choice.chosen);
        let step = trials.step;
        refused.extend(step.refused);
        left = step.left;
        if step.kept.is_empty() {
            continue;
        }
        is_stale = !refused.is_empty();
        applied.extend(step.kept.into_iter().map(|chosen| Applied {
            fix: chosen.fix,
            findings: chosen.findings,
            round,
        }));
        texts = step.texts;
        round += 1;
    }
    settled.hand_on(&texts, &applied, [], proven);
    let there: BTreeSet<Asked> = left.iter().map(Asked::of).collect();
    refused.retain(|refused| there.contains(&Asked::of(&refused.finding)));
    FixOutcome {
        texts: texts.changed().clone(),
        applied,
        refused,
        left,
    }
}

/// What a finding asks for, wherever its text has moved to: by this a refused one is known again.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Asked<'d> {
    code: &'static str,
    message: &'d str,
    /// How many bytes go from which source, and what comes instead.
    edits: Vec<(SourceId, usize, &'d str)>,
}

impl<'d> Asked<'d> {
    fn of(finding: &'d Diagnostic) -> Self {
        let edits = finding.fix.iter().flat_map(|fix| &fix.edits);
        let edit = |edit: &'d TextEdit| {
            let length = edit.span.range().len();
            (edit.span.source, length, edit.text.as_str())
        };
        Self {
            code: finding.code.id,
            message: &finding.message,
            edits: edits.map(edit).collect(),
        }
    }
}

/// What one round comes to.
struct FixStep<'s> {
    texts: Texts<'s>,
    left: Vec<Diagnostic>,
    kept: Vec<Chosen>,
    refused: Vec<Refused>,
}

impl<'s> FixStep<'s> {
    fn new(texts: &Texts<'s>, left: Vec<Diagnostic>) -> Self {
        Self {
            texts: texts.clone(),
            left,
            kept: Vec::new(),
            refused: Vec::new(),
        }
    }
}

/// The trials of one round: fixes are added together, and where that is not right, it is found out of which.
struct Trials<'t, 's> {
    /// The texts before the round.
    texts: &'t Texts<'s>,
    step: FixStep<'s>,
    allowed: Allowed,
    lint: &'t mut dyn FnMut(&Texts<'_>) -> Vec<Diagnostic>,
    /// How many trials there were in the whole run.
    count: &'t mut usize,
}

impl Trials<'_, '_> {
    /// Keeps those of the fixes that are right, and refuses the others. What is not offered any more after those
    /// that were kept, or otherwise, is for the next round: of keys that all get one name only one can.
    fn add(&mut self, group: &[Chosen]) {
        if self.step.kept.is_empty() {
            return self.add_offered(group);
        }
        let left = self.step.left.iter();
        let offered: BTreeSet<Asked> = left.map(Asked::of).collect();
        let is_offered = |chosen: &&Chosen| {
            let mut findings = chosen.findings.iter();
            findings.any(|finding| offered.contains(&Asked::of(finding)))
        };
        let group: Vec<Chosen> = group.iter().filter(is_offered).cloned().collect();
        self.add_offered(&group);
    }

    fn add_offered(&mut self, group: &[Chosen]) {
        if group.is_empty() {
            return;
        }
        if *self.count >= TRIALS {
            let findings = group.iter().flat_map(|chosen| chosen.findings.clone());
            self.step.refused.extend(refuse(findings, &RefusalReason::Untried));
            return;
        }
        *self.count += 1;
        match self.try_together(group) {
            Ok(()) => {}
            Err(failure) => self.divide(group, failure),
        }
    }

    fn try_together(&mut self, group: &[Chosen]) -> Result<(), Failure> {
        let kept = self.step.kept.iter().chain(group);
        let fixes: Vec<&Fix> = kept.map(|chosen| &chosen.fix).collect();
        let trial = self.texts.with(&fixes);
        let after = (self.lint)(&trial);
        // A new finding may be the doing of the mildest.
        let bar = group.iter().map(gravest).max().unwrap_or(Level::Hint);
        let asked: Vec<&Diagnostic> = group.iter().flat_map(|chosen| &chosen.findings).collect();
        if let Err(failure) = check(&self.step.left, &after, asked.iter().copied(), bar)
            && !(failure.still_there.is_empty() && self.leads_on(&trial, &after, &asked, bar))
        {
            return Err(failure);
        }
        (self.step.texts, self.step.left) = (trial, after);
        self.step.kept.extend_from_slice(group);
        Ok(())
    }

    /// Whether all that a trial brings was hidden before and has a fix itself, which the next round applies: with these
    /// fixes too, nothing is as bad as `bar` that was not there.
    fn leads_on(
        &mut self,
        trial: &Texts<'_>,
        after: &[Diagnostic],
        asked: &[&Diagnostic],
        bar: Level,
    ) -> bool {
        let (mut texts, mut after) = (trial.clone(), after.to_vec());
        for _ in 0..MOST_HIDDEN {
            let brought = brought(&self.step.left, &after, asked.iter().copied(), bar);
            let choice = choose(&brought, self.allowed, &texts, |_| false);
            let count: usize = choice.chosen.iter().map(|it| it.findings.len()).sum();
            if count + choice.waiting.len() < brought.len() || *self.count >= TRIALS {
                return false;
            }
            *self.count += 1;
            let fixes: Vec<&Fix> = choice.chosen.iter().map(|chosen| &chosen.fix).collect();
            texts = texts.with(&fixes);
            after = (self.lint)(&texts);
            if check(&self.step.left, &after, asked.iter().copied(), bar).is_ok() {
                return true;
            }
        }
        false
    }

    /// Finds out which fixes of a group are not right: first those whose findings are still there, else by
    /// halves.
    fn divide(&mut self, group: &[Chosen], failure: Failure) {
        if let [one] = group {
            let refused = refuse(one.findings.clone(), &failure.reason);
            return self.step.refused.extend(refused);
        }
        let is_there = |finding: &Diagnostic| {
            let what = (finding.code.id, finding.message.clone());
            failure.still_there.contains(&what)
        };
        let is_doubtful = |chosen: &&Chosen| chosen.findings.iter().any(is_there);
        let (doubtful, others): (Vec<&Chosen>, Vec<&Chosen>) = group.iter().partition(is_doubtful);
        if !doubtful.is_empty() && !others.is_empty() {
            let owned = |some: Vec<&Chosen>| some.into_iter().cloned().collect::<Vec<_>>();
            self.add(&owned(others));
            return self.add(&owned(doubtful));
        }
        let (left, right) = group.split_at(group.len() / 2);
        let before = self.step.kept.len();
        self.add(left);
        if self.step.kept.len() == before + left.len() {
            // With all of these the others were tried just now.
            self.divide(right, failure);
        } else {
            self.add(right);
        }
    }
}

fn refuse(
    findings: impl IntoIterator<Item = Diagnostic>,
    reason: &RefusalReason,
) -> impl Iterator<Item = Refused> {
    findings.into_iter().map(|finding| Refused {
        finding,
        reason: reason.clone(),
    })
}

fn gravest(chosen: &Chosen) -> Level {
    let levels = chosen.findings.iter().map(|finding| finding.level);
    levels.min().unwrap_or(Level::Hint)
}

/// Why fixes are not right together.
struct Failure {
    reason: RefusalReason,
    /// Code and message of findings that were to be gone.
    still_there: BTreeSet<(&'static str, String)>,
}

/// The findings that are as bad as `bar` and were not there before, or were to be gone.
fn brought<'d>(
    before: &[Diagnostic],
    after: &[Diagnostic],
    fixed: impl IntoIterator<Item = &'d Diagnostic>,
    bar: Level,
) -> Vec<Diagnostic> {
    let mut expected = count(before);
    for (what, fixed) in count(fixed) {
        if let Some(count) = expected.get_mut(&what) {
            *count = count.saturating_sub(fixed);
        }
    }
    let there = count(after);
    let is_brought = |finding: &&Diagnostic| {
        let what = identity(finding);
        finding.level <= bar && there.get(&what) > expected.get(&what)
    };
    after.iter().filter(is_brought).cloned().collect()
}

/// Whether the fixed findings are gone and nothing came that is as bad as `bar`. Texts move, so a finding is
/// known by what it says, and counted.
fn check<'d>(
    before: &[Diagnostic],
    after: &[Diagnostic],
    fixed: impl IntoIterator<Item = &'d Diagnostic>,
    bar: Level,
) -> Result<(), Failure> {
    let mut expected = count(before);
    let fixed = count(fixed);
    for (what, fixed) in &fixed {
        if let Some(count) = expected.get_mut(what) {
            *count = count.saturating_sub(*fixed);
        }
    }
    let there = count(after);
    let mut reason = None;
    let mut still_there = BTreeSet::new();
    for finding in after {
        let what = identity(finding);
        if there.get(&what) <= expected.get(&what) {
            continue;
        }
        if fixed.contains_key(&what) {
            still_there.insert((what.0, what.1.to_owned()));
            reason.get_or_insert(RefusalReason::StillThere);
        } else if finding.level <= bar {
            reason.get_or_insert_with(|| RefusalReason::Brings {
                code: finding.code,
                message: finding.message.clone(),
            });
        }
    }
    match reason {
        None => Ok(()),
        Some(reason) => Err(Failure {
            reason,
            still_there,
        }),
    }
}

fn identity(finding: &Diagnostic) -> (&'static str, &str) {
    (finding.code.id, finding.message.as_str())
}

fn count<'d>(
    findings: impl IntoIterator<Item = &'d Diagnostic>,
) -> BTreeMap<(&'static str, &'d str), usize> {
    let mut counts = BTreeMap::new();
    for finding in findings {
        *counts.entry(identity(finding)).or_default() += 1;
    }
    counts
}
