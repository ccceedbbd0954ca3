pub(super) mod placeholders_without_puller;
