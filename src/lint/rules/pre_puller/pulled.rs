//! The images that the pullers of a hub pull.

use std::collections::BTreeSet;

use crate::lint::Hub;
use crate::values::{Content, HubImage, Value, hub_images};

/// The first version of the chart whose pullers know the images of choices.
const CHOICES: (u32, u32) = (3, 2);

/// The images that they pull, as this version of the chart does.
pub(super) fn images(hub: &Hub<'_>) -> Vec<HubImage> {
    let parts = ["singleuser", "prePuller"].into_iter();
    let parts = parts.filter_map(|part| Some((part.to_owned(), hub.get(part)?.to_json())));
    let mut images = hub_images(&parts.collect());
    if hub.version < CHOICES {
        images.retain(|image| {
            !(image.name.starts_with("profile-") && image.name.contains("-choice-"))
        });
    }
    images
}

/// The images that they pull, without the names of their containers.
pub(super) fn references(hub: &Hub<'_>) -> BTreeSet<String> {
    let images = images(hub).into_iter();
    images.map(|image| image.image).collect()
}

/// An image that is known.
pub(super) fn text(value: &Value) -> Option<&str> {
    match &value.content {
        Content::String(text) if !text.is_empty() => Some(text),
        _ => None,
    }
}
