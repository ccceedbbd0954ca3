use std::borrow::Cow;
use std::collections::BTreeMap;

use rayon::prelude::*;

use super::context::{Context, Placement};
use super::plan::Change;
use super::{Mode, NO_DOCUMENTS, Options, codes, expect, hub_values, input, passes};
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
pub struct Outcome<'s> {
    /// The new stream; `None` where a diagnostic is an error.
    pub text: Option<Cow<'s, str>>,
    /// Documents that changed, in the order of the stream.
    pub documents: Vec<EditedDocument>,
    /// Every change, in the order of the stream.
    pub changes: Vec<Change>,
    /// What there is to say, in the order of the stream, then of the policy.
    pub diagnostics: Vec<Diagnostic>,
    /// Who reads the output.
    pub mode: Mode,
}

impl Outcome<'_> {
    /// Objects whose pods will start again, each once.
    pub fn restarts(&self) -> usize {
        let mut objects: Vec<_> = self
            .changes
            .iter()
            .filter(|change| change.restarts)
            .map(|change| (change.part, &change.object))
            .collect();
        objects.dedup();
        objects.len()
    }
}

/// Places every workload of a release as the policy says.
pub fn run<'s>(release: &'s Release<'s>, policy: &Policy, options: &Options) -> Outcome<'s> {
    let objects = release.objects();
    let mode = options
        .mode
        .unwrap_or_else(|| Mode::of(release, &objects, options.caller));
    let mut cx = Context::new(release, policy, options, &objects);
    cx.diagnostics = input::problems(release, &objects, mode);
    hub_values::read(&mut cx, &objects);
    let matched = plan(&mut cx, &objects);
    let Context {
        changes,
        mut diagnostics,
        ..
    } = cx;
    diagnostics.extend(expect::check(release, policy, &matched));
    let documents = edit(release, &changes, &mut diagnostics);
    let failed = diagnostics.iter().any(Diagnostic::is_error);
    let text = (!failed).then(|| splice(release, &documents));
    Outcome {
        text,
        documents,
        changes,
        diagnostics,
        mode,
    }
}

/// Plans the changes of every workload; gives back how many objects each row matched.
fn plan(cx: &mut Context<'_>, objects: &[Object<'_>]) -> Vec<usize> {
    let policy = cx.policy;
    let namespace = cx.options.namespace.as_deref();
    let mut matched = vec![0; policy.rows.len()];
    for workload in objects.iter().filter_map(Workload::of) {
        let Some(row_index) = policy.row_for(&workload, namespace) else {
            continue;
        };
        matched[row_index] += 1;
        if is_ignored(cx, &workload) || policy.rows[row_index].pools.is_empty() {
            continue;
        }
        let placement = Placement::new(policy, row_index, &workload);
        let before = cx.changes.len();
        passes::plan(cx, &placement);
        if workload.is_plain_job() && cx.changes.len() > before {
            settle_job(cx, &placement, before);
        }
    }
    matched
}

/// Whether the object asks to be left alone. Another word than `true` or `false` leaves that open, so
/// it is an error.
fn is_ignored(cx: &mut Context<'_>, workload: &Workload<'_>) -> bool {
    let object = &workload.object;
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
fn settle_job(cx: &mut Context<'_>, placement: &Placement<'_>, before: usize) {
    let code = match cx.policy.jobs {
        Jobs::Patch => return,
        Jobs::Skip => &codes::JOB_LEFT_ALONE,
        Jobs::Error => &codes::JOB_WOULD_CHANGE,
    };
    cx.changes.truncate(before);
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
    changes: &[Change],
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<EditedDocument> {
    let mut by_part: BTreeMap<usize, Vec<&Change>> = BTreeMap::new();
    for change in changes {
        by_part.entry(change.part).or_default().push(change);
    }
    let by_part: Vec<_> = by_part.into_iter().collect();
    let edited: Vec<_> = by_part
        .par_iter()
        .map(|(part, changes)| edit_part(release, *part, changes))
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
    changes: &[&Change],
) -> (Option<EditedDocument>, Vec<Diagnostic>) {
    let Body::Parsed(document) = &release.parts[part].body else {
        unreachable!("only parsed documents have workloads");
    };
    let mut diagnostics = input::duplicates(release, part, document);
    if let Some(problem) = input::alias_problem(release, part, document) {
        diagnostics.push(problem);
        return (None, diagnostics);
    }
    let edits: Vec<Edit> = changes
        .iter()
        .flat_map(|change| change.edits.iter().cloned())
        .collect();
    match yaml::edit::apply(document, &edits) {
        Ok(text) => (Some(EditedDocument { part, text }), diagnostics),
        Err(refusal) => {
            diagnostics.push(input::refused(release, part, &titles(changes), &refusal));
            (None, diagnostics)
        }
    }
}

/// The objects of one document that were to be changed, as a message names them.
fn titles(changes: &[&Change]) -> String {
    let mut titles: Vec<String> = changes
        .iter()
        .map(|change| format!("`{}`", change.object))
        .collect();
    titles.dedup();
    titles.join(" and ")
}

/// The stream with the edited documents in place of the old ones; all else is copied.
fn splice<'s>(release: &Release<'s>, documents: &[EditedDocument]) -> Cow<'s, str> {
    let text = release.text;
    if text.trim().is_empty() {
        return Cow::Borrowed(NO_DOCUMENTS);
    }
    if documents.is_empty() {
        return Cow::Borrowed(text);
    }
    let added: usize = documents.iter().map(|document| document.text.len()).sum();
    let mut out = String::with_capacity(text.len() + added);
    let mut at = 0;
    for document in documents {
        let range = &release.parts[document.part].range;
        out.push_str(&text[at..range.start]);
        out.push_str(&document.text);
        at = range.end;
    }
    out.push_str(&text[at..]);
    Cow::Owned(out)
}
