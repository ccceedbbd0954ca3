//! Converts byte offsets of a text to lines and columns, and back.

use std::ops::Range;
use std::sync::OnceLock;

/// The number of bytes that are counted together.
const BLOCK: usize = 1024;

/// The units of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Bytes of UTF-8.
    Utf8,
    /// Code units of UTF-16: two for a character above U+FFFF.
    Utf16,
    /// Characters (Unicode scalar values), which is UTF-32.
    Characters,
}

/// A position as in editors and their protocols: both numbers count from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// 0 for the first line.
    pub line: usize,
    /// 0 before the first character of the line; in units of an [`Encoding`].
    pub column: usize,
}

/// The starts of all lines, and the number of characters before each block of bytes, so that many places on one long
/// line do not each count all of it. Both are computed on demand.
#[derive(Debug, Default)]
pub(super) struct LineIndex {
    starts: OnceLock<Vec<usize>>,
    blocks: OnceLock<Vec<CharCount>>,
}

/// The number of characters that begin in a range of UTF-8 bytes.
#[derive(Debug, Clone, Copy, Default)]
struct CharCount {
    bytes: usize,
    characters: usize,
    /// Characters above U+FFFF.
    astral: usize,
}

impl CharCount {
    fn of(bytes: &[u8]) -> Self {
        let count = |is_meant: fn(u8) -> bool| bytes.iter().filter(|byte| is_meant(**byte)).count();
        Self {
            bytes: bytes.len(),
            characters: count(is_lead),
            astral: count(is_astral_lead),
        }
    }

    fn and(self, other: Self) -> Self {
        Self {
            bytes: self.bytes + other.bytes,
            characters: self.characters + other.characters,
            astral: self.astral + other.astral,
        }
    }

    fn units(self, encoding: Encoding) -> usize {
        match encoding {
            Encoding::Utf8 => self.bytes,
            Encoding::Utf16 => self.characters + self.astral,
            Encoding::Characters => self.characters,
        }
    }
}

/// Returns whether a byte of UTF-8 begins a character.
fn is_lead(byte: u8) -> bool {
    byte & 0xC0 != 0x80
}

/// Returns whether a byte of UTF-8 begins a character above U+FFFF.
fn is_astral_lead(byte: u8) -> bool {
    byte >= 0xF0
}

impl LineIndex {
    /// Returns the byte offsets at which lines begin.
    pub(super) fn starts(&self, text: &str) -> &[usize] {
        self.starts.get_or_init(|| {
            let newlines = memchr::memchr_iter(b'\n', text.as_bytes());
            std::iter::once(0).chain(newlines.map(|at| at + 1)).collect()
        })
    }

    /// Returns the bytes of a line, including its line end, by its number from 0.
    pub(super) fn line(&self, text: &str, line: usize) -> Range<usize> {
        let starts = self.starts(text);
        starts[line]..starts.get(line + 1).copied().unwrap_or(text.len())
    }

    /// Returns the position of a byte offset. An offset inside a character is moved to its start, one past the end to
    /// the end.
    pub(super) fn position(&self, text: &str, offset: usize, encoding: Encoding) -> Position {
        let offset = text.floor_char_boundary(offset);
        let starts = self.starts(text);
        let line = starts.partition_point(|&start| start <= offset) - 1;
        let start = starts[line];
        let column = if offset - start < BLOCK {
            CharCount::of(&text.as_bytes()[start..offset]).units(encoding)
        } else {
            self.units_before(text, offset, encoding) - self.units_before(text, start, encoding)
        };
        Position { line, column }
    }

    /// Returns the byte offset of a position. A column past the end of its line is the end of the line, before `\n` or
    /// `\r\n`; one inside a character is its start; a line past the end is the end of the text.
    pub(super) fn offset(&self, text: &str, position: Position, encoding: Encoding) -> usize {
        if position.line >= self.starts(text).len() {
            return text.len();
        }
        let line = self.line(text, position.line);
        let content = text[line.clone()].strip_suffix('\n');
        let content = content.map(|line| line.strip_suffix('\r').unwrap_or(line));
        let end = line.start + content.unwrap_or(&text[line.clone()]).len();
        if encoding == Encoding::Utf8 {
            let offset = line.start.saturating_add(position.column);
            return text.floor_char_boundary(offset.min(end));
        }
        let before = self.units_before(text, line.start, encoding);
        let wanted = before.saturating_add(position.column);
        let block = self.blocks(text).partition_point(|block| block.units(encoding) <= wanted) - 1;
        let mut at = (block * BLOCK).clamp(line.start, end);
        let mut units = self.units_before(text, at, encoding);
        while at < end {
            let width = CharCount::of(&text.as_bytes()[at..=at]).units(encoding);
            if width > 0 && units + width > wanted {
                return at;
            }
            units += width;
            at += 1;
        }
        end
    }

    /// Returns the number of units that begin before an offset.
    fn units_before(&self, text: &str, offset: usize, encoding: Encoding) -> usize {
        let block = offset / BLOCK;
        let rest = CharCount::of(&text.as_bytes()[block * BLOCK..offset]);
        self.blocks(text)[block].and(rest).units(encoding)
    }

    fn blocks(&self, text: &str) -> &[CharCount] {
        self.blocks.get_or_init(|| {
            let mut so_far = CharCount::default();
            let mut before = vec![so_far];
            for block in text.as_bytes().chunks(BLOCK) {
                so_far = so_far.and(CharCount::of(block));
                before.push(so_far);
            }
            before
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENCODINGS: [Encoding; 3] = [Encoding::Utf8, Encoding::Utf16, Encoding::Characters];

    #[track_caller]
    fn check_position(
        text: &str,
        offset: usize,
        line: usize,
        [utf8, utf16, characters]: [usize; 3],
    ) {
        let index = LineIndex::default();
        for (encoding, column) in ENCODINGS.into_iter().zip([utf8, utf16, characters]) {
            let position = Position { line, column };
            assert_eq!(
                index.position(text, offset, encoding),
                position,
                "{encoding:?}"
            );
            assert_eq!(
                index.offset(text, position, encoding),
                offset,
                "{encoding:?}"
            );
        }
    }

    #[test]
    fn a_column_counts_bytes_code_units_or_characters() {
        let text = "name: ä😀b\r\nnext: 🎈\r\n";
        check_position(text, 0, 0, [0, 0, 0]);
        check_position(text, 6, 0, [6, 6, 6]);
        check_position(text, 8, 0, [8, 7, 7]);
        check_position(text, 12, 0, [12, 9, 8]);
        check_position(text, 13, 0, [13, 10, 9]);
        check_position(text, 15, 1, [0, 0, 0]);
        check_position(text, 25, 1, [10, 8, 7]);
        check_position(text, 27, 2, [0, 0, 0]);
        check_position("", 0, 0, [0, 0, 0]);
        check_position("a\n", 2, 1, [0, 0, 0]);
    }

    #[track_caller]
    fn check_offset(text: &str, line: usize, column: usize, expected: [usize; 3]) {
        let index = LineIndex::default();
        let position = Position { line, column };
        let offsets = ENCODINGS.map(|encoding| index.offset(text, position, encoding));
        assert_eq!(offsets, expected);
    }

    #[test]
    fn a_position_inside_of_a_character_is_its_begin() {
        check_offset("a😀b", 0, 2, [1, 1, 5]);
        check_offset("a😀b", 0, 3, [1, 5, 6]);
        let index = LineIndex::default();
        let begin = Position { line: 0, column: 1 };
        assert_eq!(index.position("a😀b", 3, Encoding::Utf16), begin);
    }

    #[test]
    fn a_position_past_the_end_is_the_end() {
        check_offset("ab\r\ncd\n", 0, 9, [2; 3]);
        check_offset("ab\r\ncd\n", 0, usize::MAX, [2; 3]);
        check_offset("ab\r\ncd\n", 1, 9, [6; 3]);
        check_offset("ab\r\ncd\n", 2, 9, [7; 3]);
        check_offset("ab\r\ncd\n", 3, 0, [7; 3]);
        check_offset("a\rb", 0, 9, [3; 3]);
        let index = LineIndex::default();
        let end = Position { line: 1, column: 1 };
        assert_eq!(index.position("a\nb", usize::MAX, Encoding::Utf8), end);
    }

    /// What begins in one block may end in the next.
    #[test]
    fn long_lines_are_counted_as_short_ones_are() {
        for unit in ["a", "ä", "€", "😀", "a😀", "ä€😀x"] {
            let line = unit.repeat(4 * BLOCK / unit.len() + 1);
            let text = format!("one\n{line}\r\n{line}");
            let second = text.rfind('\n').expect("two lines") + 1;
            let index = LineIndex::default();
            for (at, _) in text.char_indices().filter(|(at, _)| *at >= second) {
                let before = &text[second..at];
                let columns = [
                    before.len(),
                    before.encode_utf16().count(),
                    before.chars().count(),
                ];
                for (encoding, column) in ENCODINGS.into_iter().zip(columns) {
                    let position = Position { line: 2, column };
                    assert_eq!(index.position(&text, at, encoding), position);
                    assert_eq!(
                        index.offset(&text, position, encoding),
                        at,
                        "{unit} {encoding:?}"
                    );
                }
            }
        }
    }
}
