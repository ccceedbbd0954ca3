//! The codes that `render` reports.

use crate::diag::{Code, Level};

/// A manifest that may contain a workload is not YAML.
pub(super) static NOT_YAML: Code = Code::error(
    "RN001",
    "manifest-not-yaml",
    "a manifest that may contain a workload is not YAML",
)
.page(include_str!("codes/not_yaml.md"));

/// A document cannot be edited safely.
pub(super) static CANNOT_EDIT: Code = Code::error(
    "RN002",
    "edit-refused",
    "a document cannot be edited without possibly changing its meaning",
)
.page(include_str!("codes/cannot_edit.md"));

/// A required pool contradicts the chart, so that the pod would be unschedulable.
pub(super) static CONTRADICTION: Code = Code::error(
    "RN003",
    "affinity-contradiction",
    "a required pool contradicts the chart: the pod would be unschedulable",
)
.page(include_str!("codes/contradiction.md"));

/// A preference is not written because the chart requires other nodes.
pub(super) static PREFERENCE_LEFT_OUT: Code = Code::note(
    "RN004",
    "preference-left-out",
    "the preference for a pool is not written: the chart requires other nodes",
)
.page(include_str!("codes/preference_left_out.md"));

/// A priority class is neither in the manifests nor listed as existing.
pub(super) static UNKNOWN_CLASS: Code = Code::error(
    "RN005",
    "priority-class-unknown",
    "a row's priority class is neither in the manifests nor listed as existing",
)
.page(include_str!("codes/unknown_class.md"));

/// A hook runs before its priority class is created.
pub(super) static CLASS_AFTER_HOOK: Code = Code::note(
    "RN006",
    "class-created-after-hook",
    "a hook gets no priority class: the release creates the class after it runs",
)
.page(include_str!("codes/class_after_hook.md"));

/// A Pod without a controller gets tolerations only: the rest of its spec is immutable.
pub(super) static BARE_POD: Code = Code::note(
    "RN007",
    "bare-pod-immutable",
    "a Pod without a controller gets tolerations only: the rest of its spec is immutable",
)
.page(include_str!("codes/bare_pod.md"));

/// A pod sets `nodeName`, so the scheduler ignores its node selection.
pub(super) static PINNED_POD: Code = Code::note(
    "RN008",
    "pod-with-node-name",
    "a pod sets `nodeName`, so it bypasses the scheduler and gets tolerations only",
)
.page(include_str!("codes/pinned_pod.md"));

/// A required node affinity has no terms, which the API server rejects.
pub(super) static INVALID_AFFINITY: Code = Code::error(
    "RN009",
    "affinity-without-terms",
    "a required node affinity has no terms and is rejected by the API server",
)
.page(include_str!("codes/invalid_affinity.md"));

/// The terms of the chart, combined with several pools, exceed the limit.
pub(super) static TOO_MANY_TERMS: Code = Code::error(
    "RN010",
    "too-many-terms",
    "several required pools and the chart's terms give too many node selector terms",
)
.page(include_str!("codes/too_many_terms.md"));

/// A workload row matched no object of its chart.
pub(super) static ROW_UNUSED: Code = Code::note(
    "RN011",
    "row-matched-nothing",
    "a workload row matched no object of its chart",
)
.page(include_str!("codes/row_unused.md"));

/// A workload row matched a different number of objects than `expect` allows.
pub(super) static EXPECTATION_UNMET: Code = Code::error(
    "RN012",
    "expectation-unmet",
    "a workload row matched a different number of objects than `expect` allows",
)
.page(include_str!("codes/expectation_unmet.md"));

/// A Job is left unchanged because its pod template is immutable.
pub(super) static JOB_UNCHANGED: Code = Code::note(
    "RN013",
    "job-left-unchanged",
    "a Job is left unchanged because its pod template is immutable",
)
.page(include_str!("codes/job_unchanged.md"));

/// A row would change a Job, and the policy sets `jobs: error`.
pub(super) static JOB_WOULD_CHANGE: Code = Code::error(
    "RN014",
    "job-would-change",
    "a row would change a Job, and the policy sets `jobs: error`",
)
.page(include_str!("codes/job_would_change.md"));

/// Helm 3 installs a hook from a post-renderer as an ordinary object and never deletes it.
pub(super) static HOOK_UNDER_HELM3: Code = Code::error(
    "RN015",
    "hook-under-helm3",
    "Helm 3 would install a hook as an ordinary object and never delete it",
)
.page(include_str!("codes/hook_under_helm3.md"));

/// The input contains no documents.
pub(super) static NO_DOCUMENTS: Code =
    Code::error("RN016", "no-documents", "the input contains no documents")
        .page(include_str!("codes/no_documents.md"));

/// A key is set twice in one mapping: the first value is ignored.
pub(super) static DUPLICATE_KEY: Code = Code::warning(
    "RN017",
    "duplicate-key",
    "a key is set twice in one mapping: the first value is ignored",
)
.page(include_str!("codes/duplicate_key.md"));

/// An alias has no anchor, contains itself or expands too far.
pub(super) static BROKEN_ALIAS: Code = Code::error(
    "RN018",
    "alias-unusable",
    "an alias has no anchor, contains itself or expands too far",
)
.page(include_str!("codes/broken_alias.md"));

/// The hub's values in its Secret cannot be read, so their images are not pulled.
pub(super) static HUB_VALUES: Code = Code::warning(
    "RN019",
    "hub-values-unreadable",
    "the hub's values in its Secret cannot be read: their images are not pulled",
)
.page(include_str!("codes/hub_values.md"));

/// An image puller has no init container to copy.
pub(super) static NO_PULLER_CONTAINER: Code = Code::warning(
    "RN020",
    "puller-without-init-container",
    "an image puller has no init container to copy, so no image is added",
)
.page(include_str!("codes/no_puller_container.md"));

/// All node selector terms of a pod are empty, so no node matches it.
pub(super) static UNSCHEDULABLE: Code = Code::note(
    "RN021",
    "pod-unschedulable",
    "a pod cannot be scheduled: all of its node selector terms are empty",
)
.page(include_str!("codes/unschedulable.md"));

/// A pod sets `priority` as a number, so it gets no priority class.
pub(super) static PRIORITY_SET: Code = Code::note(
    "RN022",
    "priority-set-by-chart",
    "a pod sets `priority` as a number, so it gets no priority class",
)
.page(include_str!("codes/priority_set.md"));

/// The annotation `dunnage/ignore` is neither `true` nor `false`.
pub(super) static IGNORE_NOT_BOOLEAN: Code = Code::error(
    "RN023",
    "ignore-not-boolean",
    "annotation `dunnage/ignore` is neither `true` nor `false`",
)
.page(include_str!("codes/ignore_not_boolean.md"));

/// A pod template inherits its placement from its object and cannot be placed separately.
pub(super) static INHERITED_AFFINITY: Code = Code::error(
    "RN024",
    "affinity-inherited",
    "a pod template inherits its affinity and cannot be placed separately",
)
.page(include_str!("codes/inherited_affinity.md"));

/// An object of an unknown kind seems to contain a pod template.
pub(super) static UNKNOWN_TEMPLATE: Code = Code::note(
    "RN025",
    "pod-template-unknown",
    "an object of an unknown kind seems to contain a pod template",
)
.page(include_str!("codes/unknown_template.md"));

/// The upgrade would change an immutable field of an existing object.
pub(super) static IMMUTABLE_CHANGE: Code = Code::error(
    "RN026",
    "immutable-field-change",
    "the upgrade would change an immutable field of an existing object",
)
.page(include_str!("codes/immutable_change.md"));

/// A row sets a field that the kind does not have.
pub(super) static NO_SUCH_FIELD: Code = Code::warning(
    "RN030",
    "field-not-in-kind",
    "a row sets a field that the kind does not have, so it is not written",
)
.page(include_str!("codes/no_such_field.md"));

/// An object has no pod template at the path that its kind defines.
pub(super) static TEMPLATE_MISSING: Code = Code::note(
    "RN031",
    "pod-template-missing",
    "an object has no pod template at the expected path: its pods are not placed",
)
.page(include_str!("codes/template_missing.md"));

/// A field of a workload has another type than Kubernetes expects.
pub(super) static WRONG_TYPE: Code = Code::error(
    "RN032",
    "workload-wrong-type",
    "a field of a workload has another type than Kubernetes expects",
)
.page(include_str!("codes/wrong_type.md"));

/// No document has a `kind`, so the input contains no manifests.
pub(super) static NO_KIND: Code = Code::error(
    "RN033",
    "no-kind",
    "the input contains no manifests: no document has a `kind`",
)
.page(include_str!("codes/no_kind.md"));

/// The name or the namespace of the release is unknown or ambiguous.
pub(super) static RELEASE_UNKNOWN: Code = Code::error(
    "RN034",
    "addition-release-unknown",
    "the name or the namespace of the release is unknown, and added objects need it",
)
.page(include_str!("codes/release_unknown.md"));

/// Several entries of `additions` could match.
pub(super) static AMBIGUOUS_ADDITION: Code = Code::error(
    "RN035",
    "addition-ambiguous",
    "several entries of `additions` could match the release",
)
.page(include_str!("codes/ambiguous_addition.md"));

/// The chart has an object with the kind and name of an addition.
pub(super) static ADDITION_CONFLICT: Code = Code::error(
    "RN036",
    "addition-conflict",
    "the chart already has an object that the policy would add",
)
.page(include_str!("codes/addition_conflict.md"));

/// An object of the chart has the annotation of added objects.
pub(super) static FOREIGN_ADDITION: Code = Code::error(
    "RN037",
    "addition-foreign",
    "an object of the chart has the annotation of added objects",
)
.page(include_str!("codes/foreign_addition.md"));

/// The priority of added pods is not below that of users.
pub(super) static PRIORITY_ORDER: Code = Code::error(
    "RN038",
    "addition-priority-order",
    "the priority of added pods is not below that of the pods that need their room",
)
.page(include_str!("codes/priority_order.md"));

/// The size of user placeholders is unknown or ambiguous.
pub(super) static PLACEHOLDER_SIZE: Code = Code::error(
    "RN039",
    "placeholder-size-unknown",
    "the size of user placeholders is unknown or ambiguous",
)
.page(include_str!("codes/placeholder_size.md"));

/// A user placeholder is larger than a node.
pub(super) static PLACEHOLDER_TOO_LARGE: Code = Code::error(
    "RN040",
    "placeholder-larger-than-node",
    "a user placeholder is larger than a node of its pool: it never scales up the pool",
)
.page(include_str!("codes/placeholder_too_large.md"));

/// A user placeholder reserves more seats than a node can have pods.
pub(super) static MORE_SEATS_THAN_PODS: Code = Code::note(
    "RN041",
    "placeholder-seats-over-pods",
    "a user placeholder reserves more seats than a node runs pods",
)
.page(include_str!("codes/more_seats_than_pods.md"));

/// User placeholders have no priority class.
pub(super) static PLACEHOLDER_WITHOUT_CLASS: Code = Code::error(
    "RN042",
    "placeholder-without-class",
    "user placeholders have no priority class: they could not be evicted",
)
.page(include_str!("codes/placeholder_without_class.md"));

/// Objects cannot be added to a `ResourceList`.
pub(super) static ADDITION_IN_RESOURCE_LIST: Code = Code::error(
    "RN043",
    "addition-in-resource-list",
    "objects cannot be added to a ResourceList yet",
)
.page(include_str!("codes/addition_in_resource_list.md"));

/// The namespace of the release is that of `HELM_NAMESPACE`.
pub(super) static NAMESPACE_OF_ENVIRONMENT: Code = Code::note(
    "RN044",
    "namespace-of-environment",
    "the namespace of the release is taken from HELM_NAMESPACE",
)
.page(include_str!("codes/namespace_of_environment.md"));

/// A selector of the chart selects added pods.
pub(super) static ADDITION_SELECTED: Code = Code::error(
    "RN045",
    "addition-selected",
    "a selector of the chart selects added pods",
)
.page(include_str!("codes/addition_selected.md"));

/// All codes of `render`, sorted by id.
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
    &JOB_UNCHANGED,
    &JOB_WOULD_CHANGE,
    &HOOK_UNDER_HELM3,
    &NO_DOCUMENTS,
    &DUPLICATE_KEY,
    &BROKEN_ALIAS,
    &HUB_VALUES,
    &NO_PULLER_CONTAINER,
    &UNSCHEDULABLE,
    &PRIORITY_SET,
    &IGNORE_NOT_BOOLEAN,
    &INHERITED_AFFINITY,
    &UNKNOWN_TEMPLATE,
    &IMMUTABLE_CHANGE,
    &NO_SUCH_FIELD,
    &TEMPLATE_MISSING,
    &WRONG_TYPE,
    &NO_KIND,
    &RELEASE_UNKNOWN,
    &AMBIGUOUS_ADDITION,
    &ADDITION_CONFLICT,
    &FOREIGN_ADDITION,
    &PRIORITY_ORDER,
    &PLACEHOLDER_SIZE,
    &PLACEHOLDER_TOO_LARGE,
    &MORE_SEATS_THAN_PODS,
    &PLACEHOLDER_WITHOUT_CLASS,
    &ADDITION_IN_RESOURCE_LIST,
    &NAMESPACE_OF_ENVIRONMENT,
    &ADDITION_SELECTED,
];

/// Returns whether an error means that the policy cannot be applied (exit code 1), not that the input cannot be
/// read (exit code 2).
pub fn is_unmet(code: &Code) -> bool {
    let unmet = [
        &CONTRADICTION,
        &UNKNOWN_CLASS,
        &TOO_MANY_TERMS,
        &EXPECTATION_UNMET,
        &JOB_WOULD_CHANGE,
        &INHERITED_AFFINITY,
        &IMMUTABLE_CHANGE,
        &PRIORITY_ORDER,
        &PLACEHOLDER_TOO_LARGE,
        &ADDITION_CONFLICT,
        &ADDITION_SELECTED,
    ];
    code.level != Level::Error || unmet.iter().any(|known| known.id == code.id)
}
