//! Reads the files of a chart that determine its values, from a directory or an archive.

use std::path::{Path, PathBuf};

use super::reader::{Reader, too_large, unreadable};
use super::subjects::clean;
use crate::diag::{Code, Diagnostic};
use crate::host::{LARGEST_CHART, LARGEST_TEXT, Read};
use crate::values::{self, Chart, ChartFile, Helm};

pub(super) static LINK: Code = Code::error(
    "VA010",
    "link-out-of-chart",
    "a file of a chart is a symbolic link to a target outside the chart",
)
.page(include_str!("codes/link.md"));

/// The files of a chart that determine its values.
const FILES: [&str; 6] = [
    "Chart.yaml",
    "Chart.lock",
    "requirements.lock",
    "requirements.yaml",
    "values.yaml",
    "values.schema.json",
];

/// The limits for files of a chart are the same on disk and in archives.
const _: () =
    assert!(LARGEST_TEXT == values::LARGEST_CHART_FILE && LARGEST_CHART == values::LARGEST_CHART);

/// Returns whether a path may be a chart: a directory, or an archive by its name.
pub(super) fn is_chart(host: &dyn Read, path: &Path) -> bool {
    host.is_dir(path) || path.extension().is_some_and(|extension| extension == "tgz")
}

/// Reads a chart with its subcharts.
pub(super) fn read_chart(
    reader: &mut Reader<'_>,
    path: &Path,
    helm: Helm,
) -> Result<Chart, Diagnostic> {
    let name = path.display().to_string();
    let name = name.trim_end_matches('/');
    if reader.host.is_dir(path) {
        let mut files = Vec::new();
        let root = reader.host.real_path(path);
        let at = ChartPlace {
            root: &root,
            folder: path,
            is_elsewhere: false,
        };
        collect(reader.host, at, "", &mut files)?;
        return values::read_chart(&mut reader.sources, name, files, helm);
    }
    let bytes = reader.host.read_bytes(path);
    let bytes = bytes.map_err(|error| unreadable(path, &error))?;
    values::read_archive(&mut reader.sources, name, &bytes, helm)
}

/// The directory of a chart.
#[derive(Clone, Copy)]
struct ChartPlace<'p> {
    /// Returns the directory of the outermost chart, with links resolved: files outside it do not belong to the chart,
    /// even if links lead to them.
    root: &'p Path,
    folder: &'p Path,
    /// Returns whether a chart in another directory depends on it.
    is_elsewhere: bool,
}

/// Collects the files of a chart and its subcharts that determine the values.
fn collect(
    host: &dyn Read,
    at: ChartPlace<'_>,
    prefix: &str,
    files: &mut Vec<ChartFile>,
) -> Result<(), Diagnostic> {
    let ChartPlace { root, folder, .. } = at;
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
            place: at.is_elsewhere.then(|| path.to_owned()),
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
    // Links can form a cycle; the reader reports charts that are nested too deeply.
    let depth = prefix.matches("charts/").count();
    let folders = below.iter().filter(|path| host.is_dir(path));
    for path in folders.filter(|_| depth <= values::DEEPEST_CHART) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        inside(host, root, path)?;
        let below = ChartPlace { folder: path, ..at };
        collect(host, below, &format!("{prefix}charts/{name}/"), files)?;
    }
    for (name, target) in dependencies_elsewhere(host, folder, &below) {
        if depth <= values::DEEPEST_CHART {
            let elsewhere = ChartPlace {
                root: &host.real_path(&target),
                folder: &target,
                is_elsewhere: true,
            };
            collect(host, elsewhere, &format!("{prefix}charts/{name}/"), files)?;
        }
    }
    Ok(())
}

/// Returns the directories of dependencies (`file://../inner`) that `helm dependency build` has not copied into the
/// chart, each with the name of its chart.
fn dependencies_elsewhere(
    host: &dyn Read,
    folder: &Path,
    below: &[PathBuf],
) -> Vec<(String, PathBuf)> {
    let is_copied = |name: &str| {
        let mut names = below.iter().filter_map(|path| path.file_name());
        names.any(|file| {
            let file = file.to_string_lossy();
            let version = file.strip_prefix(name);
            version.is_some_and(|version| {
                let is_packed = Path::new(version).extension().is_some_and(|it| it == "tgz");
                version.is_empty() || version.starts_with('-') && is_packed
            })
        })
    };
    let metadata = ["Chart.yaml", "requirements.yaml"].map(|name| folder.join(name));
    let metadata = metadata.iter().filter(|path| host.is_file(path));
    let metadata = metadata.filter_map(|path| host.read_bytes(path).ok());
    let named = metadata.flat_map(|metadata| values::folder_dependencies(&metadata));
    let named =
        named.filter(|(name, _)| !name.is_empty() && !name.contains('/') && !is_copied(name));
    let named = named.map(|(name, target)| (name, clean(&folder.join(target))));
    named.filter(|(_, target)| host.is_file(&target.join("Chart.yaml"))).collect()
}

/// Returns an error for a link out of the chart: a third-party chart must not make dunnage read and print other files.
fn inside(host: &dyn Read, root: &Path, path: &Path) -> Result<(), Diagnostic> {
    if host.real_path(path).starts_with(root) {
        return Ok(());
    }
    let path = path.display();
    let message =
        format!("`{path}` was not read: it is a symbolic link to a target outside its chart");
    Err(Diagnostic::new(&LINK, message)
        .help("replace the link with a copy: Helm follows it, and `helm package` packs its target"))
}
