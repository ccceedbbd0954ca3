//! The values below `global`, which every chart passes to its subcharts (Helm's `coalesceGlobals`).

use std::sync::Arc;

use super::coalesce::coalesce_tables;
use super::{Content, Map, Setting, Value};

/// The key whose values every subchart gets too.
const GLOBAL: &str = "global";

/// A mapping two levels below `global` that a subchart shares with its parent. Helm copies only the first level of
/// global values, so a later change of such a mapping affects both charts.
#[derive(Debug)]
pub(super) struct GlobalTables {
    /// The keys that lead to the subchart.
    charts: Vec<String>,
    key: String,
    name: String,
}

impl GlobalTables {
    /// Returns the shared mapping as the parent of a chart sees it.
    pub(super) fn below(mut self, chart: &str) -> Self {
        self.charts.insert(0, chart.to_owned());
        self
    }
}

/// Merges the global values of a chart into those of a subchart, which they override. Does nothing if either is not a
/// mapping. Returns the mappings that both share.
pub(super) fn pass_down(below: &mut Map, above: &Map, from: Setting) -> Vec<GlobalTables> {
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
        pass_down_one(own, key, value.clone());
    }
    let maps = globals.entries.iter().filter_map(|(key, value)| Some((key, value.as_map()?)));
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

/// Copies changes of a subchart in shared mappings to its parent: Helm copies only the first level of global values.
pub(super) fn copy_to_parent(below: &Value, above: &mut Map, shared: &[GlobalTables]) {
    for GlobalTables { key, name, .. } in shared {
        let changed = below.get_path(&[GLOBAL, key, name]).filter(|value| value.is_map());
        let globals = above.entries.get_mut(GLOBAL);
        let place = globals.and_then(|globals| globals.get_path_mut(&[key, name]));
        if let (Some(changed), Some(place)) = (changed, place) {
            place.content = changed.content.clone();
        }
    }
}

/// Copies the parent's state of a shared mapping to the subchart: later charts may have changed it.
pub(super) fn copy_to_subchart(values: &mut Value, shared: &GlobalTables) {
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

fn pass_down_one(own: &mut Map, key: &str, mut value: Value) {
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
        // If only one of them is a mapping, the existing value is kept.
        (Content::Map(_), false) | (_, true) => value = existing,
        (_, false) => value.overrides(existing),
    }
    own.entries.insert(key.to_owned(), value);
}
