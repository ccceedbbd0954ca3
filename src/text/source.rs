use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::mask;

/// Which of the [`Sources`] a span lies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(u32);

/// A half-open range of bytes in one source; always on character boundaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The text that the range indexes.
    pub source: SourceId,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The span of `range` in `source`.
    pub fn new(source: SourceId, range: Range<usize>) -> Self {
        Self {
            source,
            start: range.start,
            end: range.end,
        }
    }

    /// The bytes as a range, for slicing.
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

/// One text with the name it is shown under (a path, `<stdin>`, `policy z2jh (built in)`).
#[derive(Debug)]
pub struct Source {
    name: String,
    /// The path, where its name cannot hold every byte of it.
    path: Option<PathBuf>,
    text: String,
    is_file: bool,
    line_starts: OnceLock<Vec<usize>>,
    /// How many characters there are before each block of bytes, and in all.
    characters: OnceLock<Vec<usize>>,
    secrets: Mutex<Secrets>,
}

/// What must not be shown of a text, as far as it was asked for.
#[derive(Debug, Default)]
struct Secrets {
    /// Places of documents that do not parse.
    broken: BTreeSet<usize>,
    /// Found when a part of the text is first shown, and again when one more document turns out to be broken.
    ranges: Option<Arc<[Range<usize>]>>,
}

impl Source {
    /// The name that diagnostics show.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The path of a file, with bytes that are not UTF-8; the name of any other text.
    pub fn path(&self) -> &Path {
        self.path.as_deref().unwrap_or(Path::new(&self.name))
    }

    /// Whether the text stands in a file that its reader can change: not an argument, not what is built in.
    pub fn is_file(&self) -> bool {
        self.is_file
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Byte offsets at which lines start; found once, when the first place is asked for.
    pub fn line_starts(&self) -> &[usize] {
        self.line_starts.get_or_init(|| {
            let newlines = memchr::memchr_iter(b'\n', self.text.as_bytes());
            std::iter::once(0)
                .chain(newlines.map(|at| at + 1))
                .collect()
        })
    }

    /// The bytes of a line by its number, from 1, with the end of the line.
    pub fn line_range(&self, line: usize) -> Range<usize> {
        let starts = self.line_starts();
        let end = starts.get(line).copied().unwrap_or(self.text.len());
        starts[line - 1]..end
    }

    /// Notes that the document at `offset` does not parse: its lines tell less about what is secret, so more is hidden.
    pub fn note_broken(&self, offset: usize) {
        let mut secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        if secrets.broken.insert(offset) {
            secrets.ranges = None;
        }
    }

    /// What must not be shown of the text, sorted and disjoint.
    pub fn masked(&self) -> Arc<[Range<usize>]> {
        let mut secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        let Secrets { broken, ranges } = &mut *secrets;
        let ranges = ranges.get_or_insert_with(|| {
            let broken: Vec<usize> = broken.iter().copied().collect();
            mask::masked(&self.text, &broken).into()
        });
        Arc::clone(ranges)
    }

    /// A part of the text as it may be shown: secrets as stars, every byte where it was.
    pub fn shown(&self, range: Range<usize>) -> Cow<'_, str> {
        mask::starred(&self.text, range, &self.masked())
    }

    /// Line and column of a byte offset; an offset past the end is the end.
    pub fn line_column(&self, offset: usize) -> LineColumn {
        let offset = offset.min(self.text.len());
        let line = self.line_starts().partition_point(|&start| start <= offset);
        let start = self.line_starts()[line - 1];
        let column = if offset - start < BLOCK {
            self.text[start..offset].chars().count()
        } else {
            self.characters_before(offset) - self.characters_before(start)
        };
        LineColumn {
            line,
            column: column + 1,
        }
    }

    /// How many characters there are before an offset. Blocks are counted once, so that many places of
    /// one long line do not each count all of it.
    fn characters_before(&self, offset: usize) -> usize {
        let bytes = self.text.as_bytes();
        let blocks = self.characters.get_or_init(|| {
            let mut before = vec![0];
            for block in bytes.chunks(BLOCK) {
                let so_far = before.last().copied().unwrap_or_default();
                before.push(so_far + characters(block));
            }
            before
        });
        let block = offset / BLOCK;
        blocks[block] + characters(&bytes[block * BLOCK..offset])
    }
}

/// How many bytes are counted together.
const BLOCK: usize = 1024;

/// How many characters begin in these bytes of UTF-8.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count()
}

/// All texts of one run: manifests, policy, values files.
#[derive(Debug, Default)]
pub struct Sources {
    all: Vec<Source>,
}

impl Sources {
    /// Adds the text of a file under the name it is shown by.
    pub fn add(&mut self, name: impl Into<String>, text: String) -> SourceId {
        self.push(name.into(), None, text, true)
    }

    /// Adds the text of a file by its path.
    pub fn add_path(&mut self, path: &Path, text: String) -> SourceId {
        let name = path.display().to_string();
        let path = (Path::new(&name) != path).then(|| path.to_owned());
        self.push(name, path, text, true)
    }

    /// Adds a text that stands in no file: an argument, standard input, what is built in.
    pub fn add_fixed(&mut self, name: impl Into<String>, text: String) -> SourceId {
        self.push(name.into(), None, text, false)
    }

    fn push(
        &mut self,
        name: String,
        path: Option<PathBuf>,
        text: String,
        is_file: bool,
    ) -> SourceId {
        let id = SourceId(u32::try_from(self.all.len()).expect("fewer than 2^32 sources"));
        let line_starts = OnceLock::new();
        let characters = OnceLock::new();
        self.all.push(Source {
            name,
            path,
            text,
            is_file,
            line_starts,
            characters,
            secrets: Mutex::default(),
        });
        id
    }

    /// The same sources under the same ids, some with other texts.
    #[must_use]
    pub fn replaced(&self, texts: &BTreeMap<SourceId, String>) -> Self {
        let mut sources = Self::default();
        for (id, source) in self.iter() {
            let text = texts.get(&id).unwrap_or(&source.text);
            let (name, path) = (source.name.clone(), source.path.clone());
            sources.push(name, path, text.clone(), source.is_file);
        }
        sources
    }

    /// The source of an id that `add` gave out.
    pub fn get(&self, id: SourceId) -> &Source {
        &self.all[id.0 as usize]
    }

    /// The source of an id that another run may have given out.
    pub fn find(&self, id: SourceId) -> Option<&Source> {
        self.all.get(id.0 as usize)
    }

    /// The text under a span.
    pub fn slice(&self, span: Span) -> &str {
        &self.get(span.source).text()[span.range()]
    }

    /// The text under a span as it may be shown: secrets as stars.
    pub fn shown(&self, span: Span) -> Cow<'_, str> {
        self.get(span.source).shown(span.range())
    }

    /// Every source with its id, in the order they were added.
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
        let line = "äb".repeat(3 * BLOCK);
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
}
