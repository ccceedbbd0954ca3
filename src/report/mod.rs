//! Diagnostics and changes as text: one file a form, each a pure function. No form shows a secret.

mod block_scalar;
mod clean;
mod concise;
mod diff;
mod excerpt;
mod graphical;
mod json;
mod limit;

pub use block_scalar::block_scalar;
pub use concise::concise;
pub use diff::{DiffLook, comment, unified};
pub use graphical::{Look, graphical};
pub use json::{Finding, findings, json};
pub use limit::first_lines;

#[cfg(test)]
mod tests;
