use crate::hub::ChartVersion;
use std::cell::OnceCell;
use std::collections::BTreeSet;

use super::Inside;
use super::chart::VERSIONS;
use super::images::HubImage;
use super::profiles::SpawnerSettings;
use crate::diag::Diagnostic;
use crate::text::{SourceId, Sources, Span};
use crate::values::{Content, Setting, Value};

/// The values of a z2jh chart, wherever they stand in those of a release.
#[derive(Debug)]
pub struct Hub<'v> {
    /// The texts that the values were read from.
    pub sources: &'v Sources,
    /// The mapping with `singleuser`, `hub` and so on, over the chart's defaults.
    pub values: &'v Value,
    /// The keys that lead there from the root of the release's values.
    pub path: &'v [String],
    /// The sources of the defaults of charts.
    pub defaults: &'v BTreeSet<SourceId>,
    /// Where the values stand that are no files of their own.
    pub inside: &'v [Inside],
    /// The source of the defaults of the z2jh chart itself; those of a chart around it are another.
    pub own: Option<SourceId>,
    /// The version of the z2jh chart, major and minor.
    pub version: ChartVersion,
    /// Whether somebody says it; else it is the newest that is known.
    pub is_version_known: bool,
    /// What servers get, found when a rule first asks for it.
    pub settings: OnceCell<Vec<SpawnerSettings<'v>>>,
    /// The images that the image pullers pull, found when a rule first asks for them.
    pub pulled: OnceCell<Vec<HubImage>>,
}

impl<'v> Hub<'v> {
    /// A value by its keys with dots between.
    pub fn get(&self, path: &str) -> Option<&'v Value> {
        path.split('.')
            .try_fold(self.values, |value, key| value.get(key))
    }

    /// A boolean; nothing where it is not known.
    pub fn flag(&self, path: &str) -> Option<bool> {
        match self.get(path)?.content {
            Content::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// A number; nothing where it is not known.
    pub fn number(&self, path: &str) -> Option<f64> {
        match &self.get(path)?.content {
            Content::Number(value) => value.as_f64(),
            _ => None,
        }
    }

    /// A text; nothing where it is not known.
    pub fn text(&self, path: &str) -> Option<&'v str> {
        match &self.get(path)?.content {
            Content::String(value) => Some(value),
            _ => None,
        }
    }

    /// Whether placeholders are asked for: z2jh renders them where they are enabled and at least one.
    pub fn has_placeholders(&self) -> bool {
        self.flag("scheduling.userPlaceholder.enabled") == Some(true)
            && self
                .number("scheduling.userPlaceholder.replicas")
                .is_some_and(|replicas| replicas > 0.0)
    }

    /// Whether a layer of the release set it, and not a chart.
    pub fn is_set(&self, path: &str) -> bool {
        self.get(path).is_some_and(|value| !self.is_default(value))
    }

    /// Whether a chart set it.
    pub fn is_default(&self, value: &Value) -> bool {
        self.defaults.contains(&value.set.value.source)
    }

    /// Whether the z2jh chart itself set it, and no chart around it.
    pub fn is_own(&self, value: &Value) -> bool {
        self.own == Some(value.set.value.source)
    }

    /// Adds the places of these values to a finding, with what is said of each: those that the release set
    /// first, those of the chart only where there is no other. A value that lost is shown beside the winner.
    pub fn at(&self, finding: Diagnostic, places: &[(&str, &str)]) -> Diagnostic {
        let known = places
            .iter()
            .filter_map(|&(path, text)| Some((self.get(path)?, text)));
        let (set, defaults): (Vec<_>, Vec<_>) =
            known.partition(|(value, _)| !self.is_default(value));
        let shown = if set.is_empty() { defaults } else { set };
        shown.into_iter().fold(finding, |finding, (value, text)| {
            let finding = finding.at(span(value), text);
            let overridden = value
                .overridden
                .iter()
                .filter(|lost| !self.is_default(lost));
            overridden.fold(finding, |finding, lost| {
                finding.at(span(lost), "this was overridden")
            })
        })
    }
}

/// The key and the value, where both stand on one line; else the key.
pub fn span(value: &Value) -> Span {
    match (&value.content, value.set.key) {
        (Content::Map(_) | Content::List(_), Some(key)) => key,
        _ => whole(value.set),
    }
}

/// The key and the value.
pub fn whole(set: Setting) -> Span {
    let of_value = set.value;
    match set.key {
        Some(key) if key.source == of_value.source && key.start <= of_value.start => Span {
            end: of_value.end,
            ..key
        },
        Some(key) => key,
        None => of_value,
    }
}

/// What several rules ask of a hub.
impl<'v> Hub<'v> {
    /// The priority class that placeholders name themselves. The chart has the key since 4.1.
    pub fn placeholder_class(&self) -> Option<&'v Value> {
        const CLASS: &str = "scheduling.userPlaceholder.extraPodSpec.priorityClassName";
        let class = self.get(CLASS).filter(|class| !class.is_null());
        class.filter(|_| self.version >= ChartVersion::new(4, 1))
    }

    /// The null that took a key away, with what it took among those who lost.
    pub fn deleted(&self, path: &str) -> Option<&'v Value> {
        let (above, key) = path.rsplit_once('.')?;
        self.get(above)?.as_map()?.deleted.get(key)
    }

    /// Returns the known versions before one, `1.2, 2.0`, where nobody says the version of the chart, so that it may be one
    /// of them.
    pub fn known_before(&self, since: ChartVersion) -> Option<String> {
        let older = VERSIONS.iter().filter(|version| version.number() < since);
        let names: Vec<&str> = older.map(|version| version.name).collect();
        (!self.is_version_known && !names.is_empty()).then(|| names.join(", "))
    }

    /// The entries of a mapping by its path.
    pub fn entries(&self, path: &str) -> impl Iterator<Item = (&'v String, &'v Value)> {
        let map = self.get(path).and_then(Value::as_map);
        map.into_iter().flat_map(|map| &map.entries)
    }

    /// Whether one of the image pullers runs.
    pub fn pulls(&self) -> bool {
        ["prePuller.continuous.enabled", "prePuller.hook.enabled"]
            .iter()
            .any(|path| self.flag(path) == Some(true))
    }

    /// The profiles, as they are written.
    pub fn profiles(&self) -> Vec<&'v Value> {
        let list = self.get("singleuser.profileList").map(|list| &list.content);
        match list {
            Some(Content::List(items)) => items.iter().filter(|item| item.is_map()).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether Python code of the release may set a trait: it names it, or nobody can read it.
    pub fn code_may_set(&self, name: &str) -> bool {
        let code = ["hub.extraConfig", "hub.extraFiles"];
        code.iter().any(|path| {
            let text = self.get(path).map(|value| value.to_json().to_string());
            text.is_some_and(|text| {
                text.contains(name) || text.contains("ENC[") || text.contains("${")
            })
        })
    }

    /// What the release says of a value, else of the mapping nearest around it, else of another part of the
    /// hub: where to show what nobody set.
    pub fn nearest(&self, path: &str) -> Option<&'v Value> {
        self.get(self.nearest_path(path)?)
    }

    /// The path of that value.
    pub fn nearest_path<'p>(&self, path: &'p str) -> Option<&'p str> {
        const PARTS: [&str; 6] = [
            "singleuser",
            "hub",
            "scheduling",
            "prePuller",
            "cull",
            "proxy",
        ];
        let ends = path.match_indices('.').map(|(at, _)| at).rev();
        let paths = std::iter::once(path.len()).chain(ends);
        let mut paths = paths.map(|end| &path[..end]).chain(PARTS);
        paths.find(|path| self.is_set(path))
    }
}
