//! `dunnage init`: proposes a policy.

use std::path::Path;

use crate::cli::Exit;
use crate::cli::session::Session;
use crate::hub;
use crate::k8s::{Kinds, Manifests};
use crate::render;

/// Proposes rows for the given manifests, or for a hub without any.
pub(in crate::cli) fn run(session: &mut Session<'_>, file: Option<&Path>) -> Exit {
    if file.is_none() && session.host.stdin_is_terminal() {
        return session.write(&hub::propose(&[]));
    }
    let source = match file {
        Some(file) => session.reader.read_manifests(file),
        None => session.reader.read_stdin(),
    };
    let source = match source {
        Ok(source) => source,
        Err(error) => return session.fail(&[error]),
    };
    let session = &*session;
    let release = Manifests::read(source, session.reader.text(source), &Kinds::default());
    let documents = release.documents(|_| true);
    let problems = render::unreadable(&release, &documents);
    if !problems.is_empty() {
        return session.fail(&problems);
    }
    session.write(&hub::propose(&documents.objects(&release)))
}
