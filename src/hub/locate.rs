//! Finds the values of the z2jh chart in the values of a release. Nothing else in dunnage decides where they are.

use serde_json::Value as Json;

use super::chart::NAME;
use crate::text::misspelled;
use crate::values::Value;

/// Top-level keys of the chart that few other charts have.
const DISTINCTIVE_KEYS: [&str; 6] = [
    "singleuser",
    "prePuller",
    "hub",
    "proxy",
    "scheduling",
    "cull",
];

/// The other top-level keys of the chart, of all known versions.
const OTHER_KEYS: [&str; 12] = [
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

/// The deepest nesting of parent charts: `binderhub.jupyterhub` is two.
const DEEPEST: usize = 3;

/// Values that can be searched: mappings and their entries.
pub trait Mapping: Sized {
    /// Returns the entries of a mapping; `None` for any other value.
    fn entries(&self) -> Option<impl Iterator<Item = (&String, &Self)>>;
    /// Returns the value of a key of a mapping.
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

/// Returns the keys that lead to the values of z2jh: to the mapping with most of the chart's keys. One key suffices
/// at the root and below a key `jupyterhub`; elsewhere two are needed, or a `singleuser` that is not empty. If no
/// mapping has any, it is the root if all of its keys are keys of the chart, or if one is a misspelled key of the
/// chart.
pub fn locate(values: &impl Mapping) -> Option<Vec<String>> {
    let mut found = Vec::new();
    search_below(values, DEEPEST, &mut Vec::new(), &mut found);
    best(found).or_else(|| is_of_hub(values).then(Vec::new))
}

/// Returns the keys that lead to the values of z2jh below the key of another chart, which several layers may set.
pub(super) fn locate_below(layers: &[&Value], path: &[String]) -> Option<Vec<String>> {
    let mut found = Vec::new();
    for layer in layers {
        search_below(*layer, DEEPEST, &mut path.to_vec(), &mut found);
    }
    best(found)
}

/// Returns the path with most of the chart's keys; the last one of several.
fn best(found: Vec<(usize, Vec<String>)>) -> Option<Vec<String>> {
    let found = found.into_iter();
    found.max_by_key(|(likeness, _)| *likeness).map(|(_, path)| path)
}

/// Returns the values of z2jh.
pub fn locate_hub(values: &Json) -> Option<&Json> {
    let path = locate(values)?;
    path.iter().try_fold(values, |values, key| values.get(key))
}

/// Adds the mappings below `values` that may be those of z2jh, with the number of the chart's keys in each.
fn search_below(
    values: &impl Mapping,
    depth: usize,
    path: &mut Vec<String>,
    found: &mut Vec<(usize, Vec<String>)>,
) {
    let Some(entries) = values.entries() else {
        return;
    };
    let is_map = |key: &&&str| values.entry(key).is_some_and(|below| below.entries().is_some());
    let likeness = DISTINCTIVE_KEYS.iter().chain(&["ingress"]).filter(is_map).count();
    let is_named = path.last().is_some_and(|key| key.eq_ignore_ascii_case(NAME));
    if likeness > 1 || likeness == 1 && (is_named || path.is_empty() || has_user_settings(values)) {
        found.push((likeness, path.clone()));
    }
    if depth > 0 {
        // Keys below a key of z2jh are settings of z2jh, whatever their names.
        let others = entries.filter(|(key, _)| !is_key(key));
        for (key, below) in others {
            path.push(key.clone());
            search_below(below, depth - 1, path, found);
            path.pop();
        }
    }
}

/// Whether a key is a top-level key of the chart.
fn is_key(key: &str) -> bool {
    DISTINCTIVE_KEYS.contains(&key) || OTHER_KEYS.contains(&key)
}

/// Whether a key is a top-level key of the chart that few other charts have.
pub(super) fn is_distinctive(key: &str) -> bool {
    DISTINCTIVE_KEYS.contains(&key)
}

/// Whether a mapping without any mapping of the chart is meant to be the values of z2jh.
fn is_of_hub(values: &impl Mapping) -> bool {
    let Some(entries) = values.entries() else {
        return false;
    };
    let keys: Vec<&str> = entries.map(|(key, _)| key.as_str()).collect();
    let are_known = !keys.is_empty() && keys.iter().all(|key| is_key(key));
    let shows_hub =
        |key: &&str| ["singleuser", "prePuller"].contains(key) || is_misspelled(key, values);
    are_known || keys.iter().any(shows_hub)
}

/// Whether a key is a misspelled key of the chart (`singleUser`), or a path written as one key
/// (`singleuser.memory.limit`).
fn is_misspelled(key: &str, values: &impl Mapping) -> bool {
    if let Some((first, _)) = key.split_once('.') {
        return DISTINCTIVE_KEYS.contains(&first);
    }
    let is_map = values.entry(key).is_some_and(|below| below.entries().is_some());
    let plain: String = key.chars().filter(|c| !matches!(c, '_' | '-')).collect();
    let is_same = |known: &&str| known.eq_ignore_ascii_case(&plain);
    if is_key(key) {
        return false;
    }
    let long = DISTINCTIVE_KEYS.into_iter().filter(|known| known.len() > 4);
    is_map && (DISTINCTIVE_KEYS.iter().any(is_same) || misspelled(key, long).is_some())
}

/// Whether `singleuser` is a mapping with entries.
fn has_user_settings(values: &impl Mapping) -> bool {
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
        for key in DISTINCTIVE_KEYS.iter().chain(&OTHER_KEYS) {
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
