//! The values below `global`, which every chart hands down to those below it (Helm's `coalesceGlobals`).

use std::sync::Arc;

use super::coalesce::coalesce_tables;
use super::{Content, Map, Setting, Value};

/// The key whose values every chart below gets as well.
const GLOBAL: &str = "global";

/// A mapping two levels below `global` that a chart has in common with the chart above it. Helm copies only the
/// first level of what it hands down, so that whatever happens to such a mapping later happens to both.
#[derive(Debug)]
pub(super) struct GlobalTables {
    /// The keys that lead to the chart below.
    charts: Vec<String>,
    key: String,
    name: String,
}

impl GlobalTables {
    /// The same, seen from a chart further up.
    pub(super) fn below(mut self, chart: &str) -> Self {
        self.charts.insert(0, chart.to_owned());
        self
    }
}

/// Hands the global values of a chart down to one below it, whose own lose; where either has something else
/// than a mapping nothing happens. Gives back which mappings below are shared.
pub(super) fn hand_down(below: &mut Map, above: &Map, from: Setting) -> Vec<GlobalTables> {
    let empty = Map::default();
    let globals = match above.entries.get(GLOBAL) {
        None => &empty,
        Some(globals) => match globals.as_map() {
            Some(globals) => globals,
            None => return Vec::new(),
        },
    };
    let made = || Value::made(Content::map(Map::default()), from);
    let own = below.entries.entry(GLOBAL.to_owned()).or_insert_with(made);
    let Some(own) = own.as_map_mut() else {
        return Vec::new();
    };
    for (key, value) in &globals.entries {
        hand_down_one(own, key, value.clone());
    }
    let maps = globals
        .entries
        .iter()
        .filter_map(|(key, value)| Some((key, value.as_map()?)));
    let shared = maps.flat_map(|(key, map)| {
        let nested = map.entries.iter().filter(|(_, value)| value.is_map());
        nested.map(|(name, _)| GlobalTables {
            charts: Vec::new(),
            key: key.clone(),
            name: name.clone(),
        })
    });
    shared.collect()
}

/// Helm copies no more than the first level of what it hands down. What the chart below changes further
/// down, its parent sees as well.
pub(super) fn give_back(below: &Value, above: &mut Map, shared: &[GlobalTables]) {
    for GlobalTables { key, name, .. } in shared {
        let changed = below
            .get_path(&[GLOBAL, key, name])
            .filter(|value| value.is_map());
        let globals = above.entries.get_mut(GLOBAL);
        let place = globals.and_then(|globals| globals.get_path_mut(&[key, name]));
        if let (Some(changed), Some(place)) = (changed, place) {
            place.content = changed.content.clone();
        }
    }
}

/// What charts further on changed in a shared mapping, those before them see.
pub(super) fn see(values: &mut Value, shared: &GlobalTables) {
    let GlobalTables { charts, key, name } = shared;
    let in_global = [GLOBAL, key, name];
    let path: Vec<&str> = charts.iter().map(String::as_str).chain(in_global).collect();
    let above: Vec<&str> = [&path[..charts.len() - 1], &in_global].concat();
    let changed = values.get_path(&above).filter(|value| value.is_map());
    let Some(changed) = changed.map(|changed| changed.content.clone()) else {
        return;
    };
    if let Some(place) = values.get_path_mut(&path).filter(|place| place.is_map()) {
        place.content = changed;
    }
}

fn hand_down_one(own: &mut Map, key: &str, mut value: Value) {
    let Some(existing) = own.entries.remove(key) else {
        own.entries.insert(key.to_owned(), value);
        return;
    };
    match (&mut value.content, existing.is_map()) {
        (Content::Map(over), true) => {
            if let Content::Map(under) = existing.content {
                let over = Arc::make_mut(over);
                coalesce_tables(over, Arc::unwrap_or_clone(under), true);
            }
        }
        // A mapping and something else: what is there stays.
        (Content::Map(_), false) | (_, true) => value = existing,
        (_, false) => value.overrides(existing),
    }
    own.entries.insert(key.to_owned(), value);
}
