pub(super) mod broken_reference;
pub(super) mod floating_tag;
