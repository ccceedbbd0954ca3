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
    "the file of known findings cannot be used",
)
.page(include_str!("../../codes/broken_baseline.md"));

/// Applies the selection, leaves out the findings that are known, and writes the file where that is asked for.
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
        let message = "`--write-baseline` does not know where to";
        let error = Diagnostic::new(&BROKEN_BASELINE, message);
        return Err(error.help("name the file by `--baseline FILE`"));
    };
    if options.write_baseline {
        // Once read, it is an input too.
        session.outputs.check(&session.reader, path)?;
    }
    // What is not asked for now is still there.
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
        session.say(&format!("{findings} in {}", path.display()));
    } else if gone > 0 && options.to.is_none() {
        let (findings, verb) = match gone {
            1 => ("1 known finding".to_owned(), "is"),
            _ => (format!("{gone} known findings"), "are"),
        };
        session.say(&format!(
            "{findings} {verb} gone: `--write-baseline` removes {} from {}",
            if gone == 1 { "it" } else { "them" },
            path.display()
        ));
    }
    Ok(())
}

fn read(session: &mut Session<'_>, path: &Path) -> Result<Baseline, Diagnostic> {
    let source = session.reader.read(path)?;
    Baseline::read(session.reader.text(source)).map_err(|error| {
        let message = format!("`{}` is no baseline: {error}", path.display());
        Diagnostic::new(&BROKEN_BASELINE, message)
            .help("`--write-baseline` writes one where there is no file")
    })
}
