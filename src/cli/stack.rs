//! The values of one release: its chart and its layers are read and put together.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::args::LayerOptions;
use super::session::{Session, too_large, unreadable};
use crate::diag::{Code, Diagnostic};
use crate::host::{Host, LARGEST_CHART, LARGEST_TEXT};
use crate::text::{SourceId, Span};
use crate::values::{self, Chart, ChartFile, Content, Helm, Map, NotATable, SetKind, Value};

pub(super) static NOT_A_TABLE: Code = Code::error(
    "VA004",
    "subchart-values-not-a-mapping",
    "the key of a sub-chart holds something that is not a mapping",
)
.page(include_str!("codes/not_a_table.md"));

pub(super) static LINK: Code = Code::error(
    "VA010",
    "link-out-of-chart",
    "a file of a chart is a symbolic link out of the chart's folder",
)
.page(include_str!("codes/link.md"));

/// The files of a chart that decide its values.
const FILES: [&str; 6] = [
    "Chart.yaml",
    "Chart.lock",
    "requirements.lock",
    "requirements.yaml",
    "values.yaml",
    "values.schema.json",
];

/// The files of a chart are limited where they are read and where they are unpacked.
const _: () =
    assert!(LARGEST_TEXT == values::LARGEST_CHART_FILE && LARGEST_CHART == values::LARGEST_CHART);

/// The values of a release.
pub(super) struct Stack {
    pub(super) values: Value,
    /// The sources of the defaults of charts.
    pub(super) defaults: BTreeSet<SourceId>,
}

/// What a release is put together from.
pub(super) struct Parts {
    pub(super) chart: Option<Chart>,
    /// The layers, one over the other.
    pub(super) values: Value,
    pub(super) helm: Helm,
}

/// Charts and layers that were read already: releases share them.
#[derive(Default)]
pub(super) struct Files {
    layers: BTreeMap<PathBuf, Result<Value, Diagnostic>>,
    charts: BTreeMap<PathBuf, Result<Chart, Diagnostic>>,
}

impl Files {
    fn layer(
        &mut self,
        session: &mut Session<'_>,
        path: &Path,
        helm: Helm,
    ) -> Result<Value, Diagnostic> {
        if let Some(read) = self.layers.get(path) {
            return read.clone();
        }
        let read = session.read(path).and_then(|source| {
            let text = session.sources.get(source).text();
            values::read(source, text, helm)
        });
        self.layers.insert(path.to_owned(), read.clone());
        read
    }

    /// Keeps standard input, which is there only once, as a layer.
    pub(super) fn keep(&mut self, session: &Session<'_>, source: SourceId, helm: Helm) {
        let text = session.sources.get(source).text();
        let read = values::read(source, text, helm);
        self.layers.insert(PathBuf::from("-"), read);
    }

    fn chart(
        &mut self,
        session: &mut Session<'_>,
        path: &Path,
        helm: Helm,
    ) -> Result<Chart, Diagnostic> {
        if let Some(read) = self.charts.get(path) {
            return read.clone();
        }
        let read = read_chart(session, path, helm);
        self.charts.insert(path.to_owned(), read.clone());
        read
    }
}

/// Reads what the options name; of the paths, one may be a chart, and the others are values files. What
/// cannot be read is said and left out.
pub(super) fn gather(
    session: &mut Session<'_>,
    read: &mut Files,
    paths: &[PathBuf],
    options: &LayerOptions,
) -> (Parts, Vec<Diagnostic>) {
    let helm = options.helm();
    let mut errors = Vec::new();
    let (charts, files): (Vec<&PathBuf>, Vec<&PathBuf>) =
        paths.iter().partition(|path| is_chart(session.host, path));
    let chart = options.chart.as_ref().or(charts.first().copied());
    let chart = chart.map(|path| read.chart(session, path, helm));
    let chart = chart.and_then(|chart| chart.map_err(|error| errors.push(error)).ok());
    let nowhere = session.sources.add_fixed("values", String::new());
    let root = Content::map(Map::default());
    let mut values = Value::new(root, None, Span::new(nowhere, 0..0));
    for path in files.into_iter().chain(&options.values) {
        match read.layer(session, path, helm) {
            Ok(layer) => values::lay_over(&mut values, layer),
            Err(error) => errors.push(error),
        }
    }
    for (kind, arguments) in arguments(options) {
        for text in arguments {
            let set = set(session, &mut values, kind, helm, text);
            errors.extend(set.err());
        }
    }
    let parts = Parts {
        chart,
        values,
        helm,
    };
    (parts, errors)
}

/// In the order in which Helm applies them, whatever theirs on the command line.
fn arguments(options: &LayerOptions) -> [(SetKind, &[String]); 5] {
    [
        (SetKind::Json, &options.set_json),
        (SetKind::Typed, &options.set),
        (SetKind::String, &options.set_string),
        (SetKind::File, &options.set_file),
        (SetKind::Literal, &options.set_literal),
    ]
}

fn set(
    session: &mut Session<'_>,
    values: &mut Value,
    kind: SetKind,
    helm: Helm,
    text: &str,
) -> Result<(), Diagnostic> {
    let option = match kind {
        SetKind::Json => "--set-json",
        SetKind::Typed => "--set",
        SetKind::String => "--set-string",
        SetKind::File => "--set-file",
        SetKind::Literal => "--set-literal",
    };
    let source = session.sources.add_fixed(option, text.to_owned());
    let (host, outputs) = (session.host, &mut session.outputs);
    let mut read_file = |path: &str| {
        outputs.add_input(Path::new(path));
        let content = host.read_file(Path::new(path));
        content.map_err(|error| error.to_string())
    };
    values::set(values, kind, helm, source, text, &mut read_file)
}

/// The values that a release gets of its parts.
pub(super) fn read(
    session: &mut Session<'_>,
    paths: &[PathBuf],
    options: &LayerOptions,
) -> Result<Stack, Diagnostic> {
    let (parts, errors) = gather(session, &mut Files::default(), paths, options);
    if let Some(error) = errors.into_iter().next() {
        return Err(error);
    }
    let Parts {
        chart,
        values,
        helm,
    } = parts;
    let Some(chart) = chart else {
        let defaults = BTreeSet::new();
        return Ok(Stack { values, defaults });
    };
    let defaults = chart.default_sources();
    let coalesced = values::coalesced(chart, values, helm).map_err(|error| not_a_table(&error))?;
    Ok(Stack {
        values: coalesced.values,
        defaults,
    })
}

pub(super) fn is_chart(host: &dyn Host, path: &Path) -> bool {
    host.is_dir(path) || path.extension().is_some_and(|extension| extension == "tgz")
}

fn read_chart(session: &mut Session<'_>, path: &Path, helm: Helm) -> Result<Chart, Diagnostic> {
    let name = path.display().to_string();
    let name = name.trim_end_matches('/');
    if session.host.is_dir(path) {
        let mut files = Vec::new();
        let root = session.host.real_path(path);
        collect(session.host, &root, path, "", &mut files)?;
        return values::read_chart(&mut session.sources, name, files, helm);
    }
    let bytes = session.host.read_bytes(path);
    let bytes = bytes.map_err(|error| unreadable(path, &error))?;
    values::read_archive(&mut session.sources, name, &bytes, helm)
}

/// The files of a chart's folder that decide its values, with those of the charts below it. `root` is the folder of the
/// outermost chart without links: what lies outside of it is no part of the chart, whatever links to it.
fn collect(
    host: &dyn Host,
    root: &Path,
    folder: &Path,
    prefix: &str,
    files: &mut Vec<ChartFile>,
) -> Result<(), Diagnostic> {
    let mut take = |path: &Path, name: String| {
        inside(host, root, path)?;
        let content = host.read_bytes(path);
        let content = content.map_err(|error| unreadable(path, &error))?;
        let is_packed = path.extension().is_some_and(|extension| extension == "tgz");
        if !is_packed && content.len() as u64 > values::LARGEST_CHART_FILE {
            return Err(too_large(path, values::LARGEST_CHART_FILE));
        }
        let others: usize = files.iter().map(|file| file.content.len()).sum();
        if (others + content.len()) as u64 > values::LARGEST_CHART {
            return Err(too_large(folder, values::LARGEST_CHART));
        }
        files.push(ChartFile {
            path: name,
            content,
        });
        Ok(())
    };
    for name in FILES {
        let path = folder.join(name);
        if host.is_file(&path) {
            take(&path, format!("{prefix}{name}"))?;
        }
    }
    let below = host.list_dir(&folder.join("charts"));
    for path in &below {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if host.is_file(path) && is_chart(host, path) {
            take(path, format!("{prefix}charts/{name}"))?;
        }
    }
    // Links lead round in circles; of charts that deep the reader says that they are too deep.
    let depth = prefix.matches("charts/").count();
    let folders = below.iter().filter(|path| host.is_dir(path));
    for path in folders.filter(|_| depth <= values::DEEPEST_CHART) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        inside(host, root, path)?;
        collect(host, root, path, &format!("{prefix}charts/{name}/"), files)?;
    }
    Ok(())
}

/// Refuses a link that leads out of the chart: a chart from elsewhere must not make us read, and print, other files.
fn inside(host: &dyn Host, root: &Path, path: &Path) -> Result<(), Diagnostic> {
    if host.real_path(path).starts_with(root) {
        return Ok(());
    }
    let path = path.display();
    let message = format!("`{path}` is a symbolic link out of its chart and was not read");
    Err(Diagnostic::new(&LINK, message)
        .help("replace the link with a copy: Helm follows it, and `helm package` packs its target"))
}

pub(super) fn not_a_table(error: &NotATable) -> Diagnostic {
    let chart = &error.chart;
    let message = format!("`{chart}` is a chart, and its values are no mapping");
    Diagnostic::new(&NOT_A_TABLE, message)
        .at(error.value.set.value, "holds the values of a chart")
        .help("put the chart's values below this key, or take the key away")
}
