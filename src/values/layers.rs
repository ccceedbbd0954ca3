//! Layers of values, and what a release gets of them.

use std::sync::Arc;

use super::coalesce::{NotATable, Way, coalesce};
use super::{Chart, Content, Helm, Value, dependencies};

/// Lays one layer over another as Helm does between `-f` files: mappings merge, everything else (lists,
/// scalars, null) replaces.
pub fn lay_over(under: &mut Value, over: Value) {
    match (&mut under.content, over) {
        (
            Content::Map(map),
            Value {
                content: Content::Map(over),
                set,
                ..
            },
        ) => {
            let map = Arc::make_mut(map);
            let over = Arc::unwrap_or_clone(over);
            if over.entries.is_empty() && !map.entries.is_empty() {
                map.emptied.push(set);
            }
            map.emptied.extend(over.emptied);
            map.duplicates.extend(over.duplicates);
            for (key, value) in over.entries {
                match map.entries.get_mut(&key) {
                    Some(existing) => lay_over(existing, value),
                    None => {
                        map.entries.insert(key, value);
                    }
                }
            }
        }
        (_, over) => under.replace(over),
    }
}

/// What a release gets: the values, and the charts that count, under the names of their values' keys.
#[derive(Debug, Clone)]
pub struct Coalesced {
    /// What the templates of the chart see as `.Values`; those of a chart below see what stands under its
    /// name.
    pub values: Value,
    /// The chart, without the charts that are off.
    pub chart: Chart,
}

/// Puts a chart's defaults under what a release sets, as `helm template` does.
///
/// # Errors
/// Where the key of a sub-chart holds no mapping, as Helm refuses it.
pub fn coalesced(mut chart: Chart, values: Value, helm: Helm) -> Result<Coalesced, NotATable> {
    dependencies::process(&mut chart, &values, helm)?;
    let mut values = values;
    let way = Way {
        keeps_nulls: false,
        helm,
    };
    coalesce(&chart, &mut values, way)?;
    Ok(Coalesced { values, chart })
}
