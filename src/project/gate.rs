//! Lints the output of `render` before it is written.

use super::gather::{Gathered, Gatherer};
use super::reader::Reader;
use super::settings;
use crate::diag::Diagnostic;
use crate::lint::{self, RULES, Repeats, Selection};
use crate::render::Job;

/// Lints the output of a job; returns the errors, at the levels that the policy sets.
pub fn gate(reader: &mut Reader<'_>, job: &Job, rendered: String) -> Vec<Diagnostic> {
    let name = "the rendered manifests";
    let manifests = reader.sources.add_inside(job.manifests, name, rendered);
    // The built-in policy has no facts about a cluster.
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
