//! The commands, one file each, which only call the library.

pub(super) mod init;
pub(super) mod install_plugin;
pub(super) mod lint;
pub(super) mod render;
pub(super) mod rule;
pub(super) mod values;
pub(super) mod verify;
