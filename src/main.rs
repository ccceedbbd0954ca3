//! The binary: the real host, the exit code, and what happens when a bug is hit.

use std::panic;
use std::process::ExitCode;

use dunnage::cli::{self, Exit};
use dunnage::host::{Host as _, Os};

fn main() -> ExitCode {
    panic::set_hook(Box::new(|bug| {
        let place = bug.location().map(|at| format!(" at {}:{}", at.file(), at.line())).unwrap_or_default();
        let what = bug.payload_as_str().unwrap_or("no message");
        Os.write_stderr(&format!(
            "dunnage: this is a bug of dunnage, nothing was written: {what}{place}\n\
             Please report it with the command line and, if you may, the input.\n"
        ));
    }));
    // All of standard output is written in one step at the end, so that a panic leaves nothing there.
    let ended = panic::catch_unwind(|| cli::run(&Os, std::env::args_os().collect()));
    ExitCode::from(ended.unwrap_or(Exit::Bug).code())
}
