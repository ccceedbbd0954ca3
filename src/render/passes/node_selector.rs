use super::Pass;
use super::node_affinity::{
    NodeLabelList, conflict, describe, note_pinned, report_contradiction, report_inherited,
};
use crate::diag::Level;
use crate::k8s::PodField;
use crate::policy::{NodeSelection, Purpose};
use crate::render::context::{PassContext, Placement};
use crate::render::plan::Reason;
use crate::yaml::{Edit, NodeRef};

const FIELD: PodField = PodField::NodeSelector;

pub(super) static PASS: Pass = Pass {
    name: "node selector",
    page: include_str!("node_selector.md"),
    plan,
};

/// Merges the labels of the pool into the node selector, key by key.
fn plan(cx: &mut PassContext<'_>, placement: &Placement<'_>) {
    let is_asked = placement.row.purpose != Purpose::Ignore
        && placement.row.selection == NodeSelection::NodeSelector;
    // All pools of such a row have the same labels: the policy was checked.
    let pool = placement.pools.iter().find(|pool| !pool.labels.is_empty());
    let Some(pool) = pool.filter(|_| is_asked) else {
        return;
    };
    let labels: NodeLabelList<'_> = pool.labels.iter().collect();
    let spec = placement.spec();
    let pin = spec.get(PodField::NodeName).filter(|node| !node.is_null());
    if let Some(node) = pin {
        return note_pinned(cx, placement, FIELD, node);
    }
    if !spec.has(FIELD) {
        return cx.report_no_such_field(placement, FIELD, Level::Error);
    }
    let other = other_values(placement, &labels);
    if let Some(conflict) = contradiction(placement, &labels, &other) {
        return report_contradiction(cx, placement, FIELD, conflict, &labels);
    }
    let selector = spec.get(FIELD);
    let is_there = |(key, value): &(String, String)| {
        let found = selector.and_then(|selector| selector.get(key));
        found.is_some_and(|node| node.as_str() == Some(value))
    };
    let missing: NodeLabelList<'_> =
        labels.iter().copied().filter(|label| !is_there(label)).collect();
    if missing.is_empty() {
        let what = format!("already selects nodes with {}", describe(&labels));
        return cx.keep(FIELD, Reason::Covered, what);
    }
    write(cx, placement, &missing, &other);
}

fn write(
    cx: &mut PassContext<'_>,
    placement: &Placement<'_>,
    missing: &NodeLabelList<'_>,
    other: &[(&str, NodeRef<'_>)],
) {
    if placement.is_placed_elsewhere(FIELD) {
        let what = "inherited from the object";
        return cx.keep(FIELD, Reason::Inherited, what);
    }
    let spec = placement.spec();
    if let Some(inherited) = spec.inherited(FIELD) {
        return report_inherited(cx, placement, FIELD, inherited);
    }
    if placement.workload.is_bare_pod() {
        return cx.note_bare_pod(placement, FIELD);
    }
    let edits: Vec<Edit> = missing
        .iter()
        .filter_map(|(key, value)| spec.put(FIELD, &[key], value.as_str().into()))
        .collect();
    let replaced: Vec<String> = other
        .iter()
        .map(|(key, node)| format!("{key}={}", node.text().unwrap_or_default()))
        .collect();
    let mut what = format!("selects nodes with {}", describe(missing));
    if !replaced.is_empty() {
        what = format!("{what} instead of {}", replaced.join(","));
    }
    cx.change(FIELD, what, edits);
}

/// Returns the label keys for which the chart's node selector has another value, in the order of the pool.
fn other_values<'a>(
    placement: &Placement<'a>,
    labels: &NodeLabelList<'a>,
) -> Vec<(&'a str, NodeRef<'a>)> {
    let selector = placement.spec().get(FIELD);
    let other = labels.iter().filter_map(|(key, value)| {
        let node = selector?.get(key)?;
        (node.as_str() != Some(value)).then_some((key.as_str(), node))
    });
    other.collect()
}

/// Returns the node of the chart that excludes the pool: another value of a label that the row does not override, or
/// a required node affinity.
fn contradiction<'a>(
    placement: &Placement<'a>,
    labels: &NodeLabelList<'a>,
    other: &[(&str, NodeRef<'a>)],
) -> Option<NodeRef<'a>> {
    let is_overridden = placement.row.override_node_selector;
    if let Some((_, node)) = other.first().filter(|_| !is_overridden) {
        return Some(*node);
    }
    let spec = placement.spec();
    let mut affinity = spec.affinity();
    let selector = &mut affinity.node_selector;
    selector.retain(|key, _| other.iter().all(|(other, _)| other != key));
    conflict(spec, &affinity, labels)
}
