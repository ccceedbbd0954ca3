//! Every code that rendering raises.

use crate::diag::{Code, Level};

macro_rules! codes {
    ($($static:ident $id:literal $name:literal $level:ident $summary:literal;)*) => {
        $(
            #[doc = $summary]
            pub(super) static $static: Code = Code { id: $id, name: $name, summary: $summary, level: Level::$level };
        )*
        /// All of them, in the order of their ids.
        pub static CODES: &[&Code] = &[$(&$static),*];
    };
}

codes! {
    NOT_YAML "RN001" "manifest-not-yaml" Error "a document that may hold a workload is not YAML";
    CANNOT_EDIT "RN002" "edit-refused" Error "a document cannot be changed without doubt about its meaning";
    CONTRADICTION "RN003" "affinity-contradiction" Error "a required placement makes a pod unschedulable that was schedulable";
    PREFERENCE_LEFT_OUT "RN004" "preference-left-out" Note "a preference contradicts what the chart requires, so it was left out";
    UNKNOWN_CLASS "RN005" "priority-class-unknown" Error "a priority class is neither in the stream nor known to be in the cluster";
    CLASS_AFTER_HOOK "RN006" "class-created-after-hook" Note "a hook would start before its priority class exists";
    BARE_POD "RN007" "bare-pod-immutable" Note "a Pod without a controller gets tolerations only, the rest of its spec can never change";
    PINNED_POD "RN008" "pod-pinned-to-node" Note "a pod names its node, so that the scheduler never looks at its affinity";
    INVALID_AFFINITY "RN009" "affinity-invalid" Error "a required node affinity without a term, which the API server refuses";
    TOO_MANY_TERMS "RN010" "too-many-terms" Error "requirements multiply to more node selector terms than anybody can read";
    ROW_UNUSED "RN011" "row-matched-nothing" Note "a workload row matched nothing";
    EXPECTATION_UNMET "RN012" "expectation-unmet" Error "a workload row matched another number of objects than it expects";
    JOB_LEFT_ALONE "RN013" "job-left-alone" Note "a Job was left alone, as the policy says";
    JOB_WOULD_CHANGE "RN014" "job-would-change" Error "a Job would change, which the policy forbids";
    HOOK_UNDER_HELM3 "RN015" "hook-under-helm3" Error "a hook in the output of a post-renderer of Helm 3 becomes an ordinary object that nobody deletes";
    NO_DOCUMENTS "RN016" "no-documents" Error "the input holds no document";
    DUPLICATE_KEY "RN017" "duplicate-key" Warning "a key stands twice in one mapping; the last one wins";
    BROKEN_ALIAS "RN018" "alias-unusable" Error "an alias has no anchor, contains itself or expands without bound";
    HUB_VALUES "RN019" "hub-values-unreadable" Warning "the hub's values in its Secret cannot be read, so the images they name are not known";
    NO_PULLER_FORM "RN020" "puller-without-form" Warning "a puller has no init container whose form a new one could take";
    UNSCHEDULABLE "RN021" "pod-unschedulable" Note "every node selector term is empty, so no node matches with or without the policy";
    PRIORITY_WRITTEN "RN022" "priority-written" Note "a pod sets `priority` as a number; a class beside it would be refused unless the numbers agree";
}

/// Whether an error says that the policy cannot be met, rather than that the input cannot be read: the
/// exit code is 1, not 2.
pub fn is_unmet(code: &Code) -> bool {
    let unmet = [
        &CONTRADICTION,
        &UNKNOWN_CLASS,
        &TOO_MANY_TERMS,
        &EXPECTATION_UNMET,
        &JOB_WOULD_CHANGE,
    ];
    code.level != Level::Error || unmet.iter().any(|known| known.id == code.id)
}
