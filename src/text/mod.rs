//! Source texts, byte spans in them, and their lines and columns.
//!
//! This is the lowest layer: all other modules name places by [`Span`]s in [`Sources`].

mod glyphs;
mod line_index;
mod mask;
mod nearest;
mod source;
mod source_map;

pub use glyphs::{invisible_name, is_typographic_quote};
pub use line_index::{Encoding, Position};
pub use mask::{mask, mask_message, mask_values};
pub use nearest::{misspelled, nearest};
pub use source::{LineColumn, Origin, Source, SourceId, Sources, Span};
pub use source_map::{SourceMap, SourceNames};
