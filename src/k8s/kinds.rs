//! The kinds whose objects have pods: where their pod templates are, and the effect of a change.

use super::operators::operators;
use super::shape::{Parent, Shape};
use super::table::table;
use crate::yaml::NodeRef;

/// The effect of a changed template on running pods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnChange {
    /// They are replaced.
    Restart,
    /// They are not replaced; new pods use the new template.
    Stay,
    /// None: the API server rejects the change of an existing object.
    Refused,
}

/// The place of a pod template in objects of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplatePlace {
    /// Keys from the object, separated by dots: `[]` after a key means each item of its list, `*` each value of a
    /// mapping, and a key with `?` is created if it is missing. Empty if the object itself is the template.
    pub path: String,
    /// The name for `match.template`; empty for the only template of a kind.
    pub role: String,
    /// The layout of the template.
    pub shape: &'static Shape,
    /// Where fields come from if the template does not set them, nearest first.
    pub inherits: Vec<Parent>,
    /// A condition under which there are no pods here, although the path leads to something.
    pub unless: Option<Condition>,
    /// What binds the pods to nodes, so that only rows that name the kind match them.
    pub bound: Bound,
    /// Whether a missing template is reported, because there are pods anyway.
    pub is_expected: bool,
}

/// What binds pods to nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Bound {
    /// Nothing: the scheduler chooses their nodes.
    #[default]
    Free,
    /// A DaemonSet, which runs one pod on each node.
    EveryNode,
    /// A DaemonSet, if the condition is true.
    EveryNodeIf(Condition),
    /// The disks of their nodes, which have their data.
    Disks,
}

impl Bound {
    /// Returns whether a DaemonSet creates the pods.
    pub(super) fn is_daemon_set(self, place: NodeRef<'_>) -> bool {
        match self {
            Bound::EveryNode => true,
            Bound::EveryNodeIf(condition) => condition.holds(place),
            Bound::Free | Bound::Disks => false,
        }
    }

    /// Returns whether the pods are bound to their nodes.
    pub(super) fn is_bound(self, place: NodeRef<'_>) -> bool {
        self == Bound::Disks || self.is_daemon_set(place)
    }
}

/// A condition on a key next to the fields of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// The key is set and not null.
    Set(&'static str),
    /// The key has this value.
    Equal(&'static str, &'static str),
    /// The key has another value, or none.
    NotEqual(&'static str, &'static str),
}

impl Condition {
    /// Returns whether the condition is true for a place.
    pub(super) fn holds(self, place: NodeRef<'_>) -> bool {
        let value = |key| place.get(key).and_then(NodeRef::text);
        match self {
            Condition::Set(key) => place.get(key).is_some_and(|node| !node.is_null()),
            Condition::Equal(key, wanted) => value(key) == Some(wanted),
            Condition::NotEqual(key, wanted) => value(key) != Some(wanted),
        }
    }
}

/// A kind whose objects have pods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind {
    /// The API group; empty for the core group.
    pub group: String,
    /// The kind.
    pub name: String,
    /// The places of its pod templates; none if the policy leaves its pods unchanged.
    pub places: Vec<TemplatePlace>,
    /// The effect of a change.
    pub on_change: OnChange,
    /// A condition of the operator for applying the fields.
    pub caveat: Option<&'static str>,
}

/// The kinds that have pods: those of the policy, then those of the table.
#[derive(Debug, Clone)]
pub struct Kinds {
    rows: Vec<Kind>,
}

impl Default for Kinds {
    fn default() -> Self {
        Self::with(Vec::new())
    }
}

impl Kinds {
    /// Returns the table with more kinds, which replace those with the same name.
    pub fn with(added: Vec<Kind>) -> Self {
        let mut rows = added;
        rows.extend(table());
        rows.extend(operators());
        Self { rows }
    }

    /// Returns the row of a kind, whatever its version.
    pub fn get(&self, group: &str, name: &str) -> Option<&Kind> {
        let mut rows = self.rows.iter();
        rows.find(|kind| kind.name == name && kind.group == group)
    }

    /// Returns whether objects of a kind with this name may have pods that are bound to their nodes.
    pub fn may_be_bound(&self, name: &str) -> bool {
        let rows = self.rows.iter().filter(|kind| kind.name == name);
        let mut places = rows.flat_map(|kind| &kind.places);
        places.any(|place| place.bound != Bound::Free)
    }

    /// Returns the names of all kinds, without duplicates.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for kind in &self.rows {
            if !names.contains(&kind.name.as_str()) {
                names.push(&kind.name);
            }
        }
        names
    }

    /// Returns whether objects with this name may have pods; without a group, in any group.
    pub(super) fn has_name(&self, name: &str, group: Option<&str>) -> bool {
        let mut rows = self.rows.iter();
        rows.any(|kind| kind.name == name && group.is_none_or(|group| kind.group == group))
    }
}

/// Returns whether a group belongs to Kubernetes: then the table has all of its kinds with pods.
pub(super) fn is_of_kubernetes(group: &str) -> bool {
    const WITHOUT_DOMAIN: [&str; 6] = ["", "apps", "autoscaling", "batch", "extensions", "policy"];
    WITHOUT_DOMAIN.contains(&group) || group.ends_with(".k8s.io")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    #[test]
    fn groups_of_kubernetes_need_no_guess() {
        for group in ["", "apps", "policy", "rbac.authorization.k8s.io"] {
            assert!(is_of_kubernetes(group), "{group}");
        }
        // What SIGs define outside of Kubernetes itself.
        for group in ["kueue.x-k8s.io", "k8s.io", "example.org"] {
            assert!(!is_of_kubernetes(group), "{group}");
        }
    }

    #[track_caller]
    fn check_condition(condition: Condition, place: &str, expected: bool) {
        let document = yaml::parse(place).expect("YAML");
        let place = document.root().expect("a root");
        assert_eq!(condition.holds(place), expected, "{condition:?}");
        let bound = Bound::EveryNodeIf(condition);
        assert_eq!(bound.is_daemon_set(place), expected, "{condition:?}");
        assert_eq!(bound.is_bound(place), expected, "{condition:?}");
    }

    #[test]
    fn a_condition_is_about_a_key_of_the_place() {
        let set = Condition::Set("a");
        check_condition(set, "{a: b}", true);
        check_condition(set, "{a: {}}", true);
        check_condition(set, "{a: ~}", false);
        check_condition(set, "{b: a}", false);
        let equal = Condition::Equal("a", "b");
        check_condition(equal, "{a: b}", true);
        check_condition(equal, "{a: c}", false);
        check_condition(equal, "{}", false);
        let not_equal = Condition::NotEqual("a", "b");
        check_condition(not_equal, "{a: b}", false);
        check_condition(not_equal, "{a: c}", true);
        check_condition(not_equal, "{}", true);
    }

    #[test]
    fn pods_of_a_daemon_set_and_of_disks_are_bound() {
        let document = yaml::parse("{}").expect("YAML");
        let place = document.root().expect("a root");
        for (bound, is_daemon_set, is_bound) in [
            (Bound::Free, false, false),
            (Bound::EveryNode, true, true),
            (Bound::Disks, false, true),
        ] {
            assert_eq!(bound.is_daemon_set(place), is_daemon_set, "{bound:?}");
            assert_eq!(bound.is_bound(place), is_bound, "{bound:?}");
        }
        let kinds = Kinds::default();
        for name in ["DaemonSet", "CephCluster", "OpenTelemetryCollector"] {
            assert!(kinds.may_be_bound(name), "{name}");
        }
        for name in ["Deployment", "Kafka", "Gizmo"] {
            assert!(!kinds.may_be_bound(name), "{name}");
        }
    }

    #[test]
    fn group_and_kind_decide() {
        let kinds = Kinds::default();
        assert_eq!(
            kinds.get("batch", "CronJob").expect("a row").places[0].path,
            "spec.jobTemplate.spec.template"
        );
        assert_eq!(kinds.get("example.org", "Deployment"), None);
        assert_eq!(kinds.get("", "Service"), None);
        assert!(kinds.get("serving.knative.dev", "Service").is_some());
        assert_eq!(
            kinds.get("apiextensions.k8s.io", "CustomResourceDefinition"),
            None
        );
    }

    #[test]
    fn no_kind_stands_twice() {
        let table: Vec<Kind> = table().into_iter().chain(operators()).collect();
        for (index, kind) in table.iter().enumerate() {
            let mut earlier = table[..index].iter();
            let twice =
                earlier.any(|other| (&other.group, &other.name) == (&kind.group, &kind.name));
            assert!(!twice, "{} {}", kind.group, kind.name);
        }
    }

    #[test]
    fn a_kind_of_the_policy_stands_in_place_of_the_tables() {
        let mine = Kind {
            caveat: Some("mine"),
            ..Kinds::default().get("apps", "Deployment").expect("a row").clone()
        };
        let kinds = Kinds::with(vec![mine]);
        assert_eq!(
            kinds.get("apps", "Deployment").expect("a row").caveat,
            Some("mine")
        );
        assert_eq!(
            kinds.names().iter().filter(|name| **name == "Deployment").count(),
            1
        );
    }
}
