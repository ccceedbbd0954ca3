//! Diagnostics and changes as text: one file per format, each a pure function. No format shows a secret.

mod block_scalar;
mod clean;
mod concise;
mod diff;
mod excerpt;
mod fingerprint;
mod github;
mod gitlab;
mod graphical;
mod json;
mod limit;
mod pages;
mod sarif;
mod xml;

pub use block_scalar::block_scalar;
pub use clean::one_line;
pub use concise::concise;
pub use diff::{Altered, FilePatch, Patch, Replacement, comment, unified};
pub use github::github;
pub use gitlab::gitlab;
pub use graphical::{OutputOptions, graphical};
pub use json::{Finding, findings, json, json_lines};
pub use limit::first_lines;
pub use pages::Pages;
pub use sarif::sarif;
pub use xml::{checkstyle, junit};

#[cfg(test)]
mod tests;
