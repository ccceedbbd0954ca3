//! `dunnage verify`: checks that a live manifest matches the policy.

use std::path::Path;

use crate::cli::args::PolicyOptions;
use crate::cli::explain::{self, Diff};
use crate::cli::session::Session;
use crate::cli::{Exit, report_file};
use crate::project::{RenderRequest, load_render};
use crate::render::{Mode, Options, Report};

pub(in crate::cli) fn run(
    session: &mut Session<'_>,
    file: Option<&Path>,
    options: &PolicyOptions,
) -> Exit {
    if let Err(error) = session.check_policy_outputs(file.as_slice(), options, None) {
        return session.fail(&[error]);
    }
    // A live manifest has what Helm installed, with or without hooks; a release without objects is fine.
    let request = options.request(Options {
        mode: Some(Mode::Plain),
        is_live: true,
        ..Options::default()
    });
    let request = RenderRequest {
        file: file.map(Path::to_owned),
        ..request
    };
    let job = load_render(&mut session.reader, &request);
    session.show_notes();
    let job = match job {
        Ok(job) => job,
        Err(mut diagnostics) => {
            report_file::write(session, options, Report::unread(), &mut diagnostics);
            return session.fail(&diagnostics);
        }
    };
    let session = &*session;
    let release = job.release(&session.reader.sources);
    let mut outcome = job.run(&session.reader.sources, &release);
    report_file::settle(session, options, &job.policy, &release, &mut outcome);
    if !outcome.rendered {
        return session.fail(&outcome.diagnostics);
    }
    session.show(&outcome.diagnostics);
    if outcome.documents.is_empty() {
        session.say("the manifest matches the policy");
        return Exit::Fine;
    }
    let written = session.write(&Diff::together(&[explain::diff(
        session, &release, &outcome,
    )]));
    session.say(
        "the manifest does not match the policy; was the release upgraded without `--post-renderer dunnage`?",
    );
    if written == Exit::Fine {
        Exit::Findings
    } else {
        written
    }
}
