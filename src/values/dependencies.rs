//! Which charts below a chart count, under which names, and what the chart takes over from their values:
//! Helm's `ProcessDependencies`.

use super::coalesce::{NotATable, Way, coalesce, coalesce_tables};
use super::{Chart, Content, Dependency, Helm, Map, Value};

/// Renames aliased charts, drops those that are off, and imports values, for a chart and all below it.
pub(super) fn process(chart: &mut Chart, values: &Value, helm: Helm) -> Result<(), NotATable> {
    keep_enabled(chart, values, "", helm)?;
    import_values(chart, helm)
}

/// `values` are those of the root, with the defaults of the charts on the way; `path` leads to the chart.
fn keep_enabled(
    chart: &mut Chart,
    values: &Value,
    path: &str,
    helm: Helm,
) -> Result<(), NotATable> {
    if chart.dependencies.is_empty() {
        return Ok(());
    }
    name(chart);
    let mut coalesced = values.clone();
    let way = Way {
        keeps_nulls: false,
        helm,
    };
    coalesce(chart, &mut coalesced, way)?;
    let is_off = |dependency: &Dependency| !is_enabled(dependency, &coalesced, path);
    let off: Vec<String> = chart
        .dependencies
        .iter()
        .filter(|dependency| is_off(dependency))
        .map(|dependency| dependency.key().to_owned())
        .collect();
    chart.charts.retain(|below| !off.contains(&below.name));
    chart
        .dependencies
        .retain(|dependency| !off.iter().any(|off| off == dependency.key()));
    for below in &mut chart.charts {
        let path = format!("{path}{}.", below.name);
        keep_enabled(below, &coalesced, &path, helm)?;
    }
    Ok(())
}

/// Gives each chart the name of its values' key, once for each dependency that means it; a chart that no
/// dependency means comes first.
fn name(chart: &mut Chart) {
    let found = std::mem::take(&mut chart.charts);
    let is_meant = |below: &&Chart| {
        let mut dependencies = chart.dependencies.iter();
        dependencies.any(|dependency| dependency.name == below.name)
    };
    chart.charts = found
        .iter()
        .filter(|below| !is_meant(below))
        .cloned()
        .collect();
    for dependency in &chart.dependencies {
        let mut below = found.iter().filter(|below| below.name == dependency.name);
        if let Some(below) = below.next() {
            chart.charts.push(Chart {
                name: dependency.key().to_owned(),
                ..below.clone()
            });
        }
    }
}

/// A condition beats the tags.
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
        let tags = dependency
            .tags
            .iter()
            .filter_map(|tag| boolean(tags?.get(tag)?));
        let said: Vec<bool> = tags.collect();
        said.is_empty() || said.contains(&true)
    })
}

fn boolean(value: &Value) -> Option<bool> {
    match value.content {
        Content::Bool(value) => Some(value),
        _ => None,
    }
}

/// Lays what is imported under the defaults of each chart, those below first.
fn import_values(chart: &mut Chart, helm: Helm) -> Result<(), NotATable> {
    for below in &mut chart.charts {
        import_values(below, helm)?;
    }
    if chart.dependencies.is_empty() {
        return Ok(());
    }
    let way = Way {
        keeps_nulls: true,
        helm,
    };
    let mut merged = Value::made(Content::Map(Map::default()), chart.values.set);
    coalesce(chart, &mut merged, way)?;
    let mut imported = Map::default();
    for dependency in &chart.dependencies {
        for import in &dependency.imports {
            let path = format!("{}.{}", dependency.key(), import.child);
            let keys: Vec<&str> = path.split('.').collect();
            let table = merged.get_path(&keys).filter(|value| value.is_map());
            if let Some(Content::Map(map)) = table.map(|table| nest(&import.parent, table).content)
            {
                coalesce_tables(&mut imported, map, true);
            }
        }
    }
    if let Some(map) = merged.as_map_mut() {
        coalesce_tables(map, imported, true);
    }
    chart.values = merged;
    Ok(())
}

/// A mapping at a path of the parent.
fn nest(path: &str, table: &Value) -> Value {
    if path == "." {
        return table.clone();
    }
    path.split('.').rev().fold(table.clone(), |value, key| {
        let set = value.set;
        let mut map = Map::default();
        map.entries.insert(key.to_owned(), value);
        Value::made(Content::Map(map), set)
    })
}
