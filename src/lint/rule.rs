//! What a rule is: a static, its page, and a function over what it looks at.

use super::stream::Stream;
use super::subjects::{Context, Rows, SchemaViolation, Upgrade, Values};
use super::suppress::JudgedComment;
use crate::diag::{Code, Diagnostic};
use crate::k8s::Workload;

/// A rule of the linter.
#[derive(Debug)]
pub struct Rule {
    /// Its name, level, summary and page.
    pub code: &'static Code,
    /// Finds what is wrong.
    pub check: Check,
}

/// Gives the finding about a violation of a schema, if a rule covers it.
pub type Claim = fn(&SchemaViolation<'_, '_>) -> Option<Diagnostic>;

/// What a rule looks at.
#[derive(Debug)]
pub enum Check {
    /// The effective values of a hub, over the defaults of its chart.
    Hub(fn(&Context<'_>, &mut Vec<Diagnostic>)),
    /// The effective values of a hub before and after an upgrade of its chart.
    Upgrade(fn(&Upgrade<'_>, &mut Vec<Diagnostic>)),
    /// All values of a release, of any chart.
    Values(fn(&Values<'_>, &mut Vec<Diagnostic>)),
    /// A violation of a chart's schema. What claims it is in [`VIOLATIONS`](super::VIOLATIONS).
    Violation,
    /// A property of other rules' findings, which is selected and ignored like a rule.
    Property(fn(&Diagnostic) -> bool),
    /// A comment that suppresses findings.
    Comment(fn(&JudgedComment<'_>) -> Option<Diagnostic>),
    /// The rows of the policy, and the charts of the releases.
    Rows(fn(&Rows<'_>, &mut Vec<Diagnostic>)),
    /// A pod template in a stream of manifests, with the stream around it.
    Workload(fn(&Stream<'_>, &Workload<'_>, &mut Vec<Diagnostic>)),
    /// A stream of manifests as a whole.
    Stream(fn(&Stream<'_>, &mut Vec<Diagnostic>)),
}
