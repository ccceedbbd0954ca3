//! The program itself, on the disk and between the streams of a shell.

#![expect(
    clippy::disallowed_methods,
    reason = "the program is started on the disk"
)]

#[path = "../support/mod.rs"]
mod support;

#[cfg(unix)]
mod limits;
#[cfg(unix)]
mod links;
#[cfg(unix)]
mod outputs;
mod streams;
