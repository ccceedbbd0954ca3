//! `dunnage render`, the bare command and `dunnage helm-plugin`: they differ in who is told of errors.

use std::path::{Path, PathBuf};

use crate::cli::args::{ModeArg, RenderOptions};
use crate::cli::commands::lint;
use crate::cli::inputs::{self, Setting};
use crate::cli::session::Session;
use crate::cli::{Exit, explain, report_file};
use crate::diag::{Code, Diagnostic};
use crate::policy::Policy;
use crate::render::{Caller, Report};
use crate::report;

pub(in crate::cli) static SEVERAL_FILES: Code = Code::error(
    "CL009",
    "several-files",
    "a rendering command got more files than one",
)
.page(include_str!("../codes/several_files.md"));

/// `render` with the files of its command line: one is rendered, several are checked one after the other.
pub(in crate::cli) fn run_files(
    session: &mut Session<'_>,
    files: &[PathBuf],
    options: &RenderOptions,
) -> Exit {
    if files.len() > 1 && !options.check {
        let message = format!("{} files cannot be rendered at once", files.len());
        let error = Diagnostic::new(&SEVERAL_FILES, message);
        return session.fail(&[error.help("render them one by one; `--check` takes several")]);
    }
    if files.is_empty() {
        return run(session, None, options, Caller::Person);
    }
    let mut worst = Exit::Fine;
    for file in files {
        if files.len() > 1 {
            session.say(&format!("{}:", file.display()));
        }
        let exit = run(session, Some(file), options, Caller::Person);
        worst = worst.max(exit);
    }
    worst
}

pub(in crate::cli) fn run(
    session: &mut Session<'_>,
    file: Option<&Path>,
    options: &RenderOptions,
    caller: Caller,
) -> Exit {
    let options = &match options.with_twins(session.host) {
        Ok(options) => options,
        Err(error) => return fail(session, options, caller, &[error]),
    };
    let asked = &options.policy_options;
    let setting = Setting {
        caller,
        mode: options.mode.unwrap_or(ModeArg::Auto),
        previous: options.previous.as_deref(),
    };
    let inputs = match inputs::read(session, file, asked, &setting) {
        Ok(inputs) => inputs,
        Err(mut diagnostics) => {
            report_file::write(session, asked, Report::unread(), &mut diagnostics);
            return fail(session, options, caller, &diagnostics);
        }
    };
    let session = &*session;
    let release = inputs.release(&session.sources);
    let mut outcome = inputs.render(&session.sources, &release);
    report_file::settle(session, asked, &inputs.policy, &release, &mut outcome);
    if !outcome.rendered {
        return fail(session, options, caller, &outcome.diagnostics);
    }
    if options.gate
        && let Some(exit) = gate(
            session,
            options,
            caller,
            &inputs.policy,
            &outcome.text(&release),
        )
    {
        return exit;
    }
    session.show(&outcome.diagnostics);
    let differs = !outcome.documents.is_empty();
    let written = match (options.diff, options.check) {
        (true, _) => session.write(&explain::diff(session, &release, &outcome)),
        (false, true) => {
            session.say(&explain::summary(&outcome));
            Exit::Fine
        }
        (false, false) => return session.write_pieces(&outcome.pieces(&release)),
    };
    if options.check && differs && written == Exit::Fine {
        Exit::Findings
    } else {
        written
    }
}

/// Lints what would be written; says how the command ends where there are errors.
fn gate(
    session: &Session<'_>,
    options: &RenderOptions,
    caller: Caller,
    policy: &Policy,
    text: &str,
) -> Option<Exit> {
    let mut beside = session.beside();
    let manifests = beside
        .sources
        .add_fixed("the rendered manifests", text.to_owned());
    // The built-in policy says nothing of anybody's cluster.
    let is_own = session.sources.get(policy.source).is_file();
    let errors = lint::gate(&mut beside, manifests, Some(policy).filter(|_| is_own));
    if errors.is_empty() {
        return None;
    }
    let exit = fail(&beside, options, caller, &errors);
    Some(exit.min(Exit::Findings))
}

/// Tells of errors: on standard error with an exit code, or, where Helm 4 would drop both, as a
/// document that makes Helm fail with our words in its message.
fn fail(
    session: &Session<'_>,
    options: &RenderOptions,
    caller: Caller,
    diagnostics: &[Diagnostic],
) -> Exit {
    if caller == Caller::Plugin && !options.check && !options.diff {
        session.show(diagnostics);
        return session.write(&report::block_scalar(&session.sources, diagnostics));
    }
    session.fail(diagnostics)
}
