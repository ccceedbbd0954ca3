//! What dunnage has to say to its user: plain data, made wherever it is found, shown by `report`.

mod apart;
mod code;
mod diagnostic;

pub use apart::Apart;
pub use code::{Code, FixKind, Level};
pub use diagnostic::{Diagnostic, Fix, Label, Safety, TextEdit};
