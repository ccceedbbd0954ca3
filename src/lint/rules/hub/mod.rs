pub(super) mod not_ha;
