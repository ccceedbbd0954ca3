//! Source texts, byte spans in them, and the lines that people count in.
//!
//! The lowest layer: everything above speaks of places as [`Span`]s into [`Sources`].

mod block;
mod flow;
mod names;
mod nearest;
mod secrets;
mod source;

pub use nearest::nearest;
pub use secrets::{mask, mask_message, masked};
pub use source::{LineColumn, Source, SourceId, Sources, Span};
