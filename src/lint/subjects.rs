//! What rules look at: a hub, all values of a release, a violation of a schema, an upgrade, the rows of a policy.

use std::collections::BTreeSet;

use super::documents::{Editable, EditableDocuments};
use crate::hub::{ChartCache, ChartValues, ChartVersion, Hub, Inside, Release};
use crate::policy::{Facts, Policy, Pool};
use crate::schema::Violation;
use crate::text::{SourceId, Sources};
use crate::values::Value;

/// What a rule about a hub knows.
#[derive(Debug, Clone, Copy)]
pub struct Context<'c> {
    /// The effective values of the hub.
    pub hub: &'c Hub<'c>,
    /// What the policy says about the cluster.
    pub facts: &'c Facts,
    /// The node pools of the policy; empty without one.
    pub pools: &'c [Pool],
    /// Whether hints are shown. A hint that is not shown needs no fix.
    pub hints: bool,
    /// The documents of the values files, for fixes.
    pub(super) documents: &'c EditableDocuments<'c>,
}

/// All values of a release, as its templates see them.
pub struct Values<'v> {
    /// The texts that they were read from.
    pub sources: &'v Sources,
    /// Their documents, for fixes.
    pub(super) documents: &'v EditableDocuments<'v>,
    /// The values of the release's own chart; those of the charts below are under their names.
    pub root: &'v Value,
    /// The sources of the defaults of charts.
    pub defaults: &'v BTreeSet<SourceId>,
    /// Where values are inside of other files.
    pub inside: &'v [Inside],
    /// The charts whose schema is known.
    pub charts: Vec<ChartValues<'v>>,
}

impl<'v> Values<'v> {
    /// Those of a release.
    pub(super) fn of(
        release: &'v Release,
        sources: &'v Sources,
        shared: &'v ChartCache,
        documents: &'v EditableDocuments<'v>,
    ) -> Self {
        Self {
            sources,
            documents,
            root: release.values(),
            defaults: release.defaults(),
            inside: release.inside(),
            charts: release.charts(shared),
        }
    }
}

/// A violation of a chart's schema, for the rule whose matter it is.
pub struct SchemaViolation<'f, 'v> {
    /// All values of the release.
    pub values: &'f Values<'v>,
    /// The hub, where it is the z2jh chart whose schema is broken.
    pub hub: Option<&'f Context<'v>>,
    /// What is wrong.
    pub violation: &'f Violation,
    /// The keys that lead from the chart's values to what is at fault, an unknown key included.
    pub path: Vec<String>,
    /// What stands there.
    pub value: Option<&'v Value>,
    /// Whether a null deleted the key that is missing.
    pub is_deleted: bool,
}

/// A hub before and after its chart gets another version.
pub struct Upgrade<'u> {
    /// The values over the defaults of the chart as it is.
    pub from: &'u Hub<'u>,
    /// The same values over the defaults of the chart as it will be.
    pub to: &'u Context<'u>,
}

impl Upgrade<'_> {
    /// Whether a change that came with a version, major and minor, comes with this upgrade.
    pub fn crosses(&self, version: ChartVersion) -> bool {
        self.from.version < version && version <= self.to.hub.version
    }
}

/// The policy beside the releases that it is for.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'r> {
    /// The policy.
    pub policy: &'r Policy,
    /// The names and aliases of all charts of the releases.
    pub charts: &'r BTreeSet<String>,
}

impl<'v> From<&Context<'v>> for Editable<'v> {
    fn from(cx: &Context<'v>) -> Self {
        let hub = cx.hub;
        Self {
            sources: hub.sources,
            documents: cx.documents,
            defaults: hub.defaults,
            inside: hub.inside,
        }
    }
}

impl<'v> From<&Values<'v>> for Editable<'v> {
    fn from(values: &Values<'v>) -> Self {
        Self {
            sources: values.sources,
            documents: values.documents,
            defaults: values.defaults,
            inside: values.inside,
        }
    }
}
