pub(super) mod contradicted_across_files;
pub(super) mod dead_override;
pub(super) mod list_replaced;
