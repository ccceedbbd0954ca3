//! `dunnage lint`: what is wrong in the values of a hub.

use std::path::PathBuf;

use crate::cli::Exit;
use crate::cli::args::{LayerOptions, LintOptions};
use crate::cli::session::Session;
use crate::cli::stack::{self, Parts};
use crate::diag::{Code, Diagnostic, Level};
use crate::lint::{self, RULES, Release, Shared};
use crate::policy::Facts;
use crate::text::nearest;

static NO_SUCH_RULE: Code = Code::error(
    "CL006",
    "no-such-rule",
    "an option names a rule that there is not",
);

static NOTHING: Code = Code::error(
    "CL007",
    "nothing-to-lint",
    "there is nothing that the linter knows",
);

/// Every path is a release of its own, with the layers of the options over it; without a path they are the
/// release.
pub(in crate::cli) fn run(session: &mut Session<'_>, options: &LintOptions) -> Exit {
    if let Some(error) = unknown_rule(options) {
        return session.fail(&[error]);
    }
    let subjects: Vec<Vec<PathBuf>> = if options.paths.is_empty() {
        vec![Vec::new()]
    } else {
        options
            .paths
            .iter()
            .map(|path| vec![path.clone()])
            .collect()
    };
    let mut findings: Vec<Diagnostic> = Vec::new();
    let mut hubs = 0;
    for subject in &subjects {
        match lint(session, subject, options) {
            Ok(None) => {}
            Ok(Some(found)) => {
                hubs += 1;
                findings.extend(found);
            }
            Err(error) => return session.fail(&[error]),
        }
    }
    if hubs == 0 {
        session.show(
            &[Diagnostic::new(&NOTHING, "there is no hub in these values")
                .help("name values files of the z2jh chart, a chart that depends on it, or both")],
        );
        return Exit::Nothing;
    }
    findings.retain(|finding| is_selected(options, finding));
    findings.dedup();
    tell(session, &findings)
}

fn lint(
    session: &mut Session<'_>,
    paths: &[PathBuf],
    options: &LintOptions,
) -> Result<Option<Vec<Diagnostic>>, Diagnostic> {
    let layers: &LayerOptions = &options.layers;
    let Parts {
        chart,
        values,
        helm,
    } = stack::gather(session, paths, layers)?;
    let parts = lint::Parts {
        chart,
        values,
        helm,
        version: options.chart_version.as_deref(),
        hub: None,
    };
    let mut shared = Shared::default();
    let release = Release::new(&mut session.sources, &mut shared, parts)
        .map_err(|error| stack::not_a_table(&error))?;
    for schema in release.schemas() {
        shared.add_schema(&session.sources, schema);
    }
    Ok(release
        .is_known()
        .then(|| lint::run(&session.sources, &shared, &Facts::default(), &release)))
}

/// Findings are what was asked for, so they go to standard output.
fn tell(session: &Session<'_>, findings: &[Diagnostic]) -> Exit {
    let written = session.write(&session.findings(findings));
    let count = |level| {
        findings
            .iter()
            .filter(|finding| finding.level == level)
            .count()
    };
    let levels = [Level::Error, Level::Warning, Level::Note, Level::Hint];
    let counts: Vec<String> = levels
        .into_iter()
        .map(|level| (count(level), level.name()))
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}{}", if count == 1 { "" } else { "s" }))
        .collect();
    session.say(&if counts.is_empty() {
        "nothing to complain about".to_owned()
    } else {
        counts.join(", ")
    });
    let is_clean = findings.iter().all(|finding| finding.level >= Level::Note);
    match written {
        Exit::Fine if !is_clean => Exit::Findings,
        written => written,
    }
}

/// A code, a name, or the letters of a family.
fn is_named(finding: &Code, word: &str) -> bool {
    let is_family = word.len() == 2 && finding.id.starts_with(&word.to_ascii_uppercase());
    is_family || finding.id.eq_ignore_ascii_case(word) || finding.name == word
}

fn is_selected(options: &LintOptions, finding: &Diagnostic) -> bool {
    let named = |words: &[String]| words.iter().any(|word| is_named(finding.code, word));
    (options.select.is_empty() || named(&options.select)) && !named(&options.ignore)
}

fn unknown_rule(options: &LintOptions) -> Option<Diagnostic> {
    let mut words = options.select.iter().chain(&options.ignore);
    let word = words.find(|word| !RULES.iter().any(|rule| is_named(rule.code, word)))?;
    let known = RULES.iter().flat_map(|rule| [rule.code.id, rule.code.name]);
    let near = nearest(word, known);
    let help = near.map_or_else(
        || "a rule has a code (`PH001`), a name, and the letters of its family (`PH`)".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    let message = format!("there is no rule `{word}`");
    Some(Diagnostic::new(&NO_SUCH_RULE, message).help(help))
}
