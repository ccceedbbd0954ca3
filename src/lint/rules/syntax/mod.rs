pub(super) mod duplicate_value_key;
