//! What integration tests share: worlds in which dunnage runs, golden cases, and a second reader of manifests.

#![allow(
    dead_code,
    unused_imports,
    reason = "each test binary uses its part of this"
)]
#![allow(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "tests read their input from the disk"
)]

mod case;
mod codes;
mod command_line;
mod folder;
mod outcome;
mod source_code;
mod streams;
mod world;

pub(crate) use case::Case;
pub(crate) use codes::explained_codes;
pub(crate) use command_line::CommandLine;
pub(crate) use folder::{Folder, Printed};
pub(crate) use outcome::Outcome;
pub(crate) use source_code::source_code;
pub(crate) use streams::{
    corpus, demands, documents, pod_spec_pointers, refusals, render, stream, streams,
    template_pointers, title,
};
pub(crate) use world::World;
