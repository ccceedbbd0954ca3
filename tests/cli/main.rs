//! What the command line does in worlds that no folder of `testdata/cli` shows: terminals, broken disks and programs
//! around it, generated input, and properties that hold for many lines.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "tools and the program are started on the disk"
)]

#[path = "../support/mod.rs"]
mod support;

mod bounded_messages;
mod broken_input;
mod failures;
mod helm;
mod init;
mod install_plugin;
mod lint;
mod outputs;
mod patches;
mod policy;
mod printed;
mod secrets;
mod terminal;
mod variables;
