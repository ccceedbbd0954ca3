//! What is wrong with the input: with the stream, and with documents that are to be edited.

use std::collections::BTreeMap;

use super::{Mode, codes};
use crate::diag::Diagnostic;
use crate::k8s::{Documents, HOOK, Object, Release};
use crate::yaml::{self, Content, Document, NodeRef, ParseError, Refusal};

/// What is wrong with the stream as a whole, for who reads the output.
pub(super) fn problems(
    release: &Release<'_>,
    objects: &[Object<'_>],
    mode: Mode,
) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    if release.is_blank() && !mode.is_helm() {
        diagnostics.push(no_documents());
    }
    if mode == Mode::Helm3 {
        let hooks = objects.iter().filter(|object| object.is_hook());
        diagnostics.extend(hooks.map(|hook| hook_under_helm3(release, hook)));
    }
    diagnostics
}

/// What is in the way of reading a release at all, whoever wants to.
pub fn unreadable(release: &Release<'_>, documents: &Documents<'_>) -> Vec<Diagnostic> {
    let blank = release.is_blank().then(no_documents);
    let broken = documents
        .broken()
        .map(|(part, error)| not_yaml(release, part, error));
    blank.into_iter().chain(broken).collect()
}

fn no_documents() -> Diagnostic {
    Diagnostic::new(&codes::NO_DOCUMENTS, "the input holds no document")
        .help("see whether the command before the pipe failed; a chart may render nothing only under `--mode helm3` or `--mode helm4`")
}

/// A part that should be a document and is not.
pub(super) fn not_yaml(release: &Release<'_>, part: usize, error: &ParseError) -> Diagnostic {
    let message = format!("this document is not YAML: {}", error.message);
    Diagnostic::new(&codes::NOT_YAML, message)
        .at(release.span(part, error.offset..error.offset), "here")
        .unparsed()
        .help("mend the chart's template; Helm and Kubernetes cannot read it either")
}

fn hook_under_helm3(release: &Release<'_>, hook: &Object<'_>) -> Diagnostic {
    let annotation = hook.node.get_path(&["metadata", "annotations", HOOK]);
    let span = release.node_span(hook.part, annotation.unwrap_or(hook.node));
    let message = format!(
        "`{}` is a hook, which Helm 3 would install as an ordinary object and never delete",
        hook.title()
    );
    Diagnostic::new(&codes::HOOK_UNDER_HELM3, message)
        .at(
            span,
            "Helm 3 recognises no hook in a post-renderer's output",
        )
        .help("use Helm 4, or `helm template | dunnage render --mode plain`")
}

/// What is in the way of an edit of these objects.
pub(super) fn refused(
    release: &Release<'_>,
    part: usize,
    titles: &str,
    refusal: &Refusal,
) -> Diagnostic {
    let help = match refusal {
        Refusal::Unverified(_) => {
            "this is a bug of dunnage; leave the object out with `dunnage/ignore: \"true\"` meanwhile"
        }
        Refusal::SecondDocument(_) => "put `---` between the two in the chart's template",
        Refusal::NotA(..) => "mend the chart's values or its template",
        _ => {
            "write it out in the template, or leave the object out with `dunnage/ignore: \"true\"`"
        }
    };
    let message = format!("{titles} cannot be changed without doubt: {refusal}");
    let range = refusal.range();
    let text = release.part_text(part);
    let first_line = text[range.clone()].lines().next().unwrap_or_default();
    let range = range.start..range.start + first_line.len();
    Diagnostic::new(&codes::CANNOT_EDIT, message)
        .at(release.span(part, range), "this is in the way")
        .help(help)
}

/// Warns of keys that stand twice in a document that is edited.
pub(super) fn duplicates(
    release: &Release<'_>,
    part: usize,
    document: &Document<'_>,
) -> Vec<Diagnostic> {
    let pairs = document.nodes().flat_map(duplicate_keys);
    pairs
        .map(|(first, last)| {
            let name = last.text().unwrap_or_default();
            Diagnostic::new(
                &codes::DUPLICATE_KEY,
                format!("`{name}` is set twice in one mapping"),
            )
            .at(release.node_span(part, last), "this one wins")
            .at(
                release.node_span(part, first),
                "Helm and Kubernetes never see this one",
            )
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
pub(super) fn alias_problem(
    release: &Release<'_>,
    part: usize,
    document: &Document<'_>,
) -> Option<Diagnostic> {
    let dangling = document
        .nodes()
        .find(|node| matches!(node.node().content, Content::Alias(None)));
    if let Some(alias) = dangling {
        return Some(
            Diagnostic::new(&codes::BROKEN_ALIAS, "an alias has no anchor in its document")
                .at(release.node_span(part, alias), "no such anchor")
                .help("Helm 4 splits a List without resolving its aliases; write the value out in the template"),
        );
    }
    let bomb = document
        .root()
        .and_then(|root| yaml::expansion_problem(root).err())?;
    Some(
        Diagnostic::new(&codes::BROKEN_ALIAS, bomb.message)
            .at(release.span(part, bomb.range), "expanded from here")
            .help("write the values out in the template"),
    )
}
