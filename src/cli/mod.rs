//! The command line: arguments in, exit code out. The only layer that touches the world, by its `Host`.

mod args;
mod commands;
mod exit;
mod explain;
mod find_policy;
mod inputs;
mod report_file;
mod session;

pub use exit::Exit;

use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::diag::{Code, Diagnostic};
use crate::host::Host;
use crate::render::Caller;
use crate::report;
use crate::text::Sources;
use args::{Answer, Command};
use session::Session;

static USAGE: Code = Code::error("CL005", "usage", "the command line cannot be read");

/// Runs one command line (the program's name first) and says how it ended. A panic ends as a bug: all
/// of standard output is written in one step at the end, so that it leaves nothing there.
pub fn run(host: &dyn Host, arguments: Vec<OsString>) -> Exit {
    catch_unwind(AssertUnwindSafe(|| run_command(host, arguments))).unwrap_or(Exit::Bug)
}

fn run_command(host: &dyn Host, arguments: Vec<OsString>) -> Exit {
    let is_plugin = arguments.get(1).is_some_and(|first| first == "helm-plugin");
    let (command, look) = match args::parse(arguments) {
        Ok(parsed) => parsed,
        Err(answer) if is_plugin && !answer.asked_for => return refuse_in_plugin(host, &answer),
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
        Command::Verify(file, options) => {
            commands::verify::run(&mut session, file.as_deref(), &options)
        }
        Command::Print(text) => session.write(&text),
        Command::HelmPlugin(options) => {
            commands::render::run(&mut session, None, &options, Caller::Plugin)
        }
        Command::InstallPlugin(options) => commands::install_plugin::run(&session, &options),
    }
}

/// A command line that cannot be read, told in the way that Helm 4 shows.
fn refuse_in_plugin(host: &dyn Host, answer: &Answer) -> Exit {
    host.write_stderr(&answer.plain);
    let mut paragraphs = answer.plain.split("\n\n").map(str::trim);
    let message = paragraphs.next().unwrap_or_default();
    let message = message.strip_prefix("error: ").unwrap_or(message);
    let tip = paragraphs.next().and_then(|tip| tip.strip_prefix("tip: "));
    let help = tip.unwrap_or("look at `--post-renderer-args` and at the `DUNNAGE_*` variables");
    let diagnostic = Diagnostic::new(&USAGE, message).help(help);
    match host.write_stdout(&report::block_scalar(&Sources::default(), &[diagnostic])) {
        Ok(()) => Exit::Fine,
        Err(_) => Exit::Usage,
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
