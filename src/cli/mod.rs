//! The command line: arguments in, exit code out. The only layer that touches the world, by its `Host`.

mod args;
mod commands;
mod exit;
mod find_policy;
mod session;

pub use exit::Exit;

use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::host::Host;
use crate::render::Caller;
use args::{Answer, Command};
use session::Session;

/// Runs one command line (the program's name first) and says how it ended. A panic ends as a bug: all
/// of standard output is written in one step at the end, so that it leaves nothing there.
pub fn run(host: &dyn Host, arguments: Vec<OsString>) -> Exit {
    catch_unwind(AssertUnwindSafe(|| run_command(host, arguments))).unwrap_or(Exit::Bug)
}

fn run_command(host: &dyn Host, arguments: Vec<OsString>) -> Exit {
    let (command, look) = match args::parse(arguments) {
        Ok(parsed) => parsed,
        Err(answer) => return show(host, &answer),
    };
    let mut session = Session::new(host, &look);
    match command {
        Command::Bare(_) if host.stdin_is_terminal() => session.write(&args::help()),
        Command::Bare(options) => {
            commands::render::run(&mut session, None, &options, Caller::PostRenderer)
        }
        Command::Render(file, options) => {
            commands::render::run(&mut session, file.as_deref(), &options, Caller::Person)
        }
        Command::HelmPlugin(options) => {
            commands::render::run(&mut session, None, &options, Caller::Plugin)
        }
    }
}

fn show(host: &dyn Host, answer: &Answer) -> Exit {
    let is_terminal = if answer.asked_for {
        host.stdout_is_terminal()
    } else {
        host.stderr_is_terminal()
    };
    let text = if is_terminal && host.env("NO_COLOR").is_none() {
        &answer.ansi
    } else {
        &answer.plain
    };
    if !answer.asked_for {
        host.write_stderr(text);
        return Exit::Usage;
    }
    match host.write_stdout(text) {
        Ok(()) => Exit::Fine,
        Err(_) => Exit::Usage,
    }
}
