//! The passes: one file each, with a page that is its documentation and its test.

mod images;
mod node_affinity;
mod node_selector;
mod priority_class;
mod tolerations;

pub(super) use images::{ContainerNames, container_name};
pub(super) use node_affinity::check_inherited;
pub(super) use tolerations::value as toleration_value;

use super::context::{PassContext, Placement};

/// A pass, which plans the changes of one aspect of a workload.
#[derive(Debug)]
pub struct Pass {
    /// The name of the pass.
    pub name: &'static str,
    /// The page in Markdown, with examples that run as tests.
    pub page: &'static str,
    /// Plans the changes of one workload.
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
