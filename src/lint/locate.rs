//! Where the values of the z2jh chart stand in those of a release.

use super::z2jh::NAME;
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

/// The keys that lead to the values of z2jh, found from what stands there: the mapping below a key
/// `jupyterhub`, else one with at least two of the chart's own keys.
pub(super) fn locate(values: &Value) -> Option<Vec<String>> {
    let mut found = Vec::new();
    look(values, DEEPEST, &mut Vec::new(), &mut found);
    found
        .into_iter()
        .max_by_key(|(likeness, _)| *likeness)
        .map(|(_, path)| path)
}

fn look(
    values: &Value,
    depth: usize,
    path: &mut Vec<String>,
    found: &mut Vec<(usize, Vec<String>)>,
) {
    let Some(map) = values.as_map() else { return };
    let keys = KEYS
        .iter()
        .filter(|key| map.entries.get(**key).is_some_and(Value::is_map));
    let likeness = keys.count();
    let is_named = path.last().is_some_and(|key| key == NAME);
    if likeness > 1 || likeness == 1 && (is_named || path.is_empty()) {
        found.push((likeness, path.clone()));
    }
    if depth > 0 {
        for (key, below) in &map.entries {
            path.push(key.clone());
            look(below, depth - 1, path, found);
            path.pop();
        }
    }
}
