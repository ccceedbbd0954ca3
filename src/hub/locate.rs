//! Where the values of the z2jh chart are in those of a release. Nothing else in dunnage decides this.

use serde_json::Value as Json;

use super::chart::NAME;
use crate::text::misspelled;
use crate::values::Value;

/// Keys at the top of the chart's values that few other charts have.
const TELLING: [&str; 6] = [
    "singleuser",
    "prePuller",
    "hub",
    "proxy",
    "scheduling",
    "cull",
];

/// The other keys at the top of the chart's values, in any known version.
const OTHERS: [&str; 12] = [
    "auth",
    "custom",
    "debug",
    "enabled",
    "fullnameOverride",
    "global",
    "httpRoute",
    "imagePullSecret",
    "imagePullSecrets",
    "ingress",
    "nameOverride",
    "rbac",
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
/// Where no mapping has any, the root is it if all of its keys are those of the chart, or one is a misspelling of one.
pub fn locate(values: &impl Mapping) -> Option<Vec<String>> {
    let mut found = Vec::new();
    look(values, DEEPEST, &mut Vec::new(), &mut found);
    best(found).or_else(|| is_meant(values).then(Vec::new))
}

/// The keys that lead to the values of z2jh below a key of another chart, of which several layers set something.
pub(super) fn locate_below(layers: &[&Value], path: &[String]) -> Option<Vec<String>> {
    let mut found = Vec::new();
    for layer in layers {
        look(*layer, DEEPEST, &mut path.to_vec(), &mut found);
    }
    best(found)
}

/// The place with most of the chart's keys, of equals the last one.
fn best(found: Vec<(usize, Vec<String>)>) -> Option<Vec<String>> {
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
    let likeness = TELLING.iter().chain(&["ingress"]).filter(is_map).count();
    let is_named = path
        .last()
        .is_some_and(|key| key.eq_ignore_ascii_case(NAME));
    if likeness > 1 || likeness == 1 && (is_named || path.is_empty() || has_users(values)) {
        found.push((likeness, path.clone()));
    }
    if depth > 0 {
        // What is below a key of z2jh itself are settings of z2jh, whatever they are called.
        let others = entries.filter(|(key, _)| !is_key(key));
        for (key, below) in others {
            path.push(key.clone());
            look(below, depth - 1, path, found);
            path.pop();
        }
    }
}

/// Whether a key is one at the top of the chart's values.
fn is_key(key: &str) -> bool {
    TELLING.contains(&key) || OTHERS.contains(&key)
}

/// Whether a key is one that few other charts have at the top of their values.
pub(super) fn is_telling(key: &str) -> bool {
    TELLING.contains(&key)
}

/// Whether a mapping without a mapping of the chart is meant to be its values.
fn is_meant(values: &impl Mapping) -> bool {
    let Some(entries) = values.entries() else {
        return false;
    };
    let keys: Vec<&str> = entries.map(|(key, _)| key.as_str()).collect();
    let are_known = !keys.is_empty() && keys.iter().all(|key| is_key(key));
    let is_sign = |key: &&str| ["singleuser", "prePuller"].contains(key) || is_slip(key, values);
    are_known || keys.iter().any(is_sign)
}

/// Whether a key is a misspelling of one of the chart's (`singleUser`), or a path that is written as one key
/// (`singleuser.memory.limit`).
fn is_slip(key: &str, values: &impl Mapping) -> bool {
    if let Some((first, _)) = key.split_once('.') {
        return TELLING.contains(&first);
    }
    let is_map = values
        .entry(key)
        .is_some_and(|below| below.entries().is_some());
    let plain: String = key.chars().filter(|c| !matches!(c, '_' | '-')).collect();
    let is_same = |known: &&str| known.eq_ignore_ascii_case(&plain);
    if is_key(key) {
        return false;
    }
    let long = TELLING.into_iter().filter(|known| known.len() > 4);
    is_map && (TELLING.iter().any(is_same) || misspelled(key, long).is_some())
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
    fn no_hub_is_below_a_key_of_the_chart() {
        for values in [
            json!({"hub": {"config": {"singleuser": {"a": {}}, "prePuller": {}}}}),
            json!({"proxy": {}, "hub": {"config": {"singleuser": {"a": 1}, "scheduling": {}, "cull": {}}}}),
            json!({"singleuser": {"jupyterhub": {"hub": {}, "proxy": {}}}}),
            json!({"custom": {"jupyterhub": {"singleuser": {"a": 1}}}}),
        ] {
            assert_eq!(locate(&values), Some(vec![]), "{values}");
        }
    }

    #[test]
    fn any_keys_of_the_chart_make_a_hub_if_there_are_no_others() {
        for key in TELLING.iter().chain(&OTHERS) {
            assert_eq!(locate(&json!({*key: null})), Some(vec![]), "{key}");
        }
        assert_eq!(
            locate(&json!({"debug": {"enabled": true}, "rbac": {}})),
            Some(vec![])
        );
        assert_eq!(
            locate(&json!({"debug": {"enabled": true}, "image": {}})),
            None
        );
        assert_eq!(locate(&json!({})), None);
    }

    #[test]
    fn a_misspelled_or_flattened_key_shows_a_hub() {
        for values in [
            json!({"singleUser": {"memory": {"limit": "1G"}}}),
            json!({"single_user": {"memory": {"limit": "1G"}}}),
            json!({"Hub": {"config": {}}}),
            json!({"prepuler": {"hook": {"enabled": false}}}),
            json!({"shceduling": {"userScheduler": {"enabled": false}}}),
            json!({"singleuser.memory.limit": "1G"}),
            json!({"hub.config.JupyterHub.admin_access": true, "other": 1}),
        ] {
            assert_eq!(locate(&values), Some(vec![]), "{values}");
        }
        for values in [
            json!({"grafana": {"image": {}}, "proxies": 2}),
            json!({"pub": {"a": 1}}),
            json!({"grafana.ini": {"a": 1}}),
        ] {
            assert_eq!(locate(&values), None, "{values}");
        }
    }

    #[test]
    fn a_stray_key_at_the_root_hides_no_hub() {
        let hub = json!({"hub": {}, "singleuser": {"image": {"name": "u"}}});
        let values = json!({"singleuser": {}, "jupyterhub": hub});
        assert_eq!(locate_hub(&values), Some(&hub));
    }
}
