//! Everything dunnage knows about the z2jh chart and JupyterHub: versions, defaults and schemas, where the values are
//! in a release, what the settings mean, and the names of the objects.

pub mod affinity_terms;
mod around;
mod assumptions;
pub mod bytes;
pub mod chart;
pub mod classes;
pub mod components;
mod effective;
mod gitops;
mod identity;
pub mod images;
mod kubernetes;
mod locate;
pub mod profiles;
mod propose;
mod release;
pub mod seats;
mod secret;
mod shared;
pub mod templates;
#[cfg(test)]
mod tests;
pub mod tolerations;
pub mod traits;

pub use chart::ChartVersion;
pub use effective::{Hub, span, whole};
pub use gitops::{Inline, Inside, inline_values, is_filled_in};
pub use images::{HubImage, hub_images, read_hub_images};
pub use kubernetes::{KubernetesValue, kubernetes_values};
pub use locate::{locate, locate_hub};
pub use propose::propose;
pub use release::{
    Basis, ChartValues, HubPlace, Release, ReleaseInput, ReleaseSpec, keys, secret_values,
};
pub use secret::HubValues;
pub use shared::ChartCache;

use crate::diag::Code;

/// Every code of this module.
pub static CODES: &[&Code] = &[
    &shared::BROKEN_SCHEMA,
    &chart::UNKNOWN_VERSION,
    &assumptions::OTHER_CHART,
    &assumptions::ASSUMED,
    &assumptions::MISSING,
];
