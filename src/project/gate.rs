//! Linting what `render` is about to write.

use super::gather::{Gathered, Gatherer};
use super::reader::Reader;
use super::settings;
use crate::diag::Diagnostic;
use crate::lint::{self, Repeats};
use crate::policy::Policy;

/// Lints rendered manifests; returns the errors at the levels that the policy gives them.
pub fn gate(reader: &mut Reader<'_>, policy: &Policy, manifests: String) -> Vec<Diagnostic> {
    let manifests = reader
        .sources
        .add_fixed("the rendered manifests", manifests);
    // The built-in policy says nothing of anybody's cluster.
    let is_own = reader.sources.get(policy.source).is_file();
    let policy = Some(policy).filter(|_| is_own);
    let selection = policy.map(settings::selection).unwrap_or_default();
    let mut gatherer = Gatherer::default();
    gatherer.add_stream(reader, manifests);
    let Gathered { input, errors, .. } = gatherer.finish();
    let input = lint::Input {
        policy: policy.cloned(),
        selection: selection.clone(),
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
