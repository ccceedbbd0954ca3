//! Puts added objects into the stream: in place of their earlier versions, otherwise at its beginning or end.

use std::ops::Range;

use super::added::{ANNOTATION, AddedState};
use super::objects::{self, PlannedObject};
use crate::k8s::{Body, FILENAME, Manifests};
use crate::yaml::{self, NodeRef, Value};

/// A change of the stream that adds, replaces or removes whole documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamSplice {
    /// The bytes that are replaced; empty for an insertion.
    pub range: Range<usize>,
    /// The new text.
    pub text: String,
    /// The object or objects, for the header of a diff.
    pub title: String,
}

/// An object in the stream that an earlier run added.
#[derive(Debug)]
pub(super) struct Existing {
    pub(super) part: usize,
    pub(super) kind: String,
    pub(super) name: String,
    /// The annotation.
    pub(super) addition: String,
    /// Its content without the name of its file.
    content: Option<serde_json::Value>,
}

impl Existing {
    pub(super) fn of(part: usize, object: &crate::k8s::Object<'_>) -> Self {
        Self {
            part,
            kind: object.gvk.kind.clone(),
            name: object.name(),
            addition: object.annotation(ANNOTATION).unwrap_or_default().to_owned(),
            content: content(object.node),
        }
    }
}

fn content(node: NodeRef<'_>) -> Option<serde_json::Value> {
    let mut value = yaml::to_json(node).ok()?;
    if let Some(annotations) = value.pointer_mut("/metadata/annotations") {
        annotations.as_object_mut()?.remove(FILENAME);
    }
    Some(value)
}

/// How documents of the stream name the template that rendered them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FileMark {
    /// With a comment, as Helm 3 does it.
    Comment(String),
    /// With an annotation, as Helm 4 does it.
    Annotation(String),
    /// Not at all.
    Nothing,
}

impl FileMark {
    /// Returns how the stream does it, with the name of its chart.
    pub(super) fn of(release: &Manifests<'_>) -> Self {
        let chart = release
            .parts
            .iter()
            .find_map(|part| part.file.split('/').next().filter(|chart| !chart.is_empty()));
        let Some(chart) = chart.map(str::to_owned) else {
            return Self::Nothing;
        };
        if release.mentions(FILENAME) {
            Self::Annotation(chart)
        } else {
            Self::Comment(chart)
        }
    }

    /// Returns the path of an object's file, if the stream names files.
    fn file(&self, object: &PlannedObject) -> Option<String> {
        let chart = match self {
            Self::Comment(chart) | Self::Annotation(chart) => chart,
            Self::Nothing => return None,
        };
        Some(format!(
            "{chart}/templates/dunnage/{}.yaml",
            object.part.file()
        ))
    }

    /// Returns the document of an object.
    fn document(&self, object: &PlannedObject) -> String {
        match (self, self.file(object)) {
            (Self::Comment(_), Some(file)) => {
                format!("# Source: {file}\n{}", objects::text(&object.value))
            }
            (Self::Annotation(_), Some(file)) => {
                objects::text(&with_annotation(object.value.clone(), &file))
            }
            _ => objects::text(&object.value),
        }
    }
}

fn with_annotation(mut object: Value, file: &str) -> Value {
    fn member<'v>(value: &'v mut Value, key: &str) -> &'v mut Value {
        let Value::Mapping(pairs) = value else {
            unreachable!("an object has metadata");
        };
        let mut pairs = pairs.iter_mut();
        let found = pairs.find(|(own, _)| own == key);
        &mut found.expect("an object has annotations").1
    }
    if let Value::Mapping(pairs) = member(member(&mut object, "metadata"), "annotations") {
        pairs.push((FILENAME.to_owned(), file.into()));
    }
    object
}

/// The changes of a stream.
#[derive(Debug, Default)]
pub(super) struct Changes {
    pub(super) splices: Vec<StreamSplice>,
    /// The state of each planned object, in their order.
    pub(super) states: Vec<AddedState>,
    /// The existing objects that are not planned, by their indexes.
    pub(super) removed: Vec<usize>,
}

impl Changes {
    /// Plans the changes of the stream.
    pub(super) fn plan(
        release: &Manifests<'_>,
        origin: &FileMark,
        planned: &[PlannedObject],
        existing: &[Existing],
    ) -> Self {
        let mut changes = Self::default();
        let (mut first, mut last) = (Insertion::default(), Insertion::default());
        for object in planned {
            let document = origin.document(object);
            let is_same = |old: &&Existing| old.kind == object.kind && old.name == object.name;
            let Some(old) = existing.iter().find(is_same) else {
                changes.states.push(AddedState::New);
                let place = if object.kind == "PriorityClass" {
                    &mut first
                } else {
                    &mut last
                };
                place.add(object, &document);
                continue;
            };
            let is_unchanged = old.content == json(&object.value);
            changes.states.push(if is_unchanged {
                AddedState::Unchanged
            } else {
                AddedState::Replaced
            });
            if !is_unchanged {
                changes.splices.push(replaced(release, old.part, object, &document));
            }
        }
        changes.remove(release, planned, existing);
        changes.splices.extend(first.at_start(release, existing));
        changes.splices.extend(last.at_end(release));
        changes.splices.sort_by_key(|splice| (splice.range.start, splice.range.end));
        changes
    }

    fn remove(
        &mut self,
        release: &Manifests<'_>,
        planned: &[PlannedObject],
        existing: &[Existing],
    ) {
        for (index, old) in existing.iter().enumerate() {
            let mut planned = planned.iter();
            if planned.any(|object| old.kind == object.kind && old.name == object.name) {
                continue;
            }
            self.removed.push(index);
            let range = &release.parts[old.part].range;
            let before = old.part.checked_sub(1).map(|before| release.parts[before].range.end);
            // The separator before the document goes with it.
            let start = before.unwrap_or(range.start);
            self.splices.push(StreamSplice {
                range: start..range.end,
                text: String::new(),
                title: format!("{}/{}", old.kind, old.name),
            });
        }
    }
}

fn json(value: &Value) -> Option<serde_json::Value> {
    let mut text = String::new();
    value.write_json(&mut text);
    serde_json::from_str(&text).ok()
}

fn replaced(
    release: &Manifests<'_>,
    part: usize,
    object: &PlannedObject,
    document: &str,
) -> StreamSplice {
    let range = release.parts[part].range.clone();
    let text = &release.text[range.clone()];
    // What is before the document on its line, or the rest of the line of the separator.
    let is_glued = range.start > 0 && !release.text[..range.start].ends_with('\n');
    let start = if is_glued && !text.starts_with("\r\n") {
        "\n"
    } else {
        ""
    };
    let start = if text.starts_with("\r\n") {
        "\r\n"
    } else {
        start
    };
    StreamSplice {
        range,
        text: format!("{start}{document}"),
        title: format!("{}/{}", object.kind, object.name),
    }
}

/// Documents that are inserted at one place.
#[derive(Default)]
struct Insertion {
    documents: Vec<String>,
    titles: Vec<String>,
}

impl Insertion {
    fn add(&mut self, object: &PlannedObject, document: &str) {
        self.documents.push(document.to_owned());
        self.titles.push(format!("{}/{}", object.kind, object.name));
    }

    fn title(&self) -> String {
        match &self.titles[..] {
            [first, rest @ ..] if !rest.is_empty() => format!("{first} and {} more", rest.len()),
            [first, ..] => first.clone(),
            [] => String::new(),
        }
    }

    /// Inserts the documents before the first document of the chart.
    fn at_start(self, release: &Manifests<'_>, existing: &[Existing]) -> Option<StreamSplice> {
        let is_existing = |part: usize| existing.iter().any(|old| old.part == part);
        let parts = release.parts.iter().enumerate();
        let mut parts =
            parts.filter(|(part, found)| found.body != Body::Blank && !is_existing(*part));
        let title = self.title();
        let (part, _) = parts.next().filter(|_| !self.documents.is_empty())?;
        let start = release.parts[part].range.start;
        let mark = release.text[start..].starts_with('\u{feff}');
        let start = if mark {
            start + '\u{feff}'.len_utf8()
        } else {
            start
        };
        let all = self.documents.join("---\n");
        let is_behind_separator = release.text[..start].ends_with("---");
        Some(StreamSplice {
            range: start..start,
            text: if is_behind_separator {
                format!("\n{all}---")
            } else {
                format!("{all}---\n")
            },
            title,
        })
    }

    /// Appends the documents to the stream.
    fn at_end(self, release: &Manifests<'_>) -> Option<StreamSplice> {
        if self.documents.is_empty() {
            return None;
        }
        let end = release.text.len();
        // A stream may end with a separator.
        let is_open = release.parts.last().is_some_and(|last| last.body == Body::Blank);
        let is_separated = is_open && release.text.trim_end().ends_with("---");
        let newline = if release.text.ends_with('\n') {
            ""
        } else {
            "\n"
        };
        let separator = if is_separated { "" } else { "---\n" };
        Some(StreamSplice {
            range: end..end,
            text: format!("{newline}{separator}{}", self.documents.join("---\n")),
            title: self.title(),
        })
    }
}
