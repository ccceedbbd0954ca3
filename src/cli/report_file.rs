//! The file of `--report`: the objects of a run, the decisions about them, and the diagnostics.

use serde::Serialize;

use super::args::PolicyOptions;
use super::session::Session;
use crate::diag::{Diagnostic, Level};
use crate::k8s::Manifests;
use crate::policy::Policy;
use crate::render::{Outcome, Report};
use crate::report::{self, Finding};

/// What dunnage did with a stream of manifests.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(title = "dunnage report"))]
struct ReportFile {
    #[serde(flatten)]
    report: Report,
    /// All diagnostics, errors first.
    diagnostics: Vec<Finding>,
}

/// Returns the JSON Schema of the file.
pub(super) const SCHEMA: &str = include_str!("../../schemas/report.schema.json");

/// Applies `--strict` to the outcome, and writes the report if one is requested.
pub(super) fn settle(
    session: &Session<'_>,
    asked: &PolicyOptions,
    policy: &Policy,
    release: &Manifests<'_>,
    outcome: &mut Outcome,
) {
    if asked.strict && !outcome.diagnostics.is_empty() {
        outcome.rendered = false;
        for diagnostic in &mut outcome.diagnostics {
            diagnostic.level = Level::Error;
        }
    }
    if asked.report.is_some() {
        let report = Report::of(&session.reader.sources, release, policy, outcome);
        write(session, asked, report, &mut outcome.diagnostics);
        if outcome.diagnostics.iter().any(Diagnostic::is_error) {
            outcome.rendered = false;
        }
    }
}

/// Writes the report if one is requested; if it cannot be written, an error is added.
pub(super) fn write(
    session: &Session<'_>,
    asked: &PolicyOptions,
    report: Report,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let Some(path) = &asked.report else { return };
    let mut findings: Vec<&Diagnostic> = diagnostics.iter().collect();
    findings.sort_by_key(|diagnostic| diagnostic.level);
    let file = ReportFile {
        report,
        diagnostics: report::findings(&session.reader.sources, findings),
    };
    let mut text =
        serde_json::to_string_pretty(&file).expect("strings and numbers always serialize");
    text.push('\n');
    diagnostics.extend(session.write_file(path, &text).err());
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/report.schema.json");

    #[test]
    #[expect(
        clippy::disallowed_methods,
        reason = "a test that rewrites its own expectation"
    )]
    fn the_published_schema_is_that_of_the_types() {
        let generator = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
        let schema = generator.into_generator().into_root_schema_for::<ReportFile>();
        let text = format!("{:#}\n", schema.to_value());
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(PATH, &text).expect("the schema can be written");
            return;
        }
        assert!(
            text == SCHEMA,
            "schemas/report.schema.json is stale; run `UPDATE=1 cargo test`"
        );
    }
}
