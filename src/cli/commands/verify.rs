//! `dunnage verify`: is a live manifest what the policy wants?

use std::path::Path;

use crate::cli::args::{ModeArg, PolicyOptions};
use crate::cli::explain::{self, Diff};
use crate::cli::inputs::{self, Setting};
use crate::cli::session::Session;
use crate::cli::{Exit, report_file};
use crate::render::{Caller, Report};

pub(in crate::cli) fn run(
    session: &mut Session<'_>,
    file: Option<&Path>,
    options: &PolicyOptions,
) -> Exit {
    let options = &match options.with_twins(session.host) {
        Ok(options) => options,
        Err(error) => return session.fail(&[error]),
    };
    if let Err(error) = inputs::check_outputs(session, file.as_slice(), options, None) {
        return session.fail(&[error]);
    }
    // What lives is what Helm installed, hooks or not; a release without an object has nothing to verify.
    let setting = Setting {
        caller: Caller::Person,
        mode: ModeArg::Plain,
        is_live: true,
        previous: None,
        shows_decisions: true,
    };
    let inputs = match inputs::read(session, file, options, &setting) {
        Ok(inputs) => inputs,
        Err(mut diagnostics) => {
            report_file::write(session, options, Report::unread(), &mut diagnostics);
            return session.fail(&diagnostics);
        }
    };
    let session = &*session;
    let release = inputs.release(&session.sources);
    let mut outcome = inputs.render(&session.sources, &release);
    report_file::settle(session, options, &inputs.policy, &release, &mut outcome);
    if !outcome.rendered {
        return session.fail(&outcome.diagnostics);
    }
    session.show(&outcome.diagnostics);
    if outcome.documents.is_empty() {
        session.say("everything is as the policy wants it");
        return Exit::Fine;
    }
    let written = session.write(&Diff::together(&[explain::diff(
        session, &release, &outcome,
    )]));
    session.say(
        "this is not what the policy wants; was the release upgraded without `--post-renderer dunnage`?",
    );
    if written == Exit::Fine {
        Exit::Findings
    } else {
        written
    }
}
