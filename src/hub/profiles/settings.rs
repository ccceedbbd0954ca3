use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::values::{Content, Map, Value};

/// Settings of a spawner by the names of its traits, as one profile with one choice of each option has them.
#[derive(Debug, Clone)]
pub struct SpawnerSettings<'v> {
    /// How messages name it: `` the profile `Large` with `16 GB` ``.
    pub title: String,
    /// The profile that they are of; nothing without profiles.
    pub profile: Option<&'v Value>,
    /// The value of each trait that is set.
    pub traits: BTreeMap<&'v str, Cow<'v, Value>>,
    overridden: BTreeSet<&'v str>,
}

impl<'v> SpawnerSettings<'v> {
    /// Settings without overrides.
    pub fn new(title: &str, traits: BTreeMap<&'v str, Cow<'v, Value>>) -> Self {
        Self {
            title: title.to_owned(),
            profile: None,
            traits,
            overridden: BTreeSet::new(),
        }
    }

    /// The value of a trait, where it is set to something.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.said(name).filter(|value| !value.is_null())
    }

    /// The value of a trait, and be it `null`.
    pub fn said(&self, name: &str) -> Option<&Value> {
        self.traits.get(name).map(AsRef::as_ref)
    }

    /// What the list of a trait holds, or its mapping by the order of the keys, as KubeSpawner takes both.
    pub fn items(&self, name: &str) -> Vec<&Value> {
        self.get(name).map(items).unwrap_or_default()
    }

    /// The entries of the mapping of a trait.
    pub fn entries(&self, name: &str) -> impl Iterator<Item = (&String, &Value)> {
        super::entries(self.get(name))
    }

    /// Whether the profile or a choice sets it.
    pub fn is_overridden(&self, name: &str) -> bool {
        self.overridden.contains(name)
    }

    /// Whether the profile itself sets it, and no choice after it.
    pub fn is_own(&self, name: &str) -> bool {
        let own = self
            .profile
            .and_then(|profile| profile.get(super::OVERRIDE));
        let own = own.and_then(|own| own.get(name));
        own.is_some_and(|own| self.said(name).is_some_and(|said| said.set == own.set))
    }

    /// The traits that a profile or a choice sets, as far as they are mappings.
    pub fn own_mappings(&self) -> impl Iterator<Item = (&'v str, &Value)> {
        let traits = self.traits.iter();
        let own = traits.filter(|(name, value)| self.overridden.contains(*name) && value.is_map());
        own.map(|(name, value)| (*name, &**value))
    }

    /// Whether they are of this profile.
    pub fn is_of(&self, profile: &Value) -> bool {
        self.profile.is_some_and(|own| std::ptr::eq(own, profile))
    }

    /// Lays a `kubespawner_override` over them.
    pub fn lay(&mut self, overrides: Option<&'v Value>, merges: bool) {
        for (name, value) in super::entries(overrides) {
            let name = today(name);
            self.overridden.insert(name);
            let old = self.traits.get_mut(name).filter(|old| old.is_map());
            match (old, value.as_map()) {
                (Some(old), Some(new)) if merges => {
                    let old = old.to_mut();
                    old.set = value.set;
                    merge(old, new);
                }
                // Traits that are mappings are empty ones unless they are set.
                (None, Some(new)) if merges && !LISTS.contains(&name) => {
                    let empty = Content::map(Map::default());
                    let mut laid = Value::new(empty, value.set.key, value.set.value);
                    merge(&mut laid, new);
                    self.traits.insert(name, Cow::Owned(laid));
                }
                _ => {
                    self.traits.insert(name, Cow::Borrowed(value));
                }
            }
        }
    }
}

/// Traits that are lists unless they are set, so that a mapping takes their place.
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

/// What a list holds, or a mapping by the order of its keys.
pub fn items(value: &Value) -> Vec<&Value> {
    match &value.content {
        Content::List(items) => items.iter().collect(),
        Content::Map(map) => map.entries.values().collect(),
        _ => Vec::new(),
    }
}

/// KubeSpawner still takes the names that its traits had.
fn today(name: &str) -> &str {
    match name {
        "image_spec" => "image",
        _ => name.strip_prefix("singleuser_").unwrap_or(name),
    }
}

/// KubeSpawner's `recursive_update`: a null takes the key away.
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
