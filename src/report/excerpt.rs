use std::ops::Range;

use super::clean;
use crate::diag::Label;
use crate::text::{LineColumn, Source, SourceId, Sources};

/// A few lines of one source around labels, as they may be shown: masked, and with long lines cut around the labels.
///
/// The shown lines are copied, so that the cost of a report depends on what it shows and not on the size of the
/// sources.
#[derive(Debug)]
pub(super) struct Excerpt {
    /// The name of the source.
    pub(super) name: String,
    /// The first line shown, from 0.
    pub(super) first_line: usize,
    /// The lines, each with a newline.
    pub(super) text: String,
    /// The labels within.
    pub(super) marks: Vec<Mark>,
}

/// A label in an excerpt.
#[derive(Debug)]
pub(super) struct Mark {
    /// Its bytes in the text of the excerpt.
    pub(super) range: Range<usize>,
    /// Where it starts in the source.
    pub(super) place: LineColumn,
    /// Its text.
    pub(super) text: String,
    /// Whether it is the first label of the diagnostic.
    pub(super) is_primary: bool,
}

/// Lines of context before and after a label.
const CONTEXT: usize = 1;

/// The most lines of a label that are shown.
const MOST_LINES: usize = 12;

/// The limits of an excerpt.
#[derive(Debug, Clone, Copy)]
pub(super) struct ExcerptFrame {
    /// Returns the most bytes of a line that are shown.
    pub(super) width: usize,
    /// Returns the text in place of a part that was cut.
    pub(super) ellipsis: &'static str,
}

/// Returns the excerpts that show `labels`: the one with the primary label first, then those of its source by line,
/// then those of other sources.
pub(super) fn excerpts(sources: &Sources, labels: &[Label], frame: ExcerptFrame) -> Vec<Excerpt> {
    let mut spots: Vec<Marked> = labels
        .iter()
        .enumerate()
        .map(|label| Marked::new(sources, labels, label))
        .collect();
    spots.sort_by_key(|spot| (spot.rank, spot.range.start, spot.index));
    let mut groups: Vec<Vec<Marked>> = Vec::new();
    for spot in spots {
        match groups.last_mut() {
            Some(group) if belongs(sources, group, &spot, frame) => group.push(spot),
            _ => groups.push(vec![spot]),
        }
    }
    // Readers who look at one snippet look at the first: it has the primary label.
    groups.sort_by_key(|group| group.iter().all(|spot| spot.index != 0));
    groups.iter().map(|group| excerpt(sources, labels, group, frame)).collect()
}

/// The place of a label.
#[derive(Debug)]
struct Marked {
    /// The index of the label; the first is the primary one.
    index: usize,
    /// The order of its source among the labels.
    rank: usize,
    source: SourceId,
    range: Range<usize>,
    /// The lines it is shown on, from 0, without context.
    lines: Range<usize>,
}

impl Marked {
    fn new(sources: &Sources, labels: &[Label], (index, label): (usize, &Label)) -> Self {
        let id = label.span.source;
        let source = sources.get(id);
        let rank = labels.iter().position(|other| other.span.source == id).unwrap_or(index);
        let start = label.span.start.min(source.text().len());
        let end = label.span.end.clamp(start, source.text().len());
        // The end of a line after its last character is invisible.
        let end = start + source.text()[start..end].trim_end_matches(['\n', '\r']).len();
        let first = line_of(source, start);
        let last = line_of(source, end).min(first + MOST_LINES - 1);
        Self {
            index,
            rank,
            source: id,
            range: start..end,
            lines: first..last + 1,
        }
    }
}

fn line_of(source: &Source, offset: usize) -> usize {
    source.line_starts().partition_point(|&start| start <= offset) - 1
}

/// Returns the bytes of a line without its line end.
fn line_range(source: &Source, line: usize) -> Range<usize> {
    let start = source.line_starts()[line];
    let end = source.line_starts().get(line + 1).map_or(source.text().len(), |&next| next - 1);
    let end = if source.text()[start..end].ends_with('\r') {
        end - 1
    } else {
        end
    };
    start..end
}

/// Returns whether `spot` is shown together with the labels before it: near enough, and not far away on one long line.
fn belongs(sources: &Sources, group: &[Marked], spot: &Marked, frame: ExcerptFrame) -> bool {
    let (Some(first), Some(last)) = (group.first(), group.iter().map(|spot| spot.lines.end).max())
    else {
        return false;
    };
    let touches = spot.source == first.source && spot.lines.start <= last + 2 * CONTEXT;
    let source = sources.get(spot.source);
    let is_long = |spot: &Marked| line_range(source, spot.lines.start).len() > frame.width;
    let fits = spot.range.end - first.range.start.min(spot.range.start) <= frame.width / 2;
    touches && (fits || !(is_long(spot) || group.iter().any(is_long)))
}

/// The shown piece of one line.
struct LinePiece {
    source: Range<usize>,
    /// Returns the position of the piece in the text of the excerpt.
    at: usize,
}

fn excerpt(sources: &Sources, labels: &[Label], group: &[Marked], frame: ExcerptFrame) -> Excerpt {
    let source = sources.get(group[0].source);
    let first_line = group[0].lines.start.saturating_sub(CONTEXT);
    let last = group.iter().map(|spot| spot.lines.end).max().unwrap_or(first_line + 1);
    let end_line = (last + CONTEXT).min(source.line_starts().len());
    let mut text = String::new();
    let mut pieces = Vec::new();
    for line in first_line..end_line {
        let whole = line_range(source, line);
        if line + 1 == source.line_starts().len() && whole.is_empty() && line >= last {
            // The empty line after the last newline is shown only if it has a label.
            continue;
        }
        let shown = cut(source, &whole, group, frame);
        text.push_str(if shown.start > whole.start {
            frame.ellipsis
        } else {
            ""
        });
        pieces.push(LinePiece {
            source: shown.clone(),
            at: text.len(),
        });
        text.push_str(&clean::without_controls(&source.shown(shown.clone())));
        text.push_str(if shown.end < whole.end {
            frame.ellipsis
        } else {
            ""
        });
        text.push('\n');
    }
    let marks = group
        .iter()
        .map(|spot| mark(source, &labels[spot.index], spot, &pieces))
        .collect();
    Excerpt {
        name: clean::one_line(source.name()),
        first_line,
        text,
        marks,
    }
}

/// Returns the piece of a line to show: all of it, or a window around its first label.
fn cut(
    source: &Source,
    line: &Range<usize>,
    group: &[Marked],
    frame: ExcerptFrame,
) -> Range<usize> {
    if line.len() <= frame.width {
        return line.clone();
    }
    let focus = group
        .iter()
        .find(|spot| spot.range.start <= line.end && spot.range.end >= line.start);
    let focus = focus.map_or(line.start, |spot| spot.range.start.max(line.start));
    let text = source.text();
    let start = focus
        .saturating_sub(frame.width / 3)
        .max(line.start)
        .min(line.end - frame.width);
    let start = text.floor_char_boundary(start);
    start..text.ceil_char_boundary(start + frame.width).min(line.end)
}

fn mark(source: &Source, label: &Label, spot: &Marked, pieces: &[LinePiece]) -> Mark {
    let start = offset_in(pieces, spot.range.start);
    let end = offset_in(pieces, spot.range.end).max(start);
    let place = source.line_column(spot.range.start);
    Mark {
        range: start..end,
        place,
        text: clean::lines(&label.text),
        is_primary: spot.index == 0,
    }
}

/// Returns the position of a byte of the source in the excerpt; a byte that was cut is at the nearest edge.
fn offset_in(pieces: &[LinePiece], offset: usize) -> usize {
    let piece = pieces.iter().find(|piece| offset <= piece.source.end).or(pieces.last());
    let piece = piece.expect("an excerpt shows at least the line of its label");
    piece.at + offset.clamp(piece.source.start, piece.source.end) - piece.source.start
}
