mod archive;
mod read;

pub use archive::{ArchiveError, LARGEST_CHART, LARGEST_CHART_FILE};
pub(super) use read::NOT_A_CHART;
pub use read::{DEEPEST_CHART, folder_dependencies, read_archive, read_chart};

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::Value;
use crate::text::{SourceId, Span};

/// A file of a chart.
#[derive(Debug, Clone)]
pub struct ChartFile {
    /// Its path below the chart's folder, with `/`.
    pub path: String,
    /// Its bytes.
    pub content: Vec<u8>,
    /// Where it is, if that is not below the chart's folder: a dependency in another folder.
    pub place: Option<PathBuf>,
}

/// A chart with what decides its values (`Chart.yaml`, `values.yaml`, `charts/`).
#[derive(Debug, Clone)]
pub struct Chart {
    /// `name` of Chart.yaml; the alias once dependencies are processed.
    pub name: String,
    /// `version` of Chart.yaml.
    pub version: String,
    /// `dependencies` of Chart.yaml, or of the requirements.yaml of older charts.
    pub dependencies: Vec<Dependency>,
    /// The defaults: a mapping.
    pub values: Value,
    /// The charts below `charts/`, by the names of their folders and archives.
    pub charts: Vec<Chart>,
    /// `values.schema.json`, where there is one.
    pub schema: Option<SourceId>,
}

impl Chart {
    /// Adds the sources of its values and schema, and of those of all charts below it.
    pub fn add_sources(&self, sources: &mut BTreeSet<SourceId>) {
        self.values.add_sources(sources);
        sources.extend(self.schema);
        for chart in &self.charts {
            chart.add_sources(sources);
        }
    }

    /// The sources of its defaults and of those of all charts below it.
    pub fn default_sources(&self) -> BTreeSet<SourceId> {
        let below = self.charts.iter().flat_map(Chart::default_sources);
        std::iter::once(self.values.set.value.source)
            .chain(below)
            .collect()
    }
}

/// An item of `dependencies`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dependency {
    /// The chart's name.
    pub name: String,
    /// The range of versions, or the one version that Chart.lock settled on.
    pub version: String,
    /// Where it comes from.
    pub repository: String,
    /// The key under which the parent keeps its values, if that is another.
    pub alias: Option<String>,
    /// Paths of values, with commas between; the first that is a boolean decides.
    pub condition: String,
    /// Keys of the root's `tags`; the chart is off if some are false and none is true.
    pub tags: Vec<String>,
    /// Values that the parent takes over from it.
    pub imports: Vec<Import>,
    /// Where it is named in Chart.yaml or requirements.yaml.
    pub place: Option<Span>,
}

/// An item of `import-values`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The path of a mapping of the dependency; the short form `a` means `exports.a`.
    pub child: String,
    /// The path in the parent; `.` is its root.
    pub parent: String,
}

impl Dependency {
    /// The key of its values in the parent.
    pub fn key(&self) -> &str {
        self.alias.as_deref().unwrap_or(&self.name)
    }
}
