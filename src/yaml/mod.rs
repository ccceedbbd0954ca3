//! The lossless tree: every node knows its bytes, scalars are typed as Helm's go-yaml types them.

mod parse;
pub mod scalar;
mod tree;

pub use parse::{ParseError, parse};
pub use scalar::Scalar;
pub use tree::{CollectionStyle, Content, Document, Entry, Found, Node, NodeId, NodeRef, ScalarStyle};
