//! The lossless tree: every node knows its bytes, scalars are typed as Helm's go-yaml types them.

pub mod edit;
mod expand;
mod parse;
pub mod quote;
pub mod scalar;
mod split;
mod tree;
pub mod value;

#[cfg(test)]
mod tests;

pub use edit::{Edit, Refusal};
pub use expand::{ExpansionError, expansion_problem};
pub use parse::{ParseError, parse};
pub use scalar::Scalar;
pub use split::{is_blank, split};
pub use tree::{
    CollectionStyle, Content, Document, Entry, Found, Node, NodeId, NodeRef, ScalarStyle,
};
pub use value::Value;
