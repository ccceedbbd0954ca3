use std::fmt::Write;
use std::ops::Range;
use std::path::Path;

use similar::{Algorithm, DiffOp, DiffTag, capture_diff_slices, group_diff_ops};

use super::clean;
use crate::text;

/// Returns a comment line for a diff. `git apply` and GNU `patch` ignore it before the header of a file and after the
/// last hunk of a file, but not between two hunks.
pub fn comment(line: &str) -> String {
    format!("# {}\n", clean::one_line(line))
}

/// The change of one file.
#[derive(Debug)]
pub struct FilePatch<'a> {
    /// The file, relative to the directory in which the patch is applied.
    pub path: &'a Path,
    /// The whole old text.
    pub old: &'a str,
    /// The replacements, ascending and without overlaps.
    pub replacements: Vec<Replacement<'a>>,
    /// Whether lines are coloured as git colours them.
    pub color: bool,
}

/// One range of the old text and its new text.
#[derive(Debug, Clone)]
pub struct Replacement<'a> {
    /// Bytes of the old text.
    pub range: Range<usize>,
    /// Its new text.
    pub text: &'a str,
    /// The object that it belongs to, shown in the header of each hunk; may be empty.
    pub title: String,
}

/// A file's section of a patch.
#[derive(Debug, PartialEq, Eq)]
pub struct Patch {
    /// The header and the hunks; empty if nothing changes.
    pub text: String,
    /// Why the patch differs from the change, if it does.
    pub altered: Option<Altered>,
}

/// Why a patch cannot be applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Altered {
    /// Control characters are shown as `?`.
    Controls,
    /// Secret values are shown as `*`.
    Secrets,
}

impl Altered {
    /// Returns the comment line for the end of the patch.
    pub fn comment(self) -> String {
        comment(match self {
            Self::Controls => {
                "this patch cannot be applied: control characters in it are shown as `?`"
            }
            Self::Secrets => "this patch cannot be applied: secret values in it are masked",
        })
    }
}

/// Lines of context around a change, as in other diffs.
const CONTEXT: usize = 3;

const RED: &str = "31";
const GREEN: &str = "32";
const CYAN: &str = "36";
const BOLD: &str = "1";

/// Returns the unified diff of one file, which `git apply` and `patch -p1` accept.
///
/// Lines are compared unmasked and shown masked: a masked value that changed is a changed line that looks the same.
pub fn unified(file: &FilePatch<'_>) -> Patch {
    let (new, regions) = regions(file);
    let mut writer = PatchWriter {
        text: String::new(),
        altered: None,
        color: file.color,
    };
    let (old_lines, new_lines) = (HunkLines::of(file.old), HunkLines::of(&new));
    let hunks = hunks(&regions, &old_lines, &new_lines);
    if !hunks.is_empty() {
        let old_masked = masked(file.old, regions.iter().map(|region| &region.old));
        let new_masked = masked(&new, regions.iter().map(|region| &region.new));
        let (old_shown, new_shown) = (HunkLines::of(&old_masked), HunkLines::of(&new_masked));
        let old_side = Side(&old_lines, &old_shown);
        let new_side = Side(&new_lines, &new_shown);
        writer.header("--- ", "a/", file.path);
        writer.header("+++ ", "b/", file.path);
        for hunk in hunks {
            let titles = titles(&hunk, &regions, &new_lines);
            writer.hunk(&hunk, &titles, &old_side, &new_side);
        }
    }
    Patch {
        text: writer.text,
        altered: writer.altered,
    }
}

/// Whole lines that may differ.
struct Region<'a> {
    old: Range<usize>,
    new: Range<usize>,
    titles: Vec<&'a str>,
}

/// Returns the new text, and the lines of both texts with replacements. A document may start in the middle of a line
/// (`--- {kind: Pod}`), but a diff has whole lines of the file.
fn regions<'a>(file: &'a FilePatch<'_>) -> (String, Vec<Region<'a>>) {
    let (new, replaced) = replaced(file);
    let mut regions: Vec<Region<'a>> = Vec::with_capacity(replaced.len());
    for (replacement, range) in file.replacements.iter().zip(replaced) {
        let last = regions.pop_if(|last| replacement.range.start < last.old.end);
        let region = if let Some(last) = last {
            Region {
                old: last.old.start..replacement.range.end,
                new: last.new.start..range.end,
                titles: last.titles,
            }
        } else {
            let before = &file.old[..replacement.range.start];
            let start = before.rfind('\n').map_or(0, |newline| newline + 1);
            Region {
                old: start..replacement.range.end,
                new: range.start - (before.len() - start)..range.end,
                titles: Vec::new(),
            }
        };
        let mut region = to_line_end(region, file.old, &new);
        region.titles.push(&replacement.title);
        regions.push(region);
    }
    (new, regions)
}

/// Returns the new text, and the range of each replacement in it.
fn replaced(file: &FilePatch<'_>) -> (String, Vec<Range<usize>>) {
    let mut new = String::with_capacity(file.old.len());
    let mut ranges = Vec::with_capacity(file.replacements.len());
    let mut at = 0;
    for replacement in &file.replacements {
        new.push_str(&file.old[at..replacement.range.start]);
        let start = new.len();
        new.push_str(replacement.text);
        ranges.push(start..new.len());
        at = replacement.range.end;
    }
    new.push_str(&file.old[at..]);
    (new, ranges)
}

/// Returns the region extended to the end of its last line, which is the same in both texts.
fn to_line_end<'a>(mut region: Region<'a>, old: &str, new: &str) -> Region<'a> {
    let ends_line = |text: &str, end: usize| end == 0 || text[..end].ends_with('\n');
    if !ends_line(old, region.old.end) || !ends_line(new, region.new.end) {
        let rest = &old[region.old.end..];
        let length = rest.find('\n').map_or(rest.len(), |newline| newline + 1);
        region.old.end += length;
        region.new.end += length;
    }
    region
}

/// The lines of a text, with line ends. A lone carriage return does not end a line, as in [`text::Source`].
struct HunkLines<'a> {
    all: Vec<&'a str>,
    starts: Vec<usize>,
}

impl<'a> HunkLines<'a> {
    fn of(text: &'a str) -> Self {
        let all: Vec<&str> = text.split_inclusive('\n').collect();
        let starts = all.iter().scan(0, |next, line| {
            let start = *next;
            *next += line.len();
            Some(start)
        });
        let starts = starts.collect();
        Self { all, starts }
    }

    /// Returns the indices of lines by their bytes, from 0.
    fn indices(&self, bytes: &Range<usize>) -> Range<usize> {
        let index = |offset: usize| self.starts.partition_point(|start| *start < offset);
        index(bytes.start)..index(bytes.end)
    }
}

/// Returns the operations of each hunk; their indices are lines of the whole texts. Only regions are compared, so the
/// cost of many small changes in a long stream is the sum of their costs.
fn hunks(regions: &[Region<'_>], old: &HunkLines<'_>, new: &HunkLines<'_>) -> Vec<Vec<DiffOp>> {
    let mut operations = Vec::new();
    let (mut old_at, mut new_at) = (0, 0);
    for region in regions {
        let (old_range, new_range) = (old.indices(&region.old), new.indices(&region.new));
        push_equal(&mut operations, old_at, new_at, old_range.start - old_at);
        let of_region = capture_diff_slices(
            Algorithm::Myers,
            &old.all[old_range.clone()],
            &new.all[new_range.clone()],
        );
        for operation in of_region {
            push_moved(&mut operations, operation, old_range.start, new_range.start);
        }
        (old_at, new_at) = (old_range.end, new_range.end);
    }
    push_equal(&mut operations, old_at, new_at, old.all.len() - old_at);
    group_diff_ops(operations, CONTEXT)
}

/// Adds an operation of a region by the lines of the whole texts.
fn push_moved(operations: &mut Vec<DiffOp>, mut operation: DiffOp, old: usize, new: usize) {
    match &mut operation {
        DiffOp::Equal {
            old_index,
            new_index,
            len,
        } => return push_equal(operations, *old_index + old, *new_index + new, *len),
        DiffOp::Delete {
            old_index,
            new_index,
            ..
        }
        | DiffOp::Insert {
            old_index,
            new_index,
            ..
        }
        | DiffOp::Replace {
            old_index,
            new_index,
            ..
        } => {
            *old_index += old;
            *new_index += new;
        }
    }
    operations.push(operation);
}

/// Adds equal lines to those before them: two consecutive operations would each get the context of one.
fn push_equal(operations: &mut Vec<DiffOp>, old_index: usize, new_index: usize, added: usize) {
    if let Some(DiffOp::Equal { len, .. }) = operations.last_mut() {
        *len += added;
    } else if added > 0 {
        operations.push(DiffOp::Equal {
            old_index,
            new_index,
            len: added,
        });
    }
}

/// Combines two masked forms of one text, byte for byte, into one that masks what either masks.
fn starred_in_either(one: &str, other: &str) -> String {
    let bytes = one.bytes().zip(other.bytes());
    let both = bytes.map(|(one, other)| if other == b'*' { other } else { one });
    String::from_utf8(both.collect()).expect("whole characters are stars")
}

/// Returns the text with masked secrets. Each region is also masked on its own: a document that starts in the middle of
/// a line may be recognized as a Secret only there.
fn masked<'a>(text: &str, regions: impl Iterator<Item = &'a Range<usize>>) -> String {
    let mut masked = text::mask(text).into_owned();
    for region in regions {
        let alone = text::mask(&text[region.clone()]);
        let both = starred_in_either(&masked[region.clone()], &alone);
        masked.replace_range(region.clone(), &both);
    }
    masked
}

/// Returns the titles of the changes in a hunk, without duplicates.
fn titles<'a>(hunk: &[DiffOp], regions: &[Region<'a>], new: &HunkLines<'_>) -> Vec<&'a str> {
    let mut titles: Vec<&str> = Vec::new();
    let changes = hunk.iter().filter(|operation| operation.tag() != DiffTag::Equal);
    for change in changes {
        let at = change.new_range().start;
        let after = regions.partition_point(|region| new.indices(&region.new).start <= at);
        let of_change = after.checked_sub(1).map(|index| &regions[index]);
        for title in of_change.iter().flat_map(|region| &region.titles) {
            if !title.is_empty() && !titles.contains(title) {
                titles.push(title);
            }
        }
    }
    titles
}

/// The lines of one text, unmasked and masked.
struct Side<'a>(&'a HunkLines<'a>, &'a HunkLines<'a>);

struct PatchWriter {
    text: String,
    altered: Option<Altered>,
    color: bool,
}

impl PatchWriter {
    fn header(&mut self, sign: &str, side: &str, path: &Path) {
        let bytes = path.as_os_str().as_encoded_bytes();
        let bytes = bytes.strip_prefix(b"/").unwrap_or(bytes);
        let name = quoted(&[side.as_bytes(), bytes].concat());
        let shown = text::mask_message(&name);
        if shown != name {
            self.altered = self.altered.max(Some(Altered::Secrets));
        }
        self.push(BOLD, &format!("{sign}{shown}"), "\n");
    }

    fn hunk(&mut self, hunk: &[DiffOp], titles: &[&str], old: &Side<'_>, new: &Side<'_>) {
        let (first, last) = (hunk[0], hunk[hunk.len() - 1]);
        let old_numbers = numbers(&(first.old_range().start..last.old_range().end));
        let new_numbers = numbers(&(first.new_range().start..last.new_range().end));
        let title = clean::one_line(&titles.join(", "));
        let separator = if title.is_empty() { "" } else { " " };
        let header = format!("@@ -{old_numbers} +{new_numbers} @@{separator}{title}");
        self.push(CYAN, &header, "\n");
        for operation in hunk {
            let (old_range, new_range) = (operation.old_range(), operation.new_range());
            if operation.tag() == DiffTag::Equal {
                self.lines(' ', "", new, new_range);
            } else {
                self.lines('-', RED, old, old_range);
                self.lines('+', GREEN, new, new_range);
            }
        }
    }

    fn lines(&mut self, sign: char, color: &str, Side(raw, shown): &Side<'_>, range: Range<usize>) {
        for index in range {
            if raw.all[index] != shown.all[index] {
                self.altered = self.altered.max(Some(Altered::Secrets));
            }
            self.line(sign, color, shown.all[index]);
        }
    }

    fn line(&mut self, sign: char, color: &str, line: &str) {
        let content = line.strip_suffix('\n').unwrap_or(line);
        let is_whole = content.len() < line.len();
        let (content, end) = match content.strip_suffix('\r') {
            Some(content) if is_whole => (content, "\r\n"),
            _ => (content, "\n"),
        };
        let clean = clean::without_controls(content);
        if clean != content {
            self.altered = self.altered.max(Some(Altered::Controls));
        }
        self.push(color, &format!("{sign}{clean}"), end);
        if !is_whole {
            self.text.push_str("\\ No newline at end of file\n");
        }
    }

    fn push(&mut self, color: &str, line: &str, end: &str) {
        if self.color && !color.is_empty() {
            write!(self.text, "\u{1b}[{color}m{line}\u{1b}[m{end}")
                .expect("a string takes all that is written");
        } else {
            self.text.push_str(line);
            self.text.push_str(end);
        }
    }
}

/// Returns lines as `start,count`; an empty range has the line before it, and a single line has no count.
fn numbers(range: &Range<usize>) -> String {
    match range.len() {
        0 => format!("{},0", range.start),
        1 => (range.start + 1).to_string(),
        count => format!("{},{count}", range.start + 1),
    }
}

/// Returns a file name as git and GNU `patch` read it: quoted with octal escapes if it contains characters that would
/// end it or control a terminal, and followed by a tab if it contains a space, at which `patch` would end it.
fn quoted(name: &[u8]) -> String {
    let mut text = String::with_capacity(name.len());
    let mut is_plain = !name.ends_with(b" ");
    let mut escape = |text: &mut String, bytes: &[u8]| {
        is_plain = false;
        text.extend(bytes.iter().map(|byte| format!("\\{byte:03o}")));
    };
    for chunk in name.utf8_chunks() {
        for letter in chunk.valid().chars() {
            let bytes = letter.to_string();
            if matches!(letter, '"' | '\\' | '\t' | '\n')
                || clean::without_controls(&bytes) != bytes
            {
                escape(&mut text, bytes.as_bytes());
            } else {
                text.push(letter);
            }
        }
        if !chunk.invalid().is_empty() {
            escape(&mut text, chunk.invalid());
        }
    }
    match (is_plain, text.contains(' ')) {
        (true, false) => text,
        (true, true) => text + "\t",
        (false, _) => format!("\"{text}\""),
    }
}
