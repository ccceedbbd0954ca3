//! Reads the hub's values from the Secret that z2jh renders.

use super::codes;
use crate::diag::Diagnostic;
use crate::hub::{self, HubImage, HubValues};
use crate::k8s::{Manifests, Object};

/// Returns the images in the hub's values of the stream, with the chart path of the hub.
pub(super) fn read(
    release: &Manifests<'_>,
    objects: &[Object<'_>],
) -> (Vec<(Vec<String>, HubImage)>, Vec<Diagnostic>) {
    let (mut images, mut diagnostics) = (Vec::new(), Vec::new());
    for secret in objects {
        let Some(HubValues { node, text }) = HubValues::of(secret) else {
            continue;
        };
        if let Some(named) = text.as_deref().and_then(hub::read_hub_images) {
            let charts = &secret.chart.charts;
            images.extend(named.into_iter().map(|image| (charts.clone(), image)));
            continue;
        }
        let start = node.range().start;
        diagnostics.push(
            Diagnostic::new(
                &codes::HUB_VALUES,
                format!(
                    "hub values in `{}` cannot be read: their images are not pulled",
                    secret.title()
                ),
            )
            .at(
                release.span(secret.part, start..start),
                "neither YAML nor base64 of YAML",
            )
            .help("pass the hub's values files with `--values`"),
        );
    }
    (images, diagnostics)
}
