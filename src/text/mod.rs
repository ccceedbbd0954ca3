//! Source texts, byte spans in them, and the lines that people count in.
//!
//! The lowest layer: everything above speaks of places as [`Span`]s into [`Sources`].

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
