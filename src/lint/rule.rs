//! What a rule is: a static, its page, and a function over what it looks at.

use super::fixes::Pages;
use super::{Found, Judged, Rows, Stream, Upgrade, Values};
use crate::diag::{Code, Diagnostic};
use crate::hub::Hub;
use crate::k8s::Workload;
use crate::policy::Facts;

/// A rule of the linter.
#[derive(Debug)]
pub struct Rule {
    /// Its name, level and summary.
    pub code: &'static Code,
    /// Its page, in Markdown.
    pub page: &'static str,
    /// Finds what is wrong.
    pub check: Check,
}

/// What a rule looks at.
#[derive(Debug)]
pub enum Check {
    /// The effective values of a hub, over the defaults of its chart.
    Hub(fn(&Context<'_>, &mut Vec<Diagnostic>)),
    /// The effective values of a hub before and after an upgrade of its chart.
    Upgrade(fn(&Upgrade<'_>, &mut Vec<Diagnostic>)),
    /// All values of a release, of any chart.
    Values(fn(&Values<'_>, &mut Vec<Diagnostic>)),
    /// A violation of a chart's schema: gives a finding if this rule covers it. Only the first rule of
    /// [`VIOLATIONS`](super::VIOLATIONS) that gives one reports it.
    Violation(fn(&Found<'_, '_>) -> Option<Diagnostic>),
    /// A property of other rules' findings, which is selected and ignored like a rule.
    Property(fn(&Diagnostic) -> bool),
    /// A comment that suppresses findings.
    Comment(fn(&Judged<'_>) -> Option<Diagnostic>),
    /// The rows of the policy, and the charts of the releases.
    Rows(fn(&Rows<'_>, &mut Vec<Diagnostic>)),
    /// A pod template in a stream of manifests, with the stream around it.
    Workload(fn(&Stream<'_>, &Workload<'_>, &mut Vec<Diagnostic>)),
    /// A stream of manifests as a whole.
    Stream(fn(&Stream<'_>, &mut Vec<Diagnostic>)),
}

/// What a rule about a hub knows.
#[derive(Debug, Clone, Copy)]
pub struct Context<'c> {
    /// The effective values of the hub.
    pub hub: &'c Hub<'c>,
    /// What the policy says about the cluster.
    pub facts: &'c Facts,
    /// Whether hints are shown. A hint that is not shown needs no fix.
    pub hints: bool,
    /// The documents of the values files, for fixes.
    pub(super) pages: &'c Pages<'c>,
}
