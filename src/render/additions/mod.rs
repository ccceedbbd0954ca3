//! Objects that a chart has no template for: image pullers, priority classes and placeholders for each pool.
//!
//! [`add`] identifies the release, chooses the entry of the policy, and plans the objects of each pool. The parts
//! (`continuous_puller`, ..) say what an object looks like; `stream` puts the objects into the stream.

mod added;
mod chart;
mod choice;
mod continuous_puller;
mod engine;
mod identity;
mod listing;
mod metadata;
mod names;
mod node_placeholder;
mod objects;
mod plan;
mod priority_class;
mod size;
mod stream;
mod user_placeholder;

#[cfg(test)]
mod tests;

pub(super) use added::is_addition;
pub use added::{AddedObject, AddedState, AdditionPart, NotAdded, RemovedAddition};
pub(super) use chart::ChartSelector;
pub(super) use engine::{Additions, Rendered, add};
pub use listing::{ImageList, ImageRequest, ListedImage, list_images};
pub use stream::StreamSplice;

/// The page of each addition.
pub static PAGES: &[(&str, &str)] = &[
    ("priority_class", priority_class::PAGE),
    ("continuous_puller", continuous_puller::PAGE),
    ("user_placeholder", user_placeholder::PAGE),
    ("node_placeholder", node_placeholder::PAGE),
];
