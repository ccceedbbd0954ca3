//! `--baseline` and `--write-baseline`.

use std::path::Path;

use super::linted_files::LintedFiles;
use super::summary::plural;
use crate::cli::args::LintOptions;
use crate::cli::session::{Session, unwritable};
use crate::diag::{Code, Diagnostic};
use crate::lint::{Baseline, Selection};

pub(in crate::cli) static BROKEN_BASELINE: Code = Code::error(
    "CL010",
    "baseline-unusable",
    "the baseline file cannot be used",
)
.page(include_str!("../../codes/broken_baseline.md"));

/// Applies the selection, removes known findings, and writes the baseline if requested.
pub(super) fn apply(
    session: &mut Session<'_>,
    options: &LintOptions,
    linted: &mut LintedFiles,
    selection: &Selection,
    findings: &mut Vec<Diagnostic>,
) -> Result<(), Diagnostic> {
    let Some(path) = &options.baseline else {
        selection.apply(findings);
        if !options.write_baseline {
            return Ok(());
        }
        let message = "`--write-baseline` needs a file";
        let error = Diagnostic::new(&BROKEN_BASELINE, message);
        return Err(error.help("add `--baseline FILE`"));
    };
    if options.write_baseline {
        // Once read, the baseline is an input too.
        session.outputs.check(&session.reader, path)?;
    }
    // Findings that are not selected still exist.
    let now = Baseline::of(&session.reader.sources, findings);
    selection.apply(findings);
    let known = match (session.host.is_file(path), options.write_baseline) {
        (false, true) => Baseline::of(&session.reader.sources, findings),
        _ => read(session, path)?,
    };
    known.apply(&session.reader.sources, findings);
    linted.look_for(session, known.files());
    let shrunk = known.shrunk(&now, |file| linted.has(file));
    let gone = known.len() - shrunk.len();
    if options.write_baseline {
        let written = session.host.write_file(path, shrunk.write().as_bytes());
        written.map_err(|error| unwritable(&error))?;
        let findings = plural(shrunk.len(), "known finding");
        session.say(&format!("{findings} written to {}", path.display()));
    } else if gone > 0 && options.to.is_none() {
        let (findings, verb) = match gone {
            1 => ("1 known finding".to_owned(), "occurs"),
            _ => (format!("{gone} known findings"), "occur"),
        };
        session.say(&format!(
            "{findings} no longer {verb}: `--write-baseline` removes {} from {}",
            if gone == 1 { "it" } else { "them" },
            path.display()
        ));
    }
    Ok(())
}

fn read(session: &mut Session<'_>, path: &Path) -> Result<Baseline, Diagnostic> {
    let source = session.reader.read(path)?;
    Baseline::read(session.reader.text(source)).map_err(|error| {
        let message = format!("`{}` is not a baseline: {error}", path.display());
        Diagnostic::new(&BROKEN_BASELINE, message)
            .help("remove the file and run with `--write-baseline` to create a new one")
    })
}
