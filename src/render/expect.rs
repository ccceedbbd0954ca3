//! What the rows say of themselves: how many objects they expect, and that they are of use.

use std::collections::BTreeSet;

use super::codes;
use crate::diag::Diagnostic;
use crate::k8s::{ChartPath, Release};
use crate::policy::{Policy, Row};

/// Checks each row's `expect` and notes rows that matched nothing. `matched` counts objects by row.
pub(super) fn check(release: &Release<'_>, policy: &Policy, matched: &[usize]) -> Vec<Diagnostic> {
    if release.is_blank() {
        return Vec::new();
    }
    let files: BTreeSet<&str> = release.parts.iter().map(|part| part.file).collect();
    let charts = files
        .into_iter()
        .flat_map(|file| ChartPath::read(file).charts);
    let charts: BTreeSet<String> = charts.collect();
    let rows = policy
        .rows
        .iter()
        .zip(matched)
        .filter(|(row, _)| applies(row, &charts));
    rows.filter_map(|(row, &count)| unmet(row, count).or_else(|| unused(row, count)))
        .collect()
}

/// Whether the row can match here at all: its chart is in the stream, or it names none.
fn applies(row: &Row, charts: &BTreeSet<String>) -> bool {
    let wanted = &row.criteria.charts;
    let is_wanted = |chart: &String| wanted.iter().any(|wanted| wanted.matches(chart));
    wanted.is_empty() || charts.iter().any(is_wanted)
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
