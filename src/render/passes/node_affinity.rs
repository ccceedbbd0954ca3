use std::collections::BTreeSet;

use crate::diag::Diagnostic;
use crate::k8s::{Affinity, Requirement, Term};
use crate::policy::{Pool, Purpose};
use crate::render::codes;
use crate::render::context::{Context, Placement};
use crate::render::plan::Field;
use crate::yaml::{Edit, NodeRef, Value};

/// More node selector terms than this, from crossing requirements, are an error: nobody could read them.
const MOST_TERMS: usize = 64;

/// One pool's labels, still to be demanded of a node.
type Labels<'a> = Vec<&'a (String, String)>;

/// Draws pods to their pools: a preference, or a requirement that is AND-ed to what the chart requires.
pub(super) fn plan(cx: &mut Context<'_>, placement: &Placement<'_>) {
    let pools = placement.pools.iter().any(|pool| !pool.labels.is_empty());
    if !pools || placement.row.purpose == Purpose::Ignore {
        return;
    }
    if placement.row.purpose == Purpose::Prefer && placement.workload.kind() == "DaemonSet" {
        return; // A DaemonSet's pods are pinned to their nodes one by one.
    }
    if let Some(node) = placement
        .spec()
        .get("nodeName")
        .filter(|node| !node.is_null())
    {
        return note_pinned(cx, placement, node);
    }
    let edits = match placement.row.purpose {
        Purpose::Prefer => prefer(cx, placement),
        _ => require(cx, placement),
    };
    if edits.is_empty() {
        return;
    }
    if placement.workload.is_bare_pod() {
        return cx.note_bare_pod(placement, Field::NodeAffinity);
    }
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
    cx.change(
        placement,
        Field::NodeAffinity,
        format!("{verb} nodes with {}", pools.join(" or ")),
        edits,
    );
}

/// One preference of weight 100 a pool, with all of the pool's labels.
fn prefer(cx: &mut Context<'_>, placement: &Placement<'_>) -> Vec<Edit> {
    let spec = placement.spec();
    let affinity = Affinity::read(spec);
    let list = spec.get_path(Affinity::PREFERRED);
    let items = list.into_iter().flat_map(|list: NodeRef<'_>| list.items());
    let existing: Vec<Term> = items
        .filter_map(|item| Some(Term::read(item.get("preference")?)))
        .collect();
    let mut added = Vec::new();
    for pool in placement
        .pools
        .iter()
        .filter(|pool| !pool.labels.is_empty())
    {
        let labels: Labels<'_> = pool.labels.iter().collect();
        if existing.iter().any(|term| is_exactly(term, &labels)) {
            continue;
        }
        if is_required(&affinity, &labels) {
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
        vec![Edit::extend_path(spec, Affinity::PREFERRED, added)]
    }
}

/// The pools' labels AND-ed into every term that has a condition.
fn require(cx: &mut Context<'_>, placement: &Placement<'_>) -> Vec<Edit> {
    let spec = placement.spec();
    let affinity = Affinity::read(spec);
    let alternatives: Vec<Labels<'_>> = placement
        .pools
        .iter()
        .map(|pool| pool.labels.iter().collect())
        .collect();
    let (possible, conflicts): (Vec<_>, Vec<_>) = alternatives
        .into_iter()
        .map(|labels| (conflict(spec, &affinity, &labels), labels))
        .partition(|(conflict, _)| conflict.is_none());
    if possible.is_empty() {
        if let Some((Some(conflict), labels)) = conflicts.into_iter().next() {
            report_contradiction(cx, placement, conflict, &labels);
        }
        return Vec::new();
    }
    let possible: Vec<Labels<'_>> = possible
        .into_iter()
        .map(|(_, labels)| {
            labels
                .into_iter()
                .filter(|(key, value)| affinity.node_selector.get(key) != Some(value))
                .collect()
        })
        .collect();
    if possible.iter().any(Vec::is_empty) {
        return Vec::new(); // A `nodeSelector` of the chart requires one of the pools already.
    }
    match &affinity.required {
        None => vec![first_terms(spec, &possible)],
        Some(terms) if terms.is_empty() => {
            report_invalid(cx, placement);
            Vec::new()
        }
        Some(terms) => cross(cx, placement, terms, &possible),
    }
}

/// The terms of a pod that requires nothing yet: one for each pool that will do.
fn first_terms(spec: NodeRef<'_>, alternatives: &[Labels<'_>]) -> Edit {
    let terms = alternatives
        .iter()
        .map(|labels| Value::map([("matchExpressions", expressions(labels))]));
    let terms = Value::Sequence(terms.collect());
    Edit::put_path(
        spec,
        Affinity::REQUIRED,
        Value::map([("nodeSelectorTerms", terms)]),
    )
}

/// `(t1 or t2) and (a or b)`: each term is AND-ed with the first alternative where it stands, and its
/// copies with the others follow at the end. A term that implies an alternative stays as it is, and so
/// does an empty one, which matches no node.
fn cross(
    cx: &mut Context<'_>,
    placement: &Placement<'_>,
    terms: &[Term],
    alternatives: &[Labels<'_>],
) -> Vec<Edit> {
    let list = placement
        .spec()
        .get_path(Affinity::REQUIRED)
        .and_then(|required| required.find("nodeSelectorTerms"));
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
    let total = terms.len() + open.len() * (alternatives.len() - 1);
    if total > MOST_TERMS {
        report_too_many(cx, placement, list.value, total);
        return Vec::new();
    }
    let (first, others) = alternatives
        .split_first()
        .expect("a requirement has an alternative");
    let mut edits: Vec<Edit> = open
        .iter()
        .map(|(node, term)| demand(*node, term, first))
        .collect();
    let copies: Vec<Value> = others
        .iter()
        .flat_map(|labels| {
            open.iter()
                .filter_map(|(node, term)| copy(*node, term, labels))
        })
        .collect();
    if !copies.is_empty() {
        let mapping = list.mapping;
        edits.push(Edit::extend_path(mapping, &["nodeSelectorTerms"], copies));
    }
    edits
}

/// Adds what a term does not demand yet.
fn demand(node: NodeRef<'_>, term: &Term, labels: &Labels<'_>) -> Edit {
    let missing = missing(term, labels);
    Edit::extend_path(
        node,
        &["matchExpressions"],
        missing.iter().map(|label| expression(label)).collect(),
    )
}

/// A term again, with another pool's labels.
fn copy(node: NodeRef<'_>, term: &Term, labels: &Labels<'_>) -> Option<Value> {
    let Value::Mapping(mut pairs) = Value::of(node)? else {
        return None;
    };
    let added: Vec<Value> = missing(term, labels)
        .iter()
        .map(|label| expression(label))
        .collect();
    match pairs.iter_mut().find(|(key, _)| key == "matchExpressions") {
        Some((_, Value::Sequence(items))) => items.extend(added),
        Some((_, other)) => *other = Value::Sequence(added),
        None => pairs.push(("matchExpressions".to_owned(), Value::Sequence(added))),
    }
    Some(Value::Mapping(pairs))
}

fn missing<'a>(term: &Term, labels: &Labels<'a>) -> Labels<'a> {
    labels
        .iter()
        .copied()
        .filter(|label| !demands(term, label))
        .collect()
}

fn demands(term: &Term, (key, value): &(String, String)) -> bool {
    term.expressions
        .contains(&Requirement::is_in(key, &[value]))
}

fn implies(term: &Term, labels: &Labels<'_>) -> bool {
    labels.iter().all(|label| demands(term, label))
}

fn is_exactly(term: &Term, labels: &Labels<'_>) -> bool {
    term.fields.is_empty() && term.expressions.len() == labels.len() && implies(term, labels)
}

/// Whether the pod goes nowhere else already.
fn is_required(affinity: &Affinity, labels: &Labels<'_>) -> bool {
    let in_selector =
        |(key, value): &(String, String)| affinity.node_selector.get(key) == Some(value);
    let open: Labels<'_> = labels
        .iter()
        .copied()
        .filter(|label| !in_selector(label))
        .collect();
    let mut terms = affinity
        .required
        .iter()
        .flatten()
        .filter(|term| !term.is_empty())
        .peekable();
    open.is_empty() || terms.peek().is_some() && terms.all(|term| implies(term, &open))
}

/// What in the pod spec keeps its pods off every node with these labels.
fn conflict<'d>(
    spec: NodeRef<'d>,
    affinity: &Affinity,
    labels: &Labels<'_>,
) -> Option<NodeRef<'d>> {
    for (key, value) in labels {
        if affinity
            .node_selector
            .get(key)
            .is_some_and(|other| other != value)
        {
            return spec.get("nodeSelector")?.get(key);
        }
    }
    // A term that no node can match as it is does not become impossible by us.
    let terms = affinity.required.iter().flatten();
    let mut alive = terms
        .filter(|term| term.can_match(&affinity.node_selector))
        .peekable();
    alive.peek()?;
    let mut wanted = affinity.node_selector.clone();
    wanted.extend(labels.iter().map(|&label| label.clone()));
    if alive.any(|term| term.can_match(&wanted)) {
        return None;
    }
    conflicting_expression(spec, labels)
}

/// The first expression that rules the labels out.
fn conflicting_expression<'d>(spec: NodeRef<'d>, labels: &Labels<'_>) -> Option<NodeRef<'d>> {
    let terms = spec
        .get_path(Affinity::REQUIRED)?
        .get("nodeSelectorTerms")?;
    let expressions = terms
        .items()
        .filter_map(|term| term.get("matchExpressions"))
        .flat_map(|list| list.items());
    expressions.into_iter().find(|node| {
        let expression = Requirement::read(*node);
        labels
            .iter()
            .any(|(key, value)| !expression.allows(key, value))
    })
}

fn expressions(labels: &Labels<'_>) -> Value {
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

fn describe(labels: &Labels<'_>) -> String {
    let labels: BTreeSet<String> = labels
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    labels.into_iter().collect::<Vec<_>>().join(",")
}

fn note_pinned(cx: &mut Context<'_>, placement: &Placement<'_>, node: NodeRef<'_>) {
    let message = format!(
        "`{}` names its node, so its affinity stays as it is",
        placement.title()
    );
    let span = cx.span(placement, node);
    cx.report(
        Diagnostic::new(&codes::PINNED_POD, message)
            .at(span, "the scheduler never sees this pod")
            .help("remove `nodeName` if the scheduler is to place it"),
    );
}

fn note_left_out(
    cx: &mut Context<'_>,
    placement: &Placement<'_>,
    pool: &Pool,
    conflict: NodeRef<'_>,
) {
    let message = format!(
        "`{}` gets no preference for pool `{}`, which its own requirement rules out",
        placement.title(),
        pool.name.value,
    );
    let span = cx.span(placement, conflict);
    cx.report(
        Diagnostic::new(&codes::PREFERENCE_LEFT_OUT, message)
            .at(span, "no node of the pool meets this")
            .at(placement.row.span, "the row that asks for the pool")
            .help("place it by a row of its own, with the pool that it means or with `pool: none`"),
    );
}

fn report_contradiction(
    cx: &mut Context<'_>,
    placement: &Placement<'_>,
    conflict: NodeRef<'_>,
    labels: &Labels<'_>,
) {
    let message = format!(
        "`{}` could never be scheduled: {} contradicts the chart",
        placement.title(),
        describe(labels)
    );
    let span = cx.span(placement, conflict);
    cx.report(
        Diagnostic::new(&codes::CONTRADICTION, message)
            .at(span, "the chart demands this")
            .at(placement.row.span, "and this row requires the pool")
            .help("change one of them, or give the workload a row of its own before this one"),
    );
}

fn report_invalid(cx: &mut Context<'_>, placement: &Placement<'_>) {
    let message = format!(
        "the required node affinity of `{}` has no term, which the API server refuses",
        placement.title()
    );
    let node = placement
        .spec()
        .get_path(Affinity::REQUIRED)
        .expect("it was read");
    let span = cx.span(placement, node);
    cx.report(
        Diagnostic::new(&codes::INVALID_AFFINITY, message)
            .at(span, "`nodeSelectorTerms` needs at least one term")
            .help("remove it from the chart's values, or give it a term"),
    );
}

fn report_too_many(
    cx: &mut Context<'_>,
    placement: &Placement<'_>,
    list: NodeRef<'_>,
    total: usize,
) {
    let message = format!(
        "`{}` would have {total} node selector terms",
        placement.title()
    );
    let span = cx.span(placement, list);
    cx.report(
        Diagnostic::new(&codes::TOO_MANY_TERMS, message)
            .at(span, "each of these terms")
            .at(placement.row.span, "is crossed with each of these pools")
            .help("name fewer pools in the row, or give them a label in common"),
    );
}

fn note_unschedulable(cx: &mut Context<'_>, placement: &Placement<'_>, list: NodeRef<'_>) {
    let message = format!(
        "no node can ever match `{}`: all of its node selector terms are empty",
        placement.title()
    );
    let span = cx.span(placement, list);
    cx.report(
        Diagnostic::new(&codes::UNSCHEDULABLE, message)
            .at(span, "an empty term matches no node, not every node")
            .help("remove the empty terms from the chart's values"),
    );
}
