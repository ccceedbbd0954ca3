pub(super) mod misses_tainted_pool;
pub(super) mod placeholders_without_puller;
