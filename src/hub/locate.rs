//! Where the values of the z2jh chart are in those of a release. Nothing else in dunnage decides this.

use serde_json::Value as Json;

use super::chart::NAME;
use crate::values::Value;

/// Keys that only the values of the z2jh chart have together.
const KEYS: [&str; 8] = [
    "singleuser",
    "prePuller",
    "hub",
    "proxy",
    "scheduling",
    "cull",
    "ingress",
    "fullnameOverride",
];

/// The deepest nesting of charts around a hub: `binderhub.jupyterhub` is two.
const DEEPEST: usize = 3;

/// Values as the locator reads them: mappings, and what their keys hold.
pub trait Mapping: Sized {
    /// The entries of a mapping; nothing for any other value.
    fn entries(&self) -> Option<impl Iterator<Item = (&String, &Self)>>;
    /// What a key of a mapping holds.
    fn entry(&self, key: &str) -> Option<&Self>;
}

impl Mapping for Value {
    fn entries(&self) -> Option<impl Iterator<Item = (&String, &Self)>> {
        Some(self.as_map()?.entries.iter())
    }

    fn entry(&self, key: &str) -> Option<&Self> {
        self.as_map()?.entries.get(key)
    }
}

impl Mapping for Json {
    fn entries(&self) -> Option<impl Iterator<Item = (&String, &Self)>> {
        Some(self.as_object()?.iter())
    }

    fn entry(&self, key: &str) -> Option<&Self> {
        self.as_object()?.get(key)
    }
}

/// The keys that lead to the values of z2jh: to the mapping that has most of the chart's own keys. Below a key
/// `jupyterhub` and at the root one of them is enough, elsewhere it takes two, or `singleuser` with something in it.
pub fn locate(values: &impl Mapping) -> Option<Vec<String>> {
    let mut found = Vec::new();
    look(values, DEEPEST, &mut Vec::new(), &mut found);
    let found = found.into_iter();
    found
        .max_by_key(|(likeness, _)| *likeness)
        .map(|(_, path)| path)
}

/// The values of z2jh themselves.
pub fn locate_hub(values: &Json) -> Option<&Json> {
    let path = locate(values)?;
    path.iter().try_fold(values, |values, key| values.get(key))
}

fn look(
    values: &impl Mapping,
    depth: usize,
    path: &mut Vec<String>,
    found: &mut Vec<(usize, Vec<String>)>,
) {
    let Some(entries) = values.entries() else {
        return;
    };
    let is_map = |key: &&&str| {
        values
            .entry(key)
            .is_some_and(|below| below.entries().is_some())
    };
    let likeness = KEYS.iter().filter(is_map).count();
    let is_named = path.last().is_some_and(|key| key == NAME);
    if likeness > 1 || likeness == 1 && (is_named || path.is_empty() || has_users(values)) {
        found.push((likeness, path.clone()));
    }
    if depth > 0 {
        for (key, below) in entries {
            path.push(key.clone());
            look(below, depth - 1, path, found);
            path.pop();
        }
    }
}

/// Whether there are settings of users' servers.
fn has_users(values: &impl Mapping) -> bool {
    let users = values.entry("singleuser");
    let mut entries = users.and_then(Mapping::entries).into_iter().flatten();
    entries.next().is_some()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_hub_is_found_under_the_charts_around_it() {
        let hub = json!({"singleuser": {"image": {"name": "u"}}});
        for values in [
            hub.clone(),
            json!({"jupyterhub": hub}),
            json!({"other": 1, "binderhub": {"config": {}, "jupyterhub": hub}}),
            json!({"basehub": {"jupyterhub": hub}}),
            json!({"my-alias": hub}),
        ] {
            assert_eq!(locate_hub(&values), Some(&hub), "{values}");
        }
        assert_eq!(locate_hub(&json!({"grafana": {"image": {}}})), None);
    }

    #[test]
    fn a_stray_key_at_the_root_hides_no_hub() {
        let hub = json!({"hub": {}, "singleuser": {"image": {"name": "u"}}});
        let values = json!({"singleuser": {}, "jupyterhub": hub});
        assert_eq!(locate_hub(&values), Some(&hub));
    }
}
