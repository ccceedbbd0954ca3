//! The hub's own values, which z2jh writes into a Secret of the stream.

use super::codes;
use crate::diag::Diagnostic;
use crate::k8s::{Object, Release};
use crate::values::{self, HubImage};
use crate::yaml;

/// The images that the hub's values in the stream name, with the charts of the hub.
pub(super) fn read(
    release: &Release<'_>,
    objects: &[Object<'_>],
) -> (Vec<(Vec<String>, HubImage)>, Vec<Diagnostic>) {
    let (mut images, mut diagnostics) = (Vec::new(), Vec::new());
    for secret in objects.iter().filter(|object| is_hub_secret(object)) {
        let data = |key| secret.node.get_path(&[key, "values.yaml"]);
        let (node, read) = match (data("data"), data("stringData")) {
            (_, Some(text)) => (text, text.text().map(str::to_owned)),
            (Some(encoded), None) => (encoded, encoded.text().and_then(decode)),
            (None, None) => continue,
        };
        let values = read.as_deref().and_then(values_of);
        if let Some(hub) = values.as_ref().and_then(values::locate_hub) {
            let charts = &secret.chart.charts;
            let named = values::hub_images(hub).into_iter();
            images.extend(named.map(|image| (charts.clone(), image)));
            continue;
        }
        let start = node.range().start;
        diagnostics.push(
            Diagnostic::new(
                &codes::HUB_VALUES,
                format!("the values in `{}` cannot be read", secret.title()),
            )
            .at(
                release.span(secret.part, start..start),
                "neither YAML nor base64 of it",
            )
            .help("give them by `--values`, so that the images of profiles can be pulled"),
        );
    }
    (images, diagnostics)
}

/// The Secret into which z2jh writes its own values (`templates/hub/secret.yaml`).
fn is_hub_secret(object: &Object<'_>) -> bool {
    let component = object.node.get_path(&["metadata", "labels", "component"]);
    object.gvk.kind == "Secret" && component.and_then(|component| component.text()) == Some("hub")
}

fn decode(encoded: &str) -> Option<String> {
    let bytes = yaml::decode_base64(encoded.trim())?;
    String::from_utf8(bytes).ok()
}

fn values_of(text: &str) -> Option<serde_json::Value> {
    let document = yaml::parse(text).ok()?;
    yaml::to_json(document.root()?).ok()
}
