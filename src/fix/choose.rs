use std::collections::BTreeMap;

use super::texts::Texts;
use crate::diag::{Apart, Diagnostic, Fix, Safety};
use crate::text::Span;

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
    let mut apart = Apart::default();
    let mut by_edits: BTreeMap<Vec<(Span, &str)>, usize> = BTreeMap::new();
    for finding in findings {
        let fix = finding.fix.as_ref();
        let Some(fix) = fix.filter(|fix| allowed.includes(fix.safety) && !is_refused(finding))
        else {
            continue;
        };
        let edits = fix.edits.iter();
        let edits = edits.map(|edit| (edit.span, edit.text.as_str())).collect();
        if !texts.fit(fix) {
            choice.unfit.push(finding.clone());
        } else if let Some(&same) = by_edits.get(&edits) {
            choice.chosen[same].findings.push(finding.clone());
        } else if apart.meets(&fix.edits) {
            choice.waiting.push(finding.clone());
        } else {
            by_edits.insert(edits, choice.chosen.len());
            apart.add(&fix.edits);
            choice.chosen.push(Chosen {
                fix: fix.clone(),
                findings: vec![finding.clone()],
            });
        }
    }
    choice
}
