//! The door to `jsonschema`: its errors become diagnostics that stand at the right node, say what is
//! there and name what was probably meant.

mod check;
mod explain;
mod keys;
mod place;

pub use check::{BrokenSchema, Codes, Schema, Subject};
