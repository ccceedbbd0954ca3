use super::Pass;
use crate::diag::{Diagnostic, Level};
use crate::k8s::PodField;
use crate::policy::Spanned;
use crate::render::codes;
use crate::render::common::ClassOrigin;
use crate::render::context::{PassContext, Placement};
use crate::render::plan::Reason;
use crate::yaml::NodeRef;

/// The prefix of the priority classes that every cluster has.
const SYSTEM: &str = "system-";

const FIELD: PodField = PodField::PriorityClassName;

pub(super) static PASS: Pass = Pass {
    name: "priority class",
    page: include_str!("priority_class.md"),
    plan,
};

/// Sets the row's class if the chart sets none, or if the row overrides it.
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
            format!("already has class `{}`", class.value),
        );
    }
    if is_kept {
        let own = current_name.unwrap_or_default();
        return cx.keep(
            FIELD,
            Reason::ChartsOwn,
            format!("the chart sets class `{own}`"),
        );
    }
    if placement.is_placed_elsewhere(FIELD) {
        return cx.keep(FIELD, Reason::Inherited, "inherited from the object");
    }
    if !spec.has(FIELD) {
        return cx.report_no_such_field(placement, FIELD, Level::Warning);
    }
    if placement.workload.is_bare_pod() {
        return cx.note_bare_pod(placement, FIELD);
    }
    if let Some(priority) = spec.get(PodField::Priority).filter(|node| !node.is_null()) {
        return note_priority_set(cx, placement, priority);
    }
    if !is_known(cx, placement, class) || starts_too_early(cx, placement, class) {
        return cx.keep(
            FIELD,
            Reason::NoClass,
            format!(
                "class `{}` does not exist when the pod is created",
                class.value
            ),
        );
    }
    let what = match current_name {
        Some(current) => format!("sets class `{}` instead of `{current}`", class.value),
        None => format!("sets class `{}`", class.value),
    };
    let edit = spec.put(FIELD, &[], class.value.as_str().into());
    cx.change(FIELD, what, edit.into_iter().collect());
}

/// Returns whether a class is set; the API server treats an empty name as none.
fn is_set(node: NodeRef<'_>) -> bool {
    !node.is_null() && node.text() != Some("")
}

fn is_in_cluster(cx: &PassContext<'_>, class: &str) -> bool {
    class.starts_with(SYSTEM)
        || cx.common.policy.existing_classes.iter().any(|known| known.value == class)
}

/// Reports an unknown class: the API server rejects pods with an unknown class, although Helm prints `deployed`. The
/// class of a row is reported once.
fn is_known(cx: &mut PassContext<'_>, placement: &Placement<'_>, class: &Spanned<String>) -> bool {
    let classes = &cx.common.classes;
    if is_in_cluster(cx, &class.value) || classes.contains_key(&class.value) {
        return true;
    }
    let message = format!(
        "priority class `{}` of `{}` is neither in the manifests nor in `priorityClasses.existing`",
        class.value,
        placement.title(),
    );
    let help = "add it to `priorityClasses.existing` if the cluster has it; the API server rejects pods with a missing class";
    let names = classes.keys().map(String::as_str);
    let existing = &cx.common.policy.existing_classes;
    let known = existing.iter().map(|known| known.value.as_str());
    let help = match crate::text::nearest(&class.value, names.chain(known)) {
        Some(near) => format!("did you mean `{near}`? Otherwise, {help}"),
        None => help.to_owned(),
    };
    cx.report(
        Diagnostic::new(&codes::UNKNOWN_CLASS, message)
            .at(class.span, "class not found")
            .help(help),
    );
    false
}

/// Returns whether the pod starts before the release creates its class.
fn starts_too_early(
    cx: &mut PassContext<'_>,
    placement: &Placement<'_>,
    class: &Spanned<String>,
) -> bool {
    let is_early = placement.workload.object.hooks().any(|event| event.starts_with("pre-"));
    let is_late = cx.common.classes.get(&class.value) == Some(&ClassOrigin::Ordinary);
    if !is_early || !is_late || is_in_cluster(cx, &class.value) {
        return false;
    }
    let message = format!(
        "`{}` gets no priority class: the hook runs before the release creates `{}`",
        placement.title(),
        class.value,
    );
    cx.report(
        Diagnostic::new(&codes::CLASS_AFTER_HOOK, message)
            .at(class.span, "created after the hook")
            .help("create the class outside the release and list it in `priorityClasses.existing`"),
    );
    true
}

fn note_priority_set(cx: &mut PassContext<'_>, placement: &Placement<'_>, priority: NodeRef<'_>) {
    cx.keep(FIELD, Reason::ChartsOwn, "the chart sets `priority` itself");
    let message = format!(
        "`{}` gets no priority class: it sets `priority` itself",
        placement.title()
    );
    let span = cx.span(placement, priority);
    cx.report(
        Diagnostic::new(&codes::PRIORITY_SET, message)
            .at(span, "set by the chart")
            .help(
                "remove `priority` from the chart's values; the API server sets it from the class",
            ),
    );
}
