mod reports;

use super::Pass;
use std::collections::BTreeSet;

use crate::diag::Level;
use crate::k8s::{Affinity, PodField, PodSpec, Requirement, Term};
use crate::policy::{NodeSelection, Purpose};
use crate::render::context::{PassContext, Placement};
use crate::render::plan::Reason;
use crate::yaml::{Edit, NodeRef, Value};

pub(in crate::render) use reports::check_inherited;
use reports::{note_left_out, note_unschedulable, report_invalid, report_too_many};
pub(super) use reports::{note_pinned, report_contradiction, report_inherited};

/// The maximum number of node selector terms; more would be unreadable.
const MOST_TERMS: usize = 64;

const FIELD: PodField = PodField::NodeAffinity;

/// The labels of a pool that a pod does not require yet.
pub(super) type NodeLabelList<'a> = Vec<&'a (String, String)>;

pub(super) static PASS: Pass = Pass {
    name: "node affinity",
    page: include_str!("node_affinity.md"),
    plan,
};

/// Adds a preference or a requirement for the labels of the pool; requirements are combined with those of the chart.
fn plan(cx: &mut PassContext<'_>, placement: &Placement<'_>) {
    let pools = placement.pools.iter().any(|pool| !pool.labels.is_empty());
    let is_asked = placement.row.purpose != Purpose::Ignore
        && placement.row.selection == NodeSelection::Affinity;
    if !pools || !is_asked {
        return;
    }
    if placement.row.purpose == Purpose::Prefer && placement.workload.is_daemon_set() {
        return cx.keep(
            FIELD,
            Reason::NoUse,
            "the pods of a DaemonSet are bound to their nodes",
        );
    }
    let pin = placement.spec().get(PodField::NodeName);
    if let Some(node) = pin.filter(|node| !node.is_null()) {
        return note_pinned(cx, placement, FIELD, node);
    }
    if !placement.spec().has(FIELD) {
        let is_required = placement.row.purpose == Purpose::Require;
        let level = if is_required {
            Level::Error
        } else {
            Level::Warning
        };
        return cx.report_no_such_field(placement, FIELD, level);
    }
    let edits = match placement.row.purpose {
        Purpose::Prefer => prefer(cx, placement),
        _ => require(cx, placement),
    };
    if edits.is_empty() {
        return;
    }
    if placement.is_placed_elsewhere(FIELD) {
        return cx.keep(FIELD, Reason::Inherited, "inherited from the object");
    }
    if let Some(affinity) = placement.spec().inherited(FIELD) {
        return report_inherited(cx, placement, FIELD, affinity);
    }
    if placement.workload.is_bare_pod() {
        return cx.note_bare_pod(placement, FIELD);
    }
    let what = what(placement);
    cx.change(FIELD, what, edits);
}

/// Returns the change in a few words.
fn what(placement: &Placement<'_>) -> String {
    let verb = if placement.row.purpose == Purpose::Prefer {
        "prefers"
    } else {
        "requires"
    };
    let pools: Vec<String> = placement
        .pools
        .iter()
        .map(|pool| describe(&pool.labels.iter().collect()))
        .collect();
    format!("{verb} nodes with {}", pools.join(" or "))
}

/// Adds a preferred term with weight 100 and all labels for each pool.
fn prefer(cx: &mut PassContext<'_>, placement: &Placement<'_>) -> Vec<Edit> {
    let spec = placement.spec();
    let affinity = spec.affinity();
    let list = spec.get(FIELD).and_then(|affinity| affinity.get(Affinity::PREFERRED));
    let items = list.into_iter().flat_map(|list: NodeRef<'_>| list.items());
    let existing: Vec<Term> =
        items.filter_map(|item| Some(Term::read(item.get("preference")?))).collect();
    let mut added = Vec::new();
    for pool in placement.pools.iter().filter(|pool| !pool.labels.is_empty()) {
        let labels: NodeLabelList<'_> = pool.labels.iter().collect();
        if existing.iter().any(|term| is_exactly(term, &labels)) {
            cx.keep(
                FIELD,
                Reason::Covered,
                format!("already prefers nodes with {}", describe(&labels)),
            );
            continue;
        }
        if is_required(&affinity, &labels) {
            cx.keep(
                FIELD,
                Reason::Covered,
                format!("already requires nodes with {}", describe(&labels)),
            );
            continue;
        }
        if let Some(conflict) = conflict(spec, &affinity, &labels) {
            note_left_out(cx, placement, pool, conflict);
            continue;
        }
        let preference = Value::map([("matchExpressions", expressions(&labels))]);
        added.push(Value::map([
            ("weight", 100.into()),
            ("preference", preference),
        ]));
    }
    if added.is_empty() {
        Vec::new()
    } else {
        let edit = spec.extend(FIELD, &[Affinity::PREFERRED], added);
        edit.into_iter().collect()
    }
}

/// Adds the labels of the pools to every required term that has a condition.
fn require(cx: &mut PassContext<'_>, placement: &Placement<'_>) -> Vec<Edit> {
    let spec = placement.spec();
    let affinity = spec.affinity();
    let alternatives: Vec<NodeLabelList<'_>> =
        placement.pools.iter().map(|pool| pool.labels.iter().collect()).collect();
    let (possible, conflicts): (Vec<_>, Vec<_>) = alternatives
        .into_iter()
        .map(|labels| (conflict(spec, &affinity, &labels), labels))
        .partition(|(conflict, _)| conflict.is_none());
    if possible.is_empty() {
        if let Some((Some(conflict), labels)) = conflicts.into_iter().next() {
            report_contradiction(cx, placement, FIELD, conflict, &labels);
        }
        return Vec::new();
    }
    let possible: Vec<NodeLabelList<'_>> = possible
        .into_iter()
        .map(|(_, labels)| {
            labels
                .into_iter()
                .filter(|(key, value)| affinity.node_selector.get(key) != Some(value))
                .collect()
        })
        .collect();
    if possible.iter().any(Vec::is_empty) {
        cx.keep(
            FIELD,
            Reason::Covered,
            "`nodeSelector` already requires the pool",
        );
        return Vec::new();
    }
    match &affinity.required {
        None => first_terms(spec, &possible).into_iter().collect(),
        Some(terms) if terms.is_empty() => {
            report_invalid(cx, placement);
            Vec::new()
        }
        Some(terms) => cross(cx, placement, terms, &possible),
    }
}

/// Returns the required terms of a pod without any: one for each pool.
fn first_terms(spec: &PodSpec<'_>, alternatives: &[NodeLabelList<'_>]) -> Option<Edit> {
    let terms = alternatives
        .iter()
        .map(|labels| Value::map([("matchExpressions", expressions(labels))]));
    let terms = Value::Sequence(terms.collect());
    let terms = Value::map([("nodeSelectorTerms", terms)]);
    spec.put(FIELD, &[Affinity::REQUIRED], terms)
}

/// Builds `(t1 or t2) and (a or b)`: each term is combined with the first alternative in place, and its copies with the
/// others follow at the end. Terms that imply an alternative do not change, nor do empty terms, which match no node.
fn cross(
    cx: &mut PassContext<'_>,
    placement: &Placement<'_>,
    terms: &[Term],
    alternatives: &[NodeLabelList<'_>],
) -> Vec<Edit> {
    let required = required(placement.spec());
    let list = required.and_then(|required| required.find("nodeSelectorTerms"));
    let list = list.expect("terms were read from it");
    if terms.iter().all(Term::is_empty) {
        note_unschedulable(cx, placement, list.value);
        return Vec::new();
    }
    let open: Vec<(NodeRef<'_>, &Term)> = list
        .value
        .resolve()
        .items()
        .zip(terms)
        .filter(|(_, term)| {
            !term.is_empty() && !alternatives.iter().any(|labels| implies(term, labels))
        })
        .collect();
    if open.is_empty() {
        cx.keep(
            FIELD,
            Reason::Covered,
            "every term already requires the pool",
        );
        return Vec::new();
    }
    let total = terms.len() + open.len() * (alternatives.len() - 1);
    if total > MOST_TERMS {
        report_too_many(cx, placement, list.value, total);
        return Vec::new();
    }
    let (first, others) = alternatives.split_first().expect("a requirement has an alternative");
    let mut edits: Vec<Edit> = open.iter().map(|(node, term)| demand(*node, term, first)).collect();
    let copies: Vec<Value> = others
        .iter()
        .flat_map(|labels| open.iter().filter_map(|(node, term)| copy(*node, term, labels)))
        .collect();
    if !copies.is_empty() {
        let mapping = list.mapping;
        edits.push(Edit::extend_path(mapping, &["nodeSelectorTerms"], copies));
    }
    edits
}

/// Adds the labels that a term does not require yet.
fn demand(node: NodeRef<'_>, term: &Term, labels: &NodeLabelList<'_>) -> Edit {
    let missing = missing(term, labels);
    Edit::extend_path(
        node,
        &["matchExpressions"],
        missing.iter().map(|label| expression(label)).collect(),
    )
}

/// Returns a copy of a term with the labels of another pool.
fn copy(node: NodeRef<'_>, term: &Term, labels: &NodeLabelList<'_>) -> Option<Value> {
    let Value::Mapping(mut pairs) = Value::of(node)? else {
        return None;
    };
    let added: Vec<Value> = missing(term, labels).iter().map(|label| expression(label)).collect();
    match pairs.iter_mut().find(|(key, _)| key == "matchExpressions") {
        Some((_, Value::Sequence(items))) => items.extend(added),
        Some((_, other)) => *other = Value::Sequence(added),
        None => pairs.push(("matchExpressions".to_owned(), Value::Sequence(added))),
    }
    Some(Value::Mapping(pairs))
}

fn missing<'a>(term: &Term, labels: &NodeLabelList<'a>) -> NodeLabelList<'a> {
    labels.iter().copied().filter(|label| !demands(term, label)).collect()
}

fn demands(term: &Term, (key, value): &(String, String)) -> bool {
    term.expressions.contains(&Requirement::is_in(key, &[value]))
}

fn implies(term: &Term, labels: &NodeLabelList<'_>) -> bool {
    labels.iter().all(|label| demands(term, label))
}

fn is_exactly(term: &Term, labels: &NodeLabelList<'_>) -> bool {
    term.fields.is_empty() && term.expressions.len() == labels.len() && implies(term, labels)
}

/// Returns whether the pod already requires the labels.
fn is_required(affinity: &Affinity, labels: &NodeLabelList<'_>) -> bool {
    let in_selector =
        |(key, value): &(String, String)| affinity.node_selector.get(key) == Some(value);
    let open: NodeLabelList<'_> =
        labels.iter().copied().filter(|label| !in_selector(label)).collect();
    let mut terms = affinity.required.iter().flatten().filter(|term| !term.is_empty()).peekable();
    open.is_empty() || terms.peek().is_some() && terms.all(|term| implies(term, &open))
}

/// Returns the node of the pod spec that excludes all nodes with these labels.
pub(super) fn conflict<'d>(
    spec: &PodSpec<'d>,
    affinity: &Affinity,
    labels: &NodeLabelList<'_>,
) -> Option<NodeRef<'d>> {
    for (key, value) in labels {
        if affinity.node_selector.get(key).is_some_and(|other| other != value) {
            return spec.get(PodField::NodeSelector)?.get(key);
        }
    }
    // Terms that match no node anyway are not a conflict with the policy.
    let terms = affinity.required.iter().flatten();
    let mut alive = terms.filter(|term| term.can_match(&affinity.node_selector)).peekable();
    alive.peek()?;
    let mut wanted = affinity.node_selector.clone();
    wanted.extend(labels.iter().map(|&label| label.clone()));
    if alive.any(|term| term.can_match(&wanted)) {
        return None;
    }
    conflicting_expression(spec, labels)
}

/// Returns the first expression that excludes the labels.
fn conflicting_expression<'d>(
    spec: &PodSpec<'d>,
    labels: &NodeLabelList<'_>,
) -> Option<NodeRef<'d>> {
    let terms = required(spec)?.get("nodeSelectorTerms")?;
    let expressions = terms
        .items()
        .filter_map(|term| term.get("matchExpressions"))
        .flat_map(|list| list.items());
    expressions.into_iter().find(|node| {
        let expression = Requirement::read(*node);
        labels.iter().any(|(key, value)| !expression.allows(key, value))
    })
}

/// Returns the required node affinity of a pod spec.
fn required<'d>(spec: &PodSpec<'d>) -> Option<NodeRef<'d>> {
    spec.get(FIELD)?.get(Affinity::REQUIRED)
}

fn expressions(labels: &NodeLabelList<'_>) -> Value {
    Value::Sequence(labels.iter().map(|label| expression(label)).collect())
}

fn expression((key, value): &(String, String)) -> Value {
    let values = Value::Sequence(vec![value.as_str().into()]);
    Value::map([
        ("key", key.as_str().into()),
        ("operator", "In".into()),
        ("values", values),
    ])
}

pub(super) fn describe(labels: &NodeLabelList<'_>) -> String {
    let labels: BTreeSet<String> =
        labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
    labels.into_iter().collect::<Vec<_>>().join(",")
}
