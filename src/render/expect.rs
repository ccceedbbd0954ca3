//! What the rows say of themselves: how many objects they expect, and that they are of use.

use super::codes;
use crate::diag::Diagnostic;
use crate::k8s::{Body, Part, Release};
use crate::policy::{Policy, Row};

/// Checks each row's `expect` and notes rows that matched nothing. `matched` counts objects by row.
pub(super) fn check(release: &Release<'_>, policy: &Policy, matched: &[usize]) -> Vec<Diagnostic> {
    let is_broken = |part: &Part<'_>| matches!(part.body, Body::Broken(_));
    if release.is_blank() || release.parts.iter().any(is_broken) {
        return Vec::new(); // A document that cannot be read may be the one that a row waits for.
    }
    let rows = policy
        .rows
        .iter()
        .zip(matched)
        .filter(|(row, _)| applies(release, row));
    rows.filter_map(|(row, &count)| unmet(row, count).or_else(|| unused(row, count)))
        .collect()
}

/// Whether the row can match here at all: its chart is in the stream, or it names none.
fn applies(release: &Release<'_>, row: &Row) -> bool {
    let wanted = &row.criteria.charts;
    let mut charts = release.parts.iter().flat_map(|part| &part.chart.charts);
    wanted.is_empty() || charts.any(|chart| wanted.iter().any(|wanted| wanted.matches(chart)))
}

fn unmet(row: &Row, count: usize) -> Option<Diagnostic> {
    let expect = row
        .expect
        .as_ref()
        .filter(|expect| !expect.value.is_met(count))?;
    let message = format!(
        "{} matched {count} {}",
        row.title(),
        if count == 1 { "object" } else { "objects" }
    );
    Some(
        Diagnostic::new(&codes::EXPECTATION_UNMET, message)
            .at(expect.span, "it expects this")
            .help("see what the rows above it take, and whether a name or a label changed in the chart"),
    )
}

fn unused(row: &Row, count: usize) -> Option<Diagnostic> {
    if count > 0 || row.expect.is_some() {
        return None;
    }
    Some(
        Diagnostic::new(
            &codes::ROW_UNUSED,
            format!("{} matched nothing in this stream", row.title()),
        )
        .at(row.span, "no object comes this far")
        .help("`expect: 1+` makes this an error, `expect: 0+` says that it is all right"),
    )
}
