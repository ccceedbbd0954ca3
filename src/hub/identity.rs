//! Finds the z2jh chart among the charts of a release: by defaults, schema and repository. The name `jupyterhub` is not
//! enough, because other charts have it too.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::around::version_inside;
use super::chart::{NAME, VERSIONS, Version};
use super::locate::locate_below;
use crate::values::{Chart, Dependency, Value};

/// The place of the z2jh chart in a release.
#[derive(Debug, Clone, Default)]
pub(super) struct HubMatch {
    /// The keys that lead to the values of z2jh.
    pub(super) path: Vec<String>,
    /// Whether the files of the chart, with its defaults, are available.
    pub(super) is_available: bool,
    /// The version of the z2jh chart, if it is known.
    pub(super) version: Option<String>,
    /// The assumption that was needed to find it.
    pub(super) assumption: Option<Assumption>,
}

/// An assumption about a chart whose files are not available.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Assumption {
    /// A dependency `jupyterhub` from a repository that may have any chart of this name.
    Dependency(Dependency),
    /// A missing dependency contains the z2jh chart, because the values below its key look like those of a hub.
    Around(Dependency),
}

/// The result of the search for the z2jh chart.
#[derive(Debug)]
pub(super) enum HubSearch {
    /// The chart was found.
    Found(Box<HubMatch>),
    /// All charts are known, and none of them is z2jh.
    Nowhere,
    /// No available chart is z2jh. One of these missing dependencies may be z2jh or contain it.
    Open(Vec<Dependency>),
}

/// Searches a chart and all its subcharts for the z2jh chart. The values in `layers` show what a missing dependency
/// may be.
pub(super) fn search(chart: &Chart, layers: &Value) -> HubSearch {
    if let Some(found) = find(
        chart,
        &|path| settings_at(chart, layers, path),
        &mut Vec::new(),
    ) {
        return HubSearch::Found(Box::new(found));
    }
    let mut missing = Vec::new();
    add_missing(chart, &mut Vec::new(), &mut missing);
    missing.retain(|(path, dependency)| {
        let settings = settings_at(chart, layers, path);
        !is_other(dependency, &settings)
    });
    if missing.is_empty() {
        return HubSearch::Nowhere;
    }
    let around = missing.iter().find_map(|(path, dependency)| {
        let path = locate_below(&settings_at(chart, layers, path), path)?;
        Some(HubMatch {
            path,
            version: version_inside(&dependency.name, &dependency.version).map(str::to_owned),
            assumption: Some(Assumption::Around((*dependency).clone())),
            ..HubMatch::default()
        })
    });
    let dependencies = missing.into_iter();
    around.map_or_else(
        || HubSearch::Open(dependencies.map(|(_, it)| it.clone()).collect()),
        |found| HubSearch::Found(Box::new(found)),
    )
}

/// Returns a z2jh subchart, a missing dependency that is z2jh, or the chart itself.
fn find<'v>(
    chart: &Chart,
    settings: &dyn Fn(&[String]) -> Vec<&'v Value>,
    path: &mut Vec<String>,
) -> Option<HubMatch> {
    for below in &chart.charts {
        let mut dependencies = chart.dependencies.iter();
        let meant = dependencies.find(|dependency| dependency.name == below.name);
        path.push(meant.map_or(&*below.name, Dependency::key).to_owned());
        let found = find(below, settings, path);
        path.pop();
        if found.is_some() {
            return found;
        }
    }
    let meant = missing(chart).find_map(|dependency| {
        path.push(dependency.key().to_owned());
        let found = as_dependency(dependency, &settings(path), path);
        path.pop();
        found
    });
    meant.or_else(|| as_itself(chart, path))
}

/// Returns a missing dependency as the hub, if it is z2jh or may be.
fn as_dependency(
    dependency: &Dependency,
    settings: &[&Value],
    path: &[String],
) -> Option<HubMatch> {
    if dependency.name != NAME || is_other(dependency, settings) {
        return None;
    }
    // Without a repository no other chart can be meant.
    let origin = Repository::of(&dependency.repository);
    let is_assumed = origin == Repository::Open && !dependency.repository.is_empty();
    Some(HubMatch {
        path: path.to_vec(),
        is_available: false,
        version: Some(dependency.version.clone()),
        assumption: is_assumed.then(|| Assumption::Dependency(dependency.clone())),
    })
}

/// Whether a dependency is another chart named `jupyterhub`, by its repository or the values set for it.
fn is_other(dependency: &Dependency, settings: &[&Value]) -> bool {
    let is_namesake = || settings.iter().any(|values| is_namesake(values));
    dependency.name == NAME
        && match Repository::of(&dependency.repository) {
            Repository::Z2jh => false,
            Repository::Other => true,
            Repository::Open => is_namesake(),
        }
}

/// Returns the chart itself as the hub, if its files show that it is z2jh or a fork of it.
fn as_itself(chart: &Chart, path: &[String]) -> Option<HubMatch> {
    let defaults = chart.values.as_map().filter(|map| !map.entries.is_empty());
    let Some(defaults) = defaults else {
        // Without defaults only the name can tell, and a chart with dependencies is a parent chart.
        let is_bare = chart.name == NAME && chart.dependencies.is_empty();
        return is_bare.then(|| HubMatch {
            path: path.to_vec(),
            version: Some(chart.version.clone()),
            ..HubMatch::default()
        });
    };
    let has = |key: &&str| defaults.entries.get(*key).is_some_and(Value::is_map);
    let is_like = if chart.name == NAME {
        defaults.entries.contains_key("prePuller")
    } else {
        ["hub", "prePuller", "proxy", "singleuser"].iter().all(has)
    };
    if !is_like || chart.schema.is_none() && !fits_a_version(&chart.values) {
        return None;
    }
    let version = if chart.name == NAME {
        chart.version.clone()
    } else {
        nearest_version(&chart.values).name.to_owned()
    };
    Some(HubMatch {
        path: path.to_vec(),
        is_available: true,
        version: Some(version),
        assumption: None,
    })
}

/// Whether defaults are those of z2jh, with at most a few unknown keys, as in a fork. For a checkout of the chart,
/// which has no schema: that is generated for the archive.
fn fits_a_version(defaults: &Value) -> bool {
    const FEW: usize = 2;
    let json = defaults.to_json();
    let mut versions = VERSIONS.iter().rev();
    versions.any(|version| foreign_keys(&json, &recorded(version), 2) <= FEW)
}

/// Returns the number of keys that a version does not have, in the first `depth` levels.
fn foreign_keys(values: &Json, known: &Json, depth: usize) -> usize {
    let (Some(values), Some(known)) = (values.as_object(), known.as_object()) else {
        return 0;
    };
    if known.is_empty() || depth == 0 {
        return 0;
    }
    let of_key = |(key, value)| match known.get(key) {
        Some(known) => foreign_keys(value, known, depth - 1),
        None => 1,
    };
    values.iter().map(of_key).sum()
}

fn recorded(version: &Version) -> Json {
    serde_json::from_str(version.defaults).expect("the recorded defaults are JSON")
}

/// Returns the z2jh version whose defaults have most in common with those of a fork, which has its own versions.
fn nearest_version(defaults: &Value) -> Version {
    let json = defaults.to_json();
    let likeness = |version: &&Version| common_leaves(&json, &recorded(version));
    *VERSIONS.iter().max_by_key(likeness).expect("a version is known")
}

fn common_leaves(one: &Json, other: &Json) -> usize {
    match (one.as_object(), other.as_object()) {
        (Some(one), Some(other)) => one
            .iter()
            .filter_map(|(key, value)| Some(common_leaves(value, other.get(key)?)))
            .sum(),
        _ => usize::from(one == other),
    }
}

/// What the address of a repository tells about a chart named `jupyterhub`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Repository {
    /// The repository of z2jh.
    Z2jh,
    /// A repository with another chart of this name.
    Other,
    /// A repository that may have any chart.
    Open,
}

impl Repository {
    fn of(address: &str) -> Self {
        const Z2JH: [&str; 2] = ["hub.jupyter.org", "jupyterhub.github.io"];
        const OTHERS: [&str; 3] = ["bitnami", "helmforge", "zopdev"];
        let names = |names: &[&str]| names.iter().any(|name| address.contains(name));
        match address {
            _ if names(&Z2JH) => Self::Z2jh,
            _ if names(&OTHERS) => Self::Other,
            _ => Self::Open,
        }
    }
}

/// Returns the dependencies of a chart whose files are not available.
fn missing(chart: &Chart) -> impl Iterator<Item = &Dependency> {
    let dependencies = chart.dependencies.iter();
    dependencies.filter(|dependency| {
        let mut charts = chart.charts.iter();
        !charts.any(|below| below.name == dependency.name)
    })
}

/// Adds the missing dependencies of a chart and all its subcharts, with the keys that lead to their values.
fn add_missing<'c>(
    chart: &'c Chart,
    path: &mut Vec<String>,
    found: &mut Vec<(Vec<String>, &'c Dependency)>,
) {
    for below in &chart.charts {
        let mut dependencies = chart.dependencies.iter();
        let meant = dependencies.find(|dependency| dependency.name == below.name);
        path.push(meant.map_or(&*below.name, Dependency::key).to_owned());
        add_missing(below, path, found);
        path.pop();
    }
    found.extend(missing(chart).map(|dependency| {
        let key = dependency.key().to_owned();
        let path = path.iter().cloned().chain([key]);
        (path.collect(), dependency)
    }));
}

/// Returns the values at a path: in the layers, and in the defaults of the chart and of the subcharts on the way.
fn settings_at<'v>(chart: &'v Chart, layers: &'v Value, path: &[String]) -> Vec<&'v Value> {
    let keys: Vec<&str> = path.iter().map(String::as_str).collect();
    let mut found: Vec<&Value> = layers.get_path(&keys).into_iter().collect();
    let mut chart = Some(chart);
    for at in 0..path.len() {
        let Some(around) = chart else { break };
        found.extend(around.values.get_path(&keys[at..]));
        let mut dependencies = around.dependencies.iter();
        let meant = dependencies.find(|dependency| dependency.key() == path[at]);
        let name = meant.map_or(&path[at], |dependency| &dependency.name);
        chart = around.charts.iter().find(|below| below.name == *name);
    }
    found
}

/// Whether values are those of another chart named `jupyterhub`: they have at least two kinds of keys of such charts,
/// and no key that only z2jh has.
pub(super) fn is_namesake(values: &Value) -> bool {
    namesake_signs(values).len() > 1
}

/// Returns the keys of other charts named `jupyterhub` that z2jh does not have, each kind once; nothing if there is a
/// key that only z2jh has.
pub(super) fn namesake_signs(values: &Value) -> Vec<String> {
    const OWN: [&[&str]; 12] = [
        &["prePuller"],
        &["scheduling"],
        &["cull"],
        &["custom"],
        &["hub", "config"],
        &["hub", "db"],
        &["hub", "extraConfig"],
        &["proxy", "chp"],
        &["singleuser", "storage"],
        &["singleuser", "memory"],
        &["singleuser", "cpu"],
        &["singleuser", "profileList"],
    ];
    const PARTS: [&str; 3] = ["hub", "proxy", "singleuser"];
    const OF_PARTS: [&str; 9] = [
        "adminUser",
        "resourcesPreset",
        "podSecurityContext",
        "containerSecurityContext",
        "persistence",
        "replicaCount",
        "configuration",
        "customLivenessProbe",
        "podAffinityPreset",
    ];
    const OF_ROOT: [&str; 8] = [
        "auxiliaryImage",
        "clusterDomain",
        "commonAnnotations",
        "commonLabels",
        "externalDatabase",
        "extraDeploy",
        "imagePuller",
        "postgresql",
    ];
    if OWN.iter().any(|path| values.get_path(path).is_some()) {
        return Vec::new();
    }
    let has = |path: &[&str]| values.get_path(path).is_some();
    let mut signs = BTreeSet::new();
    // Both keys are of one kind.
    let image = ["repository", "registry"].into_iter();
    let image = image.filter(|key| PARTS.iter().any(|part| has(&[part, "image", key])));
    signs.extend(image.take(1).map(|key| format!("image.{key}")));
    for part in PARTS {
        let known = OF_PARTS.iter().filter(|key| has(&[part, key]));
        signs.extend(known.map(|key| (*key).to_owned()));
    }
    let of_root = OF_ROOT.iter().filter(|key| has(&[key]));
    signs.extend(of_root.map(|key| (*key).to_owned()));
    signs.into_iter().collect()
}
