//! Which charts of a release are the z2jh chart: by their defaults, their schema and where they come from, and not by
//! their name, which other charts have too.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::around::version_inside;
use super::chart::{NAME, VERSIONS, Version};
use super::locate::locate_below;
use crate::values::{Chart, Dependency, Value};

/// Where the values of z2jh are.
#[derive(Debug, Clone, Default)]
pub(super) struct HubMatch {
    /// The keys that lead to them.
    pub(super) path: Vec<String>,
    /// Whether the chart with its defaults is among the files.
    pub(super) is_at_hand: bool,
    /// The version of the z2jh chart, where it is known.
    pub(super) version: Option<String>,
    /// What was assumed to find it.
    pub(super) assumption: Option<Assumption>,
}

/// What is assumed where no file says which chart it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Assumption {
    /// A dependency called `jupyterhub` from a repository that may have any chart of that name.
    Dependency(Dependency),
    /// A dependency that is not at hand brings the z2jh chart, as the values below its key look like it.
    Around(Dependency),
}

/// What the charts of a release say about where the values of z2jh are.
#[derive(Debug)]
pub(super) enum HubSearch {
    /// There they are.
    Found(Box<HubMatch>),
    /// None of the charts is z2jh, and all of them are known.
    Nowhere,
    /// No chart at hand is z2jh; one of these dependencies may be, or bring it.
    Open(Vec<Dependency>),
}

/// Looks for the z2jh chart among a chart and all charts below it. The layers show what a dependency may be that is not
/// at hand.
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

/// A z2jh chart below a chart, a dependency that is one, or the chart itself, which has no dependencies.
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

/// A dependency that is not at hand, where it is z2jh or may be.
fn as_dependency(
    dependency: &Dependency,
    settings: &[&Value],
    path: &[String],
) -> Option<HubMatch> {
    if dependency.name != NAME || is_other(dependency, settings) {
        return None;
    }
    // Without an address there is no other chart that could be meant.
    let origin = Repository::of(&dependency.repository);
    let is_assumed = origin == Repository::Open && !dependency.repository.is_empty();
    Some(HubMatch {
        path: path.to_vec(),
        is_at_hand: false,
        version: Some(dependency.version.clone()),
        assumption: is_assumed.then(|| Assumption::Dependency(dependency.clone())),
    })
}

/// Whether a dependency is another chart called `jupyterhub`: its address says so, or what is set for it.
fn is_other(dependency: &Dependency, settings: &[&Value]) -> bool {
    let is_namesake = || settings.iter().any(|values| is_namesake(values));
    dependency.name == NAME
        && match Repository::of(&dependency.repository) {
            Repository::Z2jh => false,
            Repository::Other => true,
            Repository::Open => is_namesake(),
        }
}

/// The chart itself, where its files show that it is z2jh or made from it.
fn as_itself(chart: &Chart, path: &[String]) -> Option<HubMatch> {
    let defaults = chart.values.as_map().filter(|map| !map.entries.is_empty());
    let Some(defaults) = defaults else {
        // Only the name is left, unless it is a chart around another one.
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
        is_at_hand: true,
        version: Some(version),
        assumption: None,
    })
}

/// Whether defaults are those of z2jh: a checkout of it has no schema, as that is made for the archive, and a fork has
/// keys that no version knows.
fn fits_a_version(defaults: &Value) -> bool {
    const FEW: usize = 2;
    let json = defaults.to_json();
    let mut versions = VERSIONS.iter().rev();
    versions.any(|version| foreign_keys(&json, &recorded(version), 2) <= FEW)
}

/// How many keys of values a version has not, at the top and `depth` levels below, where it has any.
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

/// The version whose defaults have most in common with those of a chart that has versions of its own.
fn nearest_version(defaults: &Value) -> Version {
    let json = defaults.to_json();
    let likeness = |version: &&Version| common_leaves(&json, &recorded(version));
    *VERSIONS
        .iter()
        .max_by_key(likeness)
        .expect("a version is known")
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

/// What the address of a repository says about a chart called `jupyterhub`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Repository {
    Z2jh,
    Other,
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

/// Dependencies of a chart whose files are not at hand.
fn missing(chart: &Chart) -> impl Iterator<Item = &Dependency> {
    let dependencies = chart.dependencies.iter();
    dependencies.filter(|dependency| {
        let mut charts = chart.charts.iter();
        !charts.any(|below| below.name == dependency.name)
    })
}

/// All of them below a chart, with the keys that lead to their values.
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

/// What layers set at these keys, and what the chart and the charts on the way do.
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

/// Whether values are those of another chart called `jupyterhub`: they have keys of such charts of at least two kinds,
/// and no key that only z2jh has.
pub(super) fn is_namesake(values: &Value) -> bool {
    namesake_signs(values).len() > 1
}

/// The keys that other charts called `jupyterhub` have and z2jh has not, each kind once; none where a key is one that
/// only z2jh has.
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
    // The two go together.
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
