//! `dunnage render`, the bare command and `dunnage helm-plugin`: they differ in who is told of errors.

use std::path::Path;

use crate::cli::args::{ModeArg, RenderOptions};
use crate::cli::session::Session;
use crate::cli::{Exit, find_policy};
use crate::diag::{Diagnostic, Level};
use crate::k8s::Release;
use crate::policy::{self, Policy};
use crate::render::{self, Caller, Mode, Options, Outcome};
use crate::report;
use crate::text::SourceId;
use crate::values;

pub(in crate::cli) fn run(
    session: &mut Session<'_>,
    file: Option<&Path>,
    options: &RenderOptions,
    caller: Caller,
) -> Exit {
    let prepared = prepare(session, file, options, caller);
    let (manifests, policy, render_options) = match prepared {
        Ok(prepared) => prepared,
        Err(diagnostics) => return fail(session, options, caller, &diagnostics),
    };
    let session = &*session;
    let release = Release::read(
        manifests,
        session.sources.get(manifests).text(),
        &policy.kinds,
    );
    let mut outcome = render::run(&release, &policy, &render_options);
    if options.strict {
        make_strict(&mut outcome);
    }
    let Some(text) = &outcome.text else {
        return fail(session, options, caller, &outcome.diagnostics);
    };
    session.show(&outcome.diagnostics);
    let differs = !outcome.documents.is_empty();
    let written = match (options.diff, options.check) {
        (true, _) => session.write(&diff(session, &release, &outcome)),
        (false, true) => {
            session
                .host
                .write_stderr(&format!("{}\n", summary(&outcome)));
            Exit::Fine
        }
        (false, false) => return session.write(text),
    };
    if options.check && differs && written == Exit::Fine {
        Exit::Findings
    } else {
        written
    }
}

/// Everything that is read: the policy first, so that a slow input is not waited for in vain.
fn prepare(
    session: &mut Session<'_>,
    file: Option<&Path>,
    options: &RenderOptions,
    caller: Caller,
) -> Result<(SourceId, Policy, Options), Vec<Diagnostic>> {
    let source =
        find_policy::find(session, options.policy.as_deref()).map_err(|error| vec![error])?;
    let (policy, diagnostics) = policy::read(source, session.sources.get(source).text());
    let policy = policy.ok_or_else(|| diagnostics.clone())?;
    session.show(&diagnostics);
    let hub_images = hub_images(session, options)?;
    let manifests = match file {
        Some(file) => session.read(file),
        None => session.read_stdin(),
    };
    let manifests = manifests.map_err(|error| vec![error])?;
    let mode = match options.mode {
        ModeArg::Auto => None,
        ModeArg::Helm3 => Some(Mode::Helm3),
        ModeArg::Helm4 => Some(Mode::Helm4),
        ModeArg::Krm => Some(Mode::Krm),
        ModeArg::Plain => Some(Mode::Plain),
    };
    let namespace = options.namespace.clone();
    Ok((
        manifests,
        policy,
        Options {
            mode,
            caller,
            namespace,
            hub_images,
        },
    ))
}

/// The images that the values files name, laid over one another in their order.
fn hub_images(
    session: &mut Session<'_>,
    options: &RenderOptions,
) -> Result<Vec<values::HubImage>, Vec<Diagnostic>> {
    let mut merged = serde_json::Value::Null;
    for path in &options.values {
        let source = session.read(path).map_err(|error| vec![error])?;
        let values = values::read(source, session.sources.get(source).text())
            .map_err(|error| vec![error])?;
        values::merge(&mut merged, values);
    }
    Ok(values::locate_hub(&merged)
        .map(values::hub_images)
        .unwrap_or_default())
}

/// `--strict`: whatever there is to say is an error.
fn make_strict(outcome: &mut Outcome<'_>) {
    for diagnostic in &mut outcome.diagnostics {
        diagnostic.level = Level::Error;
        outcome.text = None;
    }
}

/// Tells of errors: on standard error with an exit code, or, where Helm 4 would drop both, as a
/// document that makes Helm fail with our words in its message.
fn fail(
    session: &Session<'_>,
    options: &RenderOptions,
    caller: Caller,
    diagnostics: &[Diagnostic],
) -> Exit {
    session.show(diagnostics);
    if caller == Caller::Plugin && !options.check && !options.diff {
        return session.write(&report::block_scalar(&session.sources, diagnostics));
    }
    let is_unmet = |diagnostic: &Diagnostic| render::is_unmet(diagnostic.code);
    let mut errors = diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.is_error());
    if errors.all(is_unmet) {
        Exit::Findings
    } else {
        Exit::Usage
    }
}

/// The change of each document under the reasons for it, and what it comes to. Line numbers are those of
/// the stream, before and after.
fn diff(session: &Session<'_>, release: &Release<'_>, outcome: &Outcome<'_>) -> String {
    let color = session.colors(session.host.stdout_is_terminal());
    let source = session.sources.get(release.source);
    let (mut old_lines, mut new_lines) = (0, 0);
    let mut text = String::new();
    for document in &outcome.documents {
        let part = &release.parts[document.part];
        let old = &release.text[part.range.clone()];
        let old_start = source.line_column(part.range.start).line;
        let look = report::DiffLook {
            name: source.name(),
            old_start,
            new_start: old_start + new_lines - old_lines,
            color,
        };
        text.push_str(&reasons(session, &part.chart.file, outcome, document.part));
        text.push_str(&report::unified(old, &document.text, &look));
        text.push('\n');
        old_lines += old.matches('\n').count();
        new_lines += document.text.matches('\n').count();
    }
    text.push_str(&report::comment(&summary(outcome)));
    text
}

/// What happens to each object of a document, and which row of the policy asks for it.
fn reasons(session: &Session<'_>, file: &str, outcome: &Outcome<'_>, part: usize) -> String {
    let of_part = outcome
        .decided
        .iter()
        .filter(|decided| decided.part == part);
    let mut text = String::new();
    for decided in of_part.filter(|decided| !decided.changes.is_empty()) {
        let of_file = if file.is_empty() {
            String::new()
        } else {
            format!(" of {file}")
        };
        text.push_str(&report::comment(&format!("{}{of_file}", decided.title)));
        for change in &decided.changes {
            text.push_str(&report::comment(&format!("  {}", change.what)));
        }
        if let Some(caveat) = decided.caveat {
            text.push_str(&report::comment(&format!("  ({caveat})")));
        }
        let because = decided
            .because
            .as_ref()
            .expect("a row asked for the change");
        let policy = session.sources.get(because.row_span.source);
        text.push_str(&report::comment(&format!(
            "  by {} (pool {}), {}:{}",
            because.row,
            because.pools.join(" or "),
            policy.name(),
            policy.line_column(because.row_span.start).line,
        )));
    }
    text
}

fn summary(outcome: &Outcome<'_>) -> String {
    let count = |number: usize, noun: &str| match number {
        0 => format!("no {noun}"),
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    };
    if outcome.documents.is_empty() {
        return "nothing changes".to_owned();
    }
    format!(
        "{} in {}; {} will restart",
        count(outcome.changes(), "change"),
        count(outcome.documents.len(), "document"),
        count(outcome.restarts(), "workload"),
    )
}
