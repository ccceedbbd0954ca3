//! `--baseline` and `--write-baseline`.

use std::path::Path;

use crate::cli::args::LintOptions;
use crate::cli::session::{Session, unwritable};
use crate::diag::{Code, Diagnostic};
use crate::lint::Baseline;

pub(in crate::cli) static BROKEN_BASELINE: Code = Code::error(
    "CL010",
    "baseline-unusable",
    "the file of known findings cannot be used",
)
.page(include_str!("../../codes/broken_baseline.md"));

/// Leaves out the findings that are known, and writes the file where that is asked for.
pub(super) fn apply(
    session: &mut Session<'_>,
    options: &LintOptions,
    findings: &mut Vec<Diagnostic>,
) -> Result<(), Diagnostic> {
    let Some(path) = &options.baseline else {
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
    let now = Baseline::of(&session.reader.sources, findings);
    let known = match (session.host.is_file(path), options.write_baseline) {
        (false, true) => now.clone(),
        _ => read(session, path)?,
    };
    known.apply(&session.reader.sources, findings);
    let shrunk = known.shrunk(&now);
    let gone = known.len() - shrunk.len();
    if options.write_baseline {
        let written = session.host.write_file(path, shrunk.write().as_bytes());
        written.map_err(|error| unwritable(&error))?;
        session.say(&format!(
            "{} known findings in {}",
            shrunk.len(),
            path.display()
        ));
    } else if gone > 0 {
        session.say(&format!(
            "{gone} known findings are gone: `--write-baseline` takes them out of {}",
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
