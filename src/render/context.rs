use std::collections::{BTreeMap, BTreeSet};

use super::plan::{Because, Change, Field};
use super::{Options, codes};
use crate::diag::Diagnostic;
use crate::k8s::{Object, Release, Workload};
use crate::policy::{Policy, Pool, Row};
use crate::text::Span;
use crate::values::HubImage;
use crate::yaml::{Edit, NodeRef};

/// Where a class of the stream is created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ClassOrigin {
    /// As an ordinary object, after every `pre-*` hook.
    Ordinary,
    /// As a hook.
    Hook,
}

/// What passes know besides the workload, and where their plans go.
pub(super) struct Context<'a> {
    pub(super) release: &'a Release<'a>,
    pub(super) policy: &'a Policy,
    pub(super) options: &'a Options,
    /// Priority classes that the stream creates.
    pub(super) classes: BTreeMap<String, ClassOrigin>,
    /// Images of the hub's values in the stream, with the charts of the hub.
    pub(super) stream_images: Vec<(Vec<String>, HubImage)>,
    pub(super) changes: Vec<Change>,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Rows whose class was reported as unknown already.
    pub(super) unknown_class_rows: BTreeSet<usize>,
}

/// A workload with the row that matched it.
pub(super) struct Placement<'a> {
    pub(super) workload: &'a Workload<'a>,
    pub(super) row: &'a Row,
    pub(super) row_index: usize,
    /// The pools that the row names; any of them will do.
    pub(super) pools: Vec<&'a Pool>,
    pub(super) is_puller: bool,
}

/// `component` labels that z2jh gives to its image pullers.
const PULLERS: [&str; 2] = ["continuous-image-puller", "hook-image-puller"];

impl<'a> Placement<'a> {
    pub(super) fn new(policy: &'a Policy, row_index: usize, workload: &'a Workload<'a>) -> Self {
        let row = &policy.rows[row_index];
        let component = workload.template.labels().remove("component");
        let is_labelled = component.is_some_and(|component| PULLERS.contains(&component.as_str()));
        let is_puller = workload.kind() == "DaemonSet" && (row.puller || is_labelled);
        let pools = row.pools.iter().map(|&pool| &policy.pools[pool]).collect();
        Self {
            workload,
            row,
            row_index,
            pools,
            is_puller,
        }
    }

    pub(super) fn spec(&self) -> NodeRef<'a> {
        self.workload.template.spec
    }

    /// The workload as messages name it: `Deployment/web`.
    pub(super) fn title(&self) -> String {
        self.workload.object.title()
    }

    fn because(&self) -> Because {
        Because {
            row: self.row.title(),
            row_span: self.row.span,
            pools: self
                .pools
                .iter()
                .map(|pool| pool.name.value.clone())
                .collect(),
        }
    }
}

impl<'a> Context<'a> {
    pub(super) fn new(
        release: &'a Release<'a>,
        policy: &'a Policy,
        options: &'a Options,
        objects: &[Object<'a>],
    ) -> Self {
        Self {
            release,
            policy,
            options,
            classes: classes(objects),
            stream_images: Vec::new(),
            changes: Vec::new(),
            diagnostics: Vec::new(),
            unknown_class_rows: BTreeSet::new(),
        }
    }

    /// Plans a change.
    pub(super) fn change(
        &mut self,
        placement: &Placement<'_>,
        field: Field,
        what: String,
        edits: Vec<Edit>,
    ) {
        self.changes.push(Change {
            part: placement.workload.object.part,
            object: placement.title(),
            restarts: placement.workload.restarts(),
            field,
            what,
            because: placement.because(),
            edits,
        });
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// The span of a node of the workload's document.
    pub(super) fn span(&self, placement: &Placement<'_>, node: NodeRef<'_>) -> Span {
        self.release.node_span(placement.workload.object.part, node)
    }

    /// Says that a bare Pod gets nothing but tolerations.
    pub(super) fn note_bare_pod(&mut self, placement: &Placement<'_>, field: Field) {
        let message = format!(
            "`{}` is a Pod without a controller: its {} stays as it is",
            placement.title(),
            field.as_str()
        );
        let span = self.span(placement, placement.spec());
        let start = Span {
            end: span.start,
            ..span
        };
        self.report(
            Diagnostic::new(&codes::BARE_POD, message)
                .at(
                    start,
                    "of an existing Pod only images may change and tolerations be added",
                )
                .help("place it by a Deployment or a Job, or give it `dunnage/ignore: \"true\"`"),
        );
    }
}

fn classes(objects: &[Object<'_>]) -> BTreeMap<String, ClassOrigin> {
    let classes = objects
        .iter()
        .filter(|object| object.gvk.kind == "PriorityClass");
    let mut origins = BTreeMap::new();
    for class in classes {
        let origin = if class.is_hook() {
            ClassOrigin::Hook
        } else {
            ClassOrigin::Ordinary
        };
        origins.insert(class.name(), origin);
    }
    origins
}
