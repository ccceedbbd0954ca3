//! Merging chart defaults with the values of a release: Helm's `CoalesceValues`, and `MergeValues`, which keeps nulls.

use std::sync::Arc;

use super::{Chart, Content, Helm, Map, Value, globals};
use crate::diag::{Code, Diagnostic};

pub(super) static NOT_A_TABLE: Code = Code::error(
    "VA004",
    "subchart-values-not-a-mapping",
    "the values of a subchart are not a mapping",
)
.page(include_str!("not_a_table.md"));

/// The values of a subchart are not a mapping, which Helm refuses.
#[derive(Debug, Clone, PartialEq)]
pub struct NotATable {
    /// The name of the subchart.
    pub chart: String,
    /// The value of its key.
    pub value: Value,
}

impl NotATable {
    /// Returns the diagnostic for the refused values.
    pub fn diagnostic(&self) -> Diagnostic {
        let chart = &self.chart;
        let message = format!("`{chart}` is a subchart: its values must be a mapping");
        Diagnostic::new(&NOT_A_TABLE, message)
            .at(self.value.set.value, "not a mapping")
            .help("set the subchart's values below this key, or remove the key")
    }
}

/// How defaults and values are merged.
#[derive(Debug, Clone, Copy)]
pub(super) struct MergeRules {
    /// Whether a null is kept, as for imported values, or deletes the key.
    pub(super) keeps_nulls: bool,
    pub(super) helm: Helm,
}

/// Merges a mapping of values with the defaults of a chart and all its subcharts.
pub(super) fn coalesce(
    chart: &Chart,
    values: &mut Value,
    rules: MergeRules,
) -> Result<(), NotATable> {
    coalesce_all(chart, values, rules).map(drop)
}

/// Merges as [`coalesce`] does, and returns the mappings that subcharts share with their parents.
fn coalesce_all(
    chart: &Chart,
    values: &mut Value,
    rules: MergeRules,
) -> Result<Vec<globals::GlobalTables>, NotATable> {
    let from = values.set;
    let Some(map) = values.as_map_mut() else {
        return Ok(Vec::new());
    };
    coalesce_values(chart, map, rules);
    let mut all_shared = Vec::new();
    for below in &chart.charts {
        let mut of_chart = match map.entries.remove(&below.name) {
            None => Value::made(Content::map(Map::default()), from),
            Some(value) if value.is_map() => value,
            Some(value) => {
                let chart = below.name.clone();
                return Err(NotATable { chart, value });
            }
        };
        let mut shared = of_chart
            .as_map_mut()
            .map(|of_chart| globals::pass_down(of_chart, map, from))
            .unwrap_or_default();
        let further = coalesce_all(below, &mut of_chart, rules)?;
        globals::copy_to_parent(&of_chart, map, &shared);
        map.entries.insert(below.name.clone(), of_chart);
        shared.extend(further);
        all_shared.extend(shared.into_iter().map(|shared| shared.below(&below.name)));
    }
    for shared in &all_shared {
        globals::copy_to_subchart(values, shared);
    }
    Ok(all_shared)
}

/// Merges the values of a chart with its own defaults.
fn coalesce_values(chart: &Chart, values: &mut Map, rules: MergeRules) {
    let defaults = chart.values.as_map().cloned().unwrap_or_default();
    for (key, mut default) in defaults.entries {
        let is_chart = chart.charts.iter().any(|below| below.name == key);
        let cleans = rules.helm == Helm::Four && !rules.keeps_nulls;
        match values.entries.get_mut(&key) {
            Some(value) if value.is_null() && !rules.keeps_nulls => {
                values.delete(&key, default);
            }
            Some(Value {
                content: Content::Map(over),
                set,
                ..
            }) if default.is_map() => {
                let keeps_nulls = rules.keeps_nulls || is_chart;
                if cleans && !keeps_nulls {
                    default.clean();
                }
                if let Content::Map(under) = default.content {
                    merge_under(over, *set, under, keeps_nulls);
                }
            }
            Some(value) => value.overrides(default),
            None if cleans && default.is_null() => {}
            None => {
                if cleans {
                    default.clean();
                }
                values.entries.insert(key, default);
            }
        }
    }
}

/// Merges a mapping that is set at `set` with a lower one. Both may be the same mapping, which arrived in two ways.
fn merge_under(over: &mut Arc<Map>, set: super::Setting, under: Arc<Map>, keeps_nulls: bool) {
    if Arc::ptr_eq(over, &under) {
        return;
    }
    let over = Arc::make_mut(over);
    over.note_empty(set, &under);
    coalesce_tables(over, Arc::unwrap_or_clone(under), keeps_nulls);
}

/// Merges a mapping with a lower one (`coalesceTablesFullKey`).
pub(super) fn coalesce_tables(over: &mut Map, under: Map, keeps_nulls: bool) {
    over.duplicates.extend(under.duplicates);
    over.emptied.extend(under.emptied);
    for (key, value) in under.entries {
        match over.entries.get_mut(&key) {
            None => {
                over.entries.insert(key, value);
            }
            Some(null) if null.is_null() => {
                if keeps_nulls || value.is_null() {
                    null.overrides(value);
                } else {
                    over.delete(&key, value);
                }
            }
            Some(Value {
                content: Content::Map(over),
                set,
                ..
            }) if value.is_map() => {
                if let Content::Map(under) = value.content {
                    merge_under(over, *set, under, keeps_nulls);
                }
            }
            Some(higher) => higher.overrides(value),
        }
    }
}

impl Map {
    /// Deletes a key whose value is null, and the lower value that the null overrides.
    fn delete(&mut self, key: &str, lower: Value) {
        if let Some(mut null) = self.entries.remove(key) {
            null.overrides(lower);
            self.deleted.insert(key.to_owned(), null);
        }
    }

    /// Notes that a layer sets an empty mapping over one with entries, which it does not remove.
    fn note_empty(&mut self, set: super::Setting, under: &Map) {
        if self.entries.is_empty() && !under.entries.is_empty() {
            self.emptied.push(set);
        }
    }
}

impl Value {
    /// Returns a value that is not written anywhere, with the place of the value that it comes from.
    pub(super) fn made(content: Content, from: super::Setting) -> Self {
        Self {
            content,
            set: from,
            overridden: Vec::new(),
        }
    }

    /// Adds an overridden value of a lower layer, unless it is the same value, which arrived in two ways.
    pub(super) fn overrides(&mut self, other: Value) {
        if self.set != other.set {
            self.overridden.push(other);
        }
    }

    /// Removes the nulls from a mapping (Helm 4's `cleanNilValues`).
    fn clean(&mut self) {
        if !self.has_null() {
            return;
        }
        let Some(map) = self.as_map_mut() else { return };
        map.entries.retain(|_, value| !value.is_null());
        for value in map.entries.values_mut() {
            value.clean();
        }
    }

    /// Whether a mapping or one below it has a null.
    fn has_null(&self) -> bool {
        let below = self.as_map().into_iter().flat_map(|map| map.entries.values());
        below.into_iter().any(|value| value.is_null() || value.has_null())
    }
}

#[cfg(test)]
mod tests;
