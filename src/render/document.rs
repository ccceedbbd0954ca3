//! Places the workloads of one document and returns its new text.

use std::collections::BTreeSet;

use super::additions::{ChartSelector, is_addition};
use super::common::Common;
use super::context::{PassContext, Placement};
use super::passes::{self, PASSES};
use super::plan::{Because, Decided, Reason, Seen};
use super::unknown::{self, Unknown};
use super::{codes, input};
use crate::diag::Diagnostic;
use crate::k8s::{self, Object, Workload};
use crate::policy::Jobs;
use crate::text::Span;
use crate::yaml::{self, Document, Edit, ParseError};

/// The annotation that leaves an object unchanged.
const IGNORE: &str = "dunnage/ignore";

/// The result for one document, without its tree.
#[derive(Debug, Default)]
pub(super) struct Placed {
    /// The objects of the document.
    pub(super) seen: Vec<Seen>,
    /// The decisions about their pod templates.
    pub(super) decided: Vec<Decided>,
    /// The indexes of the matching rows, once for each object.
    pub(super) matched: Vec<usize>,
    /// Selectors of workloads that could select added pods.
    pub(super) selectors: Vec<ChartSelector>,
    /// Objects of unknown kinds that seem to have pods.
    pub(super) unknown: Vec<Unknown>,
    /// The new text of the document, if it changes.
    pub(super) text: Option<String>,
    /// Findings in the document.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Whether the document could not be read.
    pub(super) is_broken: bool,
}

/// Places the workloads of a document.
pub(super) fn place(
    common: &Common<'_>,
    part: usize,
    parsed: &Result<Document<'_>, ParseError>,
) -> Placed {
    let document = match parsed {
        Ok(document) => document,
        Err(error) => {
            return Placed {
                diagnostics: vec![input::not_yaml(common.release, part, error)],
                is_broken: true,
                ..Placed::default()
            };
        }
    };
    let objects = common.release.objects_of(part, document);
    let wrong = wrong_types(common, part, document, &objects);
    if !wrong.is_empty() {
        return Placed {
            seen: objects.iter().map(|object| Seen::of(object, common.release)).collect(),
            diagnostics: wrong,
            is_broken: true,
            ..Placed::default()
        };
    }
    let mut cx = PassContext::new(common);
    let matched = plan(&mut cx, &objects);
    let mut placed = Placed {
        seen: objects.iter().map(|object| Seen::of(object, common.release)).collect(),
        selectors: selectors(common, &objects),
        unknown: unknown::find(common, &objects),
        matched,
        ..Placed::default()
    };
    let PassContext {
        mut decided,
        mut diagnostics,
        ..
    } = cx;
    if decided.iter().any(|decided| !decided.changes.is_empty()) {
        placed.text = edit(common, part, document, &mut decided, &mut diagnostics);
    }
    placed.decided = decided;
    placed.diagnostics = diagnostics;
    if common.options.forgets_decisions {
        (placed.seen, placed.decided) = (Vec::new(), Vec::new());
    }
    placed
}

/// Returns the selectors that could select added pods.
fn selectors(common: &Common<'_>, objects: &[Object<'_>]) -> Vec<ChartSelector> {
    if common.policy.additions.is_empty() {
        return Vec::new();
    }
    let objects = objects.iter().filter(|object| !is_addition(object));
    objects.filter_map(|object| ChartSelector::of(object, common.release)).collect()
}

/// Plans the changes of every workload and returns the indexes of the matching rows, once for each object.
fn plan(cx: &mut PassContext<'_>, objects: &[Object<'_>]) -> Vec<usize> {
    let policy = cx.common.policy;
    let namespace = cx.common.options.namespace.as_deref();
    let mut matched = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        if is_addition(object) {
            continue;
        }
        let workloads = Workload::all(object, &policy.kinds);
        let row_for = |workload| policy.row_for(workload, namespace);
        let rows: Vec<Option<usize>> = workloads.iter().map(row_for).collect();
        matched.extend(rows.iter().flatten().collect::<BTreeSet<_>>());
        let is_left_alone = rows.iter().any(Option::is_some) && is_ignored(cx, object);
        let by_path: Vec<(String, usize)> = workloads
            .iter()
            .zip(&rows)
            .filter_map(|(workload, row)| Some((workload.template.path.clone(), (*row)?)))
            .collect();
        let first = cx.decided.len();
        for (workload, row) in workloads.iter().zip(&rows) {
            let because = row.map(|row| Because::of(policy, row));
            cx.decided.push(Decided::of(index, workload, because));
            match row {
                None => cx.leave(Reason::NoRow, "no policy row matches"),
                Some(_) if is_left_alone => {
                    cx.leave(Reason::OptOut, "annotation `dunnage/ignore` is `true`");
                }
                Some(row) => plan_template(cx, &Placement::new(policy, *row, workload, &by_path)),
            }
        }
        passes::check_inherited(cx, &workloads, first);
        note_missing(cx, object);
    }
    matched
}

/// Returns the errors for values of a wrong type in workloads, except those with `dunnage/ignore`.
fn wrong_types(
    common: &Common<'_>,
    part: usize,
    document: &Document<'_>,
    objects: &[Object<'_>],
) -> Vec<Diagnostic> {
    let release = common.release;
    let items = document.root().map(k8s::misshapen_items).unwrap_or_default();
    let items = items.iter();
    let mut found: Vec<Diagnostic> =
        items.map(|wrong| input::wrong_type(release, part, "List", wrong)).collect();
    let is_read =
        |object: &&Object<'_>| object.annotation(IGNORE) != Some("true") && !is_addition(object);
    for object in objects.iter().filter(is_read) {
        for wrong in k8s::misshapen(object, &common.policy.kinds) {
            found.push(input::wrong_type(release, part, &object.title(), &wrong));
        }
    }
    found
}

/// Reports pods that a row matches and whose template is missing in the object.
fn note_missing(cx: &mut PassContext<'_>, object: &Object<'_>) {
    let policy = cx.common.policy;
    let namespace = cx.common.options.namespace.as_deref();
    for missing in Workload::missing(object, &policy.kinds) {
        let row = policy.row_for(&missing, namespace);
        let Some(row) = row.map(|row| &policy.rows[row]) else {
            continue;
        };
        let ignores = object.annotation(IGNORE) == Some("true");
        if row.pools.is_empty() || ignores {
            continue;
        }
        let path = &missing.template.path;
        let message = format!(
            "`{}` has no pod template at `{path}`: those pods are not placed",
            missing.title()
        );
        let span = cx.common.release.node_span(object.part, missing.template.node);
        let start = Span {
            end: span.start,
            ..span
        };
        cx.report(
            Diagnostic::new(&codes::TEMPLATE_MISSING, message)
                .at(start, "no template at this path")
                .at(row.span, "row for these pods")
                .help("add the template, or a row with `pool: none` if there are no such pods"),
        );
    }
}

/// Plans the changes of one pod template.
fn plan_template(cx: &mut PassContext<'_>, placement: &Placement<'_>) {
    let object = (cx.current().part, cx.current().object);
    if cx.common.options.unchangeable.contains(&object) {
        return cx.leave(Reason::Exists, "already exists and is immutable");
    }
    if placement.pools.is_empty() {
        return cx.leave(Reason::PoolNone, "row sets `pool: none`");
    }
    for pass in PASSES {
        (pass.plan)(cx, placement);
    }
    let is_fixed = placement.workload.is_fixed() && !placement.workload.is_bare_pod();
    if is_fixed && !cx.current().changes.is_empty() {
        settle_job(cx, placement);
    }
}

/// Returns whether the object has `dunnage/ignore: "true"`. Values other than `true` and `false` are an error.
fn is_ignored(cx: &mut PassContext<'_>, object: &Object<'_>) -> bool {
    let annotation = object.node.get_path(&["metadata", "annotations", IGNORE]);
    let Some(annotation) = annotation else {
        return false;
    };
    let word = annotation.text().unwrap_or_default();
    if !matches!(word, "true" | "false") {
        let message = format!(
            "`{IGNORE}` of `{}` is `{word}`, expected `true` or `false`",
            object.title()
        );
        let span = cx.common.release.node_span(object.part, annotation);
        cx.report(
            Diagnostic::new(&codes::IGNORE_NOT_BOOLEAN, message)
                .at(span, "neither `true` nor `false`")
                .help("set `\"true\"` to leave the object unchanged, or remove the annotation"),
        );
    }
    word == "true"
}

/// Keeps or drops the changes of a Job as the policy sets in `jobs`: the pod template of an existing Job is immutable.
fn settle_job(cx: &mut PassContext<'_>, placement: &Placement<'_>) {
    let code = match cx.common.policy.jobs {
        Jobs::Patch => return,
        Jobs::Skip => &codes::JOB_UNCHANGED,
        Jobs::Error => &codes::JOB_WOULD_CHANGE,
    };
    cx.current().changes.clear();
    cx.leave(Reason::Immutable, "the pod template of a Job is immutable");
    let title = placement.title();
    let message = match cx.common.policy.jobs {
        Jobs::Error => format!("`{title}` would change, but the policy sets `jobs: error`"),
        _ => format!("`{title}` is left unchanged: the policy sets `jobs: skip`"),
    };
    let help = match cx.common.policy.jobs {
        Jobs::Error => {
            "add a row for it with `pool: none`, or set `jobs: skip` to leave all Jobs unchanged"
        }
        _ => {
            "set `jobs: patch` to place Jobs too; an upgrade fails if a Job exists with another template"
        }
    };
    let span = cx.span(placement, placement.workload.template.node);
    cx.report(
        Diagnostic::new(code, message)
            .at(
                Span {
                    end: span.start,
                    ..span
                },
                "immutable once the Job exists",
            )
            .help(help),
    );
}

/// Returns the new text of a document, or reports why it cannot be edited.
fn edit(
    common: &Common<'_>,
    part: usize,
    document: &Document<'_>,
    decided: &mut [Decided],
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<String> {
    let release = common.release;
    diagnostics.extend(input::duplicates(release, part, document));
    if let Some(problem) = input::alias_problem(release, part, document) {
        diagnostics.push(problem);
        return None;
    }
    let changes = decided.iter_mut().flat_map(|decided| &mut decided.changes);
    let edits: Vec<Edit> = changes.flat_map(|change| std::mem::take(&mut change.edits)).collect();
    match yaml::edit::apply(document, &edits) {
        Ok(text) => Some(text),
        Err(refusal) => {
            diagnostics.push(input::refused(release, part, &titles(decided), &refusal));
            None
        }
    }
}

/// Returns the titles of the objects that would change, for messages.
fn titles(decided: &[Decided]) -> String {
    let titles: Vec<String> = decided
        .iter()
        .filter(|decided| !decided.changes.is_empty())
        .map(|decided| format!("`{}`", decided.title))
        .collect();
    titles.join(" and ")
}
