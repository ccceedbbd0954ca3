use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::context::{Context, Placement};
use super::plan::{Because, Decided, Reason};
use super::{Mode, NO_DOCUMENTS, Options, codes, expect, hub_values, input, passes, unknown};
use crate::diag::Diagnostic;
use crate::k8s::{Body, Object, Release, Workload};
use crate::policy::{Jobs, Policy};
use crate::text::Span;
use crate::yaml::{self, Edit};

/// The annotation by which an object asks to be left alone.
const IGNORE: &str = "dunnage/ignore";

/// A part of the stream with its new text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditedDocument {
    /// Which part of the release.
    pub part: usize,
    /// The part's whole new text.
    pub text: String,
}

/// What a run gives back.
#[derive(Debug)]
pub struct Outcome {
    /// Whether there is a new stream; not where a diagnostic is an error.
    pub rendered: bool,
    /// Documents that changed, in the order of the stream.
    pub documents: Vec<EditedDocument>,
    /// What was decided about each pod template, in the order of the stream.
    pub decided: Vec<Decided>,
    /// How many objects each row of the policy matched.
    pub matched: Vec<usize>,
    /// How many objects have pods that will start again beside the live ones, where those are known.
    pub live_restarts: Option<usize>,
    /// What there is to say, in the order of the stream, then of the policy.
    pub diagnostics: Vec<Diagnostic>,
    /// Who reads the output.
    pub mode: Mode,
}

impl Outcome {
    /// The new stream of the release that was rendered: the old one, with the edited documents between its
    /// pieces in place of the old ones.
    pub fn pieces<'o>(&'o self, release: &Release<'o>) -> Vec<&'o str> {
        let text = release.text;
        if text.trim().is_empty() {
            return vec![NO_DOCUMENTS];
        }
        let mut pieces = Vec::with_capacity(2 * self.documents.len() + 1);
        let mut at = 0;
        for document in &self.documents {
            let range = &release.parts[document.part].range;
            pieces.extend([&text[at..range.start], &document.text]);
            at = range.end;
        }
        pieces.push(&text[at..]);
        pieces
    }

    /// The pieces put together.
    pub fn text(&self, release: &Release<'_>) -> String {
        self.pieces(release).concat()
    }

    /// How many fields change.
    pub fn changes(&self) -> usize {
        self.decided
            .iter()
            .map(|decided| decided.changes.len())
            .sum()
    }

    /// How many objects have pods that will start again.
    pub fn restarts(&self) -> usize {
        if let Some(restarts) = self.live_restarts {
            return restarts;
        }
        let restarting = self
            .decided
            .iter()
            .filter(|decided| decided.restarts && !decided.changes.is_empty());
        let mut objects: Vec<usize> = restarting.map(|decided| decided.object).collect();
        objects.dedup();
        objects.len()
    }
}

/// Places every workload of a release as the policy says.
pub fn run(release: &Release<'_>, policy: &Policy, options: &Options) -> Outcome {
    let objects = release.objects();
    let mode = options
        .mode
        .unwrap_or_else(|| Mode::of(release, &objects, options.caller));
    let mut cx = Context::new(release, policy, options, &objects);
    cx.diagnostics = input::problems_in(release, &objects, mode);
    hub_values::read(&mut cx, &objects);
    let matched = plan(&mut cx, &objects);
    let Context {
        decided,
        mut diagnostics,
        ..
    } = cx;
    diagnostics.extend(unknown::check(release, &objects, &policy.kinds));
    diagnostics.extend(expect::check(release, policy, &matched));
    let documents = edit(release, &decided, &mut diagnostics);
    Outcome {
        rendered: !diagnostics.iter().any(Diagnostic::is_error),
        documents,
        decided,
        matched,
        live_restarts: None,
        diagnostics,
        mode,
    }
}

/// Plans the changes of every workload; gives back how many objects each row matched.
fn plan(cx: &mut Context<'_>, objects: &[Object<'_>]) -> Vec<usize> {
    let policy = cx.policy;
    let namespace = cx.options.namespace.as_deref();
    let mut matched = vec![0; policy.rows.len()];
    for (index, object) in objects.iter().enumerate() {
        let workloads = Workload::all(object, &policy.kinds);
        let row_for = |workload| policy.row_for(workload, namespace);
        let rows: Vec<Option<usize>> = workloads.iter().map(row_for).collect();
        for row in rows.iter().flatten().collect::<BTreeSet<_>>() {
            matched[*row] += 1;
        }
        let is_left_alone = rows.iter().any(Option::is_some) && is_ignored(cx, object);
        let by_path: Vec<(String, usize)> = workloads
            .iter()
            .zip(&rows)
            .filter_map(|(workload, row)| Some((workload.template.path.clone(), (*row)?)))
            .collect();
        let first = cx.decided.len();
        for (workload, row) in workloads.iter().zip(&rows) {
            let because = row.map(|row| Because::of(policy, row));
            cx.decided.push(Decided::of(index, workload, because));
            match row {
                None => cx.leave(Reason::NoRow, "no row of the policy matches"),
                Some(_) if is_left_alone => cx.leave(Reason::OptOut, "`dunnage/ignore` says so"),
                Some(row) => place(cx, &Placement::new(policy, *row, workload, &by_path)),
            }
        }
        passes::check_inherited(cx, &workloads, first);
    }
    matched
}

/// Lets the passes plan for one template.
fn place(cx: &mut Context<'_>, placement: &Placement<'_>) {
    let object = cx.current().object;
    if cx.options.unchangeable.contains(&object) {
        return cx.leave(Reason::Exists, "it exists and can never change");
    }
    if placement.pools.is_empty() {
        return cx.leave(Reason::PoolNone, "`pool: none` leaves it alone");
    }
    passes::plan(cx, placement);
    let is_fixed = placement.workload.is_fixed() && !placement.workload.is_bare_pod();
    if is_fixed && !cx.current().changes.is_empty() {
        settle_job(cx, placement);
    }
}

/// Whether the object asks to be left alone. Another word than `true` or `false` leaves that open, so
/// it is an error.
fn is_ignored(cx: &mut Context<'_>, object: &Object<'_>) -> bool {
    let annotation = object.node.get_path(&["metadata", "annotations", IGNORE]);
    let Some(annotation) = annotation else {
        return false;
    };
    let word = annotation.text().unwrap_or_default();
    if !matches!(word, "true" | "false") {
        let message = format!(
            "`{}` says `{IGNORE}: {word}`, which is neither yes nor no",
            object.title()
        );
        let span = cx.release.node_span(object.part, annotation);
        cx.report(
            Diagnostic::new(&codes::IGNORE_UNCLEAR, message)
                .at(span, "neither `true` nor `false`")
                .help("`\"true\"` leaves the object alone"),
        );
    }
    word == "true"
}

/// Does with the changes of a Job what the policy says: its template can never change once it exists.
fn settle_job(cx: &mut Context<'_>, placement: &Placement<'_>) {
    let code = match cx.policy.jobs {
        Jobs::Patch => return,
        Jobs::Skip => &codes::JOB_LEFT_ALONE,
        Jobs::Error => &codes::JOB_WOULD_CHANGE,
    };
    cx.current().changes.clear();
    cx.leave(Reason::Immutable, "`jobs` of the policy says so");
    let title = placement.title();
    let message = match cx.policy.jobs {
        Jobs::Error => format!("`{title}` would change, and `jobs: error` forbids it"),
        _ => format!("`{title}` is left alone, as `jobs: skip` says"),
    };
    let help = match cx.policy.jobs {
        Jobs::Error => "give it a row with `pool: none`, or let `jobs: skip` leave all Jobs alone",
        _ => {
            "`jobs: patch` places Jobs too; an upgrade fails where one exists with another template"
        }
    };
    let span = cx.span(placement, placement.workload.template.node);
    cx.report(
        Diagnostic::new(code, message)
            .at(
                Span {
                    end: span.start,
                    ..span
                },
                "the template of an existing Job can never change",
            )
            .help(help),
    );
}

/// Edits every document that a change names.
fn edit(
    release: &Release<'_>,
    decided: &[Decided],
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<EditedDocument> {
    let mut by_part: BTreeMap<usize, Vec<&Decided>> = BTreeMap::new();
    for decided in decided.iter().filter(|decided| !decided.changes.is_empty()) {
        by_part.entry(decided.part).or_default().push(decided);
    }
    let by_part: Vec<_> = by_part.into_iter().collect();
    let edited: Vec<_> = by_part
        .par_iter()
        .map(|(part, decided)| edit_part(release, *part, decided))
        .collect();
    let mut documents = Vec::new();
    for (document, problems) in edited {
        diagnostics.extend(problems);
        documents.extend(document);
    }
    documents
}

fn edit_part(
    release: &Release<'_>,
    part: usize,
    decided: &[&Decided],
) -> (Option<EditedDocument>, Vec<Diagnostic>) {
    let Body::Parsed(document) = &release.parts[part].body else {
        unreachable!("only parsed documents have workloads");
    };
    let mut diagnostics = input::duplicates(release, part, document);
    if let Some(problem) = input::alias_problem(release, part, document) {
        diagnostics.push(problem);
        return (None, diagnostics);
    }
    let changes = decided.iter().flat_map(|decided| &decided.changes);
    let edits: Vec<Edit> = changes
        .flat_map(|change| change.edits.iter().cloned())
        .collect();
    match yaml::edit::apply(document, &edits) {
        Ok(text) => (Some(EditedDocument { part, text }), diagnostics),
        Err(refusal) => {
            diagnostics.push(input::refused(release, part, &titles(decided), &refusal));
            (None, diagnostics)
        }
    }
}

/// The objects of one document that were to be changed, as a message names them.
fn titles(decided: &[&Decided]) -> String {
    let titles: Vec<String> = decided
        .iter()
        .map(|decided| format!("`{}`", decided.title))
        .collect();
    titles.join(" and ")
}
