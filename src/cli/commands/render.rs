//! `dunnage render`, the bare command and `dunnage helm-plugin`, which differ in how errors are reported.

use std::path::{Path, PathBuf};

use crate::cli::args::RenderOptions;
use crate::cli::explain::{self, Diff};
use crate::cli::session::Session;
use crate::cli::{Exit, for_helm, report_file};
use crate::diag::{Code, Diagnostic};
use crate::project::{gate, load_render};
use crate::render::{Caller, Report};
use crate::report;

pub(in crate::cli) static SEVERAL_FILES: Code = Code::error(
    "CL009",
    "several-files",
    "`render` writes one stream, so it accepts only one file",
)
.page(include_str!("../codes/several_files.md"));

/// Runs `render` with the files of its command line; several files are only checked or compared.
pub(in crate::cli) fn run_files(
    session: &mut Session<'_>,
    files: &[PathBuf],
    options: &RenderOptions,
) -> Exit {
    if files.len() > 1 && !options.check && !options.diff {
        let message = format!("{} files cannot be rendered at once", files.len());
        let error = Diagnostic::new(&SEVERAL_FILES, message);
        let help = "render them one by one; only `--check` and `--diff` accept several files";
        return session.fail(&[error.help(help)]);
    }
    run(session, files, options, Caller::Person)
}

/// Renders standard input or files; several diffs are one output.
pub(in crate::cli) fn run(
    session: &mut Session<'_>,
    files: &[PathBuf],
    options: &RenderOptions,
    caller: Caller,
) -> Exit {
    let asked = &options.policy_options;
    let previous = options.previous.as_deref();
    if let Err(error) = session.check_policy_outputs(files, asked, previous) {
        return fail(session, caller, &[error]);
    }
    if let Some(error) = for_helm::refused_options(options, caller) {
        let mut errors = vec![error];
        report_file::write(session, asked, Report::unread(), &mut errors);
        return session.fail(&errors);
    }
    let mut diffs = Vec::new();
    let mut worst = Exit::Fine;
    if files.is_empty() {
        worst = render(session, None, options, caller, &mut diffs);
    }
    for file in files {
        if files.len() > 1 {
            session.say(&format!("{}:", file.display()));
        }
        worst = worst.max(render(session, Some(file), options, caller, &mut diffs));
    }
    if diffs.is_empty() {
        return worst;
    }
    worst.max(session.write(&Diff::together(&diffs)))
}

/// Renders one stream; a requested diff is added to `diffs`.
fn render(
    session: &mut Session<'_>,
    file: Option<&Path>,
    options: &RenderOptions,
    caller: Caller,
    diffs: &mut Vec<Diff>,
) -> Exit {
    let asked = &options.policy_options;
    let request = options.request(file, caller);
    let job = load_render(&mut session.reader, &request);
    session.show_notes();
    let job = match job {
        Ok(job) => job,
        Err(mut diagnostics) => {
            report_file::write(session, asked, Report::unread(), &mut diagnostics);
            return fail(session, caller, &diagnostics);
        }
    };
    let mut release = job.release(&session.reader.sources);
    let mut outcome = job.run(&session.reader.sources, &release);
    report_file::settle(session, asked, &job.policy, &release, &mut outcome);
    if !outcome.rendered {
        return fail(session, caller, &outcome.diagnostics);
    }
    if options.gate {
        let text = outcome.text(&release);
        let errors = gate(&mut session.reader, &job, text);
        if !errors.is_empty() {
            return fail(session, caller, &errors).min(Exit::Findings);
        }
        release = job.release(&session.reader.sources);
    }
    session.show(&outcome.diagnostics);
    if options.diff {
        diffs.push(explain::diff(session, &release, &outcome));
    } else if options.check {
        session.say(&explain::summary(&outcome));
    } else {
        return session.write_pieces(&outcome.pieces(&release));
    }
    if options.check && !outcome.documents.is_empty() {
        Exit::Findings
    } else {
        Exit::Fine
    }
}

/// Reports errors: on standard error with an exit code, or for the Helm 4 plugin, where Helm drops both, as a document that
/// makes Helm fail and print the message.
fn fail(session: &Session<'_>, caller: Caller, diagnostics: &[Diagnostic]) -> Exit {
    if caller == Caller::Plugin {
        session.show(diagnostics);
        return session.write(&report::block_scalar(&session.reader.sources, diagnostics));
    }
    session.fail(diagnostics)
}
