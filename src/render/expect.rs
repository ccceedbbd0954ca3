//! Checks the number of objects that the rows of the policy match.

use std::collections::BTreeSet;

use super::{Mode, Options, codes};
use crate::diag::Diagnostic;
use crate::k8s::{ChartPath, Manifests};
use crate::policy::{Policy, Row};

/// Whether the stream contains hooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hooks {
    /// Hooks are in the stream, so rows for hooks can match.
    Visible,
    /// Helm 3 and live manifests have no hooks.
    Invisible,
}

impl Hooks {
    pub(super) fn of(mode: Mode, options: &Options) -> Self {
        if mode == Mode::Helm3 || options.is_live {
            Self::Invisible
        } else {
            Self::Visible
        }
    }
}

/// Checks `expect` of each row and reports rows without a match, in releases of the row's chart only. `matched`
/// is the number of objects for each row.
pub(super) fn check(
    release: &Manifests<'_>,
    policy: &Policy,
    matched: &[usize],
    hooks: Hooks,
) -> Vec<Diagnostic> {
    if release.is_blank() {
        return Vec::new();
    }
    let files: BTreeSet<&str> = release.parts.iter().map(|part| part.file).collect();
    let charts = files.into_iter().flat_map(|file| ChartPath::read(file).charts);
    let charts: BTreeSet<String> = charts.collect();
    let rows = policy.rows.iter().zip(matched).filter(|(row, _)| applies(row, &charts, hooks));
    rows.filter_map(|(row, &count)| unmet(row, count).or_else(|| unused(row, count)))
        .collect()
}

/// Returns whether the stream can contain matches of the row: its chart, and hooks if the row matches hooks only. A
/// row without a chart is for all releases and may match nothing.
fn applies(row: &Row, charts: &BTreeSet<String>, hooks: Hooks) -> bool {
    let wanted = &row.criteria.charts;
    let is_wanted = |chart: &String| wanted.iter().any(|wanted| wanted.matches(chart));
    let is_visible = hooks == Hooks::Visible || row.criteria.hook != Some(true);
    is_visible && charts.iter().any(is_wanted)
}

fn unmet(row: &Row, count: usize) -> Option<Diagnostic> {
    let expect = row.expect.as_ref().filter(|expect| !expect.value.is_met(count))?;
    let message = format!(
        "{} matched {count} {}, expected {}",
        row.title(),
        if count == 1 { "object" } else { "objects" },
        expect.value
    );
    Some(
        Diagnostic::new(&codes::EXPECTATION_UNMET, message)
            .at(expect.span, "expected count")
            .help("check which objects earlier rows match, and whether a name or label changed in the chart"),
    )
}

fn unused(row: &Row, count: usize) -> Option<Diagnostic> {
    if count > 0 || row.expect.is_some() {
        return None;
    }
    Some(
        Diagnostic::new(
            &codes::ROW_UNUSED,
            format!("{} matched no object of its chart", row.title()),
        )
        .at(row.span, "no match")
        .help("correct `match` or remove the row; `expect: 0+` allows no match"),
    )
}
