//! One file a pass, with the page that explains it and is its test.

mod images;
mod node_affinity;
mod node_selector;
mod priority_class;
mod tolerations;

use super::context::{PassContext, Placement};

/// What a pass is, for its reader.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// The pass.
    pub name: &'static str,
    /// Markdown: why, what, and examples that run as tests.
    pub text: &'static str,
}

/// The pages of all passes, in the order in which they run.
pub static PAGES: &[Page] = &[
    Page {
        name: "tolerations",
        text: include_str!("tolerations.md"),
    },
    Page {
        name: "node affinity",
        text: include_str!("node_affinity.md"),
    },
    Page {
        name: "node selector",
        text: include_str!("node_selector.md"),
    },
    Page {
        name: "priority class",
        text: include_str!("priority_class.md"),
    },
    Page {
        name: "pre-puller images",
        text: include_str!("images.md"),
    },
];

pub(super) use node_affinity::check_inherited;

/// Lets every pass plan its changes of one workload.
pub(super) fn plan(cx: &mut PassContext<'_>, placement: &Placement<'_>) {
    tolerations::plan(cx, placement);
    node_affinity::plan(cx, placement);
    node_selector::plan(cx, placement);
    priority_class::plan(cx, placement);
    images::plan(cx, placement);
}
