//! Reading a chart from its files, as Helm's `loader.LoadFiles` does.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::Path;

use super::archive::{self, ArchiveError};
use super::{Chart, ChartFile, Dependency, Import};
use crate::diag::{Code, Diagnostic};
use crate::text::{SourceId, Sources, Span};
use crate::values::{Content, Helm, Map, Value, read};
use crate::yaml::{self, NodeRef};

pub(in crate::values) static NOT_A_CHART: Code =
    Code::error("VA003", "chart-unreadable", "a chart cannot be loaded")
        .page(include_str!("not_a_chart.md"));

/// The deepest nesting of subcharts. No real chart is deeper.
pub const DEEPEST_CHART: usize = 16;

/// The limits for nested charts.
struct Limits {
    /// The number of parent charts.
    depth: usize,
    /// The number of bytes that may still be unpacked.
    left: u64,
}

impl Default for Limits {
    fn default() -> Self {
        let left = archive::LARGEST_CHART;
        Self { depth: 0, left }
    }
}

/// Reads a chart from its files. Its texts become sources whose names begin with `name`.
pub fn read_chart(
    sources: &mut Sources,
    name: &str,
    files: Vec<ChartFile>,
    helm: Helm,
) -> Result<Chart, Diagnostic> {
    read_at(sources, name, files, helm, &mut Limits::default())
}

/// Reads a packaged chart.
pub fn read_archive(
    sources: &mut Sources,
    name: &str,
    bytes: &[u8],
    helm: Helm,
) -> Result<Chart, Diagnostic> {
    read_packed(sources, name, bytes, helm, &mut Limits::default())
}

fn read_packed(
    sources: &mut Sources,
    name: &str,
    bytes: &[u8],
    helm: Helm,
    limits: &mut Limits,
) -> Result<Chart, Diagnostic> {
    let files = archive::unpack(bytes, &mut limits.left).map_err(|error: ArchiveError| {
        Diagnostic::new(&NOT_A_CHART, format!("cannot read `{name}`: {error}"))
            .help("recreate it with `helm package` or `helm dependency build`")
    })?;
    read_at(sources, name, files, helm, limits)
}

fn read_at(
    sources: &mut Sources,
    name: &str,
    files: Vec<ChartFile>,
    helm: Helm,
    limits: &mut Limits,
) -> Result<Chart, Diagnostic> {
    if limits.depth > DEEPEST_CHART {
        let message = format!("`{name}` is nested more than {DEEPEST_CHART} charts deep");
        return Err(Diagnostic::new(&NOT_A_CHART, message));
    }
    let (mut own, below) = split_by_chart(files);
    let mut text_of = |file: &str| {
        let ChartFile { content, place, .. } = own.remove(file)?;
        let text = String::from_utf8_lossy(&content).into_owned();
        Some(match place {
            Some(place) => sources.add_path(&place, text),
            None => sources.add(format!("{name}/{file}"), text),
        })
    };
    let Some(metadata) = text_of("Chart.yaml") else {
        let message = format!("`{name}` is not a chart: it has no Chart.yaml");
        return Err(Diagnostic::new(&NOT_A_CHART, message)
            .help("pass a chart directory, or a `.tgz` from `helm package`"));
    };
    let [requirements, values, schema, lock, old_lock] = [
        "requirements.yaml",
        "values.yaml",
        "values.schema.json",
        "Chart.lock",
        "requirements.lock",
    ]
    .map(&mut text_of);
    let mut chart = Chart {
        schema,
        ..read_metadata(sources, metadata)?
    };
    if let Some(requirements) = requirements {
        chart.dependencies = read_metadata(sources, requirements)?.dependencies;
    }
    if let Some(lock) = lock.or(old_lock) {
        lock_versions(&mut chart, &read_metadata(sources, lock)?);
    }
    if let Some(flaw) = dependency_flaw(&chart) {
        return Err(Diagnostic::new(&NOT_A_CHART, format!("`{name}`: {flaw}"))
            .help("correct `dependencies` in Chart.yaml: Helm refuses to load this chart"));
    }
    chart.values = match values {
        Some(values) => read(values, sources.get(values).text(), helm)?,
        None => Value::new(
            Content::map(Map::default()),
            None,
            Span::new(metadata, 0..0),
        ),
    };
    limits.depth += 1;
    for (folder, files) in below {
        let name = format!("{name}/charts/{folder}");
        let below = read_below(sources, &name, &folder, files, helm, limits)?;
        chart.charts.extend(below);
    }
    limits.depth -= 1;
    Ok(chart)
}

/// Returns the chart's own files by path, and the files of subcharts by directory.
fn split_by_chart(
    files: Vec<ChartFile>,
) -> (
    BTreeMap<String, ChartFile>,
    BTreeMap<String, Vec<ChartFile>>,
) {
    let mut own = BTreeMap::new();
    let mut below: BTreeMap<String, Vec<ChartFile>> = BTreeMap::new();
    for file in files {
        match file.path.strip_prefix("charts/") {
            None => {
                own.insert(file.path.clone(), file);
            }
            Some(rest) => {
                let (folder, path) = rest.split_once('/').unwrap_or((rest, ""));
                let path = path.to_owned();
                let files = below.entry(folder.to_owned()).or_default();
                files.push(ChartFile { path, ..file });
            }
        }
    }
    (own, below)
}

/// Returns the dependencies of a Chart.yaml or requirements.yaml that are directories: the name, and the path after
/// `file://`.
pub fn folder_dependencies(metadata: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(metadata);
    // A file that cannot be parsed is reported when the chart is read.
    let Ok(document) = yaml::parse(&text) else {
        return Vec::new();
    };
    let list = document.root().and_then(|root| root.get("dependencies"));
    let items = list.into_iter().flat_map(|list| list.items());
    let folder = |item: NodeRef<'_>| {
        let repository = string(item, "repository");
        let folder = repository.strip_prefix("file://")?;
        Some((string(item, "name"), folder.to_owned()))
    };
    items.filter_map(folder).collect()
}

/// Sets the versions of dependencies to those in the lock file.
fn lock_versions(chart: &mut Chart, lock: &Chart) {
    for dependency in &mut chart.dependencies {
        let mut locked = lock.dependencies.iter();
        if let Some(locked) = locked.find(|locked| locked.name == dependency.name) {
            dependency.version.clone_from(&locked.version);
        }
    }
}

/// Returns why Helm refuses `dependencies`: two have one name, or an alias cannot be a key.
fn dependency_flaw(chart: &Chart) -> Option<String> {
    let mut known = BTreeSet::new();
    for dependency in &chart.dependencies {
        let key = dependency.key();
        if !known.insert(key) {
            return Some(format!("two dependencies are named `{key}`"));
        }
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        if !dependency.alias.iter().all(|alias| alias.chars().all(is_plain)) {
            return Some(format!(
                "alias `{key}` has characters other than letters, digits, `_` and `-`"
            ));
        }
    }
    None
}

/// Reads an archive or a directory in `charts/`. Names that begin with `_` or `.` are ignored.
fn read_below(
    sources: &mut Sources,
    name: &str,
    folder: &str,
    mut files: Vec<ChartFile>,
    helm: Helm,
    limits: &mut Limits,
) -> Result<Option<Chart>, Diagnostic> {
    let extension = Path::new(folder).extension();
    if folder.starts_with(['_', '.']) || extension == Some(OsStr::new("prov")) {
        return Ok(None);
    }
    if extension == Some(OsStr::new("tgz")) {
        let Some(file) = files.pop() else {
            return Ok(None);
        };
        return read_packed(sources, name, &file.content, helm, limits).map(Some);
    }
    files.retain(|file| !file.path.is_empty());
    if files.is_empty() {
        return Ok(None);
    }
    read_at(sources, name, files, helm, limits).map(Some)
}

/// Reads Chart.yaml or requirements.yaml, without values and subcharts.
fn read_metadata(sources: &Sources, source: SourceId) -> Result<Chart, Diagnostic> {
    let text = sources.get(source).text();
    let document = yaml::parse(text).map_err(|error| {
        let message = format!("this is not YAML: {}", error.message);
        Diagnostic::new(&NOT_A_CHART, message)
            .at(
                Span::new(source, error.offset..error.offset),
                "parser stopped here",
            )
            .unparsed()
    })?;
    let root = document.root();
    let text_at = |key: &str| root.map(|root| string(root, key)).unwrap_or_default();
    let dependencies = root.and_then(|root| root.get("dependencies"));
    let dependencies = dependencies.into_iter().flat_map(|list| list.items());
    Ok(Chart {
        name: text_at("name"),
        version: text_at("version"),
        dependencies: dependencies.map(|node| dependency(source, node)).collect(),
        values: Value::new(Content::map(Map::default()), None, Span::new(source, 0..0)),
        charts: Vec::new(),
        schema: None,
    })
}

/// Returns a field of Chart.yaml as the string that Helm reads, whatever its YAML type: `y` in `name: y` is the boolean
/// `true` in YAML.
fn string(node: NodeRef<'_>, key: &str) -> String {
    let scalar = node.get(key).and_then(|value| value.scalar());
    let scalar = scalar.filter(|scalar| !matches!(scalar, yaml::Scalar::Null));
    scalar.as_ref().map(yaml::scalar::key_text).unwrap_or_default()
}

fn dependency(source: SourceId, node: NodeRef<'_>) -> Dependency {
    let items = |key: &str| node.get(key).into_iter().flat_map(|list| list.items());
    let tags = items("tags").filter_map(|tag| tag.text().map(str::to_owned));
    Dependency {
        name: string(node, "name"),
        version: string(node, "version"),
        repository: string(node, "repository"),
        alias: Some(string(node, "alias")).filter(|alias| !alias.is_empty()),
        condition: string(node, "condition"),
        tags: tags.collect(),
        imports: items("import-values").map(import).collect(),
        place: Some(Span::new(source, node.get("name").unwrap_or(node).range())),
    }
}

fn import(item: NodeRef<'_>) -> Import {
    if let Some(name) = item.text() {
        return Import {
            child: format!("exports.{name}"),
            parent: ".".to_owned(),
        };
    }
    // For a missing key, Helm uses the text that Go prints for it.
    let path = |key: &str| {
        let path = item.get(key).and_then(|path| path.text());
        path.unwrap_or("<nil>").to_owned()
    };
    Import {
        child: path("child"),
        parent: path("parent"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> ChartFile {
        let content = text.as_bytes().to_vec();
        ChartFile {
            path: path.to_owned(),
            content,
            place: None,
        }
    }

    /// A packed chart of these files, below a folder.
    fn packed(files: &[(&str, &str)]) -> Vec<u8> {
        let gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        let mut archive = tar::Builder::new(gzip);
        for (path, text) in files {
            let mut header = tar::Header::new_gnu();
            header.set_size(text.len() as u64);
            header.set_mode(0o644);
            // As it is: `append_data` would refuse the paths that tests are about.
            header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
            header.set_cksum();
            archive.append(&header, text.as_bytes()).expect("a file");
        }
        let gzip = archive.into_inner().expect("an archive");
        gzip.finish().expect("bytes")
    }

    /// A packed chart with one symbolic link.
    fn linked(path: &str, target: &str) -> Vec<u8> {
        let gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        let mut archive = tar::Builder::new(gzip);
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::Symlink);
        header.set_size(0);
        archive.append_link(&mut header, path, target).expect("a link");
        let gzip = archive.into_inner().expect("an archive");
        gzip.finish().expect("bytes")
    }

    fn read_packed(bytes: &[u8]) -> Result<Chart, String> {
        let mut sources = Sources::default();
        let chart = read_archive(&mut sources, "a.tgz", bytes, Helm::Four);
        chart.map_err(|error| error.message)
    }

    #[test]
    fn a_chart_is_read_from_its_files_and_those_of_the_charts_below() {
        let below = packed(&[
            ("below/Chart.yaml", "name: below\n"),
            ("below/values.yaml", "c: 3\n"),
        ]);
        let files = vec![
            file(
                "Chart.yaml",
                "name: a\nversion: 1.0.0\ndependencies:\n- {name: b, alias: c, condition: 'c.on,d', tags: [t], import-values: [x, {child: y, parent: z.w}]}\n",
            ),
            file("values.yaml", "a: 1\n"),
            file("templates/a.yaml", "{{ .Values.a }}"),
            file("charts/b/Chart.yaml", "name: b\n"),
            file("charts/b/values.yaml", "b: 2\n"),
            file("Chart.lock", "dependencies:\n- {name: b, version: 2.1.3}\n"),
            file("charts/README.md", "no chart"),
            file("charts/_off/Chart.yaml", "name: off\n"),
            ChartFile {
                path: "charts/below-1.0.0.tgz".to_owned(),
                content: below,
                place: None,
            },
        ];
        let mut sources = Sources::default();
        let chart = read_chart(&mut sources, "a", files, Helm::Four).expect("a chart");
        assert_eq!(
            (chart.name.as_str(), chart.version.as_str()),
            ("a", "1.0.0")
        );
        let names: Vec<&str> = chart.charts.iter().map(|below| below.name.as_str()).collect();
        assert_eq!(names, ["b", "below"]);
        assert_eq!(chart.charts[1].values.to_json().to_string(), r#"{"c":3}"#);
        let dependency = &chart.dependencies[0];
        assert_eq!(
            (dependency.key(), dependency.condition.as_str()),
            ("c", "c.on,d")
        );
        assert_eq!(dependency.version, "2.1.3");
        let imports: Vec<(&str, &str)> = dependency
            .imports
            .iter()
            .map(|import| (import.child.as_str(), import.parent.as_str()))
            .collect();
        assert_eq!(imports, [("exports.x", "."), ("y", "z.w")]);
        let source = chart.charts[1].values.set.value.source;
        let name = "a/charts/below-1.0.0.tgz/values.yaml";
        assert_eq!(sources.get(source).name(), name);
    }

    #[test]
    fn an_archive_is_not_trusted() {
        let chart = ("a/Chart.yaml", "name: a\n");
        assert!(read_packed(&packed(&[chart])).is_ok());
        for outside in ["a/../../etc/passwd", "/etc/passwd", "../a"] {
            let message = read_packed(&packed(&[chart, (outside, "x")])).expect_err("refused");
            assert!(
                message.contains("outside of the chart directory"),
                "{message}"
            );
        }
        let bomb = " ".repeat(6 << 20);
        let message = read_packed(&packed(&[chart, ("a/values.yaml", &bomb)]));
        assert!(message.expect_err("refused").contains("more than"));
        assert!(read_packed(b"no archive").is_err());
        // Archives in archives share one bound.
        let mut left = 4096;
        let once = packed(&[chart]);
        assert!(archive::unpack(&once, &mut left).is_ok() && left < 4096);
        assert!(archive::unpack(&once, &mut left).is_ok());
        assert!(archive::unpack(&once, &mut left).is_err());
        let whole = packed(&[chart, ("a/values.yaml", "a: 1\n")]);
        let message = read_packed(&linked("a/values.yaml", "../../secrets.yaml"));
        let expected = "cannot read `a.tgz`: `a/values.yaml` is a link, a file is expected";
        assert_eq!(message.expect_err("refused"), expected);
        assert!(read_packed(&whole[..whole.len() / 2]).is_err());
        let message = read_packed(&packed(&[("a/values.yaml", "a: 1\n")]));
        assert!(message.expect_err("refused").contains("no Chart.yaml"));
    }
}
