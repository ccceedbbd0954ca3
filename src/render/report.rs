//! What a run saw and decided, for programs to read.

mod fits;

use serde::Serialize;

use fits::PoolFit;

use super::{Decided, Mode, Outcome, Reason};
use crate::k8s::{Body, Manifests};
use crate::policy::Policy;
use crate::text::{Sources, Span, mask_message};

/// Every object of a stream with every decision about it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Report {
    /// Goes up when a member changes its meaning or goes away: 1.
    version: u32,
    /// Whether the stream could be rendered. If not, an error among the diagnostics says why.
    rendered: bool,
    /// Who reads the output; nothing where the input was not read.
    mode: Option<Mode>,
    /// What was not in the stream because of who made it.
    unseen: Option<&'static str>,
    /// The sums.
    summary: Summary,
    /// The rows of the policy, in its order.
    rows: Vec<ReportedRow>,
    /// The objects, in the order of the stream; items of a List stand for the List.
    objects: Vec<ReportedSeen>,
}

/// How much there was, and how much of it changes.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Summary {
    /// Documents of the stream.
    documents: usize,
    /// Documents that were copied without being looked into, as their kind has no pods.
    copied: usize,
    /// Documents that change.
    changed: usize,
    /// Pod templates.
    templates: usize,
    /// Fields that change.
    changes: usize,
    /// Objects whose running pods start again.
    restarts: usize,
}

/// A row of the policy and what it did.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ReportedRow {
    /// What messages call it.
    title: String,
    /// Where it stands: `dunnage.yaml:12`.
    at: String,
    /// Its pools; none where it leaves things alone.
    pools: Vec<String>,
    /// How many objects it decided about.
    matched: usize,
}

/// An object of the stream.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ReportedSeen {
    /// The API group; empty for the core group.
    group: String,
    /// The kind; empty where a document that was copied does not show it at a glance.
    kind: String,
    /// The name; empty where there is none, or the document was copied.
    name: String,
    /// The namespace, where the object names one.
    namespace: Option<String>,
    /// The template of the chart that it came from; empty where the stream does not say.
    file: String,
    /// The line of the stream where it begins, from 1.
    line: usize,
    /// The events at which Helm runs it; none for an ordinary object.
    hooks: Vec<String>,
    /// Whether it was copied without being looked into.
    copied: bool,
    /// Its pod templates and what was decided about each.
    templates: Vec<Template>,
}

/// What was decided about one pod template.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Template {
    /// What `match.template` may call it; empty for the only one of its object.
    names: Vec<String>,
    /// The row that decided; nothing where none matches.
    row: Option<String>,
    /// The pools of the row.
    pools: Vec<String>,
    /// What changes.
    changes: Vec<ReportedChange>,
    /// What does not, and why.
    kept: Vec<ReportedKept>,
    /// Whether running pods start again because of it.
    restarts: bool,
    /// What has to hold besides, so that the pods get what is written.
    caveat: Option<&'static str>,
    /// The images that an image puller pulls, those that were there before included.
    pulls: Vec<String>,
    /// What each pool of the policy says to its pods as they are rendered; none where nothing was rendered.
    fits: Vec<PoolFit>,
}

/// A field that changes.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ReportedChange {
    /// The field of the pod spec.
    field: &'static str,
    /// What happens to it.
    what: String,
}

/// A field that stays as it is.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ReportedKept {
    /// The field of the pod spec; nothing where the reason is one for all.
    field: Option<&'static str>,
    /// Why.
    reason: Reason,
    /// Why, in words.
    what: String,
}

impl Report {
    /// The report of a run that ended before its input was read.
    pub fn unread() -> Self {
        Self {
            version: 1,
            rendered: false,
            mode: None,
            unseen: None,
            summary: Summary::default(),
            rows: Vec::new(),
            objects: Vec::new(),
        }
    }

    /// The report of a run.
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
        pools: row
            .pools
            .iter()
            .map(|&pool| policy.pool(pool).name.value.clone())
            .collect(),
        matched,
    };
    rows.map(row).collect()
}

/// `dunnage.yaml:12`
fn place(sources: &Sources, span: Span) -> String {
    let source = sources.get(span.source);
    format!("{}:{}", source.name(), source.line_column(span.start).line)
}

/// The objects that were read, and between them the documents that were not.
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
        pools: because
            .map(|because| because.pools.clone())
            .unwrap_or_default(),
        changes: changes.collect(),
        kept: kept.collect(),
        restarts: decided.restarts && !decided.changes.is_empty(),
        caveat: decided.caveat,
        pulls: decided.pulls.clone(),
        fits,
    }
}
