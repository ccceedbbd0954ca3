//! The table (group, kind) -> where pod templates sit.

/// Where objects of one kind hold their pod template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TemplatePath {
    /// The API group; empty for the core group.
    pub group: &'static str,
    /// The kind.
    pub kind: &'static str,
    /// Keys from the object to the mapping with `metadata` and `spec` of the pods; empty where the
    /// object is the pod.
    pub path: &'static [&'static str],
}

const TEMPLATE: &[&str] = &["spec", "template"];

const fn row(
    group: &'static str,
    kind: &'static str,
    path: &'static [&'static str],
) -> TemplatePath {
    TemplatePath { group, kind, path }
}

/// Versions do not matter: in every served version of a kind the template sits in the same place.
const TABLE: &[TemplatePath] = &[
    row("", "Pod", &[]),
    row("", "PodTemplate", &["template"]),
    row("", "ReplicationController", TEMPLATE),
    row("apps", "DaemonSet", TEMPLATE),
    row("apps", "Deployment", TEMPLATE),
    row("apps", "ReplicaSet", TEMPLATE),
    row("apps", "StatefulSet", TEMPLATE),
    row(
        "batch",
        "CronJob",
        &["spec", "jobTemplate", "spec", "template"],
    ),
    row("batch", "Job", TEMPLATE),
    // Clusters before 1.16 served these under the older group; charts that old are still installed.
    row("extensions", "DaemonSet", TEMPLATE),
    row("extensions", "Deployment", TEMPLATE),
    row("extensions", "ReplicaSet", TEMPLATE),
];

/// The row for a kind, whatever its version.
pub fn template_path(group: &str, kind: &str) -> Option<&'static TemplatePath> {
    TABLE
        .iter()
        .find(|row| row.kind == kind && row.group == group)
}

/// The names of all kinds in the table, each once.
pub fn known_kinds() -> impl Iterator<Item = &'static str> {
    let is_first = |index: usize| {
        TABLE[..index]
            .iter()
            .all(|row| row.kind != TABLE[index].kind)
    };
    (0..TABLE.len())
        .filter(move |&index| is_first(index))
        .map(|index| TABLE[index].kind)
}

/// Whether objects of a kind of this name may matter, in whatever group: they hold pods or other
/// objects, or a pass reads them (classes, and the hub's values in its Secret).
pub(super) fn may_concern(kind: &str) -> bool {
    kind.ends_with("List")
        || matches!(kind, "PriorityClass" | "Secret")
        || TABLE.iter().any(|row| row.kind == kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn group_and_kind_decide() {
        assert_eq!(
            template_path("batch", "CronJob").expect("a row").path.len(),
            4
        );
        assert_eq!(template_path("example.org", "Deployment"), None);
        assert_eq!(
            template_path("apiextensions.k8s.io", "CustomResourceDefinition"),
            None
        );
    }
}
