//! The policy: the file as it is written, and the checked model that the rest of the program reads.

mod additions;
pub mod codes;
mod criteria;
mod facts;
mod image;
mod lint;
mod path_patterns;
mod place;
mod pool;
mod read;
mod row;
mod selection;
mod spanned;
mod templates;
mod written;

pub use additions::{
    AddedParts, AddedPool, Addition, DEFAULT_PRIORITIES, NodePlaceholder, PodPriority,
    ReleaseMatch, SeatResources, UserPlaceholder,
};
pub use criteria::Match;
pub use facts::{Autoscaler, DEFAULT_CUTOFF, Demand, Facts, Lead};
pub use image::ExtraImage;
pub use lint::{Lint, LintRelease, Suppression};
pub use path_patterns::PathPatterns;
pub use pool::{Allocatable, Pool, without_slash};
pub use read::read;
pub use row::{Expect, NodeSelection, Purpose, Row};
pub use spanned::Spanned;
pub use written::{Jobs, Via};

use crate::k8s::{Kinds, Workload};
use crate::text::SourceId;

/// The built-in policy: z2jh's own placement of core and user pods.
pub const Z2JH: &str = include_str!("z2jh.yaml");

/// The JSON Schema of the policy file, for editors.
pub const SCHEMA: &str = include_str!("../../schemas/dunnage.schema.json");

/// The schema without descriptions, for [`read`]: every start of the program parses it.
const KEYWORDS: &str = include_str!("keywords.json");

/// A checked policy: all names are resolved, and all values are parsed.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The file that it was read from.
    pub source: SourceId,
    /// The pools, in the order of the file.
    pub pools: Vec<Pool>,
    /// The rows, in the order of the file; the first matching one applies.
    pub rows: Vec<Row>,
    /// Priority classes that exist in the cluster without this release.
    pub existing_classes: Vec<Spanned<String>>,
    /// Additional images for the pre-pullers, sorted by key, as in the chart.
    pub extra_images: Vec<ExtraImage>,
    /// Objects to add; the first entry that matches the release applies.
    pub additions: Vec<Addition>,
    /// What to do with Jobs that are not hooks.
    pub jobs: Jobs,
    /// Facts about the cluster and its users.
    pub facts: Facts,
    /// Settings of the linter.
    pub lint: Lint,
    /// The kinds that have pods, including those of the policy.
    pub kinds: Kinds,
}

impl Policy {
    /// Returns the index of the row that applies to a workload. `namespace` is that of the release, for objects without
    /// one.
    pub fn row_for(&self, workload: &Workload<'_>, namespace: Option<&str>) -> Option<usize> {
        self.rows.iter().position(|row| row.criteria.matches(workload, namespace))
    }

    /// Returns the pool at an index of a row.
    pub fn pool(&self, index: usize) -> &Pool {
        &self.pools[index]
    }
}

#[cfg(test)]
mod tests;
