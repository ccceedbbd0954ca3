use super::texts::{Texts, meet};
use crate::diag::{Diagnostic, Fix, Safety};

/// How far fixes may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowed {
    /// Only those that keep the meaning, or do the one thing that can be meant.
    Safe,
    /// Also those that somebody has to look at.
    Unsafe,
}

impl Allowed {
    fn includes(self, safety: Safety) -> bool {
        self == Allowed::Unsafe || safety == Safety::Safe
    }
}

/// A fix that is to be applied, with all the findings that ask for these edits.
#[derive(Debug, Clone)]
pub(super) struct Chosen {
    pub(super) fix: Fix,
    pub(super) findings: Vec<Diagnostic>,
}

/// What comes of the findings of one round.
#[derive(Debug, Default)]
pub(super) struct Choice {
    /// Fixes that can be applied together.
    pub(super) chosen: Vec<Chosen>,
    /// Those that meet a chosen one: they wait.
    pub(super) waiting: Vec<Diagnostic>,
    /// Those whose edits do not fit the texts.
    pub(super) unfit: Vec<Diagnostic>,
}

/// Chooses among the fixes that are allowed: of two that meet, the one of the earlier finding; two with the
/// same edits are one.
pub(super) fn choose(
    findings: &[Diagnostic],
    allowed: Allowed,
    texts: &Texts<'_>,
    is_refused: impl Fn(&Diagnostic) -> bool,
) -> Choice {
    let mut choice = Choice::default();
    for finding in findings {
        let fix = finding.fix.as_ref();
        let Some(fix) = fix.filter(|fix| allowed.includes(fix.safety) && !is_refused(finding))
        else {
            continue;
        };
        let same = |chosen: &&mut Chosen| chosen.fix.edits == fix.edits;
        if !texts.fit(fix) {
            choice.unfit.push(finding.clone());
        } else if let Some(chosen) = choice.chosen.iter_mut().find(same) {
            chosen.findings.push(finding.clone());
        } else if choice.chosen.iter().any(|chosen| clash(&chosen.fix, fix)) {
            choice.waiting.push(finding.clone());
        } else {
            choice.chosen.push(Chosen {
                fix: fix.clone(),
                findings: vec![finding.clone()],
            });
        }
    }
    choice
}

fn clash(one: &Fix, other: &Fix) -> bool {
    let mut edits = one.edits.iter();
    edits.any(|edit| other.edits.iter().any(|other| meet(edit, other)))
}
