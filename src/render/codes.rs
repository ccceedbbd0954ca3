//! Every code that rendering raises.

use crate::diag::{Code, Level};

/// A document that may hold a workload is not YAML.
pub(super) static NOT_YAML: Code = Code::error(
    "RN001",
    "manifest-not-yaml",
    "a document that may hold a workload is not YAML",
)
.page(include_str!("codes/not_yaml.md"));

/// A document cannot be changed without doubt about its meaning.
pub(super) static CANNOT_EDIT: Code = Code::error(
    "RN002",
    "edit-refused",
    "a document cannot be changed without doubt about its meaning",
)
.page(include_str!("codes/cannot_edit.md"));

/// A required placement makes a pod unschedulable that was schedulable.
pub(super) static CONTRADICTION: Code = Code::error(
    "RN003",
    "affinity-contradiction",
    "a required placement makes a pod unschedulable that was schedulable",
)
.page(include_str!("codes/contradiction.md"));

/// A preference contradicts what the chart requires, so it was left out.
pub(super) static PREFERENCE_LEFT_OUT: Code = Code::note(
    "RN004",
    "preference-left-out",
    "a preference contradicts what the chart requires, so it was left out",
)
.page(include_str!("codes/preference_left_out.md"));

/// A priority class is neither in the stream nor known to be in the cluster.
pub(super) static UNKNOWN_CLASS: Code = Code::error(
    "RN005",
    "priority-class-unknown",
    "a priority class is neither in the stream nor known to be in the cluster",
)
.page(include_str!("codes/unknown_class.md"));

/// A hook would start before its priority class exists.
pub(super) static CLASS_AFTER_HOOK: Code = Code::note(
    "RN006",
    "class-created-after-hook",
    "a hook would start before its priority class exists",
)
.page(include_str!("codes/class_after_hook.md"));

/// A Pod without a controller gets tolerations only, the rest of its spec can never change.
pub(super) static BARE_POD: Code = Code::note(
    "RN007",
    "bare-pod-immutable",
    "a Pod without a controller gets tolerations only, the rest of its spec can never change",
)
.page(include_str!("codes/bare_pod.md"));

/// A pod names its node, so that the scheduler never looks at its affinity.
pub(super) static PINNED_POD: Code = Code::note(
    "RN008",
    "pod-pinned-to-node",
    "a pod names its node, so that the scheduler never looks at its affinity",
)
.page(include_str!("codes/pinned_pod.md"));

/// A required node affinity without a term, which the API server refuses.
pub(super) static INVALID_AFFINITY: Code = Code::error(
    "RN009",
    "affinity-invalid",
    "a required node affinity without a term, which the API server refuses",
)
.page(include_str!("codes/invalid_affinity.md"));

/// Requirements multiply to more node selector terms than anybody can read.
pub(super) static TOO_MANY_TERMS: Code = Code::error(
    "RN010",
    "too-many-terms",
    "requirements multiply to more node selector terms than anybody can read",
)
.page(include_str!("codes/too_many_terms.md"));

/// A workload row matched nothing.
pub(super) static ROW_UNUSED: Code = Code::note(
    "RN011",
    "row-matched-nothing",
    "a workload row matched nothing",
)
.page(include_str!("codes/row_unused.md"));

/// A workload row matched another number of objects than it expects.
pub(super) static EXPECTATION_UNMET: Code = Code::error(
    "RN012",
    "expectation-unmet",
    "a workload row matched another number of objects than it expects",
)
.page(include_str!("codes/expectation_unmet.md"));

/// A Job was left alone, as the policy says.
pub(super) static JOB_LEFT_ALONE: Code = Code::note(
    "RN013",
    "job-left-alone",
    "a Job was left alone, as the policy says",
)
.page(include_str!("codes/job_left_alone.md"));

/// A Job would change, which the policy forbids.
pub(super) static JOB_WOULD_CHANGE: Code = Code::error(
    "RN014",
    "job-would-change",
    "a Job would change, which the policy forbids",
)
.page(include_str!("codes/job_would_change.md"));

/// A hook in the output of a post-renderer of Helm 3 becomes an ordinary object that nobody deletes.
pub(super) static HOOK_UNDER_HELM3: Code = Code::error(
    "RN015",
    "hook-under-helm3",
    "a hook in the output of a post-renderer of Helm 3 becomes an ordinary object that nobody deletes",
).page(include_str!("codes/hook_under_helm3.md"));

/// The input holds no document.
pub(super) static NO_DOCUMENTS: Code =
    Code::error("RN016", "no-documents", "the input holds no document")
        .page(include_str!("codes/no_documents.md"));

/// A key stands twice in one mapping; the last one wins.
pub(super) static DUPLICATE_KEY: Code = Code::warning(
    "RN017",
    "duplicate-key",
    "a key stands twice in one mapping; the last one wins",
)
.page(include_str!("codes/duplicate_key.md"));

/// An alias has no anchor, contains itself or expands without bound.
pub(super) static BROKEN_ALIAS: Code = Code::error(
    "RN018",
    "alias-unusable",
    "an alias has no anchor, contains itself or expands without bound",
)
.page(include_str!("codes/broken_alias.md"));

/// The hub's values in its Secret cannot be read, so the images they name are not known.
pub(super) static HUB_VALUES: Code = Code::warning(
    "RN019",
    "hub-values-unreadable",
    "the hub's values in its Secret cannot be read, so the images they name are not known",
)
.page(include_str!("codes/hub_values.md"));

/// A puller has no init container whose form a new one could take.
pub(super) static NO_PULLER_FORM: Code = Code::warning(
    "RN020",
    "puller-without-form",
    "a puller has no init container whose form a new one could take",
)
.page(include_str!("codes/no_puller_form.md"));

/// Every node selector term is empty, so no node matches with or without the policy.
pub(super) static UNSCHEDULABLE: Code = Code::note(
    "RN021",
    "pod-unschedulable",
    "every node selector term is empty, so no node matches with or without the policy",
)
.page(include_str!("codes/unschedulable.md"));

/// A pod sets `priority` as a number; a class beside it would be refused unless the numbers agree.
pub(super) static PRIORITY_WRITTEN: Code = Code::note(
    "RN022",
    "priority-written",
    "a pod sets `priority` as a number; a class beside it would be refused unless the numbers agree",
).page(include_str!("codes/priority_written.md"));

/// An object says neither that it is to be left alone nor that it is not.
pub(super) static IGNORE_UNCLEAR: Code = Code::error(
    "RN023",
    "ignore-unclear",
    "the annotation `dunnage/ignore` is neither `true` nor `false`",
)
.page(include_str!("codes/ignore_unclear.md"));

/// A step takes its affinity from its workflow, so that it cannot have one of its own besides.
pub(super) static INHERITED_AFFINITY: Code = Code::error(
    "RN024",
    "affinity-inherited",
    "a template takes its affinity from its object, so that it cannot be placed apart from it",
)
.page(include_str!("codes/inherited_affinity.md"));

/// A kind that the table does not know holds what looks like a pod template.
pub(super) static UNKNOWN_TEMPLATE: Code = Code::note(
    "RN025",
    "pod-template-unknown",
    "a kind that is not known holds what looks like a pod template",
)
.page(include_str!("codes/unknown_template.md"));

/// An object exists with what can never change, and the upgrade would change it.
pub(super) static CANNOT_CHANGE: Code = Code::error(
    "RN026",
    "change-of-the-unchangeable",
    "an object exists with what can never change, and the upgrade would change it",
)
.page(include_str!("codes/cannot_change.md"));

/// A row asks for a field that the kind does not have.
pub(super) static FIELD_LACKING: Code = Code::warning(
    "RN030",
    "field-not-in-kind",
    "a row asks for a field that the kind does not have at that place, so it is not written",
)
.page(include_str!("codes/field_lacking.md"));

/// Pods are made from a template that the object does not write.
pub(super) static TEMPLATE_MISSING: Code = Code::note(
    "RN031",
    "pod-template-missing",
    "an object has no pod template where its kind keeps one, so its pods are not placed",
)
.page(include_str!("codes/template_missing.md"));

/// A value in a workload has another type than Kubernetes gives it.
pub(super) static WRONG_TYPE: Code = Code::error(
    "RN032",
    "workload-wrong-type",
    "a value in a workload has another type than Kubernetes expects",
)
.page(include_str!("codes/wrong_type.md"));

/// No document has a kind, so the input is no stream of manifests.
pub(super) static NO_KIND: Code = Code::error(
    "RN033",
    "no-kind",
    "no document of the input has a `kind`, so it holds no manifests",
)
.page(include_str!("codes/no_kind.md"));

/// Every code of a rendering, by id.
pub static ALL: &[&Code] = &[
    &NOT_YAML,
    &CANNOT_EDIT,
    &CONTRADICTION,
    &PREFERENCE_LEFT_OUT,
    &UNKNOWN_CLASS,
    &CLASS_AFTER_HOOK,
    &BARE_POD,
    &PINNED_POD,
    &INVALID_AFFINITY,
    &TOO_MANY_TERMS,
    &ROW_UNUSED,
    &EXPECTATION_UNMET,
    &JOB_LEFT_ALONE,
    &JOB_WOULD_CHANGE,
    &HOOK_UNDER_HELM3,
    &NO_DOCUMENTS,
    &DUPLICATE_KEY,
    &BROKEN_ALIAS,
    &HUB_VALUES,
    &NO_PULLER_FORM,
    &UNSCHEDULABLE,
    &PRIORITY_WRITTEN,
    &IGNORE_UNCLEAR,
    &INHERITED_AFFINITY,
    &UNKNOWN_TEMPLATE,
    &CANNOT_CHANGE,
    &FIELD_LACKING,
    &TEMPLATE_MISSING,
    &WRONG_TYPE,
    &NO_KIND,
];

/// Whether an error says that the policy cannot be met, rather than that the input cannot be read: the
/// exit code is 1, not 2.
pub fn is_unmet(code: &Code) -> bool {
    let unmet = [
        &CONTRADICTION,
        &UNKNOWN_CLASS,
        &TOO_MANY_TERMS,
        &EXPECTATION_UNMET,
        &JOB_WOULD_CHANGE,
        &INHERITED_AFFINITY,
        &CANNOT_CHANGE,
    ];
    code.level != Level::Error || unmet.iter().any(|known| known.id == code.id)
}
