//! A release that is linted: its values over the defaults of its charts, and where a hub stands in them.

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

/// What a release is made of.
#[derive(Debug)]
pub struct ReleaseInput<'p> {
    /// The chart, where it is at hand.
    pub chart: Option<Chart>,
    /// The layers, one over the other.
    pub values: Value,
    /// Which Helm puts them together.
    pub helm: Helm,
    /// The version of the z2jh chart, where somebody says it.
    pub version: Option<&'p str>,
    /// The keys that lead to the values of the z2jh chart, where somebody says them.
    pub hub: Option<Vec<String>>,
    /// Where the values stand that are no files of their own.
    pub inside: Vec<Inside>,
    /// Whether the values may be one layer of several, of which the others are not known.
    pub is_partial: bool,
}

/// What the chart adds to the values that it keeps in the hub's Secret: the release and the chart itself.
const ADDED: [&str; 2] = ["Chart", "Release"];

/// The values that the hub's Secret holds, which are those of the release over the chart's defaults, without
/// what is as in the defaults; with them the chart's version.
///
/// Nothing where they are those of another chart of the same name.
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
    let said = version.filter(|version| ChartVersion::read(version).is_some());
    remove_unset_tags(&mut values);
    // A build of a checkout says no version: it is the one whose defaults leave the least to set.
    let known: Vec<KnownChart> = if let Some(said) = &said {
        vec![KnownChart::of(Some(said))]
    } else {
        let names = VERSIONS.iter().map(|version| version.name);
        names.map(|name| KnownChart::of(Some(name))).collect()
    };
    let set = known.into_iter().map(|known| {
        let mut set = values.clone();
        let defaults = known.all_defaults();
        let defaults: Vec<&Json> = defaults.iter().collect();
        if !known.is_recorded() && said.is_some() {
            remove_own_images(&mut set, &defaults);
        }
        remove_defaults(&mut set, &defaults);
        (set, known.version.name)
    });
    // Of equals the newest.
    let least = set.rev().min_by_key(|(set, _)| leaves(set));
    least.map(|(set, name)| (set, Some(said.unwrap_or_else(|| name.to_owned()))))
}

fn leaves(value: &Value) -> usize {
    value
        .as_map()
        .map_or(1, |map| map.entries.values().map(leaves).sum())
}

/// Removes what is as in the defaults of one of the versions.
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

/// Removes the tags that a checkout of the chart has in place of its version.
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

/// Removes names and tags of the images of other projects where the defaults of their package are not recorded: nobody knows
/// whether they are set.
fn remove_own_images(values: &mut Value, defaults: &[&Json]) {
    for path in images::OF_CHART {
        let keys: Vec<&str> = path.split('.').collect();
        let pointer = format!("/{}", path.replace('.', "/"));
        let own = defaults
            .iter()
            .filter_map(|it| it.pointer(&pointer)?.get("name")?.as_str());
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

/// The values of one chart, and what its schema says about them.
pub struct ChartValues<'v> {
    /// The keys that lead to them.
    pub path: Vec<String>,
    /// What the chart's templates see.
    pub values: &'v Value,
    /// The schema.
    pub basis: Basis<'v>,
    /// Whether it is the z2jh chart.
    pub is_hub: bool,
}

/// Where a schema comes from.
pub enum Basis<'v> {
    /// The chart's own file.
    Own(&'v Schema),
    /// The chart is not at hand; this is known of z2jh.
    KnownChart(KnownChart),
}

impl Basis<'_> {
    /// The schema.
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
    /// The charts that count.
    chart: Chart,
    /// Where the hub's values stand, and by which chart; nothing where there is none, or its chart is off.
    hub: Option<HubPlace>,
    defaults: BTreeSet<SourceId>,
    inside: Vec<Inside>,
}

/// Where the values of the z2jh chart stand.
#[derive(Debug, Clone)]
pub struct HubPlace {
    /// The keys that lead to them.
    path: Vec<String>,
    /// What is known of the chart where its own files are not at hand.
    known: Option<KnownChart>,
    /// Major and minor of its version.
    number: ChartVersion,
    /// Whether somebody says the version.
    is_said: bool,
    /// Whether there are layers or charts around it that were not read.
    is_partial: bool,
}

impl HubPlace {
    /// The version of the chart, major and minor, where somebody says it.
    pub fn version(&self) -> Option<ChartVersion> {
        self.is_said.then_some(self.number)
    }
}

impl ReleaseInput<'_> {
    /// Whether the keys that somebody says lead to a mapping: of the values, of the chart's, or to a subchart.
    pub fn has_hub_keys(&self) -> bool {
        let Some(path) = &self.hub else { return true };
        let is_map = |values: &Value| values.get_path(&keys(path)).is_some_and(Value::is_map);
        let is_of_chart = |chart: &Chart| is_map(&chart.values) || has_chart_at(chart, path);
        is_map(&self.values) || self.chart.as_ref().is_some_and(is_of_chart)
    }

    /// The keys under which the values of a hub are, wherever somebody says that they are.
    pub fn hub_keys(&self) -> Option<Vec<String>> {
        Some(self.found()?.path)
    }

    /// Whether the chart and all charts below it are at hand, and none of them is z2jh.
    pub fn is_without_hub(&self) -> bool {
        let search = self.chart.as_ref().map(|chart| search(chart, &self.values));
        matches!(search, Some(HubSearch::Nowhere))
    }

    /// Returns the version of the z2jh chart that is at hand, if somebody says that it is another one.
    pub fn contradicted_version(&self) -> Option<String> {
        let said = self.version.and_then(ChartVersion::read)?;
        let found = self.found().filter(|found| found.is_at_hand)?;
        let own = found.version?;
        let number = ChartVersion::read(&own)?;
        let is_same = if said.is_any_minor() {
            said.major == number.major
        } else {
            said == number
        };
        (!is_same).then_some(own)
    }

    /// Leaves out a chart that has nothing where the values look like those of a hub, as they are not its values.
    pub fn leave_chart_of_other_values(&mut self) {
        let Some(path) = locate(&self.values) else {
            return;
        };
        let keys = keys(&path);
        let first = self.values.get_path(&keys).and_then(Value::as_map);
        let first = first.and_then(|map| {
            map.entries
                .keys()
                .find(|key| super::locate::is_telling(key))
        });
        let chart = self.chart.as_ref();
        let of_chart = chart.and_then(|chart| chart.values.get_path(&keys));
        let is_of_chart = of_chart
            .zip(first)
            .is_some_and(|(values, key)| values.get(key).is_some());
        if !is_of_chart {
            self.chart = None;
        }
    }

    /// Where the files show that the hub is.
    fn found(&self) -> Option<HubMatch> {
        match &self.chart {
            Some(chart) => match search(chart, &self.values) {
                HubSearch::Found(found) => Some(*found),
                HubSearch::Nowhere | HubSearch::Open(_) => None,
            },
            None => self.located(),
        }
    }

    /// Where the values without a chart show that it is.
    fn located(&self) -> Option<HubMatch> {
        let path = locate(&self.values)?;
        let values = self.values.get_path(&keys(&path))?;
        (!is_namesake(values)).then(|| HubMatch {
            path,
            ..HubMatch::default()
        })
    }

    /// What is worth knowing about how the hub was found, or why none was.
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

    fn place(&self) -> Option<HubPlace> {
        let said = self.hub.clone().map(|path| {
            let found = self.found().filter(|found| found.path == path);
            found.unwrap_or_else(|| HubMatch {
                path,
                ..HubMatch::default()
            })
        });
        let place = said.or_else(|| self.found())?;
        let version = self.version.or(place.version.as_deref());
        let number = version.and_then(ChartVersion::read);
        Some(HubPlace {
            number: number.unwrap_or_else(ChartVersion::newest),
            is_said: number.is_some(),
            known: (!place.is_at_hand).then(|| KnownChart::of(version)),
            is_partial: self.is_partial || matches!(place.assumption, Some(Assumption::Around(_))),
            path: place.path,
        })
    }
}

/// The parts of a release whose hub was found.
#[derive(Debug, Clone)]
pub struct ReleaseSpec {
    chart: Chart,
    values: Value,
    helm: Helm,
    hub: Option<HubPlace>,
    inside: Vec<Inside>,
}

impl ReleaseSpec {
    /// Finds the hub. Where the z2jh chart is not among the files of the release, its known defaults are
    /// taken; they and the schemas of charts go into what is shared. With it comes what was assumed, and what is wrong
    /// with the schemas.
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
        note_schemas(&chart, &mut schemas);
        let broken = schemas.into_iter();
        let broken = broken.filter_map(|schema| shared.add_schema(sources, schema));
        notes.extend(broken);
        let known = hub
            .as_ref()
            .and_then(|place| Some((place, place.known.as_ref()?)));
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

    /// Whether the linter knows anything of it: there is a hub, or a chart at hand.
    pub fn is_known(&self) -> bool {
        self.hub.is_some() || !self.chart.name.is_empty()
    }

    /// Adds the names that the stream of this release may give its charts: those of the chart and of all charts
    /// below it, with the aliases of dependencies.
    pub fn add_chart_names(&self, names: &mut BTreeSet<String>) {
        add_chart_names(&self.chart, names);
        // Where its files are not at hand, the values of a hub show that its chart is there.
        names.extend(self.hub.is_some().then(|| super::chart::NAME.to_owned()));
    }

    /// Where the values of a hub stand; nothing where there is none.
    pub fn hub(&self) -> Option<&HubPlace> {
        self.hub.as_ref()
    }

    /// The text in which the first of the hub's values stands.
    pub fn place(&self) -> Span {
        let path = self.hub.as_ref().map(|hub| keys(&hub.path));
        let hub = path.and_then(|path| self.values.get_path(&path));
        let values = hub.unwrap_or(&self.values);
        let first = values.as_map().and_then(|map| map.entries.values().next());
        span(first.unwrap_or(values))
    }

    /// The same values for another version of the z2jh chart, whose known defaults and schema take the place
    /// of those that the release has.
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
            hub.is_said = true;
        }
        plan
    }
}

impl Release {
    /// Puts the defaults of the charts under the values.
    ///
    /// # Errors
    /// Where the key of a sub-chart holds no mapping, as Helm refuses it.
    pub fn new(plan: ReleaseSpec) -> Result<Self, NotATable> {
        let mut defaults = plan.chart.default_sources();
        // What a chart around z2jh sets, its authors set for this release.
        let is_around = |hub: &HubPlace| !hub.path.is_empty() && !plan.chart.name.is_empty();
        if plan.hub.as_ref().is_some_and(is_around) {
            defaults.remove(&plan.chart.values.set.value.source);
        }
        let coalesced = values::coalesced(plan.chart, plan.values, plan.helm)?;
        let counts = |place: &HubPlace| is_on(&coalesced.chart, &place.path);
        let hub = plan.hub.filter(counts);
        Ok(Self {
            values: coalesced.values,
            chart: coalesced.chart,
            hub,
            defaults,
            inside: plan.inside,
        })
    }

    /// The hub; nothing where there is none, or a null took all of its values away.
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
            is_version_known: place.is_said,
            settings: OnceCell::new(),
        })
    }

    /// Whether there are layers or charts around the hub that were not read.
    pub fn is_partial(&self) -> bool {
        self.hub.as_ref().is_some_and(|hub| hub.is_partial)
    }

    /// The keys that lead to the values of the hub, where there is one.
    pub fn hub_path(&self) -> Option<&[String]> {
        self.hub.as_ref().map(|place| place.path.as_slice())
    }

    /// Whether a chart set it, and no layer.
    pub fn is_default(&self, value: &Value) -> bool {
        self.is_defaults(value.set.value.source)
    }

    /// Whether a text holds the defaults of a chart.
    pub fn is_defaults(&self, source: SourceId) -> bool {
        self.defaults.contains(&source)
    }

    /// Whether the defaults of the chart at these keys are known.
    pub fn has_defaults(&self, path: &[String]) -> bool {
        let values = chart_at(&self.chart, path).and_then(|chart| chart.values.as_map());
        values.is_some_and(|map| !map.entries.is_empty())
    }

    /// The keys of the charts right below the one at these keys, as far as they are known.
    pub fn charts_below(&self, path: &[String]) -> impl Iterator<Item = &str> {
        let chart = chart_at(&self.chart, path).into_iter();
        chart.flat_map(|chart| chart.charts.iter().map(|below| below.name.as_str()))
    }

    /// The values of the release's own chart; those of the charts below are under their names.
    pub fn values(&self) -> &Value {
        &self.values
    }

    /// The sources of the defaults of charts.
    pub fn defaults(&self) -> &BTreeSet<SourceId> {
        &self.defaults
    }

    /// Where values are inside of other files.
    pub fn inside(&self) -> &[Inside] {
        &self.inside
    }

    /// The values of each chart whose schema is known.
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
        // A checkout of the chart has no `values.schema.json`; it is made for the archive.
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

/// Keys as [`Value::get_path`] takes them.
pub fn keys(path: &[String]) -> Vec<&str> {
    path.iter().map(String::as_str).collect()
}

/// Whether the values that a hub keeps in its Secret are those of another chart of the same name: Bitnami has one, whose
/// pullers have another key.
pub(super) fn is_of_namesake(values: &Value) -> bool {
    let is_empty = values.as_map().is_none_or(|map| map.entries.is_empty());
    !is_empty && values.get("prePuller").is_none()
}

/// A chart without files.
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
    chart_at(chart, path).is_some()
}

/// The chart whose values stand at these keys.
fn chart_at<'c>(chart: &'c Chart, path: &[String]) -> Option<&'c Chart> {
    let mut keys = path.iter();
    keys.try_fold(chart, |chart, key| {
        chart.charts.iter().find(|below| below.name == *key)
    })
}

/// Whether keys lead to a chart, by the names that its parent gives to its dependencies.
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

fn note_schemas(chart: &Chart, found: &mut Vec<SourceId>) {
    found.extend(chart.schema);
    for below in &chart.charts {
        note_schemas(below, found);
    }
}
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
