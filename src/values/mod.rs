//! Helm values: reading layers, merging them with chart defaults, and the provenance of each value with the values it
//! overrides.

mod chart;
mod coalesce;
mod codes;
mod dependencies;
mod globals;
mod helm;
mod layers;
mod pasted;
mod read;
mod recorded;
mod set;
mod template;
mod value;

pub use chart::{
    ArchiveError, Chart, ChartFile, DEEPEST_CHART, Dependency, Import, LARGEST_CHART,
    LARGEST_CHART_FILE, folder_dependencies, read_archive, read_chart,
};
pub use coalesce::NotATable;
pub use codes::ALL as CODES;
pub use helm::Helm;
pub use layers::{Coalesced, coalesced, lay_over};
pub use pasted::key_without_space;
pub use read::{read, second_document};
pub use recorded::read_recorded;
pub use set::{SetKind, set};
pub use template::{is_filled_in_later, template_notes, unreadable_template};
pub use value::{Content, Encrypted, Map, Setting, Value};
