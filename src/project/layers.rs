//! Reads and merges the values of one release: its chart and its layers.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::chart_folder::{is_chart, read_chart};
use super::reader::Reader;
use crate::diag::Diagnostic;
use crate::text::{SourceId, Span};
use crate::values::{self, Chart, Content, Helm, Map, SetKind, Value};

/// The chart and the layers that override its defaults, named as in Helm's options.
#[derive(Debug, Clone)]
pub struct LayerRequest {
    /// The chart: its directory, or an archive from `helm package`.
    pub chart: Option<PathBuf>,
    /// Values files; later ones override earlier ones.
    pub values: Vec<PathBuf>,
    /// Arguments of `--set`.
    pub set: Vec<String>,
    /// Arguments of `--set-string`.
    pub set_string: Vec<String>,
    /// Arguments of `--set-json`.
    pub set_json: Vec<String>,
    /// Arguments of `--set-file`.
    pub set_file: Vec<String>,
    /// Arguments of `--set-literal`.
    pub set_literal: Vec<String>,
    /// The Helm version whose merge rules apply.
    pub helm: Helm,
}

impl Default for LayerRequest {
    fn default() -> Self {
        Self {
            chart: None,
            values: Vec::new(),
            set: Vec::new(),
            set_string: Vec::new(),
            set_json: Vec::new(),
            set_file: Vec::new(),
            set_literal: Vec::new(),
            helm: Helm::Four,
        }
    }
}

impl LayerRequest {
    /// Returns whether there is neither a chart nor a layer.
    pub fn is_empty(&self) -> bool {
        let mut sets = self.sets().into_iter();
        self.chart.is_none() && self.values.is_empty() && sets.all(|(.., texts)| texts.is_empty())
    }

    /// Returns the arguments of options in the order in which Helm applies them.
    fn sets(&self) -> [(SetKind, &'static str, &[String]); 5] {
        [
            (SetKind::Json, "--set-json", &self.set_json),
            (SetKind::Typed, "--set", &self.set),
            (SetKind::String, "--set-string", &self.set_string),
            (SetKind::File, "--set-file", &self.set_file),
            (SetKind::Literal, "--set-literal", &self.set_literal),
        ]
    }
}

/// The values to load.
#[derive(Debug, Clone, Default)]
pub struct ValuesRequest {
    /// Values files; one of the paths may be a chart.
    pub paths: Vec<PathBuf>,
    /// Layers that override the paths.
    pub layers: LayerRequest,
}

/// The merged values of a release.
#[derive(Debug)]
pub struct LoadedValues {
    /// Returns the merged values.
    pub values: Value,
    /// Returns the sources of chart defaults.
    pub defaults: BTreeSet<SourceId>,
}

/// Reads and merges the values of a release.
///
/// # Errors
/// The first thing that cannot be read, or values that Helm refuses.
pub fn load_values(
    reader: &mut Reader<'_>,
    request: &ValuesRequest,
) -> Result<LoadedValues, Diagnostic> {
    let mut files = LayerFiles::default();
    let (layers, errors) = read_layers(reader, &mut files, &request.paths, &request.layers);
    if let Some(error) = errors.into_iter().next() {
        return Err(error);
    }
    let Layers {
        chart,
        values,
        helm,
    } = layers;
    let Some(chart) = chart else {
        let defaults = BTreeSet::new();
        return Ok(LoadedValues { values, defaults });
    };
    let defaults = chart.default_sources();
    let coalesced = values::coalesced(chart, values, helm).map_err(|error| error.diagnostic())?;
    Ok(LoadedValues {
        values: coalesced.values,
        defaults,
    })
}

/// The chart of a release, and the values that override its defaults.
pub(super) struct Layers {
    pub(super) chart: Option<Chart>,
    /// The merged layers.
    pub(super) values: Value,
    pub(super) helm: Helm,
}

/// Charts and layers that are already read, because releases share them.
#[derive(Default)]
pub(super) struct LayerFiles {
    layers: BTreeMap<PathBuf, Result<Value, Diagnostic>>,
    charts: BTreeMap<PathBuf, Result<Chart, Diagnostic>>,
}

impl LayerFiles {
    fn layer(
        &mut self,
        reader: &mut Reader<'_>,
        path: &Path,
        helm: Helm,
    ) -> Result<Value, Diagnostic> {
        if let Some(read) = self.layers.get(path) {
            return read.clone();
        }
        let read = reader.read(path);
        let read = read.and_then(|source| values::read(source, reader.text(source), helm));
        self.layers.insert(path.to_owned(), read.clone());
        read
    }

    /// Keeps standard input, which can be read only once, as a layer.
    pub(super) fn keep_stdin(&mut self, reader: &Reader<'_>, source: SourceId, helm: Helm) {
        let read = values::read(source, reader.text(source), helm);
        self.layers.insert(PathBuf::from("-"), read);
    }

    fn chart(
        &mut self,
        reader: &mut Reader<'_>,
        path: &Path,
        helm: Helm,
    ) -> Result<Chart, Diagnostic> {
        if let Some(read) = self.charts.get(path) {
            return read.clone();
        }
        let read = read_chart(reader, path, helm);
        self.charts.insert(path.to_owned(), read.clone());
        read
    }
}

/// Reads a chart and layers; one of the paths may be a chart, the others are values files. Unreadable files are errors
/// and left out.
pub(super) fn read_layers(
    reader: &mut Reader<'_>,
    files: &mut LayerFiles,
    paths: &[PathBuf],
    request: &LayerRequest,
) -> (Layers, Vec<Diagnostic>) {
    let helm = request.helm;
    let mut errors = Vec::new();
    let (charts, others): (Vec<&PathBuf>, Vec<&PathBuf>) =
        paths.iter().partition(|path| is_chart(reader.host, path));
    let chart = request.chart.as_ref().or(charts.first().copied());
    let chart = chart.map(|path| files.chart(reader, path, helm));
    let chart = chart.and_then(|chart| chart.map_err(|error| errors.push(error)).ok());
    let nowhere = reader.sources.add_built_in("values", String::new());
    let root = Content::map(Map::default());
    let mut values = Value::new(root, None, Span::new(nowhere, 0..0));
    for path in others.into_iter().chain(&request.values) {
        match files.layer(reader, path, helm) {
            Ok(layer) => values::lay_over(&mut values, layer),
            Err(error) => errors.push(error),
        }
    }
    for (kind, option, texts) in request.sets() {
        for text in texts {
            let source = reader.sources.add_argument(option, text.clone());
            let mut read_file = |path: &str| {
                let content = reader.read_part(Path::new(path));
                content.map_err(|error| error.to_string())
            };
            let set = values::set(&mut values, kind, helm, source, text, &mut read_file);
            errors.extend(set.err());
        }
    }
    let layers = Layers {
        chart,
        values,
        helm,
    };
    (layers, errors)
}
