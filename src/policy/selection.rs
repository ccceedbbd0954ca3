//! Checks how a row selects the nodes of its pools.

use super::place::{Findings, PolicyPlace};
use super::{NodeSelection, Pool, codes, written};
use crate::diag::Diagnostic;

/// Returns the node selection of a row: its own setting, otherwise that of its pools.
pub(super) fn check(
    written: &written::Row,
    pools: &[&Pool],
    place: PolicyPlace<'_>,
    findings: &mut Findings,
) -> NodeSelection {
    let selection = match written.node_selection {
        Some(selection) => selection.into(),
        None => of_pools(pools, place, findings),
    };
    if selection == NodeSelection::NodeSelector {
        findings.extend(preferred(written, pools, place));
        findings.extend(different_labels(written, pools, place));
    } else {
        findings.extend(override_without_selector(written, pools, place));
    }
    selection
}

fn of_pools(pools: &[&Pool], place: PolicyPlace<'_>, findings: &mut Findings) -> NodeSelection {
    let selection = |pool: &Pool| {
        let selection = pool.selection.as_ref();
        selection.map_or(NodeSelection::Affinity, |selection| selection.value)
    };
    let Some((first, others)) = pools.split_first() else {
        return NodeSelection::Affinity;
    };
    let other = others.iter().find(|pool| selection(pool) != selection(first));
    if let Some(other) = other {
        let message = format!(
            "pools `{}` and `{}` of one row have different `nodeSelection`",
            first.name.value, other.name.value
        );
        let mut diagnostic = Diagnostic::new(&codes::BAD_SELECTION, message)
            .at(place.under("pool").span(), "names both");
        for written in [first, other].iter().filter_map(|pool| pool.selection.as_ref()) {
            diagnostic = diagnostic.at(written.span, "set here");
        }
        findings.push(
            diagnostic.help("set `nodeSelection` in the row, or use the same value in both pools"),
        );
    }
    selection(first)
}

/// Reports `matchNodePurpose: prefer`, which a node selector cannot express.
fn preferred(
    written: &written::Row,
    pools: &[&Pool],
    place: PolicyPlace<'_>,
) -> Option<Diagnostic> {
    if written.match_node_purpose != Some(written::Purpose::Prefer) {
        return None;
    }
    let message = "a node selector cannot express a preference: it requires every label";
    let diagnostic = Diagnostic::new(&codes::BAD_SELECTION, message)
        .at(place.under("matchNodePurpose").span(), "not possible here");
    let help = "remove `matchNodePurpose`, or set `nodeSelection: affinity` in the row";
    Some(at_selection(diagnostic, written, pools, place).help(help))
}

/// Reports pools with different labels, which one node selector cannot express.
fn different_labels(
    written: &written::Row,
    pools: &[&Pool],
    place: PolicyPlace<'_>,
) -> Option<Diagnostic> {
    let (first, others) = pools.split_first()?;
    let other = others.iter().find(|pool| pool.labels != first.labels)?;
    let message = format!(
        "a node selector cannot match `{}` or `{}`: their labels differ",
        first.name.value, other.name.value
    );
    let diagnostic = Diagnostic::new(&codes::BAD_SELECTION, message)
        .at(place.under("pool").span(), "several pools");
    let help = "name one pool, give the pools the same labels, or set `nodeSelection: affinity` in the row";
    Some(at_selection(diagnostic, written, pools, place).help(help))
}

/// Reports `override: [nodeSelector]` in a row that writes no node selector.
fn override_without_selector(
    written: &written::Row,
    pools: &[&Pool],
    place: PolicyPlace<'_>,
) -> Option<Diagnostic> {
    let overrides = written.overrides.as_deref().unwrap_or_default();
    if pools.is_empty() || !overrides.contains(&written::Overridable::NodeSelector) {
        return None;
    }
    let message = "`override: [nodeSelector]` has no effect: the row uses node affinity";
    let diagnostic = Diagnostic::new(&codes::BAD_SELECTION, message)
        .at(place.under("override").span(), "no effect");
    Some(diagnostic.help("set `nodeSelection: nodeSelector` in the row or its pool"))
}

/// Adds a label at the setting `nodeSelection`, in the row or in a pool.
fn at_selection(
    diagnostic: Diagnostic,
    written: &written::Row,
    pools: &[&Pool],
    place: PolicyPlace<'_>,
) -> Diagnostic {
    const LABEL: &str = "uses `nodeSelector`";
    if written.node_selection.is_some() {
        return diagnostic.at(place.under("nodeSelection").span(), LABEL);
    }
    let of_pool = pools.iter().find_map(|pool| pool.selection.as_ref());
    match of_pool {
        Some(selection) => diagnostic.at(selection.span, LABEL),
        None => diagnostic,
    }
}
