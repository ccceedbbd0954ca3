//! The command line: parses arguments, runs a command and returns the exit code. `project` reads the input.

mod args;
mod codes;
mod commands;
mod env;
mod exit;
mod explain;
mod for_helm;
mod outputs;
mod patch;
mod report_file;
mod session;

pub use exit::Exit;

use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use crate::diag::{Code, Diagnostic};
use crate::host::{Host, Overlay};
use crate::project::{Reader, from_here, unreadable};
use crate::render::Caller;
use crate::report;
use args::{Command, HelmCommand, OutputArgs, ParseAnswer, Parsed};
use session::{DocumentPlace, Session};

static USAGE: Code = Code::error(
    "CL005",
    "usage",
    "the command line or an environment variable cannot be parsed",
)
.page(include_str!("codes/usage.md"));

/// Runs a command line, which starts with the program's name, and returns its exit code. A panic is reported as a bug;
/// standard output is written in one step at the end, so nothing is written then.
pub fn run(host: &dyn Host, arguments: Vec<OsString>) -> Exit {
    catch_unwind(AssertUnwindSafe(|| run_command(host, arguments))).unwrap_or(Exit::Bug)
}

fn run_command(host: &dyn Host, arguments: Vec<OsString>) -> Exit {
    let is_plugin = arguments.get(1).is_some_and(|first| first == "helm-plugin");
    let parsed = match args::parse(host, arguments) {
        Ok(parsed) => parsed,
        Err(answer) => {
            let session = Session::new(host, &OutputArgs::default());
            return if answer.asked_for {
                show(&session, &answer)
            } else {
                refuse(&session, &answer, is_plugin)
            };
        }
    };
    let Parsed {
        mut command, name, ..
    } = parsed;
    if let Command::Values(values) = &command
        && values.prints_yaml()
        && let Some(error) = parsed.named_look.of_values()
    {
        return Session::new(host, &OutputArgs::default()).fail(&[error]);
    }
    let is_lint = matches!(command, Command::Lint(_));
    let (look, error) = match checked_look(parsed.look, parsed.error, is_lint) {
        Ok(checked) => checked,
        Err(error) => {
            let session = Session::new(host, &parsed.named_look.without_files());
            let exit = tell(&session, error, is_plugin);
            return session.finish(exit);
        }
    };
    let typed = stdin_file(host, &mut command);
    let files = typed.iter().flatten();
    let overlay = Overlay {
        below: host,
        files: files.map(|(path, text)| (path.clone(), text.as_str())).collect(),
        stdin: String::new(),
    };
    let place = document_place(&command);
    let mut session = Session::new(host, &look).with_document(place);
    match &typed {
        Ok(None) => {}
        Ok(Some(_)) => session.reader = Reader::new(&overlay),
        Err(error) => {
            let exit = tell(&session, error.clone(), is_plugin);
            return session.finish(exit);
        }
    }
    let exit = match (for_helm::refused_command(host, &command, &name), error) {
        (Some(error), _) => session.fail(&[error]),
        (None, Some(error)) => tell(&session, error, is_plugin),
        (None, None) => run_with(&mut session, command),
    };
    session.finish(exit)
}

/// Returns the output options, and the error of an unreadable variable.
///
/// # Errors
/// If that variable sets an output option.
fn checked_look(
    look: OutputArgs,
    error: Option<(Diagnostic, bool)>,
    is_lint: bool,
) -> Result<(OutputArgs, Option<Diagnostic>), Diagnostic> {
    let error = match error {
        Some((error, true)) => return Err(error),
        Some((error, false)) => Some(error),
        None => None,
    };
    Ok((look.checked(is_lint)?, error))
}

/// Returns the file of `--stdin-filename` with the content of standard input; it replaces `-` in the paths.
fn stdin_file(
    host: &dyn Host,
    command: &mut Command,
) -> Result<Option<(PathBuf, String)>, Diagnostic> {
    let Command::Lint(options) = command else {
        return Ok(None);
    };
    let Some(name) = &options.stdin_filename else {
        return Ok(None);
    };
    let here = host.current_dir().unwrap_or_default();
    let path = from_here(&here, name);
    let text = host.read_stdin();
    let text = text.map_err(|error| unreadable(Path::new("<stdin>"), &error))?;
    options.stdin_filename = Some(path.clone());
    options.paths.retain(|named| named != Path::new("-"));
    options.paths.push(path.clone());
    Ok(Some((path, text)))
}

/// Returns where the document of a machine-readable format goes.
fn document_place(command: &Command) -> DocumentPlace {
    match command {
        Command::Lint(options) if !(options.diff || options.prints_fixed()) => {
            DocumentPlace::Stdout
        }
        Command::Plan(_)
        | Command::Rule(_)
        | Command::Images(_)
        | Command::Helm(_)
        | Command::Schema { .. }
        | Command::Completions { .. }
        | Command::Man { .. }
        | Command::Version => DocumentPlace::Errors,
        _ => DocumentPlace::Stderr,
    }
}

fn run_with(session: &mut Session<'_>, command: Command) -> Exit {
    match command {
        Command::Bare(_) if session.host.stdin_is_terminal() => session.write(&args::help()),
        Command::Bare(options) => {
            commands::render::run(session, &[], &options, Caller::PostRenderer)
        }
        Command::Render { files, options } => {
            commands::render::run_files(session, &files, &options)
        }
        Command::HelmPlugin { options } => {
            commands::render::run(session, &[], &options, Caller::Plugin)
        }
        Command::Init { file } => commands::init::run(session, file.as_deref()),
        Command::Verify { file, options } => {
            commands::verify::run(session, file.as_deref(), &options)
        }
        Command::Images(options) => commands::images::run(session, &options),
        Command::Lint(options) => commands::lint::run(session, &options),
        Command::Plan(options) => commands::plan::run(session, &options),
        Command::Rule(options) => commands::rule::run(session, &options),
        Command::Values(options) => commands::values::run(session, &options),
        Command::Schema { of } => session.write(of.text()),
        Command::Helm(HelmCommand::InstallPlugin(options)) => {
            commands::install_plugin::run(session, &options)
        }
        Command::Completions { shell } => session.write(&args::completions(shell)),
        Command::Man { command } => match args::man(&command) {
            Ok(page) => session.write(&page),
            Err(error) => session.fail(&[error]),
        },
        Command::Version => session.write(&args::version()),
    }
}

/// Prints the requested help or version.
fn show(session: &Session<'_>, answer: &ParseAnswer) -> Exit {
    let is_colored = session.colors(session.host.stdout_is_terminal());
    session.write(answer.text(is_colored))
}

/// Reports a command line that cannot be parsed; for Helm 4 in the form that Helm shows.
fn refuse(session: &Session<'_>, answer: &ParseAnswer, is_plugin: bool) -> Exit {
    let is_colored = session.colors(session.host.stderr_is_terminal());
    session.host.write_stderr(answer.text(is_colored));
    let mut paragraphs = answer.plain.split("\n\n").map(str::trim);
    let message = paragraphs.next().unwrap_or_default();
    let message = message.strip_prefix("error: ").unwrap_or(message);
    let tip = paragraphs.next().and_then(|tip| tip.strip_prefix("tip: "));
    let help = tip.unwrap_or("check `--post-renderer-args` and the `DUNNAGE_*` variables");
    end(
        session,
        Diagnostic::new(&USAGE, message).help(help),
        is_plugin,
    )
}

/// Reports why a run cannot start, and ends it.
fn tell(session: &Session<'_>, error: Diagnostic, is_plugin: bool) -> Exit {
    session.show(std::slice::from_ref(&error));
    end(session, error, is_plugin)
}

/// Ends a run that did not start.
fn end(session: &Session<'_>, error: Diagnostic, is_plugin: bool) -> Exit {
    if is_plugin {
        session.write(&report::block_scalar(&session.reader.sources, &[error]))
    } else {
        Exit::Usage
    }
}
