//! Enabled subcharts, their aliases, and imported values: Helm's `ProcessDependencies`.

use std::sync::Arc;

use super::coalesce::{MergeRules, NotATable, coalesce, coalesce_tables};
use super::{Chart, Content, Dependency, Helm, Import, Map, Value};

/// Renames aliased subcharts, removes disabled ones and imports values, for a chart and all its subcharts.
pub(super) fn process(chart: &mut Chart, values: &Value, helm: Helm) -> Result<(), NotATable> {
    keep_enabled(chart, values, "", helm)?;
    import_values(chart, helm)
}

/// Removes disabled subcharts. `values` are those of the root with the defaults of the charts on the way; `path`
/// leads to the chart.
fn keep_enabled(
    chart: &mut Chart,
    values: &Value,
    path: &str,
    helm: Helm,
) -> Result<(), NotATable> {
    if chart.dependencies.is_empty() {
        return Ok(());
    }
    apply_aliases(chart);
    let mut coalesced = values.clone();
    let rules = MergeRules {
        keeps_nulls: false,
        helm,
    };
    coalesce(chart, &mut coalesced, rules)?;
    let is_disabled = |dependency: &Dependency| !is_enabled(dependency, &coalesced, path);
    let disabled: Vec<String> = chart
        .dependencies
        .iter()
        .filter(|dependency| is_disabled(dependency))
        .map(|dependency| dependency.key().to_owned())
        .collect();
    chart.charts.retain(|below| !disabled.contains(&below.name));
    chart
        .dependencies
        .retain(|dependency| !disabled.iter().any(|key| key == dependency.key()));
    let mut known = Vec::new();
    for below in &mut chart.charts {
        let mut dependencies = chart.dependencies.iter();
        let meant = dependencies.find(|dependency| dependency.key() == below.name);
        let original = meant.map_or(&below.name, |dependency| &dependency.name).clone();
        if helm == Helm::Three && known.contains(&original) {
            forget_names(below);
        }
        known.push(original);
        let path = format!("{path}{}.", below.name);
        keep_enabled(below, &coalesced, &path, helm)?;
    }
    Ok(())
}

/// Does to a further alias of a chart what Helm 3 does: it has one list of dependencies for all aliases and writes
/// into it for the first one. For the others, a dependency with an alias no longer has the name of its chart, and
/// nothing is imported.
fn forget_names(chart: &mut Chart) {
    for dependency in &mut chart.dependencies {
        dependency.name = dependency.key().to_owned();
        dependency.imports.clear();
    }
    for below in &mut chart.charts {
        forget_names(below);
    }
}

/// Gives each subchart the name of its values' key, with one copy for each dependency on it. Subcharts without a
/// dependency come first.
fn apply_aliases(chart: &mut Chart) {
    let dependencies = &chart.dependencies;
    let is_meant = |below: &Chart| {
        let mut dependencies = dependencies.iter();
        dependencies.any(|dependency| dependency.name == below.name)
    };
    let found = std::mem::take(&mut chart.charts).into_iter();
    let (mut meant, mut named): (Vec<Chart>, Vec<Chart>) = found.partition(is_meant);
    for (at, dependency) in dependencies.iter().enumerate() {
        let of_name = |name: &str| name == dependency.name;
        let Some(place) = meant.iter().position(|below| of_name(&below.name)) else {
            continue;
        };
        // Charts are large, and most have one dependency, so the last one moves the chart.
        let is_last = !dependencies[at + 1..].iter().any(|other| of_name(&other.name));
        let below = if is_last {
            meant.remove(place)
        } else {
            meant[place].clone()
        };
        named.push(Chart {
            name: dependency.key().to_owned(),
            ..below
        });
    }
    chart.charts = named;
}

/// Whether a dependency is enabled. A condition overrides the tags.
fn is_enabled(dependency: &Dependency, values: &Value, path: &str) -> bool {
    let conditions = dependency.condition.trim().split(',');
    let mut conditions = conditions.filter(|condition| !condition.is_empty());
    let decided = conditions.find_map(|condition| {
        let path = format!("{path}{condition}");
        let keys: Vec<&str> = path.split('.').collect();
        boolean(values.get_path(&keys)?)
    });
    decided.unwrap_or_else(|| {
        let tags = values.get("tags");
        let tags = dependency.tags.iter().filter_map(|tag| boolean(tags?.get(tag)?));
        let tags: Vec<bool> = tags.collect();
        tags.is_empty() || tags.contains(&true)
    })
}

fn boolean(value: &Value) -> Option<bool> {
    match value.content {
        Content::Bool(value) => Some(value),
        _ => None,
    }
}

/// Merges imported values into the defaults of each chart, subcharts first.
fn import_values(chart: &mut Chart, helm: Helm) -> Result<(), NotATable> {
    for below in &mut chart.charts {
        import_values(below, helm)?;
    }
    if chart.dependencies.is_empty() {
        return Ok(());
    }
    let rules = MergeRules {
        keeps_nulls: true,
        helm,
    };
    let mut merged = Value::made(Content::map(Map::default()), chart.values.set);
    coalesce(chart, &mut merged, rules)?;
    let mut imported = Value::made(Content::map(Map::default()), chart.values.set);
    let mut lent = Vec::new();
    for dependency in &chart.dependencies {
        for import in &dependency.imports {
            import_one(&merged, dependency.key(), import, &mut imported, &mut lent);
        }
    }
    // Later imports may have changed a shared mapping, which its owner has too.
    for (owner, borrower) in lent {
        let changed = imported.get_path(&keys(&borrower)).cloned();
        let place = merged.get_path_mut(&keys(&owner));
        if let (Some(changed), Some(place)) = (changed, place) {
            place.content = changed.content;
        }
    }
    if let (Some(map), Content::Map(imported)) = (merged.as_map_mut(), imported.content) {
        coalesce_tables(map, Arc::unwrap_or_clone(imported), true);
    }
    chart.values = merged;
    Ok(())
}

fn keys(path: &str) -> Vec<&str> {
    path.split('.').collect()
}

/// Merges one imported mapping with the earlier ones. Helm does not copy a mapping that is the first at its place and
/// not empty, so both charts share it: `lent` gets the paths of owner and borrower.
fn import_one(
    merged: &Value,
    dependency: &str,
    import: &Import,
    imported: &mut Value,
    lent: &mut Vec<(String, String)>,
) {
    let owner = format!("{dependency}.{}", import.child);
    let table = merged.get_path(&keys(&owner));
    let Some((table, map)) = table.and_then(|table| Some((table, table.as_map()?))) else {
        return;
    };
    if import.parent == "." {
        let maps = map.entries.iter().filter(|(_, value)| value.is_map());
        let first = maps.filter(|(key, _)| imported.get(key).is_none());
        lent.extend(first.map(|(key, _)| (format!("{owner}.{key}"), key.clone())));
    } else if !map.entries.is_empty() && imported.get_path(&keys(&import.parent)).is_none() {
        lent.push((owner, import.parent.clone()));
    }
    let nested = nest(&import.parent, table);
    if let (Some(over), Content::Map(under)) = (imported.as_map_mut(), nested.content) {
        coalesce_tables(over, Arc::unwrap_or_clone(under), true);
    }
}

/// Returns a mapping nested at a path of the parent.
fn nest(path: &str, table: &Value) -> Value {
    if path == "." {
        return table.clone();
    }
    path.split('.').rev().fold(table.clone(), |value, key| {
        let set = value.set;
        let mut map = Map::default();
        map.entries.insert(key.to_owned(), value);
        Value::made(Content::map(map), set)
    })
}
