//! Which values the template of an object may have read.

use std::collections::BTreeSet;
use std::ops::Range;

use super::likeness::KeyNames;
use crate::hub::Release;
use crate::hub::keys;
use crate::k8s::Object;
use crate::lint::Stream;
use crate::text::Span;
use crate::values::{Content, Value};

/// A value that may have made something.
#[derive(Debug)]
pub(super) struct Candidate<'r> {
    /// The keys that lead to it, with dots between.
    pub(super) path: String,
    pub(super) value: &'r Value,
}

/// The objects of a stream, and the values of the release.
#[derive(Debug)]
pub(super) struct Scopes<'s, 'r> {
    stream: &'s Stream<'s>,
    pub(super) release: &'r Release,
    /// The keys of the charts around the one whose values are at hand: the Secret of a hub has only those of z2jh.
    around: Vec<String>,
    /// What the hub's Secret says of the chart that it belongs to.
    chart_of_hub: Option<&'s str>,
}

impl<'s, 'r> Scopes<'s, 'r> {
    /// Nothing where there are several hubs: whose values they are is not known.
    pub(super) fn new(stream: &'s Stream<'s>, release: &'r Release) -> Option<Self> {
        let mut hubs = stream.hubs().map(|(secret, _)| secret);
        let secret = hubs.next();
        if hubs.next().is_some() {
            return None;
        }
        let around = || {
            let keys = keys_of(secret?)?;
            Some(keys.strip_suffix(release.hub_path()?)?.to_vec())
        };
        Some(Self {
            stream,
            release,
            around: around().unwrap_or_default(),
            chart_of_hub: secret.and_then(chart_label),
        })
    }

    /// The object at a place of the stream, and the place in the text of its document.
    pub(super) fn object(&self, place: Span) -> Option<(&'s Object<'s>, Range<usize>)> {
        let mut objects = self.stream.objects.iter();
        let object = objects.find(|object| {
            let whole = self.stream.span(object, object.node);
            let is_inside = whole.start <= place.start && place.end <= whole.end;
            whole.source == place.source && is_inside
        })?;
        let start = self.stream.release.span(object.part, 0..0).start;
        Some((object, place.start - start..place.end - start))
    }

    /// The keys that lead to the values of the chart that an object's template belongs to: Helm says it in the
    /// stream. Where it does not, these are all values, but not if all are those of a hub and the object is not.
    pub(super) fn of(&self, object: &Object<'_>) -> Option<Vec<String>> {
        if let Some(keys) = keys_of(object) {
            return Some(keys.strip_prefix(&*self.around)?.to_vec());
        }
        let hub = self.release.hub_path();
        let label = chart_label(object);
        match hub {
            Some(hub) if label.is_some() && label == self.chart_of_hub => Some(hub.to_vec()),
            Some([]) => None,
            _ => Some(Vec::new()),
        }
    }

    /// The keys that lead to the values of the hub, where the object is one of z2jh's.
    pub(super) fn hub_of(&self, object: &Object<'_>) -> Option<&'r [String]> {
        let hub = self.release.hub_path()?;
        (self.of(object)? == hub).then_some(hub)
    }

    /// The values at a path below others; `*` stands for any key or item.
    pub(super) fn values_at(&self, below: &[String], path: &str) -> Vec<Candidate<'r>> {
        let mut found = Vec::new();
        if let Some(value) = self.release.values().get_path(&keys(below)) {
            let keys: Vec<&str> = path.split('.').collect();
            let path = below.join(".");
            descend(Candidate { path, value }, &keys, &mut found);
        }
        found
    }

    /// The values of such a name, however deep they stand among those of a chart or among those of all charts. What
    /// charts below it have is for their own templates.
    pub(super) fn values_called(&self, chart: &[String], names: KeyNames) -> Vec<Candidate<'r>> {
        let mut found = Vec::new();
        for candidate in self.values_at(&[], "global") {
            search(None, candidate, names, &mut found);
        }
        let below = self.charts_below(chart);
        let path = chart.join(".");
        let value = self.release.values().get_path(&keys(chart));
        let own = value.map(|value| children(&Candidate { path, value }));
        for (key, child) in own.into_iter().flatten() {
            if key.is_none_or(|key| !below.contains(key)) {
                search(key, child, names, &mut found);
            }
        }
        found
    }

    /// The keys of the charts right below one: those that the release knows, and those that objects came through.
    fn charts_below(&self, chart: &[String]) -> BTreeSet<&str> {
        let keys = self.stream.objects.iter().filter_map(keys_of);
        let keys = keys.filter_map(|keys| keys.strip_prefix(&*self.around)?.strip_prefix(chart));
        let seen = keys.filter_map(|keys| keys.first()).map(String::as_str);
        seen.chain(self.release.charts_below(chart)).collect()
    }
}

/// The keys of the values of the chart that an object's template belongs to.
fn keys_of<'o>(object: &'o Object<'_>) -> Option<&'o [String]> {
    let (_, keys) = object.chart.charts.split_first()?;
    Some(keys)
}

/// The name and the version of the chart, as charts label their objects.
fn chart_label<'d>(object: &Object<'d>) -> Option<&'d str> {
    let labels = object.node.get_path(&["metadata", "labels"])?;
    let mut found = ["helm.sh/chart", "chart"].into_iter();
    found.find_map(|key| labels.get(key)?.text())
}

/// What stands right below a value, each with its key, or none in a list.
fn children<'r>(of: &Candidate<'r>) -> Vec<(Option<&'r str>, Candidate<'r>)> {
    let path = &of.path;
    match &of.value.content {
        Content::Map(map) => {
            let entry = |(key, value): (&'r String, &'r Value)| {
                let dot = if path.is_empty() { "" } else { "." };
                let path = format!("{path}{dot}{key}");
                (Some(key.as_str()), Candidate { path, value })
            };
            map.entries.iter().map(entry).collect()
        }
        Content::List(items) => {
            let item = |(index, value): (usize, &'r Value)| {
                let path = format!("{path}[{index}]");
                (None, Candidate { path, value })
            };
            items.iter().enumerate().map(item).collect()
        }
        _ => Vec::new(),
    }
}

fn descend<'r>(from: Candidate<'r>, keys: &[&str], found: &mut Vec<Candidate<'r>>) {
    let Some((wanted, rest)) = keys.split_first() else {
        return found.push(from);
    };
    for (key, child) in children(&from) {
        if *wanted == "*" || key == Some(*wanted) {
            descend(child, rest, found);
        }
    }
}

fn search<'r>(
    key: Option<&str>,
    at: Candidate<'r>,
    names: KeyNames,
    found: &mut Vec<Candidate<'r>>,
) {
    for (key, child) in children(&at) {
        search(key, child, names, found);
    }
    found.extend(Some(at).filter(|_| key.is_some_and(|key| names.has(key))));
}
