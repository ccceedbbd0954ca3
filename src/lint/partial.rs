//! Findings about a release of which not all layers were read: what another layer may set is not missing.

use crate::diag::Diagnostic;
use crate::hub::Release;

/// Rules that report what is missing, or compare a setting with another one, which may be in another layer.
const NEED_ALL_LAYERS: [&str; 43] = [
    "CU002", "CU004", "CU005", "CU006", "HB002", "HB003", "HB004", "HB005", "HB006", "HB008",
    "NP003", "NP004", "NP005", "NP006", "NP009", "PH001", "PH002", "PH003", "PH004", "PH005",
    "PP001", "PP002", "PP003", "PP004", "PP005", "PP006", "PP007", "PP008", "PP009", "PR001",
    "PR002", "PR004", "RS003", "RS004", "RS005", "RS007", "SC001", "SM011", "UP001", "UP002",
    "UP003", "UP004", "UP005",
];

/// Of these, rules that compare two settings: where both are in the layers that were read, the finding is certain.
const COMPARE: [&str; 6] = ["CU002", "CU005", "PR001", "PR002", "RS003", "RS004"];

/// Removes the findings about what other layers may set.
pub(super) fn retain(release: &Release, findings: &mut Vec<Diagnostic>) {
    if !release.is_partial() {
        return;
    }
    findings.retain(|finding| {
        let id = finding.code.id;
        !NEED_ALL_LAYERS.contains(&id) || COMPARE.contains(&id) && marks_two(release, finding)
    });
}

/// Whether a finding marks two places in the layers.
fn marks_two(release: &Release, finding: &Diagnostic) -> bool {
    let mut places: Vec<_> = finding.labels.iter().map(|label| label.span).collect();
    places.retain(|place| !release.is_defaults(place.source));
    places.dedup();
    places.len() > 1
}
