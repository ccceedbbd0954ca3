//! One file for each pass, with the page that explains it and is its test.

mod images;
mod node_affinity;
mod node_selector;
mod priority_class;
mod tolerations;

pub(super) use node_affinity::check_inherited;

use super::context::{PassContext, Placement};

/// A pass: it plans the changes of one aspect of a workload.
#[derive(Debug)]
pub struct Pass {
    /// What it is about, for readers.
    pub name: &'static str,
    /// Markdown: why, what, and examples that run as tests.
    pub page: &'static str,
    /// Plans its changes of one workload.
    pub(super) plan: fn(&mut PassContext<'_>, &Placement<'_>),
}

/// All passes, in the order in which they run.
pub static PASSES: &[&Pass] = &[
    &tolerations::PASS,
    &node_affinity::PASS,
    &node_selector::PASS,
    &priority_class::PASS,
    &images::PASS,
];
