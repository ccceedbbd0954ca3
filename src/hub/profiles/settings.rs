//! The settings of one spawner: traits with their values.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::values::{Content, Map, Value};

/// The traits of a spawner, for one profile with one choice of each option.
#[derive(Debug, Clone)]
pub struct SpawnerSettings<'v> {
    /// The name in messages: `` the profile `Large` with `16 GB` ``.
    pub title: String,
    /// The profile; `None` without profiles.
    pub profile: Option<&'v Value>,
    /// The value of each trait that is set.
    pub traits: BTreeMap<&'v str, Cow<'v, Value>>,
    /// The traits that the profile or a choice sets.
    overridden: BTreeSet<&'v str>,
}

impl<'v> SpawnerSettings<'v> {
    /// Returns settings without overrides.
    pub fn new(title: &str, traits: BTreeMap<&'v str, Cow<'v, Value>>) -> Self {
        Self {
            title: title.to_owned(),
            profile: None,
            traits,
            overridden: BTreeSet::new(),
        }
    }

    /// Returns the value of a trait, unless it is `null`.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.explicit(name).filter(|value| !value.is_null())
    }

    /// Returns the value of a trait, `null` included.
    pub fn explicit(&self, name: &str) -> Option<&Value> {
        self.traits.get(name).map(AsRef::as_ref)
    }

    /// Returns the items of a trait that is a list, or a mapping in the order of its keys: KubeSpawner accepts both.
    pub fn items(&self, name: &str) -> Vec<&Value> {
        self.get(name).map(items).unwrap_or_default()
    }

    /// Returns the entries of a trait that is a mapping.
    pub fn entries(&self, name: &str) -> impl Iterator<Item = (&String, &Value)> {
        super::entries(self.get(name))
    }

    /// Whether the profile or a choice sets the trait.
    pub fn is_overridden(&self, name: &str) -> bool {
        self.overridden.contains(name)
    }

    /// Whether the profile itself sets the trait, and no choice overrides it.
    pub fn is_own(&self, name: &str) -> bool {
        let own = self.profile.and_then(|profile| profile.get(super::OVERRIDE));
        let own = own.and_then(|own| own.get(name));
        own.is_some_and(|own| self.explicit(name).is_some_and(|explicit| explicit.set == own.set))
    }

    /// Returns the mappings that the profile or a choice sets, with the names of the traits.
    pub fn own_mappings(&self) -> impl Iterator<Item = (&'v str, &Value)> {
        let traits = self.traits.iter();
        let own = traits.filter(|(name, value)| self.overridden.contains(*name) && value.is_map());
        own.map(|(name, value)| (*name, &**value))
    }

    /// Whether the settings are those of a profile.
    pub fn is_of(&self, profile: &Value) -> bool {
        self.profile.is_some_and(|own| std::ptr::eq(own, profile))
    }

    /// Applies a `kubespawner_override`.
    pub fn apply(&mut self, overrides: Option<&'v Value>, merges: bool) {
        for (name, value) in super::entries(overrides) {
            let name = current_name(name);
            self.overridden.insert(name);
            let old = self.traits.get_mut(name).filter(|old| old.is_map());
            match (old, value.as_map()) {
                (Some(old), Some(new)) if merges => {
                    let old = old.to_mut();
                    old.set = value.set;
                    merge(old, new);
                }
                // The default of a trait that is a mapping is the empty mapping.
                (None, Some(new)) if merges && !LISTS.contains(&name) => {
                    let empty = Content::map(Map::default());
                    let mut own = Value::new(empty, value.set.key, value.set.value);
                    merge(&mut own, new);
                    self.traits.insert(name, Cow::Owned(own));
                }
                _ => {
                    self.traits.insert(name, Cow::Borrowed(value));
                }
            }
        }
    }
}

/// Traits whose default is a list: a mapping replaces it.
const LISTS: [&str; 12] = [
    "extra_containers",
    "image_pull_secrets",
    "init_containers",
    "node_affinity_preferred",
    "node_affinity_required",
    "pod_affinity_preferred",
    "pod_affinity_required",
    "pod_anti_affinity_preferred",
    "pod_anti_affinity_required",
    "tolerations",
    "volume_mounts",
    "volumes",
];

/// Returns the items of a list, or the values of a mapping in the order of its keys.
pub fn items(value: &Value) -> Vec<&Value> {
    match &value.content {
        Content::List(items) => items.iter().collect(),
        Content::Map(map) => map.entries.values().collect(),
        _ => Vec::new(),
    }
}

/// Returns the current name of a trait. KubeSpawner still accepts former names.
fn current_name(name: &str) -> &str {
    match name {
        "image_spec" => "image",
        _ => name.strip_prefix("singleuser_").unwrap_or(name),
    }
}

/// Merges a mapping into another (KubeSpawner's `recursive_update`): a null deletes the key.
fn merge(old: &mut Value, new: &Map) {
    let Some(map) = old.as_map_mut() else { return };
    for (key, value) in &new.entries {
        match &value.content {
            Content::Null => {
                map.entries.remove(key);
            }
            Content::Map(below) => {
                let empty =
                    || Value::new(Content::map(Map::default()), value.set.key, value.set.value);
                let old = map.entries.entry(key.clone()).or_insert_with(empty);
                if !old.is_map() {
                    *old = empty();
                }
                old.set = value.set;
                merge(old, below);
            }
            _ => {
                map.entries.insert(key.clone(), value.clone());
            }
        }
    }
}
