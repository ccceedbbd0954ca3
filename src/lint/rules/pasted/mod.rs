pub(super) mod helm_header;
pub(super) mod invisible_character;
pub(super) mod missing_space;
pub(super) mod placeholder;
pub(super) mod typographic_quotes;
