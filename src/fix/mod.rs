//! Fixes of findings: which of them are applied, in what order, and the proof that each did what it said.
//!
//! [`run`] lints, chooses fixes that do not meet, applies them, lints again, and so on until nothing is left
//! to fix. It touches no file: what comes out is text.

mod choose;
mod run;
mod settled;
mod texts;

#[cfg(test)]
mod tests;

pub use choose::Allowed;
pub use run::{Applied, FixOutcome, Proven, ROUNDS, RefusalReason, Refused, run, run_and_hand_on};
pub use texts::{Texts, apply};
