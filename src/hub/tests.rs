use super::{ChartCache, Hub, Release, ReleaseInput, ReleaseSpec};
use crate::text::Sources;
use crate::values::{self, Helm};

/// Calls `look` with the hub of a values file, for a chart version.
pub(super) fn with_hub<T>(version: &str, text: &str, look: impl FnOnce(&Hub<'_>) -> T) -> T {
    let mut sources = Sources::default();
    let source = sources.add("values.yaml", text.to_owned());
    let read = values::read(source, text, Helm::Four).expect("values");
    let parts = ReleaseInput {
        chart: None,
        values: read,
        helm: Helm::Four,
        version: Some(version),
        hub: None,
        inside: Vec::new(),
        is_partial: false,
    };
    let mut shared = ChartCache::default();
    let (plan, _) = ReleaseSpec::new(&mut sources, &mut shared, parts);
    let release = Release::new(plan).expect("values");
    look(&release.hub(&sources).expect("values"))
}
