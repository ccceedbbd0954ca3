use std::collections::BTreeSet;
use std::ops::Range;

use kube_core::gvk::GroupVersionKind;
use rayon::prelude::*;

use super::object::{FILENAME, gvk};
use super::prefilter::{self, Body};
use super::{ChartPath, Kinds, Object};
use crate::text::{SourceId, Span};
use crate::yaml::{self, Document, NodeRef, ParseError};

/// A document with its place in the stream.
#[derive(Debug)]
pub struct StreamPart<'s> {
    /// Bytes of the stream, without the `---` before it.
    pub range: Range<usize>,
    /// The content of the part.
    pub body: Body,
    /// The chart template that rendered it; empty if unknown.
    pub file: &'s str,
}

/// A stream of manifests, split into parts. Documents are parsed on demand.
#[derive(Debug)]
pub struct Manifests<'s> {
    /// The source that spans point into.
    pub source: SourceId,
    /// The whole stream.
    pub text: &'s str,
    /// Every part, in order.
    pub parts: Vec<StreamPart<'s>>,
}

impl<'s> Manifests<'s> {
    /// Splits a stream as Helm does and inspects the text of each part; nothing is parsed.
    pub fn read(source: SourceId, text: &'s str, kinds: &Kinds) -> Self {
        let ranges = yaml::split(text);
        let read = |range: Range<usize>| {
            let part = &text[range.clone()];
            StreamPart {
                range,
                body: prefilter::classify(part, kinds),
                file: file_in_text(part),
            }
        };
        let parts = if ranges.len() < WORTH_THREADS {
            ranges.into_iter().map(read).collect()
        } else {
            ranges.into_par_iter().map(read).collect()
        };
        Self {
            source,
            text,
            parts,
        }
    }

    /// Returns whether no part has a document.
    pub fn is_blank(&self) -> bool {
        self.parts.iter().all(|part| part.body == Body::Blank)
    }

    /// Returns the text of one part.
    pub fn part_text(&self, part: usize) -> &'s str {
        &self.text[self.parts[part].range.clone()]
    }

    /// Whether the stream contains this text anywhere.
    pub fn mentions(&self, text: &str) -> bool {
        memchr::memmem::find(self.text.as_bytes(), text.as_bytes()).is_some()
    }

    /// Whether the text of a part contains this text.
    pub fn contains(&self, part: usize, text: &str) -> bool {
        memchr::memmem::find(self.part_text(part).as_bytes(), text.as_bytes()).is_some()
    }

    /// Parses a part; `None` if it has no document, or no document that must be read.
    pub fn parse(&self, part: usize) -> Parsed<'s> {
        let body = self.parts[part].body;
        if body == Body::Copied {
            return None;
        }
        self.parse_any(part).filter(|parsed| parsed.is_ok() || body != Body::Perhaps)
    }

    /// Parses a part in any case; `None` if it has no document.
    pub fn parse_any(&self, part: usize) -> Option<Result<Document<'s>, ParseError>> {
        if self.parts[part].body == Body::Blank {
            return None;
        }
        let text = self.part_text(part);
        Some(match misplaced_mark(text) {
            Some(offset) => Err(ParseError {
                offset,
                message: "byte order mark in the middle of the input".to_owned(),
            }),
            None => yaml::parse(text),
        })
    }

    /// Parses all parts with such a content.
    pub fn documents(&self, wanted: impl Fn(Body) -> bool) -> ParsedDocuments<'s> {
        let is_wanted = |part: &usize| wanted(self.parts[*part].body);
        let parts = (0..self.parts.len()).filter(is_wanted).collect();
        parse_all(parts, |part| self.parse(part))
    }

    /// Parses every part with a document, including those that no pass reads.
    pub fn all_documents(&self) -> ParsedDocuments<'s> {
        parse_all((0..self.parts.len()).collect(), |part| self.parse_any(part))
    }

    /// Returns the objects of a part's document, including items of lists.
    pub fn objects_of<'d>(&self, part: usize, document: &'d Document<'d>) -> Vec<Object<'d>> {
        let Some(root) = document.root() else {
            return Vec::new();
        };
        let annotation = root.get_path(&["metadata", "annotations", FILENAME]);
        let file = annotation.and_then(|annotation| annotation.text());
        let chart = ChartPath::read(file.unwrap_or(source_comment(document.text)));
        objects(root, part, &chart)
    }

    /// Returns group and kind of a document that was not parsed, if its text shows them.
    pub fn plain_kind(&self, part: usize) -> Option<(&'s str, &'s str)> {
        let plain = prefilter::plain_type(self.part_text(part))?;
        Some((plain.group.unwrap_or_default(), plain.kind))
    }

    /// Returns where the content of a part begins, after blank lines and comments.
    pub fn content_span(&self, part: usize) -> Span {
        let mut start = 0;
        for line in self.part_text(part).split_inclusive('\n') {
            let content = line.trim();
            if !content.is_empty() && !content.starts_with('#') {
                break;
            }
            start += line.len();
        }
        self.span(part, start..start)
    }

    /// Returns the span of bytes of one part.
    pub fn span(&self, part: usize, range: Range<usize>) -> Span {
        let start = self.parts[part].range.start;
        Span::new(self.source, start + range.start..start + range.end)
    }

    /// Returns the span of an object's node.
    pub fn node_span(&self, part: usize, node: NodeRef<'_>) -> Span {
        self.span(part, node.range())
    }
}

/// Documents of a release that were parsed together, by their parts.
#[derive(Debug)]
pub struct ParsedDocuments<'s> {
    all: Vec<(usize, Result<Document<'s>, ParseError>)>,
}

impl<'s> ParsedDocuments<'s> {
    /// Returns the document of a part, or its error; `None` for a part that was not requested.
    pub fn get(&self, part: usize) -> Option<&Result<Document<'s>, ParseError>> {
        let found = self.all.binary_search_by_key(&part, |(part, _)| *part).ok()?;
        Some(&self.all[found].1)
    }

    /// Returns the parts that are not YAML, with the reason.
    pub fn broken(&self) -> impl Iterator<Item = (usize, &ParseError)> {
        let all = self.all.iter();
        all.filter_map(|(part, parsed)| Some((*part, parsed.as_ref().err()?)))
    }

    /// Returns the parts that are YAML, with their documents.
    pub fn readable(&self) -> impl Iterator<Item = (usize, &Document<'s>)> {
        let all = self.all.iter();
        all.filter_map(|(part, parsed)| Some((*part, parsed.as_ref().ok()?)))
    }

    /// Returns the root of each document with content.
    pub fn roots(&self) -> impl Iterator<Item = NodeRef<'_>> {
        let all = self.all.iter();
        all.filter_map(|(_, parsed)| parsed.as_ref().ok()?.root())
    }

    /// Returns all objects, in the order of the stream.
    pub fn objects(&self, release: &Manifests<'_>) -> Vec<Object<'_>> {
        self.readable()
            .flat_map(|(part, document)| release.objects_of(part, document))
            .collect()
    }
}

type Parsed<'s> = Option<Result<Document<'s>, ParseError>>;

fn parse_all<'s>(
    parts: Vec<usize>,
    parse: impl Fn(usize) -> Parsed<'s> + Sync,
) -> ParsedDocuments<'s> {
    let parse = |part: usize| Some((part, parse(part)?));
    let all = if parts.len() < WORTH_THREADS {
        parts.into_iter().filter_map(parse).collect()
    } else {
        parts.into_par_iter().filter_map(parse).collect()
    };
    ParsedDocuments { all }
}

/// Below this many parts a second thread costs more than it saves.
pub const WORTH_THREADS: usize = 64;

/// Returns the position of a byte order mark after the first line of the part, as in concatenated files: go-yaml
/// ignores it, other readers make it part of the first key, which then is not `kind`.
fn misplaced_mark(text: &str) -> Option<usize> {
    let content = text.trim_start();
    let offset = text.len() - content.len();
    (offset > 0 && content.starts_with('\u{feff}')).then_some(offset)
}

/// Returns the chart template of a part, from the comment of Helm 3 or the annotation of Helm 4.
fn file_in_text(text: &str) -> &str {
    let comment = source_comment(text);
    if !comment.is_empty() {
        return comment;
    }
    let at = memchr::memmem::find(text.as_bytes(), FILENAME.as_bytes());
    at.map(|at| annotated_file(&text[at + FILENAME.len()..])).unwrap_or_default()
}

/// Returns the value of the annotation whose key ends before this text.
fn annotated_file(behind_key: &str) -> &str {
    let value = behind_key.trim_start_matches(['\'', '"']).strip_prefix(':').unwrap_or_default();
    let value = value.lines().next().unwrap_or_default().trim();
    match value.chars().next() {
        Some(quote @ ('\'' | '"')) => value[1..].split(quote).next().unwrap_or_default(),
        _ => value.split([',', '}']).next().unwrap_or_default().trim_end(),
    }
}

/// Returns the file of `# Source: ...` in the comments before the content, as Helm 3 writes it.
fn source_comment(text: &str) -> &str {
    let mut comments = text
        .trim_start_matches('\u{feff}')
        .lines()
        .map(str::trim)
        .take_while(|line| line.is_empty() || line.starts_with('#'));
    comments.find_map(|line| line.strip_prefix("# Source: ")).unwrap_or_default()
}

/// Returns the objects of a document: its root, or the items of a list instead of the list. A list that an alias
/// repeats has the same items, and is read once.
fn objects<'d>(root: NodeRef<'d>, part: usize, chart: &ChartPath) -> Vec<Object<'d>> {
    let mut objects = Vec::new();
    let mut visited = BTreeSet::new();
    let mut waiting = vec![(root, None)];
    while let Some((node, inherited)) = waiting.pop() {
        let Some(gvk) = gvk(node).or(inherited) else {
            continue;
        };
        let items = node.get("items").filter(|items| items.is_sequence());
        let (Some(items), Some(kind)) = (items, gvk.kind.strip_suffix("List")) else {
            let chart = chart.clone();
            objects.push(Object {
                part,
                node,
                gvk,
                chart,
            });
            continue;
        };
        if !visited.insert(items.id()) {
            continue;
        }
        let inherited = (!kind.is_empty() && kind != "Resource").then(|| GroupVersionKind {
            kind: kind.to_owned(),
            ..gvk.clone()
        });
        let items = items.items().rev().filter(|item| !item.is_alias());
        waiting.extend(items.map(|item| (item, inherited.clone())));
    }
    objects
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Sources;

    fn release(text: &str) -> Manifests<'_> {
        let source = Sources::default().add("a", String::new());
        Manifests::read(source, text, &Kinds::default())
    }

    #[test]
    fn a_byte_order_mark_between_documents_is_not_read_over() {
        let release = release("\u{feff}kind: Pod\n---\n\u{feff}kind: Pod\n");
        let documents = release.documents(|_| true);
        assert!(matches!(documents.get(0), Some(Ok(_))));
        let broken: Vec<(usize, usize)> =
            documents.broken().map(|(part, error)| (part, error.offset)).collect();
        assert_eq!(broken, [(1, 1)]);
    }

    #[test]
    fn the_template_of_a_part_is_read_from_its_text() {
        for (text, file) in [
            (
                "\n# Source: a/templates/b.yaml\nkind: A\n",
                "a/templates/b.yaml",
            ),
            (
                "metadata:\n  annotations:\n    postrenderer.helm.sh/postrender-filename: 'a/templates/b.yaml'\n",
                "a/templates/b.yaml",
            ),
            (
                "metadata: {annotations: {postrenderer.helm.sh/postrender-filename: 'a/b.yaml', c: d}}\n",
                "a/b.yaml",
            ),
            (
                "metadata: {annotations: {\"postrenderer.helm.sh/postrender-filename\": a/b.yaml}}\n",
                "a/b.yaml",
            ),
            ("\u{feff}# Source: a/b.yaml\nkind: A\n", "a/b.yaml"),
            ("kind: A\n# Source: a/b.yaml\n", ""),
        ] {
            assert_eq!(file_in_text(text), file, "{text}");
        }
    }

    #[test]
    fn a_stream_without_a_document_is_blank() {
        for text in ["", "# nothing\n", "---\n# a\n---\n\n"] {
            assert!(release(text).is_blank(), "{text:?}");
        }
        assert!(!release("# a\n---\na: 1\n").is_blank());
    }

    #[test]
    fn spans_of_a_part_point_into_the_stream() {
        let text = "kind: A\n---\n# b\n\n  # c\nkind: B\n";
        let release = release(text);
        assert_eq!(release.part_text(0), "kind: A\n");
        let start = text.rfind("kind").expect("a kind");
        let span = release.content_span(1);
        assert_eq!((span.start, span.end), (start, start));
        assert_eq!(span.source, release.source);
        let documents = release.all_documents();
        let root = documents.roots().nth(1).expect("a document");
        let span = release.node_span(1, root.get("kind").expect("a kind"));
        assert_eq!(&text[span.start..span.end], "B");
        let span = release.content_span(0);
        assert_eq!((span.start, span.end), (0, 0));
    }

    #[test]
    fn a_byte_order_mark_that_begins_the_stream_is_read_over() {
        assert_eq!(misplaced_mark("\u{feff}a: 1\n"), None);
        assert_eq!(misplaced_mark("a: \u{feff}\n"), None);
        assert_eq!(misplaced_mark("\n \u{feff}a: 1\n"), Some(2));
        assert_eq!(misplaced_mark("\na: 1\n"), None);
    }

    #[test]
    fn documents_are_found_by_their_parts() {
        let text = "apiVersion: v1\nkind: Service\n---\n# none\n---\nkind: [\n---\napiVersion: v1\nkind: Pod\n";
        let release = release(text);
        let all = release.all_documents();
        let state = |documents: &ParsedDocuments<'_>| -> Vec<Option<bool>> {
            let parts = 0..release.parts.len();
            let state = parts.map(|part| documents.get(part).map(Result::is_ok));
            state.collect()
        };
        assert_eq!(state(&all), [Some(true), None, Some(false), Some(true)]);
        let readable: Vec<usize> = all.readable().map(|(part, _)| part).collect();
        assert_eq!(readable, [0, 3]);
        let broken: Vec<usize> = all.broken().map(|(part, _)| part).collect();
        assert_eq!(broken, [2]);
        assert_eq!(all.roots().count(), 2);
        let some = release.documents(|body| body == Body::Workload);
        assert_eq!(state(&some), [None, None, None, Some(true)]);
    }

    #[test]
    fn a_type_that_shows_at_a_glance_needs_no_parsing() {
        let text = "apiVersion: batch/v1\nkind: Job\n---\nkind: Service\n---\nkind: \"Pod\"\n";
        let release = release(text);
        assert_eq!(release.plain_kind(0), Some(("batch", "Job")));
        assert_eq!(release.plain_kind(1), Some(("", "Service")));
        assert_eq!(release.plain_kind(2), None);
    }

    /// Group, kind and name of each object, with the chart that it came from.
    #[track_caller]
    fn check_objects(text: &str, expected: &[&str]) {
        let release = release(text);
        let documents = release.all_documents();
        let objects = documents.objects(&release);
        let shown = objects.iter().map(|object| {
            let (group, chart) = (&object.gvk.group, object.chart.charts.join("/"));
            format!("{} {group} {} {chart}", object.part, object.title())
        });
        let shown: Vec<String> = shown.collect();
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn items_of_a_list_stand_in_its_place() {
        let list = "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Pod, metadata: {name: a}}\n- {apiVersion: v1, kind: ConfigMapList, items: [{metadata: {name: b}}, {metadata: {name: c}}]}\n- {metadata: {name: untyped}}\n";
        check_objects(list, &["0  Pod/a ", "0  ConfigMap/b ", "0  ConfigMap/c "]);
        let typed = "apiVersion: apps/v1\nkind: DeploymentList\nitems: [{metadata: {name: a}}, {kind: Pod, metadata: {name: b}}]\n";
        check_objects(typed, &["0 apps Deployment/a ", "0  Pod/b "]);
        // Not a list of anything, though it has items.
        let other = "apiVersion: v1\nkind: ConfigMap\nitems: [{kind: Pod}]\n";
        check_objects(other, &["0  ConfigMap "]);
        let no_list = "apiVersion: v1\nkind: List\nitems: nope\n";
        check_objects(no_list, &["0  List "]);
        let of_anything =
            "apiVersion: v1\nkind: ResourceList\nitems: [{metadata: {name: a}}, {kind: Pod}]\n";
        check_objects(of_anything, &["0  Pod "]);
    }

    #[test]
    fn what_an_alias_names_again_is_one_object() {
        let twice = "apiVersion: v1\nkind: List\nitems:\n- &a {kind: Pod, metadata: {name: a}}\n- *a\n- {kind: List, items: &i [{kind: Pod, metadata: {name: b}}]}\n- {kind: List, items: *i}\n";
        check_objects(twice, &["0  Pod/a ", "0  Pod/b "]);
    }

    #[test]
    fn an_object_came_from_the_chart_that_its_file_names() {
        let comment = "# Source: hub/charts/db/templates/a.yaml\nkind: Pod\n";
        let annotation = "metadata: {annotations: {postrenderer.helm.sh/postrender-filename: hub/templates/b.yaml}}\n";
        check_objects(
            &format!("{comment}---\n# Source: x/y.yaml\nkind: Pod\n{annotation}"),
            &["0  Pod hub/db", "1  Pod hub"],
        );
        let release = release(comment);
        assert_eq!(release.parts[0].file, "hub/charts/db/templates/a.yaml");
    }

    #[test]
    fn what_nobody_has_to_read_is_not_parsed() {
        let text = "apiVersion: v1\nkind: ConfigMap\ndata: [\n---\napiVersion: a.b/v1\nkind: C\ncontainers: [\n";
        let release = release(text);
        assert!(release.parse(0).is_none());
        // It may contain pods, but there is no sign of them, and it is not YAML.
        assert_eq!(release.parts[1].body, Body::Perhaps);
        assert!(release.parse(1).is_none());
    }
}
