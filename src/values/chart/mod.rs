//! Charts and their dependencies.

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
    /// The path in the chart's directory, with `/`.
    pub path: String,
    /// The content.
    pub content: Vec<u8>,
    /// The path on disk, if the file is not in the chart's directory but in that of a `file://` dependency.
    pub place: Option<PathBuf>,
}

/// A chart, as far as its values depend on it (`Chart.yaml`, `values.yaml`, `charts/`).
#[derive(Debug, Clone)]
pub struct Chart {
    /// `name` of Chart.yaml, or the alias after dependencies are processed.
    pub name: String,
    /// `version` of Chart.yaml.
    pub version: String,
    /// `dependencies` of Chart.yaml, or of requirements.yaml in older charts.
    pub dependencies: Vec<Dependency>,
    /// The default values, a mapping.
    pub values: Value,
    /// The subcharts in `charts/`, in the order of their directory and archive names.
    pub charts: Vec<Chart>,
    /// `values.schema.json`, if there is one.
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

    /// Returns the sources of the defaults of the chart and all its subcharts.
    pub fn default_sources(&self) -> BTreeSet<SourceId> {
        let below = self.charts.iter().flat_map(Chart::default_sources);
        std::iter::once(self.values.set.value.source).chain(below).collect()
    }
}

/// An item of `dependencies`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dependency {
    /// The chart's name.
    pub name: String,
    /// The version range, or the version in Chart.lock.
    pub version: String,
    /// The repository.
    pub repository: String,
    /// The key of its values in the parent, if it is not the name.
    pub alias: Option<String>,
    /// Paths of values, separated by commas. The first one with a boolean decides.
    pub condition: String,
    /// Keys of the root's `tags`. The chart is disabled if some are false and none is true.
    pub tags: Vec<String>,
    /// The values that the parent imports from it.
    pub imports: Vec<Import>,
    /// The span of its name in Chart.yaml or requirements.yaml.
    pub place: Option<Span>,
}

/// An item of `import-values`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The path of a mapping in the dependency; the short form `a` stands for `exports.a`.
    pub child: String,
    /// The path in the parent; `.` is the root.
    pub parent: String,
}

impl Dependency {
    /// Returns the key of its values in the parent.
    pub fn key(&self) -> &str {
        self.alias.as_deref().unwrap_or(&self.name)
    }
}
