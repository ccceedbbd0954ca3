//! Helm values: what a hub's own say of the images that its users run.

mod hub;
mod merge;
mod read;
mod value;

pub use hub::{HubImage, hub_images, locate_hub};
pub use merge::merge;
pub use read::read;
pub use value::{Content, Encrypted, Map, Setting, Value};
