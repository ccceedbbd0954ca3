//! The kinds whose objects have pods: where their templates sit, and what a change of them does.

use super::shape::{Parent, Shape};
use super::table::table;

/// What happens to running pods where the template changes that they were made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnChange {
    /// They are replaced.
    Restart,
    /// They stay; those made later follow the new template.
    Stay,
    /// Nothing: the API server refuses the change of an object that exists.
    Refused,
}

/// Where objects of one kind hold a pod template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Keys from the object, parted by dots: `[]` behind a key is every item of its list, `*` every value
    /// of a mapping. Empty where the object itself is the template.
    pub path: String,
    /// What `match.template` calls it; empty for the only template of a kind.
    pub role: String,
    /// How the template is laid out there.
    pub shape: &'static Shape,
    /// What fields come from where the template does not set them, the nearest first.
    pub inherits: Vec<Parent>,
    /// A key beside the fields that says that the pods are described by another object.
    pub elsewhere: Option<&'static str>,
}

/// One kind whose objects have pods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind {
    /// The API group; empty for the core group.
    pub group: String,
    /// The kind.
    pub name: String,
    /// Where its templates sit; none where the policy says that its pods are not to be placed.
    pub places: Vec<Place>,
    /// What a change does.
    pub on_change: OnChange,
    /// What has to hold besides, so that the pods get what is written here.
    pub caveat: Option<&'static str>,
}

/// The kinds that have pods: those that the policy adds, then those of the table.
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
    /// The table with more kinds; one that the table has too stands in its place.
    pub fn with(added: Vec<Kind>) -> Self {
        let mut rows = added;
        rows.extend(table());
        Self { rows }
    }

    /// The row of a kind, whatever its version.
    pub fn get(&self, group: &str, name: &str) -> Option<&Kind> {
        let mut rows = self.rows.iter();
        rows.find(|kind| kind.name == name && kind.group == group)
    }

    /// The names of all kinds, each once.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for kind in &self.rows {
            if !names.contains(&kind.name.as_str()) {
                names.push(&kind.name);
            }
        }
        names
    }

    /// Whether objects of this name may have pods; without a group, in whatever group.
    pub(super) fn has_name(&self, name: &str, group: Option<&str>) -> bool {
        let mut rows = self.rows.iter();
        rows.any(|kind| kind.name == name && group.is_none_or(|group| kind.group == group))
    }
}

/// Whether a group is one of Kubernetes' own, all of whose kinds with pods stand in the table.
pub(super) fn is_of_kubernetes(group: &str) -> bool {
    const WITHOUT_DOMAIN: [&str; 6] = ["", "apps", "autoscaling", "batch", "extensions", "policy"];
    WITHOUT_DOMAIN.contains(&group) || group.ends_with(".k8s.io") && !group.ends_with(".x-k8s.io")
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let table = table();
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
            ..Kinds::default()
                .get("apps", "Deployment")
                .expect("a row")
                .clone()
        };
        let kinds = Kinds::with(vec![mine]);
        assert_eq!(
            kinds.get("apps", "Deployment").expect("a row").caveat,
            Some("mine")
        );
        assert_eq!(
            kinds
                .names()
                .iter()
                .filter(|name| **name == "Deployment")
                .count(),
            1
        );
    }
}
