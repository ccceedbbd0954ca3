use super::codes;
use super::common::Common;
use super::plan::{Because, Change, Decided, Kept, Reason};
use crate::diag::{Diagnostic, Level};
use crate::hub::components::PULLERS;
use crate::k8s::{PodField, PodSpec, Workload};
use crate::policy::{Policy, Pool, Row};
use crate::text::Span;
use crate::yaml::{Edit, NodeRef};

/// The shared data of the passes, and their results.
pub(super) struct PassContext<'a> {
    pub(super) common: &'a Common<'a>,
    /// The decisions about the document; the last one belongs to the current template.
    pub(super) decided: Vec<Decided>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// A workload with the row that matched it.
pub(super) struct Placement<'a> {
    pub(super) workload: &'a Workload<'a>,
    pub(super) row: &'a Row,
    pub(super) row_index: usize,
    /// The pools of the row; any of them is allowed.
    pub(super) pools: Vec<&'a Pool>,
    pub(super) is_puller: bool,
    /// The rows of all templates of the object by path, for inherited fields.
    pub(super) rows: &'a [(String, usize)],
}

impl<'a> Placement<'a> {
    pub(super) fn new(
        policy: &'a Policy,
        row_index: usize,
        workload: &'a Workload<'a>,
        rows: &'a [(String, usize)],
    ) -> Self {
        let row = &policy.rows[row_index];
        let component = workload.template.labels().remove("component");
        let is_labelled = component.is_some_and(|component| PULLERS.contains(&component.as_str()));
        let is_puller = workload.is_daemon_set() && (row.puller || is_labelled);
        let pools = row.pools.iter().map(|&pool| &policy.pools[pool]).collect();
        Self {
            workload,
            row,
            row_index,
            pools,
            is_puller,
            rows,
        }
    }

    pub(super) fn spec(&self) -> &'a PodSpec<'a> {
        &self.workload.template.spec
    }

    /// Returns whether the template inherits the field from another place of the object with the same row.
    pub(super) fn is_placed_elsewhere(&self, field: PodField) -> bool {
        let from = self.spec().inherits(field);
        from.is_some_and(|from| {
            let mut rows = self.rows.iter();
            rows.any(|(path, row)| path == from && *row == self.row_index)
        })
    }

    /// Returns the name of the workload in messages: `Deployment/web`.
    pub(super) fn title(&self) -> String {
        self.workload.title()
    }
}

impl Because {
    pub(super) fn of(policy: &Policy, row_index: usize) -> Self {
        let row = &policy.rows[row_index];
        let pools = row.pools.iter().map(|&pool| policy.pool(pool).name.value.clone());
        Self {
            row: row.title(),
            row_span: row.span,
            pools: pools.collect(),
        }
    }
}

impl<'a> PassContext<'a> {
    pub(super) fn new(common: &'a Common<'a>) -> Self {
        Self {
            common,
            decided: Vec::new(),
            diagnostics: Vec::new(),
        }
    }

    /// Plans a change of the current template.
    pub(super) fn change(&mut self, field: PodField, what: String, edits: Vec<Edit>) {
        self.current().changes.push(Change { field, what, edits });
    }

    /// Records why a field of the current template does not change.
    pub(super) fn keep(&mut self, field: PodField, reason: Reason, what: impl Into<String>) {
        let what = what.into();
        let field = Some(field);
        self.current().kept.push(Kept {
            field,
            reason,
            what,
        });
    }

    /// Records why the current template does not change.
    pub(super) fn leave(&mut self, reason: Reason, what: &str) {
        let what = what.to_owned();
        self.current().kept.push(Kept {
            field: None,
            reason,
            what,
        });
    }

    pub(super) fn current(&mut self) -> &mut Decided {
        self.decided.last_mut().expect("passes run at a template")
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Returns the span of a node of the workload's document.
    pub(super) fn span(&self, placement: &Placement<'_>, node: NodeRef<'_>) -> Span {
        self.common.release.node_span(placement.workload.object.part, node)
    }

    /// Reports that the kind of the workload does not have the field.
    pub(super) fn report_no_such_field(
        &mut self,
        placement: &Placement<'_>,
        field: PodField,
        level: Level,
    ) {
        let kind = placement.workload.kind();
        self.keep(
            field,
            Reason::NoField,
            format!("`{kind}` has no such field at this path"),
        );
        let (title, name) = (placement.title(), field.as_str());
        let message =
            format!("`{title}` gets no `{name}`: its kind has no such field at this path");
        let span = self.span(placement, placement.spec().node());
        let start = Span {
            end: span.start,
            ..span
        };
        let mut diagnostic = Diagnostic::new(&codes::NO_SUCH_FIELD, message)
            .at(start, "no such field")
            .at(placement.row.span, "row sets it")
            .help(format!(
                "add a row for `{kind}` without it, or set it where the operator reads it"
            ));
        diagnostic.level = level;
        self.report(diagnostic);
    }

    /// Reports that a bare Pod gets tolerations only.
    pub(super) fn note_bare_pod(&mut self, placement: &Placement<'_>, field: PodField) {
        self.keep(field, Reason::Immutable, "immutable for an existing Pod");
        let message = format!(
            "`{}` is a Pod without a controller: its {} is not changed",
            placement.title(),
            field.as_str()
        );
        let span = self.span(placement, placement.spec().node());
        let start = Span {
            end: span.start,
            ..span
        };
        self.report(
            Diagnostic::new(&codes::BARE_POD, message)
                .at(start, "only images and tolerations are mutable")
                .help("use a Deployment or a Job, or annotate it with `dunnage/ignore: \"true\"`"),
        );
    }
}
