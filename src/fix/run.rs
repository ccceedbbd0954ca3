use std::collections::BTreeMap;

use super::Allowed;
use super::choose::{Chosen, choose};
use super::settled::Settled;
use super::texts::Texts;
use crate::diag::{Code, Diagnostic, Fix, Level};
use crate::text::{SourceId, Sources};

/// How often it is linted and fixed again; a fix that brings another beyond this does not end by itself.
pub const ROUNDS: usize = 8;

/// What a run of fixes gives back.
#[derive(Debug)]
pub struct Outcome {
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
    pub reason: Reason,
}

/// Why a fix was not applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// Its edits lie outside of the text, or meet each other.
    #[error("its edits do not fit the text")]
    Unfit,
    /// The linter still finds what it was to fix.
    #[error("the finding would still be there")]
    StillThere,
    /// The linter finds something as bad that was not there before.
    #[error("it would bring another finding, `{}`: {message}", .code.id)]
    Brings {
        /// Which kind of finding.
        code: &'static Code,
        /// What is found.
        message: String,
    },
    /// Others came first in every round.
    #[error("it waited for other fixes, and {ROUNDS} rounds were not enough")]
    Waited,
}

/// Lints, fixes and lints again until there is nothing to fix.
///
/// `lint` finds what is wrong in the texts that it is given; an id has to mean the same source each time. It
/// takes the fix off a finding that is not to be fixed. A fix stays only if the findings that asked for it are
/// gone and no other came that is as bad: one that is milder was hidden behind the first.
pub fn run(
    sources: &Sources,
    allowed: Allowed,
    lint: &mut dyn FnMut(&Texts<'_>) -> Vec<Diagnostic>,
) -> Outcome {
    run_and_hand_on(sources, allowed, lint, &mut |_| {})
}

/// The same; `proven` gets the new texts of files for which nothing is left to fix, as soon as that is known. Those
/// that share a fix come together. A text that changes once more comes again.
pub fn run_and_hand_on(
    sources: &Sources,
    allowed: Allowed,
    lint: &mut dyn FnMut(&Texts<'_>) -> Vec<Diagnostic>,
    proven: &mut dyn FnMut(&[(SourceId, &str)]),
) -> Outcome {
    let mut settled = Settled::default();
    let mut texts = Texts::new(sources);
    let mut left = lint(&texts);
    let mut applied = Vec::new();
    let mut refused: Vec<Refused> = Vec::new();
    let mut is_stale = false;
    let mut round = 1;
    loop {
        let choice = choose(&left, allowed, &texts, |finding| {
            refused.iter().any(|refused| is_same(refused, finding))
        });
        refused.extend(refuse(choice.unfit, &Reason::Unfit));
        if choice.chosen.is_empty() && std::mem::take(&mut is_stale) {
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
            refused.extend(refuse(chosen.chain(choice.waiting), &Reason::Waited));
            break;
        }
        let step = try_together(&texts, &left, &choice.chosen, lint)
            .unwrap_or_else(|| try_each(&texts, &left, choice.chosen, lint));
        refused.extend(step.refused);
        if step.kept.is_empty() {
            continue;
        }
        is_stale = !refused.is_empty();
        applied.extend(step.kept.into_iter().map(|chosen| Applied {
            fix: chosen.fix,
            findings: chosen.findings,
            round,
        }));
        (texts, left) = (step.texts, step.left);
        round += 1;
    }
    settled.hand_on(&texts, &applied, [], proven);
    refused.retain(|refused| left.iter().any(|finding| is_same(refused, finding)));
    Outcome {
        texts: texts.changed().clone(),
        applied,
        refused,
        left,
    }
}

/// Whether a finding is one whose fix was refused, wherever its text has moved to.
fn is_same(refused: &Refused, finding: &Diagnostic) -> bool {
    let what = |finding: &Diagnostic| {
        let edits = finding.fix.iter().flat_map(|fix| &fix.edits);
        let edits: Vec<_> = edits
            .map(|edit| (edit.span.source, edit.span.range().len(), edit.text.clone()))
            .collect();
        (finding.code.id, finding.message.clone(), edits)
    };
    what(&refused.finding) == what(finding)
}

/// What one round comes to.
struct Step<'s> {
    texts: Texts<'s>,
    left: Vec<Diagnostic>,
    kept: Vec<Chosen>,
    refused: Vec<Refused>,
}

/// Applies all at once; nothing where that is not right for one of them.
fn try_together<'s>(
    texts: &Texts<'s>,
    before: &[Diagnostic],
    chosen: &[Chosen],
    lint: &mut dyn FnMut(&Texts<'_>) -> Vec<Diagnostic>,
) -> Option<Step<'s>> {
    let fixes: Vec<&Fix> = chosen.iter().map(|chosen| &chosen.fix).collect();
    let texts = texts.with(&fixes);
    let left = lint(&texts);
    // A new finding may be the doing of the mildest.
    let bar = chosen.iter().map(gravest).max()?;
    let asked = chosen.iter().flat_map(|chosen| &chosen.findings);
    check(before, &left, asked, bar).ok()?;
    Some(Step {
        texts,
        left,
        kept: chosen.to_vec(),
        refused: Vec::new(),
    })
}

/// Applies one after the other and keeps those that are right.
fn try_each<'s>(
    texts: &Texts<'s>,
    before: &[Diagnostic],
    chosen: Vec<Chosen>,
    lint: &mut dyn FnMut(&Texts<'_>) -> Vec<Diagnostic>,
) -> Step<'s> {
    let mut step = Step {
        texts: texts.clone(),
        left: before.to_vec(),
        kept: Vec::new(),
        refused: Vec::new(),
    };
    for candidate in chosen {
        let kept = step.kept.iter().chain([&candidate]);
        let fixes: Vec<&Fix> = kept.map(|chosen| &chosen.fix).collect();
        let trial = texts.with(&fixes);
        let after = lint(&trial);
        match check(&step.left, &after, &candidate.findings, gravest(&candidate)) {
            Ok(()) => {
                (step.texts, step.left) = (trial, after);
                step.kept.push(candidate);
            }
            Err(reason) => {
                step.refused.extend(refuse(candidate.findings, &reason));
            }
        }
    }
    step
}

fn refuse(
    findings: impl IntoIterator<Item = Diagnostic>,
    reason: &Reason,
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

/// Whether the fixed findings are gone and nothing came that is as bad as `bar`. Texts move, so a finding is
/// known by what it says, and counted.
fn check<'d>(
    before: &[Diagnostic],
    after: &[Diagnostic],
    fixed: impl IntoIterator<Item = &'d Diagnostic>,
    bar: Level,
) -> Result<(), Reason> {
    let mut expected = count(before);
    let fixed = count(fixed);
    for (what, fixed) in &fixed {
        if let Some(count) = expected.get_mut(what) {
            *count = count.saturating_sub(*fixed);
        }
    }
    let there = count(after);
    for finding in after {
        let what = said(finding);
        if there.get(&what) <= expected.get(&what) {
            continue;
        }
        if fixed.contains_key(&what) {
            return Err(Reason::StillThere);
        }
        if finding.level <= bar {
            return Err(Reason::Brings {
                code: finding.code,
                message: finding.message.clone(),
            });
        }
    }
    Ok(())
}

fn said(finding: &Diagnostic) -> (&'static str, &str) {
    (finding.code.id, finding.message.as_str())
}

fn count<'d>(
    findings: impl IntoIterator<Item = &'d Diagnostic>,
) -> BTreeMap<(&'static str, &'d str), usize> {
    let mut counts = BTreeMap::new();
    for finding in findings {
        *counts.entry(said(finding)).or_default() += 1;
    }
    counts
}
