//! Merging layers of values, and the values of a release.

use std::sync::Arc;

use super::coalesce::{MergeRules, NotATable, coalesce};
use super::{Chart, Content, Helm, Value, dependencies};

/// Merges a layer over another as Helm does between `-f` files: mappings merge, everything else (lists, scalars, null)
/// replaces.
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

/// The values of a release and its enabled charts, named by the keys of their values.
#[derive(Debug, Clone)]
pub struct Coalesced {
    /// The `.Values` of the chart's templates. Those of a subchart are below its name.
    pub values: Value,
    /// The chart, without disabled subcharts.
    pub chart: Chart,
}

/// Merges the values of a release with the defaults of its charts, as `helm template` does.
///
/// # Errors
/// If the value of a subchart's key is not a mapping, which Helm refuses.
pub fn coalesced(mut chart: Chart, values: Value, helm: Helm) -> Result<Coalesced, NotATable> {
    dependencies::process(&mut chart, &values, helm)?;
    let mut values = values;
    let rules = MergeRules {
        keeps_nulls: false,
        helm,
    };
    coalesce(&chart, &mut values, rules)?;
    Ok(Coalesced { values, chart })
}
