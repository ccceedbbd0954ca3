use std::borrow::Cow;
use std::collections::BTreeMap;

use rayon::prelude::*;

use super::context::{Context, Placement};
use super::plan::Change;
use super::{Mode, NO_DOCUMENTS, Options, codes, expect, passes};
use crate::diag::Diagnostic;
use crate::k8s::{Body, Object, Release, Workload};
use crate::policy::{Jobs, Policy};
use crate::schema;
use crate::text::Span;
use crate::values;
use crate::yaml::{self, Content, Document, Edit, NodeRef, Refusal};

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
        let mut objects: Vec<_> =
            self.changes.iter().filter(|change| change.restarts).map(|change| (change.part, &change.object)).collect();
        objects.dedup();
        objects.len()
    }
}

/// Places every workload of a release as the policy says.
pub fn run<'s>(release: &'s Release<'s>, policy: &Policy, options: &Options) -> Outcome<'s> {
    let objects = release.objects();
    let mode = options.mode.unwrap_or_else(|| Mode::of(release, &objects, options.caller));
    let mut cx = Context::new(release, policy, options, &objects);
    cx.diagnostics = input_problems(release, &objects, mode);
    read_hub_values(&mut cx, &objects);
    let matched = plan(&mut cx, &objects);
    let Context { changes, mut diagnostics, .. } = cx;
    diagnostics.extend(expect::check(release, policy, &matched));
    let documents = edit(release, &changes, &mut diagnostics);
    let failed = diagnostics.iter().any(Diagnostic::is_error);
    let text = (!failed).then(|| splice(release, &documents));
    Outcome { text, documents, changes, diagnostics, mode }
}

/// Plans the changes of every workload; gives back how many objects each row matched.
fn plan(cx: &mut Context<'_>, objects: &[Object<'_>]) -> Vec<usize> {
    let policy = cx.policy;
    let namespace = cx.options.namespace.as_deref();
    let mut matched = vec![0; policy.rows.len()];
    for workload in objects.iter().filter_map(Workload::of) {
        let Some(row_index) = policy.row_for(&workload, namespace) else { continue };
        matched[row_index] += 1;
        if workload.object.annotation(IGNORE) == Some("true") || policy.rows[row_index].pools.is_empty() {
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
    let span = cx.span(placement, placement.workload.template.node);
    cx.report(
        Diagnostic::new(code, message)
            .at(Span { end: span.start, ..span }, "the template of an existing Job can never change")
            .help("`jobs: patch` places Jobs too; an upgrade fails where one exists with another template"),
    );
}

/// What is wrong with the input itself.
fn input_problems(release: &Release<'_>, objects: &[Object<'_>], mode: Mode) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    if release.is_blank() && !mode.is_helm() {
        diagnostics.push(
            Diagnostic::new(&codes::NO_DOCUMENTS, "the input holds no document")
                .help("look whether the command before the pipe failed; a chart may render nothing only under `--mode helm3` or `--mode helm4`"),
        );
    }
    for (index, part) in release.parts.iter().enumerate() {
        if let Body::Broken(error) = &part.body {
            let span = release.span(index, error.offset..error.offset);
            diagnostics.push(
                Diagnostic::new(&codes::NOT_YAML, format!("this document is not YAML: {}", error.message))
                    .at(span, "here")
                    .help("mend the chart's template; Helm and Kubernetes cannot read it either"),
            );
        }
    }
    if mode == Mode::Helm3 {
        let hooks = objects.iter().filter(|object| object.is_hook());
        diagnostics.extend(hooks.map(|hook| hook_under_helm3(release, hook)));
    }
    diagnostics
}

fn hook_under_helm3(release: &Release<'_>, hook: &Object<'_>) -> Diagnostic {
    let annotation = hook.node.get_path(&["metadata", "annotations", crate::k8s::HOOK]);
    let span = release.node_span(hook.part, annotation.unwrap_or(hook.node));
    let message = format!("`{}` is a hook, which Helm 3 would install as an ordinary object and never delete", hook.title());
    Diagnostic::new(&codes::HOOK_UNDER_HELM3, message)
        .at(span, "Helm 3 recognises no hook in a post-renderer's output")
        .help("use Helm 4, or `helm template | dunnage render --mode plain`")
}

/// Finds the images that the hub's values in the stream name.
fn read_hub_values(cx: &mut Context<'_>, objects: &[Object<'_>]) {
    for secret in objects.iter().filter(|object| is_hub_secret(object)) {
        let data = |key| secret.node.get_path(&[key, "values.yaml"]);
        let read = match (data("data"), data("stringData")) {
            (_, Some(text)) => text.text().map(str::to_owned),
            (Some(encoded), None) => encoded.text().and_then(decode),
            (None, None) => continue,
        };
        let values = read.as_deref().and_then(|text| values_of(text));
        match values.as_ref().and_then(values::locate_hub) {
            Some(hub) => {
                let charts = &secret.chart.charts;
                let images = values::hub_images(hub).into_iter().map(|image| (charts.clone(), image));
                cx.stream_images.extend(images);
            }
            None => cx.report(
                Diagnostic::new(&codes::HUB_VALUES, format!("the values in `{}` cannot be read", secret.title()))
                    .help("give them by `--values`, so that the images of profiles can be pulled"),
            ),
        }
    }
}

/// The Secret into which z2jh writes its own values (`templates/hub/secret.yaml`).
fn is_hub_secret(object: &Object<'_>) -> bool {
    let component = object.node.get_path(&["metadata", "labels", "component"]);
    object.gvk.kind == "Secret" && component.and_then(|component| component.text()) == Some("hub")
}

fn decode(encoded: &str) -> Option<String> {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::STANDARD.decode(encoded.trim()).ok()?;
    String::from_utf8(bytes).ok()
}

fn values_of(text: &str) -> Option<serde_json::Value> {
    let document = yaml::parse(text).ok()?;
    schema::to_json(document.root()?).ok()
}

/// Edits every document that a change names.
fn edit(release: &Release<'_>, changes: &[Change], diagnostics: &mut Vec<Diagnostic>) -> Vec<EditedDocument> {
    let mut by_part: BTreeMap<usize, Vec<Edit>> = BTreeMap::new();
    for change in changes {
        by_part.entry(change.part).or_default().extend(change.edits.iter().cloned());
    }
    let by_part: Vec<_> = by_part.into_iter().collect();
    let edited: Vec<_> = by_part.par_iter().map(|(part, edits)| edit_part(release, *part, edits)).collect();
    let mut documents = Vec::new();
    for (document, problems) in edited {
        diagnostics.extend(problems);
        documents.extend(document);
    }
    documents
}

fn edit_part(release: &Release<'_>, part: usize, edits: &[Edit]) -> (Option<EditedDocument>, Vec<Diagnostic>) {
    let Body::Parsed(document) = &release.parts[part].body else {
        unreachable!("only parsed documents have workloads");
    };
    let mut diagnostics = duplicates(release, part, document);
    if let Some(problem) = alias_problem(release, part, document) {
        diagnostics.push(problem);
        return (None, diagnostics);
    }
    match yaml::edit::apply(document, edits) {
        Ok(text) => (Some(EditedDocument { part, text }), diagnostics),
        Err(refusal) => {
            diagnostics.push(refused(release, part, &refusal));
            (None, diagnostics)
        }
    }
}

fn refused(release: &Release<'_>, part: usize, refusal: &Refusal) -> Diagnostic {
    let help = match refusal {
        Refusal::Unverified(_) => "this is a bug of dunnage; leave the object out with `dunnage/ignore: \"true\"` meanwhile",
        Refusal::NotA(..) => "mend the chart's values or its template",
        _ => "write it out in the template, or leave the object out with `dunnage/ignore: \"true\"`",
    };
    Diagnostic::new(&codes::CANNOT_EDIT, "this document cannot be changed without doubt about its meaning")
        .at(release.span(part, refusal.range()), refusal.to_string())
        .help(help)
}

/// Warns of keys that stand twice in a document that is edited.
fn duplicates(release: &Release<'_>, part: usize, document: &Document<'_>) -> Vec<Diagnostic> {
    let pairs = document.nodes().flat_map(duplicate_keys);
    pairs
        .map(|(first, last)| {
            let name = last.text().unwrap_or_default();
            Diagnostic::new(&codes::DUPLICATE_KEY, format!("`{name}` is set twice in one mapping"))
                .at(release.node_span(part, last), "this one wins")
                .at(release.node_span(part, first), "Helm and Kubernetes never see this one")
                .help("remove the first one from the chart's template")
        })
        .collect()
}

fn duplicate_keys(node: NodeRef<'_>) -> Vec<(NodeRef<'_>, NodeRef<'_>)> {
    if !matches!(node.node().content, Content::Mapping { .. }) {
        return Vec::new();
    }
    let mut seen: BTreeMap<&str, NodeRef<'_>> = BTreeMap::new();
    let mut pairs = Vec::new();
    for (key, _) in node.entries() {
        if let Some(first) = key.text().and_then(|name| seen.insert(name, key)) {
            pairs.push((first, key));
        }
    }
    pairs
}

/// An alias that Helm's reader refuses, in a document that is edited.
fn alias_problem(release: &Release<'_>, part: usize, document: &Document<'_>) -> Option<Diagnostic> {
    let dangling = document.nodes().find(|node| matches!(node.node().content, Content::Alias(None)));
    if let Some(alias) = dangling {
        return Some(
            Diagnostic::new(&codes::BROKEN_ALIAS, "an alias has no anchor in its document")
                .at(release.node_span(part, alias), "no such anchor")
                .help("Helm 4 splits a List without resolving its aliases; write the value out in the template"),
        );
    }
    let bomb = document.root().and_then(|root| yaml::expansion_problem(root).err())?;
    Some(
        Diagnostic::new(&codes::BROKEN_ALIAS, bomb.message)
            .at(release.span(part, bomb.range), "expanded from here")
            .help("write the values out in the template"),
    )
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
