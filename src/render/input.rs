//! Diagnostics about the input: the stream as a whole, and documents that `render` edits.

use std::collections::BTreeMap;

use super::{Mode, codes};
use crate::diag::Diagnostic;
use crate::k8s::{Body, HOOK, Manifests, Misshapen, Object, ParsedDocuments};
use crate::text::Span;
use crate::yaml::{self, Document, NodeContent, NodeRef, ParseError, Refusal};

/// Returns the problems of the whole stream in a mode.
pub(super) fn problems(
    release: &Manifests<'_>,
    documents: &ParsedDocuments<'_>,
    objects: &[Object<'_>],
    mode: Mode,
) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    if release.is_blank() && !mode.is_helm() {
        diagnostics.push(no_documents());
    }
    diagnostics.extend(no_kind(release, documents));
    if mode == Mode::Helm3 {
        let hooks = objects.iter().filter(|object| object.is_hook());
        diagnostics.extend(hooks.map(|hook| hook_under_helm3(release, hook)));
    }
    diagnostics
}

/// Returns the errors that prevent reading a release.
pub fn unreadable(release: &Manifests<'_>, documents: &ParsedDocuments<'_>) -> Vec<Diagnostic> {
    let blank = release.is_blank().then(no_documents);
    let broken = documents.broken().map(|(part, error)| not_yaml(release, part, error));
    let all = blank.into_iter().chain(broken);
    all.chain(no_kind(release, documents)).collect()
}

/// Returns an error if no document has a kind, as in a values file or an error message of another command.
/// `documents` must contain all documents whose kind is not found without parsing.
pub(super) fn no_kind(
    release: &Manifests<'_>,
    documents: &ParsedDocuments<'_>,
) -> Option<Diagnostic> {
    let may_have_none = |body| matches!(body, Body::Blank | Body::Common);
    let is_certain = release.parts.iter().all(|part| may_have_none(part.body));
    if !is_certain || documents.broken().next().is_some() {
        return None;
    }
    let kind = |root: NodeRef<'_>| Some(root.get("kind")?.text()?.to_owned());
    let has_kind = |root| kind(root).is_some_and(|kind| !kind.is_empty());
    if documents.roots().any(has_kind) {
        return None;
    }
    let has_content = |document: &Document<'_>| document.root().is_some_and(|root| !root.is_null());
    let mut with_content = documents.readable().filter(|(_, document)| has_content(document));
    let (part, _) = with_content.next()?;
    let message = "the input contains no manifests: no document has a `kind`";
    Some(
        Diagnostic::new(&codes::NO_KIND, message)
            .at(release.content_span(part), "no `kind`")
            .help("check the command before the pipe; for values files, use `dunnage lint`"),
    )
}

/// Returns the error for a value of the wrong type, which prevents the placement of its workload.
pub(super) fn wrong_type(
    release: &Manifests<'_>,
    part: usize,
    title: &str,
    wrong: &Misshapen<'_>,
) -> Diagnostic {
    let path = &wrong.path;
    let (found, expected) = (wrong.found(), wrong.expected.title());
    let message = format!("`{title}` cannot be placed: `{path}` is {found}, not {expected}");
    let span = release.node_span(part, wrong.node);
    let first_line = release.text[span.start..span.end].lines().next();
    let end = span.start + first_line.unwrap_or_default().len();
    Diagnostic::new(&codes::WRONG_TYPE, message)
        .at(Span { end, ..span }, format!("{expected} expected"))
        .help("correct the chart's values or template, or annotate the object with `dunnage/ignore: \"true\"`")
}

fn no_documents() -> Diagnostic {
    Diagnostic::new(&codes::NO_DOCUMENTS, "the input contains no documents")
        .help("check whether the command before the pipe failed; empty input is allowed only with `--mode helm3` or `--mode helm4`")
}

/// Returns the error for a document that is not YAML.
pub(super) fn not_yaml(release: &Manifests<'_>, part: usize, error: &ParseError) -> Diagnostic {
    let message = format!("this document is not YAML: {}", error.message);
    Diagnostic::new(&codes::NOT_YAML, message)
        .at(release.span(part, error.offset..error.offset), "here")
        .unparsed()
        .help("correct the chart's template")
}

fn hook_under_helm3(release: &Manifests<'_>, hook: &Object<'_>) -> Diagnostic {
    let annotation = hook.node.get_path(&["metadata", "annotations", HOOK]);
    let span = release.node_span(hook.part, annotation.unwrap_or(hook.node));
    let message = format!(
        "Helm 3 would install the hook `{}` as an ordinary object and never delete it",
        hook.title()
    );
    Diagnostic::new(&codes::HOOK_UNDER_HELM3, message)
        .at(span, "ignored by Helm 3 after a post-renderer")
        .help("use Helm 4, or `helm template | dunnage render --mode plain`")
}

/// Returns the error for objects that cannot be edited safely.
pub(super) fn refused(
    release: &Manifests<'_>,
    part: usize,
    titles: &str,
    refusal: &Refusal,
) -> Diagnostic {
    let help = match refusal {
        Refusal::Unverified(_) => {
            "this is a bug in dunnage; until it is fixed, annotate the object with `dunnage/ignore: \"true\"`"
        }
        Refusal::SecondDocument(_) => "add `---` between the two documents in the chart's template",
        Refusal::NotA(..) => "correct the chart's values or template",
        Refusal::LineBreak(..) => {
            "end the line with a line feed in the template, or escape the character in double quotes"
        }
        _ => {
            "write the value out in the template, or annotate the object with `dunnage/ignore: \"true\"`"
        }
    };
    let message = format!("{titles} cannot be edited safely: {refusal}");
    let range = refusal.range();
    let text = release.part_text(part);
    let first_line = text[range.clone()].lines().next().unwrap_or_default();
    let range = range.start..range.start + first_line.len();
    Diagnostic::new(&codes::CANNOT_EDIT, message)
        .at(release.span(part, range), "prevents the edit")
        .help(help)
}

/// Returns warnings for keys that are set twice in an edited document.
pub(super) fn duplicates(
    release: &Manifests<'_>,
    part: usize,
    document: &Document<'_>,
) -> Vec<Diagnostic> {
    let mappings = document.nodes().filter(|node| !node.is_alias());
    let pairs = mappings.flat_map(|mapping| {
        let pairs = duplicate_keys(mapping).into_iter();
        pairs.map(move |(first, last)| (mapping, first, last))
    });
    pairs
        .map(|(mapping, first, last)| {
            let name = last.text().unwrap_or_default();
            let counts = mapping.find(name).is_some_and(|found| found.key.id() == last.id());
            let of_last = if counts {
                "used"
            } else {
                "overridden by a merge key (`<<`)"
            };
            Diagnostic::new(
                &codes::DUPLICATE_KEY,
                format!("`{name}` is set twice in one mapping: the first value is ignored"),
            )
            .at(release.node_span(part, last), of_last)
            .at(release.node_span(part, first), "ignored")
            .help("remove the first one from the chart's template")
        })
        .collect()
}

fn duplicate_keys(node: NodeRef<'_>) -> Vec<(NodeRef<'_>, NodeRef<'_>)> {
    if !matches!(node.node().content, NodeContent::Mapping { .. }) {
        return Vec::new();
    }
    let mut seen: BTreeMap<&str, NodeRef<'_>> = BTreeMap::new();
    let mut pairs = Vec::new();
    for (key, _) in node.entries().filter(|(key, _)| !key.is_merge_key()) {
        if let Some(first) = key.text().and_then(|name| seen.insert(name, key)) {
            pairs.push((first, key));
        }
    }
    pairs
}

/// Returns the error for an alias in an edited document that Helm cannot read.
pub(super) fn alias_problem(
    release: &Manifests<'_>,
    part: usize,
    document: &Document<'_>,
) -> Option<Diagnostic> {
    let dangling = document
        .nodes()
        .find(|node| matches!(node.node().content, NodeContent::Alias(None)));
    if let Some(alias) = dangling {
        return Some(
            Diagnostic::new(&codes::BROKEN_ALIAS, "alias has no anchor in its document")
                .at(release.node_span(part, alias), "unknown anchor")
                .help("write the value out in the template; Helm 4 splits a List without resolving its aliases"),
        );
    }
    let bomb = document.root().and_then(|root| yaml::expansion_problem(root).err())?;
    Some(
        Diagnostic::new(&codes::BROKEN_ALIAS, bomb.message)
            .at(release.span(part, bomb.range), "first alias")
            .help("write the values out in the template"),
    )
}
