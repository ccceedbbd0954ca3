//! The values of a hub over the chart's defaults, with lookups that rules share.

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

/// The values of a z2jh chart in a release.
#[derive(Debug)]
pub struct Hub<'v> {
    /// The texts that the values were read from.
    pub sources: &'v Sources,
    /// The mapping with `singleuser`, `hub` and so on, merged with the chart's defaults.
    pub values: &'v Value,
    /// The keys that lead to `values` from the root of the release's values.
    pub path: &'v [String],
    /// The sources of chart defaults.
    pub defaults: &'v BTreeSet<SourceId>,
    /// Where values are embedded in other files.
    pub inside: &'v [Inside],
    /// The source of the z2jh chart's own defaults. A parent chart has another source.
    pub own: Option<SourceId>,
    /// The version of the z2jh chart, major and minor.
    pub version: ChartVersion,
    /// Whether the version is given. If not, `version` is the newest known one.
    pub is_version_known: bool,
    /// The effective settings of user servers, computed on first use.
    pub settings: OnceCell<Vec<SpawnerSettings<'v>>>,
    /// The images that the image pullers pull, found when a rule first asks for them.
    pub pulled: OnceCell<Vec<HubImage>>,
}

impl<'v> Hub<'v> {
    /// Returns the value at a path such as `hub.db.type`.
    pub fn get(&self, path: &str) -> Option<&'v Value> {
        path.split('.').try_fold(self.values, |value, key| value.get(key))
    }

    /// Returns the boolean at a path; `None` if the value is no boolean or encrypted.
    pub fn flag(&self, path: &str) -> Option<bool> {
        match self.get(path)?.content {
            Content::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// Returns the number at a path; `None` if the value is no number or encrypted.
    pub fn number(&self, path: &str) -> Option<f64> {
        match &self.get(path)?.content {
            Content::Number(value) => value.as_f64(),
            _ => None,
        }
    }

    /// Returns the string at a path; `None` if the value is no string or encrypted.
    pub fn text(&self, path: &str) -> Option<&'v str> {
        match &self.get(path)?.content {
            Content::String(value) => Some(value),
            _ => None,
        }
    }

    /// Whether z2jh renders user placeholders: they are enabled and `replicas` is at least 1.
    pub fn has_placeholders(&self) -> bool {
        self.flag("scheduling.userPlaceholder.enabled") == Some(true)
            && self
                .number("scheduling.userPlaceholder.replicas")
                .is_some_and(|replicas| replicas > 0.0)
    }

    /// Whether a layer of the release sets the value, not a chart default.
    pub fn is_set(&self, path: &str) -> bool {
        self.get(path).is_some_and(|value| !self.is_default(value))
    }

    /// Whether the value is a chart default.
    pub fn is_default(&self, value: &Value) -> bool {
        self.defaults.contains(&value.set.value.source)
    }

    /// Whether the value is a default of the z2jh chart itself, not of a parent chart.
    pub fn is_own(&self, value: &Value) -> bool {
        self.own == Some(value.set.value.source)
    }

    /// Adds labels to a finding: the paths of values with the text of each label. Chart defaults are labelled only if
    /// the release sets none of the paths. Overridden values get a label too.
    pub fn at(&self, finding: Diagnostic, places: &[(&str, &str)]) -> Diagnostic {
        let known = places.iter().filter_map(|&(path, text)| Some((self.get(path)?, text)));
        let (set, defaults): (Vec<_>, Vec<_>) =
            known.partition(|(value, _)| !self.is_default(value));
        let shown = if set.is_empty() { defaults } else { set };
        shown.into_iter().fold(finding, |finding, (value, text)| {
            let finding = finding.at(span(value), text);
            let overridden = value.overridden.iter().filter(|value| !self.is_default(value));
            overridden.fold(finding, |finding, value| {
                finding.at(span(value), "this was overridden")
            })
        })
    }
}

/// Returns the span of a key and its scalar; of the key alone for a list or a mapping.
pub fn span(value: &Value) -> Span {
    match (&value.content, value.set.key) {
        (Content::Map(_) | Content::List(_), Some(key)) => key,
        _ => whole(value.set),
    }
}

/// Returns the span of a key and its value.
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

/// Questions that several rules ask.
impl<'v> Hub<'v> {
    /// Returns the priority class in `extraPodSpec` of placeholders, which the chart supports since 4.1.
    pub fn placeholder_class(&self) -> Option<&'v Value> {
        const CLASS: &str = "scheduling.userPlaceholder.extraPodSpec.priorityClassName";
        let class = self.get(CLASS).filter(|class| !class.is_null());
        class.filter(|_| self.version >= ChartVersion::new(4, 1))
    }

    /// Returns the null that deleted a key, with the deleted values in `overridden`.
    pub fn deleted(&self, path: &str) -> Option<&'v Value> {
        let (above, key) = path.rsplit_once('.')?;
        self.get(above)?.as_map()?.deleted.get(key)
    }

    /// Returns the known versions before `since`, such as `1.2, 2.0`, if no chart version is given and it may be one
    /// of them.
    pub fn known_before(&self, since: ChartVersion) -> Option<String> {
        let older = VERSIONS.iter().filter(|version| version.number() < since);
        let names: Vec<&str> = older.map(|version| version.name).collect();
        (!self.is_version_known && !names.is_empty()).then(|| names.join(", "))
    }

    /// Returns the entries of the mapping at a path; nothing for any other value.
    pub fn entries(&self, path: &str) -> impl Iterator<Item = (&'v String, &'v Value)> {
        let map = self.get(path).and_then(Value::as_map);
        map.into_iter().flat_map(|map| &map.entries)
    }

    /// Whether one of the image pullers is enabled.
    pub fn pulls(&self) -> bool {
        ["prePuller.continuous.enabled", "prePuller.hook.enabled"]
            .iter()
            .any(|path| self.flag(path) == Some(true))
    }

    /// Returns the profiles of `singleuser.profileList` as written.
    pub fn profiles(&self) -> Vec<&'v Value> {
        let list = self.get("singleuser.profileList").map(|list| &list.content);
        match list {
            Some(Content::List(items)) => items.iter().filter(|item| item.is_map()).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether Python code in the values may set a trait: it contains the name, or it is encrypted or a template.
    pub fn code_may_set(&self, name: &str) -> bool {
        let code = ["hub.extraConfig", "hub.extraFiles"];
        code.iter().any(|path| {
            let text = self.get(path).map(|value| value.to_json().to_string());
            text.is_some_and(|text| {
                text.contains(name) || text.contains("ENC[") || text.contains("${")
            })
        })
    }

    /// Returns the value to label for an unset path: the nearest mapping around it that the release sets, else
    /// another part of the hub.
    pub fn nearest(&self, path: &str) -> Option<&'v Value> {
        self.get(self.nearest_path(path)?)
    }

    /// Returns the path of the value that [`Hub::nearest`] returns.
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
