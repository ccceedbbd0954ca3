//! The lossless tree: every node knows its bytes, scalars are typed as Helm's go-yaml types them.

mod binary;
pub mod edit;
mod expand;
mod json;
mod merge;
mod parse;
pub mod quote;
mod respell;
pub mod scalar;
mod split;
mod tree;
pub mod value;

#[cfg(test)]
mod readers;
#[cfg(test)]
mod tests;

pub use binary::decode_base64;
pub use edit::{Edit, Refusal, Rewrite};
pub use expand::{ExpansionError, expansion_problem};
pub use json::{Build, JsonError, build, entry_named, key_name, to_json};
pub use parse::{ParseError, parse};
pub use respell::odd_line_break;
pub use scalar::{Scalar, float_json};
pub use split::{is_blank, split};
pub use tree::{
    CollectionStyle, Document, Entry, FoundEntry, Node, NodeContent, NodeId, NodeRef, ScalarStyle,
};
pub use value::Value;
