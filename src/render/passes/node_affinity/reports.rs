//! Findings about placements that cannot be made as the row asks.

use super::{FIELD, MOST_TERMS, NodeLabelList, describe, required};
use crate::diag::Diagnostic;
use crate::k8s::{PodField, Workload};
use crate::policy::Pool;
use crate::render::codes;
use crate::render::context::{PassContext, Placement};
use crate::render::plan::{Because, Decided, Reason};
use crate::text::Span;
use crate::yaml::NodeRef;

pub(in crate::render::passes) fn note_pinned(
    cx: &mut PassContext<'_>,
    placement: &Placement<'_>,
    field: PodField,
    node: NodeRef<'_>,
) {
    cx.keep(field, Reason::Pinned, "the pod sets `nodeName`");
    let message = format!(
        "`{}` sets `nodeName`: its {} is not changed",
        placement.title(),
        field.as_str()
    );
    let span = cx.span(placement, node);
    cx.report(
        Diagnostic::new(&codes::PINNED_POD, message)
            .at(span, "bypasses the scheduler")
            .help("remove `nodeName` to let the scheduler place the pod"),
    );
}

pub(super) fn note_left_out(
    cx: &mut PassContext<'_>,
    placement: &Placement<'_>,
    pool: &Pool,
    conflict: NodeRef<'_>,
) {
    let what = format!(
        "the chart requires nodes outside pool `{}`",
        pool.name.value
    );
    cx.keep(FIELD, Reason::Contradicts, what);
    let message = format!(
        "`{}` gets no preference for pool `{}`: the chart requires other nodes",
        placement.title(),
        pool.name.value,
    );
    let span = cx.span(placement, conflict);
    cx.report(
        Diagnostic::new(&codes::PREFERENCE_LEFT_OUT, message)
            .at(span, "excludes the pool")
            .at(placement.row.span, "row prefers the pool")
            .help(
                "add a row for this workload with the pool that it requires, or with `pool: none`",
            ),
    );
}

pub(in crate::render::passes) fn report_contradiction(
    cx: &mut PassContext<'_>,
    placement: &Placement<'_>,
    field: PodField,
    conflict: NodeRef<'_>,
    labels: &NodeLabelList<'_>,
) {
    cx.keep(
        field,
        Reason::Contradicts,
        format!("{} contradicts the chart", describe(labels)),
    );
    let message = format!(
        "`{}` would be unschedulable: `{}` contradicts the chart",
        placement.title(),
        describe(labels)
    );
    let span = cx.span(placement, conflict);
    let help = match field {
        PodField::NodeSelector => {
            "change one of them, add a row for this workload before this one, or set \
             `override: [nodeSelector]` to replace the chart's value"
        }
        _ => "change one of them, or add a row for this workload before this one",
    };
    cx.report(
        Diagnostic::new(&codes::CONTRADICTION, message)
            .at(span, "required by the chart")
            .at(placement.row.span, "row requires the pool")
            .help(help),
    );
}

pub(super) fn report_invalid(cx: &mut PassContext<'_>, placement: &Placement<'_>) {
    let message = format!(
        "required node affinity of `{}` has no terms and is rejected by the API server",
        placement.title()
    );
    let node = required(placement.spec()).expect("it was read");
    cx.keep(FIELD, Reason::Refused, "no node selector terms");
    let span = cx.span(placement, node);
    cx.report(
        Diagnostic::new(&codes::INVALID_AFFINITY, message)
            .at(span, "at least one term expected")
            .help("remove it from the chart's values, or add a term"),
    );
}

/// Reports a template that inherits the field: setting it in the template would replace the inherited value.
pub(in crate::render::passes) fn report_inherited(
    cx: &mut PassContext<'_>,
    placement: &Placement<'_>,
    field: PodField,
    inherited: NodeRef<'_>,
) {
    cx.keep(
        field,
        Reason::Refused,
        "inherited from the object as a whole",
    );
    let name = field.as_str();
    let message = format!(
        "`{}` inherits its {name} from the object and cannot be placed separately",
        placement.title()
    );
    let span = cx.span(placement, inherited);
    let article = article(field);
    cx.report(
        Diagnostic::new(&codes::INHERITED_AFFINITY, message)
            .at(
                span,
                format!("{article} {name} in the template would replace this"),
            )
            .at(placement.row.span, "row sets another placement")
            .help(format!(
                "set the {name} in the template itself, or place both with the same row"
            )),
    );
}

fn article(field: PodField) -> &'static str {
    if field == FIELD { "an" } else { "a" }
}

/// Reports templates that would inherit a field that another row adds to their object. Their decisions start at
/// `first`.
pub(in crate::render) fn check_inherited(
    cx: &mut PassContext<'_>,
    workloads: &[Workload<'_>],
    first: usize,
) {
    for field in [FIELD, PodField::NodeSelector] {
        for (workload, because) in leaks(&cx.decided[first..], workloads, field) {
            report_leak(cx, workload, field, because);
        }
    }
}

/// The templates that would take on the field, each with row of the object.
fn leaks<'w, 'd>(
    decided: &[Decided],
    workloads: &'w [Workload<'d>],
    field: PodField,
) -> Vec<(&'w Workload<'d>, Option<Because>)> {
    let places = |decided: &Decided| decided.changes.iter().any(|change| change.field == field);
    let mut leaks = Vec::new();
    for (workload, own) in workloads.iter().zip(decided) {
        let from = workload.template.spec.inherits(field);
        let from = workloads.iter().position(|other| Some(other.template.path.as_str()) == from);
        let Some(from) = from else { continue };
        let other = &decided[from];
        let is_said = own.kept.iter().any(|kept| kept.reason == Reason::Refused);
        if places(other) && !places(own) && own.because != other.because && !is_said {
            leaks.push((workload, other.because.clone()));
        }
    }
    leaks
}

fn report_leak(
    cx: &mut PassContext<'_>,
    workload: &Workload<'_>,
    field: PodField,
    because: Option<Because>,
) {
    let name = field.as_str();
    let message = format!(
        "`{}` would inherit the {name} that another row adds to its object",
        workload.title()
    );
    let release = cx.common.release;
    let start = release.node_span(workload.object.part, workload.template.node);
    let start = Span {
        end: start.start,
        ..start
    };
    let diagnostic = Diagnostic::new(&codes::INHERITED_AFFINITY, message)
        .at(start, format!("no {name} here"))
        .help(format!(
            "place both with the same row, or set {} {name} in the template itself",
            article(field)
        ));
    cx.report(match because {
        Some(because) => diagnostic.at(because.row_span, "row of the object"),
        None => diagnostic,
    });
}

pub(super) fn report_too_many(
    cx: &mut PassContext<'_>,
    placement: &Placement<'_>,
    list: NodeRef<'_>,
    total: usize,
) {
    cx.keep(
        FIELD,
        Reason::Refused,
        format!("{total} terms exceed the limit of {MOST_TERMS}"),
    );
    let message = format!(
        "`{}` would have {total} node selector terms, the limit is {MOST_TERMS}",
        placement.title()
    );
    let span = cx.span(placement, list);
    cx.report(
        Diagnostic::new(&codes::TOO_MANY_TERMS, message)
            .at(span, "each of these terms")
            .at(placement.row.span, "is combined with each pool of this row")
            .help("name fewer pools in the row, or give them a common label"),
    );
}

pub(super) fn note_unschedulable(
    cx: &mut PassContext<'_>,
    placement: &Placement<'_>,
    list: NodeRef<'_>,
) {
    cx.keep(
        FIELD,
        Reason::Contradicts,
        "no node can match the chart's terms",
    );
    let message = format!(
        "`{}` cannot be scheduled: all of its node selector terms are empty",
        placement.title()
    );
    let span = cx.span(placement, list);
    cx.report(
        Diagnostic::new(&codes::UNSCHEDULABLE, message)
            .at(span, "an empty term matches no node")
            .help("remove the empty terms from the chart's values"),
    );
}
