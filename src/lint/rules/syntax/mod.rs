pub(super) mod duplicate_value_key;
pub(super) mod empty_map;
pub(super) mod multi_document;
pub(super) mod non_string_scalar;
pub(super) mod null_erases;
pub(super) mod number_where_string;
pub(super) mod yaml11_boolean;
pub(super) mod yaml11_boolean_key;
