pub(super) mod broken_reference;
