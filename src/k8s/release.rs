use std::ops::Range;

use kube_core::gvk::GroupVersionKind;
use rayon::prelude::*;

use super::gate::{self, Scope};
use super::object::{FILENAME, gvk};
use super::{ChartPath, Kinds, Object};
use crate::text::{SourceId, Span};
use crate::yaml::{self, Document, NodeRef, ParseError};

/// What a part of the stream holds.
#[derive(Debug)]
pub enum Body<'s> {
    /// No document: blank lines, comments, directives.
    Blank,
    /// A document that cannot concern any pass; it was not parsed and may be anything.
    Copied,
    /// A document.
    Parsed(Document<'s>),
    /// Text that is not YAML.
    Broken(ParseError),
}

/// A document with its place in the stream.
#[derive(Debug)]
pub struct Part<'s> {
    /// Bytes of the stream, the `---` before it left out.
    pub range: Range<usize>,
    /// What stands there.
    pub body: Body<'s>,
    /// Where its template came from.
    pub chart: ChartPath,
}

/// A stream of manifests, read.
#[derive(Debug)]
pub struct Release<'s> {
    /// The source that spans point into.
    pub source: SourceId,
    /// The whole stream.
    pub text: &'s str,
    /// Every part, in order.
    pub parts: Vec<Part<'s>>,
}

impl<'s> Release<'s> {
    /// Reads a stream; parts that are not YAML are kept as [`Body::Broken`]. Documents of kinds that have
    /// no pods are not looked into.
    pub fn read(source: SourceId, text: &'s str, kinds: &Kinds) -> Self {
        let ranges = yaml::split(text);
        let read = |range: Range<usize>| read_part(range.clone(), &text[range], kinds);
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

    /// Whether no part holds a document.
    pub fn is_blank(&self) -> bool {
        self.parts
            .iter()
            .all(|part| matches!(part.body, Body::Blank))
    }

    /// Every object of the parsed documents, items of lists included, in the order of the stream.
    pub fn objects(&self) -> Vec<Object<'_>> {
        let mut objects = Vec::new();
        for (index, part) in self.parts.iter().enumerate() {
            if let Body::Parsed(document) = &part.body
                && let Some(root) = document.root()
            {
                collect(root, index, &part.chart, None, &mut objects);
            }
        }
        objects
    }

    /// Group and kind of a document that was not parsed, where its text shows them at a glance.
    pub fn plain_kind(&self, part: usize) -> Option<(&'s str, &'s str)> {
        let plain = gate::plain_type(&self.text[self.parts[part].range.clone()])?;
        Some((plain.group.unwrap_or_default(), plain.kind))
    }

    /// Where the content of a part begins, behind blank lines and comments.
    pub fn content_span(&self, part: usize) -> Span {
        let text = &self.text[self.parts[part].range.clone()];
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let content = line.trim();
            if !content.is_empty() && !content.starts_with('#') {
                break;
            }
            start += line.len();
        }
        self.span(part, start..start)
    }

    /// The span of bytes of one part.
    pub fn span(&self, part: usize, range: Range<usize>) -> Span {
        let start = self.parts[part].range.start;
        Span::new(self.source, start + range.start..start + range.end)
    }

    /// The span of an object's node.
    pub fn node_span(&self, part: usize, node: NodeRef<'_>) -> Span {
        self.span(part, node.range())
    }
}

/// Below this many parts a second thread costs more than it saves.
const WORTH_THREADS: usize = 64;

fn read_part<'s>(range: Range<usize>, text: &'s str, kinds: &Kinds) -> Part<'s> {
    let body = read_body(text, kinds);
    let chart = match &body {
        Body::Parsed(document) => chart_of(document),
        _ => chart_in_text(text),
    };
    Part { range, body, chart }
}

fn read_body<'s>(text: &'s str, kinds: &Kinds) -> Body<'s> {
    if yaml::is_blank(text) {
        return Body::Blank;
    }
    let scope = gate::scope(text, kinds);
    if scope == Scope::Out {
        return Body::Copied;
    }
    let parsed = match misplaced_mark(text) {
        Some(offset) => Err(ParseError {
            offset,
            message: "a byte order mark stands in the middle of the stream".to_owned(),
        }),
        None => yaml::parse(text),
    };
    match parsed {
        Ok(document) => Body::Parsed(document),
        Err(_) if scope == Scope::Perhaps => Body::Copied,
        Err(error) => Body::Broken(error),
    }
}

/// A byte order mark behind the part's first line, as in files that were put together: go-yaml passes
/// over it, other readers take it as part of the first key, which then is not `kind`.
fn misplaced_mark(text: &str) -> Option<usize> {
    let content = text.trim_start();
    let offset = text.len() - content.len();
    (offset > 0 && content.starts_with('\u{feff}')).then_some(offset)
}

fn chart_of(document: &Document<'_>) -> ChartPath {
    let annotation = document
        .root()
        .and_then(|root| root.get_path(&["metadata", "annotations", FILENAME]));
    match annotation.and_then(|annotation| annotation.text()) {
        Some(file) => ChartPath::read(file),
        None => source_comment(document.text)
            .map(ChartPath::read)
            .unwrap_or_default(),
    }
}

/// The chart of a document that is not parsed.
fn chart_in_text(text: &str) -> ChartPath {
    let file = source_comment(text).or_else(|| {
        let at = memchr::memmem::find(text.as_bytes(), FILENAME.as_bytes())?;
        let value = text[at + FILENAME.len()..]
            .strip_prefix(':')?
            .lines()
            .next()?;
        Some(value.trim().trim_matches(['\'', '"']))
    });
    file.map(ChartPath::read).unwrap_or_default()
}

/// The file of `# Source: ...` in the comments before the content, as Helm 3 writes it.
fn source_comment(text: &str) -> Option<&str> {
    let mut comments = text
        .lines()
        .map(str::trim)
        .take_while(|line| line.is_empty() || line.starts_with('#'));
    comments.find_map(|line| line.strip_prefix("# Source: "))
}

/// An object, or the items of a list in place of the list.
fn collect<'d>(
    node: NodeRef<'d>,
    part: usize,
    chart: &ChartPath,
    inherited: Option<&GroupVersionKind>,
    objects: &mut Vec<Object<'d>>,
) {
    let Some(gvk) = gvk(node).or_else(|| inherited.cloned()) else {
        return;
    };
    let items = node.get("items").filter(|items| items.is_sequence());
    let item_kind = gvk.kind.strip_suffix("List");
    match (items, item_kind) {
        (Some(items), Some(kind)) => {
            let inherited = GroupVersionKind {
                kind: kind.to_owned(),
                ..gvk.clone()
            };
            let inherited = (!kind.is_empty() && kind != "Resource").then_some(&inherited);
            for item in items.items().filter(|item| !item.is_alias()) {
                collect(item, part, chart, inherited, objects);
            }
        }
        _ => objects.push(Object {
            part,
            node,
            gvk,
            chart: chart.clone(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Sources;

    #[test]
    fn a_byte_order_mark_between_documents_is_not_read_over() {
        let text = "\u{feff}kind: Pod\n---\n\u{feff}kind: Pod\n";
        let release = Release::read(
            Sources::default().add("a", String::new()),
            text,
            &Kinds::default(),
        );
        assert!(matches!(release.parts[0].body, Body::Parsed(_)));
        let Body::Broken(error) = &release.parts[1].body else {
            panic!("{:?}", release.parts[1])
        };
        assert_eq!(error.offset, 1);
    }
}
