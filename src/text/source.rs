use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::line_index::LineIndex;
use super::{Encoding, Position, mask};

/// Identifies one of the [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(u32);

/// A half-open range of bytes in one source, always on character boundaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The source of the range.
    pub source: SourceId,
    /// The first byte.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
}

impl Span {
    /// Returns the span of `range` in `source`.
    pub fn new(source: SourceId, range: Range<usize>) -> Self {
        Self {
            source,
            start: range.start,
            end: range.end,
        }
    }

    /// Returns the bytes as a range, for slicing.
    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }
}

/// A place as people and editors name it: both numbers count from 1, the column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineColumn {
    /// 1 for the first line.
    pub line: usize,
    /// 1 for the first character of the line.
    pub column: usize,
}

/// The origin of a source.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// A file that its reader can change, or a file in a packed chart.
    File(PathBuf),
    /// Standard input.
    Stdin,
    /// The value of this command-line option: `--set`.
    Argument(&'static str),
    /// The program itself.
    BuiltIn,
    /// Another source: a text inside it, or one made from it.
    Inside(SourceId),
}

/// A text with the name that messages show (a path, `<stdin>`, `policy z2jh (built in)`).
#[derive(Debug)]
pub struct Source {
    name: String,
    origin: Origin,
    text: String,
    lines: LineIndex,
    secrets: Mutex<Secrets>,
}

/// The parts of a text that must not be shown, computed on demand.
#[derive(Debug, Default)]
struct Secrets {
    /// The offsets of documents that do not parse.
    broken: BTreeSet<usize>,
    /// Computed when a part of the text is first shown, and again after another document turns out to be broken.
    ranges: Option<Arc<[Range<usize>]>>,
}

impl Source {
    /// Returns the name that diagnostics show.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the origin of the text.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Returns the path of a file, with bytes that are not UTF-8; `None` for any other source.
    pub fn file(&self) -> Option<&Path> {
        match &self.origin {
            Origin::File(path) => Some(path),
            _ => None,
        }
    }

    /// Returns whether the text is in a file that its reader can change: not an argument, not built in, not a file in a
    /// packed chart.
    pub fn is_file(&self) -> bool {
        let is_packed = |path: &Path| {
            let around = path.ancestors().skip(1);
            let mut extensions = around.filter_map(Path::extension);
            extensions.any(|extension| extension == "tgz")
        };
        self.file().is_some_and(|path| !is_packed(path))
    }

    /// Returns the path for programs that expect one: the path of a file, `stdin` for standard input, the name of any
    /// other source.
    pub fn path_or_name(&self) -> &Path {
        match &self.origin {
            Origin::File(path) => path,
            Origin::Stdin => Path::new("stdin"),
            Origin::Argument(_) | Origin::BuiltIn | Origin::Inside(_) => Path::new(&self.name),
        }
    }

    /// Returns the whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the byte offsets at which lines start; computed on demand.
    pub fn line_starts(&self) -> &[usize] {
        self.lines.starts(&self.text)
    }

    /// Returns the bytes of a line, including its line end, by its number from 1.
    pub fn line_range(&self, line: usize) -> Range<usize> {
        self.lines.line(&self.text, line - 1)
    }

    /// Records that the document at `offset` does not parse: its lines show less about what is secret, so more is
    /// hidden.
    pub fn note_broken(&self, offset: usize) {
        let mut secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        if secrets.broken.insert(offset) {
            secrets.ranges = None;
        }
    }

    /// Returns the parts that must not be shown, sorted and disjoint.
    pub fn masked(&self) -> Arc<[Range<usize>]> {
        let mut secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        let Secrets { broken, ranges } = &mut *secrets;
        let ranges = ranges.get_or_insert_with(|| {
            let broken: Vec<usize> = broken.iter().copied().collect();
            mask::masked(&self.text, &broken).into()
        });
        Arc::clone(ranges)
    }

    /// Returns a part of the text as it may be shown: secrets as stars, at unchanged offsets.
    pub fn shown(&self, range: Range<usize>) -> Cow<'_, str> {
        mask::starred(&self.text, range, &self.masked())
    }

    /// Returns line and column of a byte offset; an offset past the end is the end.
    pub fn line_column(&self, offset: usize) -> LineColumn {
        let Position { line, column } = self.position(offset, Encoding::Characters);
        LineColumn {
            line: line + 1,
            column: column + 1,
        }
    }

    /// Returns the position of a byte offset. An offset inside a character is moved to its start, one past the end to
    /// the end.
    pub fn position(&self, offset: usize, encoding: Encoding) -> Position {
        self.lines.position(&self.text, offset, encoding)
    }

    /// Returns the byte offset of a position. A column past the end of its line is the end of the line, before `\n` or
    /// `\r\n`; one inside a character is its start; a line past the end is the end of the text.
    pub fn offset(&self, position: Position, encoding: Encoding) -> usize {
        self.lines.offset(&self.text, position, encoding)
    }
}

/// All sources of one run: manifests, policy, values files.
#[derive(Debug, Default)]
pub struct Sources {
    all: Vec<Source>,
}

impl Sources {
    /// Adds the text of a file under its path, which is the name that messages show.
    pub fn add(&mut self, name: impl Into<String>, text: String) -> SourceId {
        let name = name.into();
        let origin = Origin::File(PathBuf::from(&name));
        self.push(name, origin, text)
    }

    /// Adds the text of a file by its path.
    pub fn add_path(&mut self, path: &Path, text: String) -> SourceId {
        let origin = Origin::File(path.to_owned());
        self.push(path.display().to_string(), origin, text)
    }

    /// Adds the content of standard input.
    pub fn add_stdin(&mut self, text: String) -> SourceId {
        self.push("<stdin>".to_owned(), Origin::Stdin, text)
    }

    /// Adds the value of a command-line option.
    pub fn add_argument(&mut self, option: &'static str, text: String) -> SourceId {
        self.push(option.to_owned(), Origin::Argument(option), text)
    }

    /// Adds a built-in text.
    pub fn add_built_in(&mut self, name: impl Into<String>, text: String) -> SourceId {
        self.push(name.into(), Origin::BuiltIn, text)
    }

    /// Adds a text that is inside another source, or was made from it.
    pub fn add_inside(
        &mut self,
        source: SourceId,
        name: impl Into<String>,
        text: String,
    ) -> SourceId {
        self.push(name.into(), Origin::Inside(source), text)
    }

    fn push(&mut self, name: String, origin: Origin, text: String) -> SourceId {
        let id = SourceId(u32::try_from(self.all.len()).expect("fewer than 2^32 sources"));
        self.all.push(Source {
            name,
            origin,
            text,
            lines: LineIndex::default(),
            secrets: Mutex::default(),
        });
        id
    }

    /// Returns the same sources under the same ids, some with other texts.
    #[must_use]
    pub fn replaced(&self, texts: &BTreeMap<SourceId, String>) -> Self {
        let mut sources = Self::default();
        for (id, source) in self.iter() {
            let text = texts.get(&id).unwrap_or(&source.text);
            sources.push(source.name.clone(), source.origin.clone(), text.clone());
        }
        sources
    }

    /// Returns the source of an id from `add`.
    pub fn get(&self, id: SourceId) -> &Source {
        &self.all[id.0 as usize]
    }

    /// Returns the source of an id that another run may have created.
    pub fn find(&self, id: SourceId) -> Option<&Source> {
        self.all.get(id.0 as usize)
    }

    /// Returns the text of a span.
    pub fn slice(&self, span: Span) -> &str {
        &self.get(span.source).text()[span.range()]
    }

    /// Returns the text of a span as it may be shown: secrets as stars.
    pub fn shown(&self, span: Span) -> Cow<'_, str> {
        self.get(span.source).shown(span.range())
    }

    /// Returns all sources with their ids, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        self.all.iter().enumerate().map(|(index, source)| {
            (
                SourceId(u32::try_from(index).expect("fewer than 2^32 sources")),
                source,
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_a_long_line_counts_characters() {
        let line = "äb".repeat(3072);
        let text = format!("one\n{line}\nthree");
        let mut sources = Sources::default();
        let id = sources.add("a", text.clone());
        let source = sources.get(id);
        for (offset, _) in text.char_indices().step_by(997) {
            let before = &text[..offset];
            let start = before.rfind('\n').map_or(0, |newline| newline + 1);
            let expected = LineColumn {
                line: before.matches('\n').count() + 1,
                column: before[start..].chars().count() + 1,
            };
            assert_eq!(source.line_column(offset), expected, "{offset}");
        }
        assert_eq!(
            source.line_column(usize::MAX),
            LineColumn { line: 3, column: 6 }
        );
    }

    /// A name says nothing about where a text comes from.
    #[test]
    fn a_text_has_an_origin_whatever_its_name() {
        let mut sources = Sources::default();
        let file = sources.add_path(Path::new("<stdin>"), String::new());
        let stdin = sources.add_stdin(String::new());
        let inside = sources.add_inside(stdin, "--set", String::new());
        let built_in = sources.add_built_in("a.yaml", String::new());
        let option = sources.add_argument("--set", String::new());
        let ids = [file, stdin, inside, built_in, option];
        let origins = ids.map(|id| sources.get(id).origin().clone());
        let expected = [
            Origin::File("<stdin>".into()),
            Origin::Stdin,
            Origin::Inside(stdin),
            Origin::BuiltIn,
            Origin::Argument("--set"),
        ];
        assert_eq!(origins, expected);
        let paths = ids.map(|id| sources.get(id).path_or_name().to_str());
        let paths = paths.map(Option::unwrap_or_default);
        assert_eq!(paths, ["<stdin>", "stdin", "--set", "a.yaml", "--set"]);
        assert_eq!(
            ids.map(|id| sources.get(id).is_file()),
            [true, false, false, false, false]
        );
    }
}
