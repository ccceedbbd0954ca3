//! Every code that rendering raises.

use crate::diag::{Code, Level};

/// A document that may hold a workload is not YAML.
pub(super) static NOT_YAML: Code = Code::error(
    "RN001",
    "manifest-not-yaml",
    "a document that may hold a workload is not YAML",
);

/// A document cannot be changed without doubt about its meaning.
pub(super) static CANNOT_EDIT: Code = Code::error(
    "RN002",
    "edit-refused",
    "a document cannot be changed without doubt about its meaning",
);

/// A required placement makes a pod unschedulable that was schedulable.
pub(super) static CONTRADICTION: Code = Code::error(
    "RN003",
    "affinity-contradiction",
    "a required placement makes a pod unschedulable that was schedulable",
);

/// A preference contradicts what the chart requires, so it was left out.
pub(super) static PREFERENCE_LEFT_OUT: Code = Code::note(
    "RN004",
    "preference-left-out",
    "a preference contradicts what the chart requires, so it was left out",
);

/// A priority class is neither in the stream nor known to be in the cluster.
pub(super) static UNKNOWN_CLASS: Code = Code::error(
    "RN005",
    "priority-class-unknown",
    "a priority class is neither in the stream nor known to be in the cluster",
);

/// A hook would start before its priority class exists.
pub(super) static CLASS_AFTER_HOOK: Code = Code::note(
    "RN006",
    "class-created-after-hook",
    "a hook would start before its priority class exists",
);

/// A Pod without a controller gets tolerations only, the rest of its spec can never change.
pub(super) static BARE_POD: Code = Code::note(
    "RN007",
    "bare-pod-immutable",
    "a Pod without a controller gets tolerations only, the rest of its spec can never change",
);

/// A pod names its node, so that the scheduler never looks at its affinity.
pub(super) static PINNED_POD: Code = Code::note(
    "RN008",
    "pod-pinned-to-node",
    "a pod names its node, so that the scheduler never looks at its affinity",
);

/// A required node affinity without a term, which the API server refuses.
pub(super) static INVALID_AFFINITY: Code = Code::error(
    "RN009",
    "affinity-invalid",
    "a required node affinity without a term, which the API server refuses",
);

/// Requirements multiply to more node selector terms than anybody can read.
pub(super) static TOO_MANY_TERMS: Code = Code::error(
    "RN010",
    "too-many-terms",
    "requirements multiply to more node selector terms than anybody can read",
);

/// A workload row matched nothing.
pub(super) static ROW_UNUSED: Code = Code::note(
    "RN011",
    "row-matched-nothing",
    "a workload row matched nothing",
);

/// A workload row matched another number of objects than it expects.
pub(super) static EXPECTATION_UNMET: Code = Code::error(
    "RN012",
    "expectation-unmet",
    "a workload row matched another number of objects than it expects",
);

/// A Job was left alone, as the policy says.
pub(super) static JOB_LEFT_ALONE: Code = Code::note(
    "RN013",
    "job-left-alone",
    "a Job was left alone, as the policy says",
);

/// A Job would change, which the policy forbids.
pub(super) static JOB_WOULD_CHANGE: Code = Code::error(
    "RN014",
    "job-would-change",
    "a Job would change, which the policy forbids",
);

/// A hook in the output of a post-renderer of Helm 3 becomes an ordinary object that nobody deletes.
pub(super) static HOOK_UNDER_HELM3: Code = Code::error(
    "RN015",
    "hook-under-helm3",
    "a hook in the output of a post-renderer of Helm 3 becomes an ordinary object that nobody deletes",
);

/// The input holds no document.
pub(super) static NO_DOCUMENTS: Code =
    Code::error("RN016", "no-documents", "the input holds no document");

/// A key stands twice in one mapping; the last one wins.
pub(super) static DUPLICATE_KEY: Code = Code::warning(
    "RN017",
    "duplicate-key",
    "a key stands twice in one mapping; the last one wins",
);

/// An alias has no anchor, contains itself or expands without bound.
pub(super) static BROKEN_ALIAS: Code = Code::error(
    "RN018",
    "alias-unusable",
    "an alias has no anchor, contains itself or expands without bound",
);

/// The hub's values in its Secret cannot be read, so the images they name are not known.
pub(super) static HUB_VALUES: Code = Code::warning(
    "RN019",
    "hub-values-unreadable",
    "the hub's values in its Secret cannot be read, so the images they name are not known",
);

/// A puller has no init container whose form a new one could take.
pub(super) static NO_PULLER_FORM: Code = Code::warning(
    "RN020",
    "puller-without-form",
    "a puller has no init container whose form a new one could take",
);

/// Every node selector term is empty, so no node matches with or without the policy.
pub(super) static UNSCHEDULABLE: Code = Code::note(
    "RN021",
    "pod-unschedulable",
    "every node selector term is empty, so no node matches with or without the policy",
);

/// A pod sets `priority` as a number; a class beside it would be refused unless the numbers agree.
pub(super) static PRIORITY_WRITTEN: Code = Code::note(
    "RN022",
    "priority-written",
    "a pod sets `priority` as a number; a class beside it would be refused unless the numbers agree",
);

/// An object says neither that it is to be left alone nor that it is not.
pub(super) static IGNORE_UNCLEAR: Code = Code::error(
    "RN023",
    "ignore-unclear",
    "the annotation `dunnage/ignore` is neither `true` nor `false`",
);

/// A step takes its affinity from its workflow, so that it cannot have one of its own besides.
pub(super) static INHERITED_AFFINITY: Code = Code::error(
    "RN024",
    "affinity-inherited",
    "a template takes its affinity from its object, so that it cannot be placed apart from it",
);

/// A kind that the table does not know holds what looks like a pod template.
pub(super) static UNKNOWN_TEMPLATE: Code = Code::note(
    "RN025",
    "pod-template-unknown",
    "a kind that is not known holds what looks like a pod template",
);

/// An object exists with what can never change, and the upgrade would change it.
pub(super) static CANNOT_CHANGE: Code = Code::error(
    "RN026",
    "change-of-the-unchangeable",
    "an object exists with what can never change, and the upgrade would change it",
);

/// A row asks for a field that the kind does not have.
pub(super) static FIELD_LACKING: Code = Code::warning(
    "RN030",
    "field-not-in-kind",
    "a row asks for a field that the kind does not have at that place, so it is not written",
);

/// Pods are made from a template that the object does not write.
pub(super) static TEMPLATE_MISSING: Code = Code::note(
    "RN031",
    "pod-template-missing",
    "an object has no pod template where its kind keeps one, so its pods are not placed",
);

/// A value in a workload has another type than Kubernetes gives it.
pub(super) static WRONG_TYPE: Code = Code::error(
    "RN032",
    "workload-wrong-type",
    "a value in a workload has another type than Kubernetes expects",
);

/// No document has a kind, so the input is no stream of manifests.
pub(super) static NO_KIND: Code = Code::error(
    "RN033",
    "no-kind",
    "no document of the input has a `kind`, so it holds no manifests",
);

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
