//! Unpacking packaged charts (`.tgz`). Only this module uses flate2 and tar.

use std::io::Read;
use std::path::Component;

use super::ChartFile;

/// The largest size of an unpacked chart with all its subcharts, in bytes. It is Helm's limit
/// (`MaxDecompressedChartSize`), which Helm applies to each nested archive separately.
pub const LARGEST_CHART: u64 = 100 << 20;

/// The largest size of a file in a chart, in bytes: Helm's limit (`MaxDecompressedFileSize`).
pub const LARGEST_CHART_FILE: u64 = 5 << 20;

/// Why an archive cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// It is not a gzipped tar file.
    #[error("not a chart archive: {0}")]
    Unreadable(#[from] std::io::Error),
    /// It is larger than Helm accepts.
    #[error("more than {}Mi unpacked, or a file larger than {}Mi", LARGEST_CHART >> 20, LARGEST_CHART_FILE >> 20)]
    TooLarge,
    /// A file that the values depend on is a link, which cannot be resolved in an archive.
    #[error("`{0}` is a link, a file is expected")]
    Link(String),
    /// A file would be unpacked outside of the chart.
    #[error("`{0}` is outside of the chart directory")]
    Outside(String),
}

/// Returns the files of a packaged chart, with paths relative to its top directory. `left` is the number of bytes
/// that may still be unpacked.
pub(super) fn unpack(bytes: &[u8], left: &mut u64) -> Result<Vec<ChartFile>, ArchiveError> {
    let before = *left;
    let unpacked = flate2::read::GzDecoder::new(bytes).take(before + 1);
    let mut archive = tar::Archive::new(unpacked);
    let mut files = Vec::new();
    let mut total = 0;
    for entry in archive.entries()? {
        let mut entry = entry?;
        let kind = entry.header().entry_type();
        let path = entry.path()?.to_string_lossy().replace('\\', "/");
        if (kind.is_symlink() || kind.is_hard_link()) && decides_values(&path) {
            return Err(ArchiveError::Link(path));
        }
        if !(kind.is_file() || kind.is_contiguous()) {
            continue;
        }
        let is_inside = |component| matches!(component, Component::Normal(_) | Component::CurDir);
        if !std::path::Path::new(&path).components().all(is_inside) {
            return Err(ArchiveError::Outside(path));
        }
        total += entry.size();
        if entry.size() > LARGEST_CHART_FILE || total > before {
            return Err(ArchiveError::TooLarge);
        }
        let mut content = Vec::new();
        entry.read_to_end(&mut content)?;
        let path = path.trim_start_matches("./");
        if let Some((_, path)) = path.split_once('/') {
            let path = path.to_owned();
            files.push(ChartFile {
                path,
                content,
                place: None,
            });
        }
    }
    *left = archive.into_inner().limit().checked_sub(1).ok_or(ArchiveError::TooLarge)?;
    Ok(files)
}

/// Whether the values of a chart or a subchart depend on a file.
fn decides_values(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    matches!(
        name,
        "Chart.yaml" | "values.yaml" | "values.schema.json" | "requirements.yaml"
    ) || path.contains("/charts/")
}
