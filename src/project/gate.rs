//! Linting what `render` is about to write.

use super::gather::{Gathered, Gatherer};
use super::reader::Reader;
use super::settings;
use crate::diag::Diagnostic;
use crate::lint::{self, RULES, Repeats, Selection};
use crate::render::Job;

/// Lints what a job rendered; returns the errors at the levels that the policy gives them.
pub fn gate(reader: &mut Reader<'_>, job: &Job, rendered: String) -> Vec<Diagnostic> {
    let name = "the rendered manifests";
    let manifests = reader.sources.add_inside(job.manifests, name, rendered);
    // The built-in policy says nothing of anybody's cluster.
    let is_own = reader.sources.get(job.policy.source).is_file();
    let policy = Some(&job.policy).filter(|_| is_own);
    let selection = policy.map(settings::selection);
    let selection = selection.unwrap_or_else(|| Selection::of(RULES));
    let mut gatherer = Gatherer::default();
    gatherer.add_stream(reader, manifests);
    let Gathered { input, errors, .. } = gatherer.finish(selection.clone());
    let input = lint::Input {
        policy: policy.cloned(),
        today: reader.host.today(),
        ..input
    };
    let outcome = lint::judge(&reader.sources, input, Repeats::Hidden);
    let mut findings = outcome.findings;
    findings.extend(errors);
    findings.extend(outcome.errors);
    selection.apply(&mut findings);
    findings.retain(Diagnostic::is_error);
    findings
}
