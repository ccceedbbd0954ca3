//! The values of a hub, read without the other files of its release.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use super::chart::KnownChart;
use super::release::{is_of_namesake, keys};
use super::{ChartVersion, Hub, locate};
use crate::text::{SourceId, Sources};
use crate::values::{self, Content, Helm, Value};

/// The complete values of a hub: those that it keeps in its Secret, or values files over the defaults of the chart.
#[derive(Debug)]
pub struct StoredHub {
    sources: Sources,
    values: Value,
    /// The version of the chart, if the values contain it.
    version: Option<ChartVersion>,
    no_defaults: BTreeSet<SourceId>,
}

impl StoredHub {
    /// Reads the values in a hub's Secret; `None` if they are not those of a z2jh chart. They contain the defaults.
    pub fn of_secret(text: &str) -> Option<Self> {
        let mut sources = Sources::default();
        let source = sources.add("the Secret of the hub", String::new());
        let values = values::read(source, text, Helm::Three).ok()?;
        let path = locate(&values)?;
        let values = values.get_path(&keys(&path))?.clone();
        let version = match values.get_path(&["Chart", "Version"]).map(|it| &it.content) {
            Some(Content::String(version)) => ChartVersion::read(version),
            _ => None,
        };
        (!is_of_namesake(&values)).then(|| Self::new(sources, values, version))
    }

    /// Lays values of a release over the defaults of the newest chart; `None` if they contain no values of a hub.
    pub fn of_values(values: &Value) -> Option<Self> {
        let path = locate(values)?;
        let values = values.get_path(&keys(&path))?.clone();
        let mut sources = Sources::default();
        let text = KnownChart::of(None).defaults();
        let source = sources.add("the defaults of the chart", String::new());
        let mut merged = values::read_recorded(source, &text);
        values::lay_over(&mut merged, values);
        Some(Self::new(sources, merged, None))
    }

    fn new(sources: Sources, values: Value, version: Option<ChartVersion>) -> Self {
        Self {
            sources,
            values,
            version,
            no_defaults: BTreeSet::new(),
        }
    }

    /// Returns the hub.
    pub fn hub(&self) -> Hub<'_> {
        Hub {
            sources: &self.sources,
            values: &self.values,
            path: &[],
            defaults: &self.no_defaults,
            inside: &[],
            own: None,
            version: self.version.unwrap_or_else(ChartVersion::newest),
            is_version_known: self.version.is_some(),
            settings: OnceCell::new(),
            pulled: OnceCell::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_contains_the_version_of_the_chart() {
        let text =
            "Chart: {Version: 3.3.8}\nprePuller: {}\nsingleuser: {memory: {guarantee: 2G}}\n";
        let stored = StoredHub::of_secret(text).expect("a hub");
        let hub = stored.hub();
        assert_eq!(hub.version, ChartVersion::new(3, 3));
        assert_eq!(hub.text("singleuser.memory.guarantee"), Some("2G"));
        assert!(StoredHub::of_secret("singleuser: {image: {name: a}}\n").is_none());
        assert!(StoredHub::of_secret("a: [").is_none());
    }

    #[test]
    fn values_files_get_the_defaults_of_the_chart() {
        let text = "jupyterhub: {singleuser: {cpu: {guarantee: 0.5}}}\n";
        let source = Sources::default().add("values.yaml", String::new());
        let values = values::read(source, text, Helm::Three).expect("values");
        let stored = StoredHub::of_values(&values).expect("a hub");
        let hub = stored.hub();
        assert_eq!(hub.number("singleuser.cpu.guarantee"), Some(0.5));
        assert_eq!(hub.text("singleuser.memory.guarantee"), Some("1G"));
    }
}
