//! The binary: the real host, the exit code, and the message for a bug.

use std::panic;
use std::process::ExitCode;

use dunnage::cli;
use dunnage::host::{Os, Write as _};

fn main() -> ExitCode {
    panic::set_hook(Box::new(|bug| {
        let place = bug.location().map(|at| format!(" at {}:{}", at.file(), at.line()));
        let what = bug.payload_as_str().unwrap_or("no message");
        Os.write_stderr(&format!(
            "dunnage: this is a bug in dunnage; nothing was written: {what}{}\n\
             Report it with the command line and, if you can share it, the input.\n",
            place.unwrap_or_default()
        ));
    }));
    ExitCode::from(cli::run(&Os, std::env::args_os().collect()).code())
}
