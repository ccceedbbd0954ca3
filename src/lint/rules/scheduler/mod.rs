pub(super) mod packing_mismatch;
