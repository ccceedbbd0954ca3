//! What options say, and what is assumed where they say nothing.

use super::codes;
use crate::capacity::demand::EventShape;
use crate::capacity::simulate::scheduler::Profile;
use crate::diag::Diagnostic;
use crate::text::{SourceId, Span};

/// The value of an option, and where it is written.
#[derive(Debug, Clone)]
pub struct WrittenOption {
    /// The option: `--rate`.
    pub option: &'static str,
    /// The value.
    pub text: String,
    /// The place.
    pub source: SourceId,
}

impl WrittenOption {
    /// An error about the value.
    pub(super) fn error(&self, help: impl Into<String>) -> Diagnostic {
        let message = format!("`{}` cannot be used for `{}`", self.text, self.option);
        self.refuse(message, help)
    }

    pub(super) fn refuse(&self, message: String, help: impl Into<String>) -> Diagnostic {
        let span = Span::new(self.source, 0..self.text.len());
        Diagnostic::new(&codes::BAD_OPTION, message).at(span, "").help(help)
    }

    pub(super) fn read<T>(
        &self,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<T, Diagnostic> {
        read(&self.text).map_err(|help| self.error(help))
    }
}

/// A file with demand.
#[derive(Debug, Clone, Copy)]
pub struct DemandFile<'t> {
    /// The place.
    pub source: SourceId,
    /// The content.
    pub text: &'t str,
}

/// The options of a question.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "they have the names of the options")]
pub struct PlanArguments<'t> {
    pub rate: Option<WrittenOption>,
    pub event: Option<WrittenOption>,
    pub shape: Option<EventShape>,
    pub curve: Option<DemandFile<'t>>,
    pub trace: Option<DemandFile<'t>>,
    pub burst: Vec<WrittenOption>,
    pub dispersion: Option<WrittenOption>,
    pub session: Option<WrittenOption>,
    pub node: Option<WrittenOption>,
    pub allocatable: Option<WrittenOption>,
    pub daemonsets: Option<WrittenOption>,
    pub nodes: Option<WrittenOption>,
    pub min: Option<WrittenOption>,
    pub max: Option<WrittenOption>,
    pub price: Option<WrittenOption>,
    pub running: Option<WrittenOption>,
    pub user: Option<WrittenOption>,
    pub boot: Option<WrittenOption>,
    pub pull: Option<WrittenOption>,
    pub start: Option<WrittenOption>,
    pub reaction: Option<WrittenOption>,
    pub placeholders: Option<WrittenOption>,
    pub capacity_buffer: Option<WrittenOption>,
    pub gate: bool,
    pub spawn_limit: Option<WrittenOption>,
    pub start_timeout: Option<WrittenOption>,
    pub scheduler: Option<Profile>,
    pub goal: Option<WrittenOption>,
    pub usage: Option<WrittenOption>,
    pub users_per_node: Option<WrittenOption>,
    pub seed: Option<WrittenOption>,
    pub runs: Option<WrittenOption>,
}

/// Where the value of a field comes from that no option says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) enum Provenance {
    /// The policy.
    Policy,
    /// The values of the hub.
    Values,
    /// The trace.
    Trace,
    /// Computed from other fields, such as the name of the node type.
    Computed,
    /// The default of dunnage.
    Default,
}

/// The value of a field that no option says.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct PlanAssumption {
    /// The option that would say it, without its dashes.
    pub field: &'static str,
    /// The value, as an option would have it, or in words.
    pub value: String,
    /// Where it comes from.
    pub source: Provenance,
}

/// Collects what no option says.
#[derive(Default)]
pub(super) struct Assumptions(pub(super) Vec<PlanAssumption>);

impl Assumptions {
    pub(super) fn note(
        &mut self,
        field: &'static str,
        value: impl Into<String>,
        source: Provenance,
    ) {
        self.0.push(PlanAssumption {
            field,
            value: value.into(),
            source,
        });
    }

    /// The first of option, policy, values and default that says something.
    pub(super) fn choose<T>(
        &mut self,
        field: &'static str,
        layers: (Option<T>, Option<T>, Option<T>),
        default: T,
        show: impl Fn(&T) -> String,
    ) -> T {
        let (option, policy, values) = layers;
        if let Some(value) = option {
            return value;
        }
        let (value, source) = match (policy, values) {
            (Some(value), _) => (value, Provenance::Policy),
            (None, Some(value)) => (value, Provenance::Values),
            (None, None) => (default, Provenance::Default),
        };
        self.note(field, show(&value), source);
        value
    }
}
