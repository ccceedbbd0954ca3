//! A release whose hub is linted: its values over the defaults of its charts, and where the hub stands in them.

use std::collections::BTreeSet;

use super::z2jh::{self, NAME, Version};
use super::{Hub, locate};
use crate::diag::Diagnostic;
use crate::policy::Facts;
use crate::text::{SourceId, Sources, Span};
use crate::values::{self, Chart, Content, Dependency, Helm, Map, NotATable, Value};

/// The values of a release with a hub.
#[derive(Debug)]
pub struct Release {
    values: Value,
    /// The keys that lead to the hub's.
    path: Vec<String>,
    defaults: BTreeSet<SourceId>,
    /// The version of z2jh whose defaults were taken, where the chart itself is not at hand.
    pub version: Option<Version>,
    /// Major and minor of the z2jh chart.
    numbers: (u32, u32),
}

impl Release {
    /// Puts the defaults of the charts under the values. Where the z2jh chart is not among the files of the
    /// release, its known defaults are taken; nothing where there is no hub, or its chart is switched off.
    ///
    /// # Errors
    /// Where the key of a sub-chart holds no mapping, as Helm refuses it.
    pub fn new(
        sources: &mut Sources,
        chart: Option<Chart>,
        values: Value,
        helm: Helm,
        version: Option<&str>,
    ) -> Result<Option<Self>, NotATable> {
        let in_chart = chart
            .as_ref()
            .and_then(|chart| find(chart, &mut Vec::new()));
        let Some(place) = in_chart.or_else(|| place_of(&values)) else {
            return Ok(None);
        };
        let mut chart = chart.unwrap_or_else(|| bare("", values.set.value));
        let embedded =
            (!place.is_at_hand).then(|| Version::nearest(version.or(place.version.as_deref())));
        if let Some(version) = embedded {
            let z2jh = embedded_chart(sources, version, helm);
            insert(&mut chart, &place.path, z2jh);
        }
        let said = version.or(place.version.as_deref()).unwrap_or_default();
        let numbers = z2jh::version_of(said);
        let mut defaults = BTreeSet::new();
        note_defaults(&chart, &mut defaults);
        let coalesced = values::coalesced(chart, values, helm)?;
        if !is_on(&coalesced.chart, &place.path) {
            return Ok(None);
        }
        Ok(Some(Self {
            values: coalesced.values,
            path: place.path,
            defaults,
            version: embedded,
            numbers,
        }))
    }

    /// The hub; nothing where a null took all of its values away.
    pub fn hub<'r>(&'r self, sources: &'r Sources, facts: &'r Facts) -> Option<Hub<'r>> {
        let path: Vec<&str> = self.path.iter().map(String::as_str).collect();
        Some(Hub {
            sources,
            values: self.values.get_path(&path)?,
            defaults: &self.defaults,
            version: self.numbers,
            facts,
        })
    }

    /// What is wrong with the hub.
    pub fn lint(&self, sources: &Sources, facts: &Facts) -> Vec<Diagnostic> {
        self.hub(sources, facts)
            .map(|hub| super::run(&hub))
            .unwrap_or_default()
    }
}

/// Where a hub stands.
struct Place {
    path: Vec<String>,
    /// Whether the chart with its defaults is among the files.
    is_at_hand: bool,
    /// What a Chart.yaml says of its version.
    version: Option<String>,
}

/// The z2jh chart itself, or a dependency that means it.
fn find(chart: &Chart, path: &mut Vec<String>) -> Option<Place> {
    if chart.name == NAME {
        return Some(Place {
            path: path.clone(),
            is_at_hand: chart
                .values
                .as_map()
                .is_some_and(|map| !map.entries.is_empty()),
            version: Some(chart.version.clone()),
        });
    }
    for below in &chart.charts {
        let mut dependencies = chart.dependencies.iter();
        let meant = dependencies.find(|dependency| dependency.name == below.name);
        path.push(meant.map_or(&*below.name, Dependency::key).to_owned());
        let found = find(below, path);
        path.pop();
        if found.is_some() {
            return found;
        }
    }
    let meant = chart
        .dependencies
        .iter()
        .find(|dependency| dependency.name == NAME)?;
    path.push(meant.key().to_owned());
    let found = path.clone();
    path.pop();
    Some(Place {
        path: found,
        is_at_hand: false,
        version: Some(meant.version.clone()),
    })
}

fn place_of(values: &Value) -> Option<Place> {
    Some(Place {
        path: locate(values)?,
        is_at_hand: false,
        version: None,
    })
}

fn bare(name: &str, place: Span) -> Chart {
    Chart {
        name: name.to_owned(),
        version: String::new(),
        dependencies: Vec::new(),
        values: Value::new(Content::Map(Map::default()), None, place),
        charts: Vec::new(),
        schema: None,
    }
}

fn embedded_chart(sources: &mut Sources, version: Version, helm: Helm) -> Chart {
    let name = format!("defaults of {NAME} {}", version.name);
    let source = sources.add(name, version.defaults.to_owned());
    let values =
        values::read(source, version.defaults, helm).expect("the recorded defaults are JSON");
    Chart {
        version: version.name.to_owned(),
        values,
        ..bare(NAME, Span::new(source, 0..0))
    }
}

/// Puts a chart below another, under keys one below the other.
fn insert(chart: &mut Chart, path: &[String], z2jh: Chart) {
    let Some((key, rest)) = path.split_first() else {
        chart.values = z2jh.values;
        return;
    };
    let index = chart.charts.iter().position(|below| below.name == *key);
    let index = index.unwrap_or_else(|| {
        chart.charts.push(bare(key, chart.values.set.value));
        chart.charts.len() - 1
    });
    insert(&mut chart.charts[index], rest, z2jh);
}

/// Whether the chart at these keys counts.
fn is_on(chart: &Chart, path: &[String]) -> bool {
    path.split_first().is_none_or(|(key, rest)| {
        let below = chart.charts.iter().find(|below| below.name == *key);
        below.is_some_and(|below| is_on(below, rest))
    })
}

fn note_defaults(chart: &Chart, defaults: &mut BTreeSet<SourceId>) {
    defaults.insert(chart.values.set.value.source);
    for below in &chart.charts {
        note_defaults(below, defaults);
    }
}
