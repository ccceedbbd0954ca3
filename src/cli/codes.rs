//! All codes of the command line.

use super::commands::{install_plugin, lint, render};
use super::{USAGE, for_helm, session};
use crate::diag::Code;
use crate::project::Codes;

/// All codes of the command line and the library.
pub(super) static CODES: Codes = Codes::new(&[
    &for_helm::NO_MANIFESTS_FOR_HELM,
    &session::UNWRITABLE,
    &USAGE,
    &lint::NOTHING,
    &render::SEVERAL_FILES,
    &lint::baseline::BROKEN_BASELINE,
    &install_plugin::HELM_3,
    &install_plugin::PLUGIN_IN_THE_WAY,
    &install_plugin::NO_PLUGINS_FOLDER,
]);

/// Returns the page of a code.
pub(super) fn page(code: &Code) -> Option<String> {
    CODES.page(code)
}
