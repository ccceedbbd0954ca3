//! What to inject and where: the policy as a person writes it, and the checked model that the rest of
//! the program reads.

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

/// The same without its descriptions, for [`read`]: every start of the program parses it.
const KEYWORDS: &str = include_str!("keywords.json");

/// A checked policy: every name in it resolves, every text in it parses.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The file that it was read from.
    pub source: SourceId,
    /// In the order of the file.
    pub pools: Vec<Pool>,
    /// In the order of the file; the first that matches decides.
    pub rows: Vec<Row>,
    /// Priority classes that the cluster has without this release.
    pub existing_classes: Vec<Spanned<String>>,
    /// Images for the pre-pullers, sorted by their keys as the chart sorts its own.
    pub extra_images: Vec<ExtraImage>,
    /// Objects to add; the first entry that matches the release applies.
    pub additions: Vec<Addition>,
    /// What happens to a Job that is no hook.
    pub jobs: Jobs,
    /// What is known of the cluster and of its users.
    pub facts: Facts,
    /// What the linter looks at, and how much its findings matter.
    pub lint: Lint,
    /// The kinds that have pods, those that the policy adds included.
    pub kinds: Kinds,
}

impl Policy {
    /// The index of the row that decides about a workload. `namespace` is the release's, for objects
    /// that name none.
    pub fn row_for(&self, workload: &Workload<'_>, namespace: Option<&str>) -> Option<usize> {
        self.rows
            .iter()
            .position(|row| row.criteria.matches(workload, namespace))
    }

    /// The pool of an index that a row holds.
    pub fn pool(&self, index: usize) -> &Pool {
        &self.pools[index]
    }
}

#[cfg(test)]
mod tests;
