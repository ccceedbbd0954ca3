//! A release to lint: its values over the defaults of its charts, and where the hub is in them.

use crate::hub::ChartVersion;
use std::cell::OnceCell;
use std::collections::BTreeSet;

use super::assumptions;
use super::chart::{KnownChart, UNSET_TAG, VERSIONS};
use super::identity::{Assumption, HubMatch, HubSearch, is_namesake, search};
use super::shared::ChartCache;
use super::{Hub, Inside, images, locate, span};
use serde_json::Value as Json;

use crate::diag::Diagnostic;
use crate::schema::Schema;
use crate::text::{SourceId, Sources, Span};
use crate::values::{self, Chart, Content, Helm, Map, NotATable, Value};

/// The input of a release.
#[derive(Debug)]
pub struct ReleaseInput<'p> {
    /// The chart, if its files are available.
    pub chart: Option<Chart>,
    /// The merged layers.
    pub values: Value,
    /// The Helm version whose merge rules apply.
    pub helm: Helm,
    /// The given version of the z2jh chart.
    pub version: Option<&'p str>,
    /// The given keys that lead to the values of the z2jh chart.
    pub hub: Option<Vec<String>>,
    /// Where values are embedded in other files.
    pub inside: Vec<Inside>,
    /// Whether the values may be one layer of several, with the others unknown.
    pub is_partial: bool,
}

/// The keys that the chart adds to the values in the hub's Secret.
const ADDED: [&str; 2] = ["Chart", "Release"];

/// Returns the values of a release from those in the hub's Secret, which include the chart's defaults: without all
/// values that equal a default. The second item is the chart version.
///
/// Returns `None` if the values are those of another chart of the same name.
pub fn secret_values(mut values: Value) -> Option<(Value, Option<String>)> {
    if is_of_namesake(&values) {
        return None;
    }
    let version = values.get_path(&["Chart", "Version"]);
    let version = version.and_then(|version| match &version.content {
        Content::String(version) => Some(version.clone()),
        _ => None,
    });
    if let Some(map) = values.as_map_mut() {
        map.entries.retain(|key, _| !ADDED.contains(&key.as_str()));
    }
    let given = version.filter(|version| ChartVersion::read(version).is_some());
    remove_unset_tags(&mut values);
    // A build of a checkout has no version. The best guess is the version whose defaults leave the fewest values.
    let known: Vec<KnownChart> = if let Some(given) = &given {
        vec![KnownChart::of(Some(given))]
    } else {
        let names = VERSIONS.iter().map(|version| version.name);
        names.map(|name| KnownChart::of(Some(name))).collect()
    };
    let set = known.into_iter().map(|known| {
        let mut set = values.clone();
        let defaults = known.all_defaults();
        let defaults: Vec<&Json> = defaults.iter().collect();
        if !known.is_recorded() && given.is_some() {
            remove_own_images(&mut set, &defaults);
        }
        remove_defaults(&mut set, &defaults);
        (set, known.version.name)
    });
    // The newest one of several.
    let least = set.rev().min_by_key(|(set, _)| leaves(set));
    least.map(|(set, name)| (set, Some(given.unwrap_or_else(|| name.to_owned()))))
}

/// Returns the number of scalars and lists below a value.
fn leaves(value: &Value) -> usize {
    value.as_map().map_or(1, |map| map.entries.values().map(leaves).sum())
}

/// Removes values that equal the default of one of the versions.
fn remove_defaults(values: &mut Value, defaults: &[&Json]) {
    let Some(map) = values.as_map_mut() else {
        return;
    };
    map.entries.retain(|key, value| {
        let below: Vec<&Json> = defaults.iter().filter_map(|it| it.get(key)).collect();
        if value.is_map() && below.iter().any(|default| default.is_object()) {
            remove_defaults(value, &below);
            return value.as_map().is_some_and(|map| !map.entries.is_empty());
        }
        let value = value.to_json();
        !below.iter().any(|default| **default == value)
    });
}

/// Removes the image tags of a checkout of the chart.
fn remove_unset_tags(values: &mut Value) {
    let Some(map) = values.as_map_mut() else {
        return;
    };
    let is_unset =
        |value: &Value| matches!(&value.content, Content::String(text) if text == UNSET_TAG);
    map.entries.retain(|_, value| !is_unset(value));
    for below in map.entries.values_mut() {
        remove_unset_tags(below);
    }
}

/// Removes names and tags of images of other projects, for a package that is not recorded: they may be defaults.
fn remove_own_images(values: &mut Value, defaults: &[&Json]) {
    for path in images::OF_CHART {
        let keys: Vec<&str> = path.split('.').collect();
        let pointer = format!("/{}", path.replace('.', "/"));
        let own = defaults.iter().filter_map(|it| it.pointer(&pointer)?.get("name")?.as_str());
        let own: Vec<&str> = own.map(images::short_name).collect();
        let Some(image) = values.get_path_mut(&keys) else {
            continue;
        };
        let is_own = |name: &Value| match &name.content {
            Content::String(name) => own.contains(&images::short_name(name)),
            _ => false,
        };
        if !image.get("name").is_some_and(is_own) {
            continue;
        }
        if let Some(map) = image.as_map_mut() {
            map.entries.retain(|key, _| key != "tag" && key != "name");
        }
    }
}

/// The values of one chart, and the schema for them.
pub struct ChartValues<'v> {
    /// The keys that lead to the values.
    pub path: Vec<String>,
    /// The values that the templates of the chart see.
    pub values: &'v Value,
    /// The schema and its origin.
    pub basis: Basis<'v>,
    /// Whether it is the z2jh chart.
    pub is_hub: bool,
}

/// A schema by its origin.
pub enum Basis<'v> {
    /// The schema file of the chart.
    Own(&'v Schema),
    /// A recorded schema of z2jh, without the files of the chart.
    KnownChart(KnownChart),
}

impl Basis<'_> {
    /// Returns the schema.
    pub fn schema(&self) -> &Schema {
        match self {
            Basis::Own(schema) => schema,
            Basis::KnownChart(known) => known.version.schema(),
        }
    }
}

/// The values of a release over the defaults of its charts.
#[derive(Debug)]
pub struct Release {
    values: Value,
    /// The chart with its enabled subcharts.
    chart: Chart,
    /// The place of the hub; `None` without a hub, or if its chart is disabled.
    hub: Option<HubPlace>,
    defaults: BTreeSet<SourceId>,
    inside: Vec<Inside>,
}

/// The place of the z2jh chart in a release.
#[derive(Debug, Clone)]
pub struct HubPlace {
    /// The keys that lead to its values.
    path: Vec<String>,
    /// What is known of the chart, if its files are not available.
    known: Option<KnownChart>,
    /// The chart version.
    number: ChartVersion,
    /// Whether the version is given.
    is_version_given: bool,
    /// Whether there are layers or parent charts that were not read.
    is_partial: bool,
}

impl HubPlace {
    /// Returns the version of the chart, if it is given.
    pub fn version(&self) -> Option<ChartVersion> {
        self.is_version_given.then_some(self.number)
    }
}

impl ReleaseInput<'_> {
    /// Whether the given keys lead to a mapping in the values or the chart's defaults, or to a subchart.
    pub fn has_hub_keys(&self) -> bool {
        let Some(path) = &self.hub else { return true };
        let is_map = |values: &Value| values.get_path(&keys(path)).is_some_and(Value::is_map);
        let is_of_chart = |chart: &Chart| is_map(&chart.values) || has_chart_at(chart, path);
        is_map(&self.values) || self.chart.as_ref().is_some_and(is_of_chart)
    }

    /// Returns the keys of the values of the hub as the files show them, without the given keys.
    pub fn hub_keys(&self) -> Option<Vec<String>> {
        Some(self.found()?.path)
    }

    /// Whether the chart and all its subcharts are known, and none of them is z2jh.
    pub fn is_without_hub(&self) -> bool {
        let search = self.chart.as_ref().map(|chart| search(chart, &self.values));
        matches!(search, Some(HubSearch::Nowhere))
    }

    /// Returns the version of the available z2jh chart, if another version is given.
    pub fn contradicted_version(&self) -> Option<String> {
        let given = self.version.and_then(ChartVersion::read)?;
        let found = self.found().filter(|found| found.is_available)?;
        let own = found.version?;
        let number = ChartVersion::read(&own)?;
        let is_same = if given.is_any_minor() {
            given.major == number.major
        } else {
            given == number
        };
        (!is_same).then_some(own)
    }

    /// Removes the chart if it has no defaults where the values look like those of a hub: they are values of another
    /// chart.
    pub fn leave_chart_of_other_values(&mut self) {
        let Some(path) = locate(&self.values) else {
            return;
        };
        let keys = keys(&path);
        let first = self.values.get_path(&keys).and_then(Value::as_map);
        let first =
            first.and_then(|map| map.entries.keys().find(|key| super::locate::is_distinctive(key)));
        let chart = self.chart.as_ref();
        let of_chart = chart.and_then(|chart| chart.values.get_path(&keys));
        let is_of_chart =
            of_chart.zip(first).is_some_and(|(values, key)| values.get(key).is_some());
        if !is_of_chart {
            self.chart = None;
        }
    }

    /// Returns the place of the hub as the files show it.
    fn found(&self) -> Option<HubMatch> {
        match &self.chart {
            Some(chart) => match search(chart, &self.values) {
                HubSearch::Found(found) => Some(*found),
                HubSearch::Nowhere | HubSearch::Open(_) => None,
            },
            None => self.located(),
        }
    }

    /// Returns the place of the hub as the values show it, without a chart.
    fn located(&self) -> Option<HubMatch> {
        let path = locate(&self.values)?;
        let values = self.values.get_path(&keys(&path))?;
        (!is_namesake(values)).then(|| HubMatch {
            path,
            ..HubMatch::default()
        })
    }

    /// Returns notes about how the hub was found, or why not.
    fn notes(&self) -> Vec<Diagnostic> {
        if self.hub.is_some() {
            return Vec::new();
        }
        match &self.chart {
            None => assumptions::other_chart(&self.values).into_iter().collect(),
            Some(chart) => match search(chart, &self.values) {
                HubSearch::Nowhere => Vec::new(),
                HubSearch::Open(missing) => assumptions::missing(chart, &missing),
                HubSearch::Found(found) => found
                    .assumption
                    .iter()
                    .map(|assumption| assumptions::assumed(chart, assumption, &found.path))
                    .collect(),
            },
        }
    }

    /// Returns the place of the hub: at the given keys, else as the files show it.
    fn place(&self) -> Option<HubPlace> {
        let given = self.hub.clone().map(|path| {
            let found = self.found().filter(|found| found.path == path);
            found.unwrap_or_else(|| HubMatch {
                path,
                ..HubMatch::default()
            })
        });
        let place = given.or_else(|| self.found())?;
        let version = self.version.or(place.version.as_deref());
        let number = version.and_then(ChartVersion::read);
        Some(HubPlace {
            number: number.unwrap_or_else(ChartVersion::newest),
            is_version_given: number.is_some(),
            known: (!place.is_available).then(|| KnownChart::of(version)),
            is_partial: self.is_partial || matches!(place.assumption, Some(Assumption::Around(_))),
            path: place.path,
        })
    }
}

/// A release after the search for its hub, before the merge with chart defaults.
#[derive(Debug, Clone)]
pub struct ReleaseSpec {
    chart: Chart,
    values: Value,
    helm: Helm,
    hub: Option<HubPlace>,
    inside: Vec<Inside>,
}

impl ReleaseSpec {
    /// Finds the hub. Without the files of the z2jh chart, its recorded defaults are used. Defaults and schemas go
    /// into the cache. Returns notes about assumptions, and what is wrong with the schemas, too.
    pub fn new(
        sources: &mut Sources,
        shared: &mut ChartCache,
        parts: ReleaseInput<'_>,
    ) -> (Self, Vec<Diagnostic>) {
        let hub = parts.place();
        let mut notes = parts.notes();
        let chart = parts.chart;
        let mut chart = chart.unwrap_or_else(|| bare("", parts.values.set.value));
        let mut schemas = Vec::new();
        add_schemas(&chart, &mut schemas);
        let broken = schemas.into_iter();
        let broken = broken.filter_map(|schema| shared.add_schema(sources, schema));
        notes.extend(broken);
        let known = hub.as_ref().and_then(|place| Some((place, place.known.as_ref()?)));
        if let Some((place, known)) = known {
            let z2jh = shared.embedded(sources, known, parts.helm);
            insert(&mut chart, &place.path, z2jh);
        }
        let plan = Self {
            chart,
            values: parts.values,
            helm: parts.helm,
            hub,
            inside: parts.inside,
        };
        (plan, notes)
    }

    /// Whether the release can be linted: it has a hub or an available chart.
    pub fn is_known(&self) -> bool {
        self.hub.is_some() || !self.chart.name.is_empty()
    }

    /// Adds the chart names that the manifests of this release may have: of the chart and all its subcharts, with
    /// aliases.
    pub fn add_chart_names(&self, names: &mut BTreeSet<String>) {
        add_chart_names(&self.chart, names);
        // Without its files, the values of the hub show that the chart is there.
        names.extend(self.hub.is_some().then(|| super::chart::NAME.to_owned()));
    }

    /// Adds the sources of everything that it is made of: layers, overridden values, defaults and schemas of charts.
    pub fn add_sources(&self, sources: &mut BTreeSet<SourceId>) {
        self.values.add_sources(sources);
        self.chart.add_sources(sources);
    }

    /// Returns the place of the hub.
    pub fn hub(&self) -> Option<&HubPlace> {
        self.hub.as_ref()
    }

    /// Returns the span of the first value of the hub.
    pub fn place(&self) -> Span {
        let path = self.hub.as_ref().map(|hub| keys(&hub.path));
        let hub = path.and_then(|path| self.values.get_path(&path));
        let values = hub.unwrap_or(&self.values);
        let first = values.as_map().and_then(|map| map.entries.values().next());
        span(first.unwrap_or(values))
    }

    /// Returns the release with another version of the z2jh chart: its recorded defaults and schema replace the
    /// current ones.
    #[must_use]
    pub fn with_version(
        &self,
        sources: &mut Sources,
        shared: &mut ChartCache,
        version: &str,
    ) -> Self {
        let mut plan = self.clone();
        if let Some(hub) = &mut plan.hub {
            let known = KnownChart::of(Some(version));
            let z2jh = shared.embedded(sources, &known, self.helm);
            insert(&mut plan.chart, &hub.path, z2jh);
            hub.known = Some(known);
            hub.number = ChartVersion::read(version).unwrap_or_else(ChartVersion::newest);
            hub.is_version_given = true;
        }
        plan
    }
}

impl Release {
    /// Merges the values with the defaults of the charts.
    ///
    /// # Errors
    /// If the value of a subchart's key is not a mapping, which Helm refuses.
    pub fn new(plan: ReleaseSpec) -> Result<Self, NotATable> {
        let mut defaults = plan.chart.default_sources();
        // The defaults of a parent chart count as set by the release: its authors wrote them for it.
        let is_around = |hub: &HubPlace| !hub.path.is_empty() && !plan.chart.name.is_empty();
        if plan.hub.as_ref().is_some_and(is_around) {
            defaults.remove(&plan.chart.values.set.value.source);
        }
        let coalesced = values::coalesced(plan.chart, plan.values, plan.helm)?;
        let is_hub_enabled = |place: &HubPlace| is_enabled(&coalesced.chart, &place.path);
        let hub = plan.hub.filter(is_hub_enabled);
        Ok(Self {
            values: coalesced.values,
            chart: coalesced.chart,
            hub,
            defaults,
            inside: plan.inside,
        })
    }

    /// Returns the hub; `None` without one, or if a null deletes all of its values.
    pub fn hub<'r>(&'r self, sources: &'r Sources) -> Option<Hub<'r>> {
        let place = self.hub.as_ref()?;
        Some(Hub {
            sources,
            values: self.values.get_path(&keys(&place.path))?,
            path: &place.path,
            defaults: &self.defaults,
            inside: &self.inside,
            own: chart_at(&self.chart, &place.path).map(|chart| chart.values.set.value.source),
            version: place.number,
            is_version_known: place.is_version_given,
            settings: OnceCell::new(),
            pulled: OnceCell::new(),
        })
    }

    /// Whether there are layers or parent charts of the hub that were not read.
    pub fn is_partial(&self) -> bool {
        self.hub.as_ref().is_some_and(|hub| hub.is_partial)
    }

    /// Returns the keys that lead to the values of the hub.
    pub fn hub_path(&self) -> Option<&[String]> {
        self.hub.as_ref().map(|place| place.path.as_slice())
    }

    /// Whether a value is a chart default.
    pub fn is_default(&self, value: &Value) -> bool {
        self.is_defaults(value.set.value.source)
    }

    /// Whether a source has the defaults of a chart.
    pub fn is_defaults(&self, source: SourceId) -> bool {
        self.defaults.contains(&source)
    }

    /// Whether the defaults of the chart at these keys are known.
    pub fn has_defaults(&self, path: &[String]) -> bool {
        let values = chart_at(&self.chart, path).and_then(|chart| chart.values.as_map());
        values.is_some_and(|map| !map.entries.is_empty())
    }

    /// Returns the keys of the known direct subcharts of the chart at these keys.
    pub fn charts_below(&self, path: &[String]) -> impl Iterator<Item = &str> {
        let chart = chart_at(&self.chart, path).into_iter();
        chart.flat_map(|chart| chart.charts.iter().map(|below| below.name.as_str()))
    }

    /// Returns the values of the release's chart; those of subcharts are below their names.
    pub fn values(&self) -> &Value {
        &self.values
    }

    /// Returns the sources of chart defaults.
    pub fn defaults(&self) -> &BTreeSet<SourceId> {
        &self.defaults
    }

    /// Returns where values are embedded in other files.
    pub fn inside(&self) -> &[Inside] {
        &self.inside
    }

    /// Returns the values of each chart with a known schema.
    pub fn charts<'r>(&'r self, shared: &'r ChartCache) -> Vec<ChartValues<'r>> {
        let mut charts = Vec::new();
        self.add_charts(&self.chart, &mut Vec::new(), shared, &mut charts);
        charts
    }

    fn add_charts<'r>(
        &'r self,
        chart: &'r Chart,
        path: &mut Vec<String>,
        shared: &'r ChartCache,
        charts: &mut Vec<ChartValues<'r>>,
    ) {
        let own = chart.schema.and_then(|schema| shared.schema(schema));
        let hub = self.hub.as_ref().filter(|hub| hub.path == *path);
        // A checkout of the chart has no `values.schema.json`: it is generated for the archive.
        let is_without = |hub: &&HubPlace| hub.known.is_some() || chart.schema.is_none();
        let known = hub.filter(is_without).map(|hub| match &hub.known {
            Some(known) => known.clone(),
            None => KnownChart::of(Some(&chart.version)),
        });
        let basis = match (own, known) {
            (_, Some(known)) if known.is_without_schema => None,
            (_, Some(known)) => Some(Basis::KnownChart(known)),
            (Some(schema), None) => Some(Basis::Own(schema)),
            (None, None) => None,
        };
        if let (Some(values), Some(basis)) = (self.values.get_path(&keys(path)), basis) {
            charts.push(ChartValues {
                path: path.clone(),
                values,
                basis,
                is_hub: hub.is_some(),
            });
        }
        for below in &chart.charts {
            path.push(below.name.clone());
            self.add_charts(below, path, shared, charts);
            path.pop();
        }
    }
}

/// Returns keys in the form that [`Value::get_path`] expects.
pub fn keys(path: &[String]) -> Vec<&str> {
    path.iter().map(String::as_str).collect()
}

/// Whether the values in a hub's Secret are those of another chart of the same name, such as Bitnami's, which has no
/// `prePuller`.
pub(super) fn is_of_namesake(values: &Value) -> bool {
    let is_empty = values.as_map().is_none_or(|map| map.entries.is_empty());
    !is_empty && values.get("prePuller").is_none()
}

/// Returns a chart without files.
pub(super) fn bare(name: &str, place: Span) -> Chart {
    Chart {
        name: name.to_owned(),
        version: String::new(),
        dependencies: Vec::new(),
        values: Value::new(Content::map(Map::default()), None, place),
        charts: Vec::new(),
        schema: None,
    }
}

/// Inserts the z2jh chart as a subchart at a path, with bare charts on the way.
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

/// Whether the chart at these keys is enabled.
fn is_enabled(chart: &Chart, path: &[String]) -> bool {
    chart_at(chart, path).is_some()
}

/// Returns the chart whose values are at these keys.
fn chart_at<'c>(chart: &'c Chart, path: &[String]) -> Option<&'c Chart> {
    let mut keys = path.iter();
    keys.try_fold(chart, |chart, key| {
        chart.charts.iter().find(|below| below.name == *key)
    })
}

/// Whether keys lead to a chart, by the names or aliases of dependencies.
fn has_chart_at(chart: &Chart, path: &[String]) -> bool {
    let Some((key, rest)) = path.split_first() else {
        return true;
    };
    let mut dependencies = chart.dependencies.iter();
    let dependency = dependencies.find(|dependency| dependency.key() == key);
    let name = dependency.map_or(key, |dependency| &dependency.name);
    match chart.charts.iter().find(|below| below.name == *name) {
        Some(below) => has_chart_at(below, rest),
        None => dependency.is_some() && rest.is_empty(),
    }
}

/// Adds the schemas of a chart and all its subcharts.
fn add_schemas(chart: &Chart, found: &mut Vec<SourceId>) {
    found.extend(chart.schema);
    for below in &chart.charts {
        add_schemas(below, found);
    }
}

/// Adds the names of a chart and all its subcharts, with aliases.
fn add_chart_names(chart: &Chart, names: &mut BTreeSet<String>) {
    let dependencies = chart.dependencies.iter();
    names.extend(
        dependencies.flat_map(|dependency| [dependency.name.clone(), dependency.key().to_owned()]),
    );
    names.extend(Some(chart.name.clone()).filter(|name| !name.is_empty()));
    for below in &chart.charts {
        add_chart_names(below, names);
    }
}
