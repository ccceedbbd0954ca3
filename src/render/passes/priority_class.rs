use super::Pass;
use crate::diag::{Diagnostic, Level};
use crate::k8s::PodField;
use crate::policy::Spanned;
use crate::render::codes;
use crate::render::common::ClassOrigin;
use crate::render::context::{PassContext, Placement};
use crate::render::plan::Reason;
use crate::yaml::NodeRef;

/// Names reserved for classes that every cluster has.
const SYSTEM: &str = "system-";

const FIELD: PodField = PodField::PriorityClassName;

pub(super) static PASS: Pass = Pass {
    name: "priority class",
    page: include_str!("priority_class.md"),
    plan,
};

/// Sets the row's class where the chart set none, or where the row overrides it.
fn plan(cx: &mut PassContext<'_>, placement: &Placement<'_>) {
    let Some(class) = &placement.row.priority_class else {
        return;
    };
    let spec = placement.spec();
    let current = spec.get(FIELD).filter(|node| is_set(*node));
    let current_name = current.and_then(|node| node.text());
    let is_kept = current_name
        .is_some_and(|name| !placement.row.override_priority_class || name.starts_with(SYSTEM));
    if current_name == Some(&class.value) {
        return cx.keep(
            FIELD,
            Reason::Covered,
            format!("has class `{}` already", class.value),
        );
    }
    if is_kept {
        let own = current_name.unwrap_or_default();
        return cx.keep(
            FIELD,
            Reason::ChartsOwn,
            format!("the chart set class `{own}`"),
        );
    }
    if placement.is_placed_elsewhere(FIELD) {
        return cx.keep(
            FIELD,
            Reason::Inherited,
            "comes from the object, where it is set",
        );
    }
    if !spec.has(FIELD) {
        return cx.report_lacking(placement, FIELD, Level::Warning);
    }
    if placement.workload.is_bare_pod() {
        return cx.note_bare_pod(placement, FIELD);
    }
    if let Some(priority) = spec.get(PodField::Priority).filter(|node| !node.is_null()) {
        return note_written_priority(cx, placement, priority);
    }
    if !is_known(cx, placement, class) || starts_too_early(cx, placement, class) {
        return cx.keep(
            FIELD,
            Reason::NoClass,
            format!("class `{}` is not there when the pod is", class.value),
        );
    }
    let what = match current_name {
        Some(current) => format!("takes class `{}` in place of `{current}`", class.value),
        None => format!("takes class `{}`", class.value),
    };
    let edit = spec.put(FIELD, &[], class.value.as_str().into());
    cx.change(FIELD, what, edit.into_iter().collect());
}

/// The API server takes an empty name as none.
fn is_set(node: NodeRef<'_>) -> bool {
    !node.is_null() && node.text() != Some("")
}

fn is_in_cluster(cx: &PassContext<'_>, class: &str) -> bool {
    class.starts_with(SYSTEM)
        || cx
            .common
            .policy
            .existing_classes
            .iter()
            .any(|known| known.value == class)
}

/// Reports an unknown class: the API server rejects pods that name one, and Helm says "deployed" all the
/// same. A row's class is said once, however many workloads are to have it.
fn is_known(cx: &mut PassContext<'_>, placement: &Placement<'_>, class: &Spanned<String>) -> bool {
    let classes = &cx.common.classes;
    if is_in_cluster(cx, &class.value) || classes.contains_key(&class.value) {
        return true;
    }
    let message = format!(
        "priority class `{}` for `{}` is not in the stream and not known to be in the cluster",
        class.value,
        placement.title(),
    );
    let help = "put it under `priorityClasses.existing` if the cluster has it; pods that name a missing class are never created";
    let names = classes.keys().map(String::as_str);
    let existing = &cx.common.policy.existing_classes;
    let known = existing.iter().map(|known| known.value.as_str());
    let help = match crate::text::nearest(&class.value, names.chain(known)) {
        Some(near) => format!("did you mean `{near}`? Otherwise {help}"),
        None => help.to_owned(),
    };
    cx.report(
        Diagnostic::new(&codes::UNKNOWN_CLASS, message)
            .at(class.span, "no such class in the stream")
            .help(help),
    );
    false
}

/// Whether the pod would start before the stream creates its class.
fn starts_too_early(
    cx: &mut PassContext<'_>,
    placement: &Placement<'_>,
    class: &Spanned<String>,
) -> bool {
    let is_early = placement
        .workload
        .object
        .hooks()
        .any(|event| event.starts_with("pre-"));
    let is_late = cx.common.classes.get(&class.value) == Some(&ClassOrigin::Ordinary);
    if !is_early || !is_late || is_in_cluster(cx, &class.value) {
        return false;
    }
    let message = format!(
        "`{}` gets no priority class: as a hook it starts before the release creates `{}`",
        placement.title(),
        class.value,
    );
    cx.report(
        Diagnostic::new(&codes::CLASS_AFTER_HOOK, message)
            .at(
                class.span,
                "created as an ordinary object of the same release",
            )
            .help(
                "create the class outside the release and name it under `priorityClasses.existing`",
            ),
    );
    true
}

fn note_written_priority(
    cx: &mut PassContext<'_>,
    placement: &Placement<'_>,
    priority: NodeRef<'_>,
) {
    cx.keep(FIELD, Reason::ChartsOwn, "the chart sets `priority` itself");
    let message = format!(
        "`{}` gets no priority class, because it sets `priority` itself",
        placement.title()
    );
    let span = cx.span(placement, priority);
    cx.report(
        Diagnostic::new(&codes::PRIORITY_WRITTEN, message)
            .at(span, "the API server refuses a class whose value differs")
            .help("remove `priority` from the chart's values"),
    );
}
