//! The machine-readable report of a run.

mod additions;
mod fits;

use serde::Serialize;

use additions::ReportedAdditions;
use fits::PoolFit;

use super::{Decided, Mode, Outcome, Reason};
use crate::k8s::{Body, Manifests};
use crate::policy::Policy;
use crate::text::{Sources, Span, mask_message};

/// The report of a run: every object with the decisions about it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Report {
    /// Version of this format: 1. It increases if a member changes its meaning or is removed.
    version: u32,
    /// Whether the stream was rendered. If not, an error in the diagnostics gives the reason.
    rendered: bool,
    /// Consumer of the output; `null` if the input was not read.
    mode: Option<Mode>,
    /// Objects that the caller does not pass to dunnage.
    unseen: Option<&'static str>,
    /// Totals of the run.
    summary: Summary,
    /// The rows of the policy, in its order.
    rows: Vec<ReportedRow>,
    /// Objects that the policy adds; `null` if no entry of `additions` applies.
    additions: Option<ReportedAdditions>,
    /// The objects, in the order of the stream; a List is replaced by its items.
    objects: Vec<ReportedSeen>,
}

/// Totals of a run.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Summary {
    /// Documents of the stream.
    documents: usize,
    /// Documents that were copied without parsing, because their kind has no pods.
    copied: usize,
    /// Documents that change.
    changed: usize,
    /// Pod templates.
    templates: usize,
    /// Fields that change.
    changes: usize,
    /// Objects whose running pods restart.
    restarts: usize,
}

/// A row of the policy with its matches.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ReportedRow {
    /// Title of the row in messages.
    title: String,
    /// Place of the row: `dunnage.yaml:12`.
    at: String,
    /// Pools of the row; empty for `pool: none`.
    pools: Vec<String>,
    /// Number of objects that the row matched.
    matched: usize,
}

/// An object of the stream.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ReportedSeen {
    /// The API group; empty for the core group.
    group: String,
    /// The kind; empty if it is unknown for a copied document.
    kind: String,
    /// The name; empty if there is none, or if the document was copied.
    name: String,
    /// The namespace, if the object sets one.
    namespace: Option<String>,
    /// The chart template that rendered it; empty if unknown.
    file: String,
    /// First line in the stream, from 1.
    line: usize,
    /// Hook events; empty for an ordinary object.
    hooks: Vec<String>,
    /// Whether the document was copied without parsing.
    copied: bool,
    /// Pod templates with the decisions about each.
    templates: Vec<Template>,
}

/// The decisions about one pod template.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Template {
    /// Names for `match.template`; empty if the object has one template.
    names: Vec<String>,
    /// Title of the matching row; `null` if none matches.
    row: Option<String>,
    /// Pools of the row.
    pools: Vec<String>,
    /// Fields that change.
    changes: Vec<ReportedChange>,
    /// Fields that do not change, with reasons.
    kept: Vec<ReportedKept>,
    /// Whether running pods restart because of the changes.
    restarts: bool,
    /// A condition of the operator for applying the fields.
    caveat: Option<&'static str>,
    /// All images that an image puller pulls after the changes.
    pulls: Vec<String>,
    /// Whether each pool can run the rendered pods; empty if nothing was rendered.
    fits: Vec<PoolFit>,
}

/// A field that changes.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ReportedChange {
    /// The field of the pod spec.
    field: &'static str,
    /// The change in a few words.
    what: String,
}

/// A field that does not change.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ReportedKept {
    /// The field of the pod spec; `null` if the reason applies to all fields.
    field: Option<&'static str>,
    /// The reason.
    reason: Reason,
    /// The reason in a few words.
    what: String,
}

impl Report {
    /// Returns the report of a run that ended before its input was read.
    pub fn unread() -> Self {
        Self {
            version: 1,
            rendered: false,
            mode: None,
            unseen: None,
            summary: Summary::default(),
            rows: Vec::new(),
            additions: None,
            objects: Vec::new(),
        }
    }

    /// Returns the report of a run.
    pub fn of(
        sources: &Sources,
        release: &Manifests<'_>,
        policy: &Policy,
        outcome: &Outcome,
    ) -> Self {
        let helm3 =
            "Helm 3 does not pass hooks to a post-renderer, so hook Jobs and Pods were not placed";
        Self {
            version: 1,
            rendered: outcome.rendered,
            mode: Some(outcome.mode),
            unseen: (outcome.mode == Mode::Helm3).then_some(helm3),
            summary: summary(release, outcome),
            rows: rows(sources, policy, outcome),
            additions: additions::report(sources, outcome),
            objects: seen(sources, release, policy, outcome),
        }
    }
}

fn summary(release: &Manifests<'_>, outcome: &Outcome) -> Summary {
    let count = |is: fn(Body) -> bool| release.parts.iter().filter(|part| is(part.body)).count();
    Summary {
        documents: count(|body| !matches!(body, Body::Blank)),
        copied: count(|body| matches!(body, Body::Copied)),
        changed: outcome.documents.len(),
        templates: outcome.decided.len(),
        changes: outcome.changes(),
        restarts: outcome.restarts(),
    }
}

fn rows(sources: &Sources, policy: &Policy, outcome: &Outcome) -> Vec<ReportedRow> {
    let rows = policy.rows.iter().zip(&outcome.matched);
    let row = |(row, &matched): (&crate::policy::Row, &usize)| ReportedRow {
        title: row.title(),
        at: place(sources, row.span),
        pools: row.pools.iter().map(|&pool| policy.pool(pool).name.value.clone()).collect(),
        matched,
    };
    rows.map(row).collect()
}

/// `dunnage.yaml:12`
fn place(sources: &Sources, span: Span) -> String {
    let source = sources.get(span.source);
    format!("{}:{}", source.name(), source.line_column(span.start).line)
}

/// Returns the parsed objects and the copied documents, in the order of the stream.
fn seen(
    sources: &Sources,
    release: &Manifests<'_>,
    policy: &Policy,
    outcome: &Outcome,
) -> Vec<ReportedSeen> {
    let mut fits = if outcome.rendered {
        fits::of_templates(release, policy, outcome)
    } else {
        Vec::new()
    }
    .into_iter();
    let line = |span: Span| sources.get(span.source).line_column(span.start).line;
    let mut all = Vec::new();
    let mut objects = outcome.seen.iter().peekable();
    let mut decided = outcome.decided.iter().peekable();
    for (index, part) in release.parts.iter().enumerate() {
        let mut number = 0;
        while let Some(object) = objects.next_if(|object| object.part == index) {
            let mut templates = Vec::new();
            let is_of = |decided: &&Decided| (decided.part, decided.object) == (index, number);
            while let Some(decided) = decided.next_if(is_of) {
                templates.push(template(decided, fits.next().unwrap_or_default()));
            }
            number += 1;
            all.push(ReportedSeen {
                group: object.group.clone(),
                kind: object.kind.clone(),
                name: object.name.clone(),
                namespace: object.namespace.clone(),
                file: object.file.clone(),
                line: line(object.span),
                hooks: object.hooks.clone(),
                copied: false,
                templates,
            });
        }
        if number == 0 && part.body != Body::Blank {
            let (group, kind) = release.plain_kind(index).unwrap_or_default();
            all.push(ReportedSeen {
                group: group.to_owned(),
                kind: kind.to_owned(),
                name: String::new(),
                namespace: None,
                file: part.file.to_owned(),
                line: line(release.content_span(index)),
                hooks: Vec::new(),
                copied: true,
                templates: Vec::new(),
            });
        }
    }
    all
}

fn template(decided: &Decided, fits: Vec<PoolFit>) -> Template {
    let changes = decided.changes.iter().map(|change| ReportedChange {
        field: change.field.as_str(),
        what: mask_message(&change.what).into_owned(),
    });
    let kept = decided.kept.iter().map(|kept| ReportedKept {
        field: kept.field.map(|field| field.as_str()),
        reason: kept.reason,
        what: mask_message(&kept.what).into_owned(),
    });
    let because = decided.because.as_ref();
    Template {
        names: decided.template.clone(),
        row: because.map(|because| because.row.clone()),
        pools: because.map(|because| because.pools.clone()).unwrap_or_default(),
        changes: changes.collect(),
        kept: kept.collect(),
        restarts: decided.restarts && !decided.changes.is_empty(),
        caveat: decided.caveat,
        pulls: decided.pulls.clone(),
        fits,
    }
}
