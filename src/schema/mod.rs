//! The door to `jsonschema`: its errors become diagnostics that stand at the right node, say what is
//! there and name what was probably meant.

mod check;
mod cost;
mod embedded;
mod explain;
mod keys;
mod kubernetes;
mod nulls;
mod place;
mod quick;
mod violation;

pub use check::{BrokenSchema, Schema};
pub use embedded::EmbeddedSchema;
pub use kubernetes::{Extent, check_kubernetes, nearest_quantity};
pub use place::{Instance, Spot, Step, tree_spot};
pub use violation::{Codes, Violation, ViolationKind};
