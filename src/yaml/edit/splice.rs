use std::ops::Range;

/// A replacement of bytes of the old text. Several may begin at one offset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Splice {
    /// The bytes that go; empty for an insertion.
    pub(super) range: Range<usize>,
    /// The new text.
    pub(super) text: String,
    /// Whole lines come after what is changed inside a line at the same offset, the deepest first:
    /// the end of an inner collection is reached before the end of the one around it.
    pub(super) rank: Rank,
    /// Whether it is a new member of a flow collection that has none before this place: a second one
    /// there needs a comma between.
    pub(super) is_first_member: bool,
}

impl Splice {
    /// A change inside a line.
    pub(super) fn inline(range: Range<usize>, text: String) -> Self {
        Self {
            range,
            text,
            rank: Rank::Inline,
            is_first_member: false,
        }
    }

    /// A value after a key that has none: before whatever else comes after that key.
    pub(super) fn value(at: usize, text: String) -> Self {
        Self {
            rank: Rank::Value,
            ..Self::inline(at..at, text)
        }
    }

    /// New lines at the start of a line, for a collection nested `depth` deep.
    pub(super) fn lines(at: usize, text: String, depth: usize) -> Self {
        let rank = Rank::Lines(std::cmp::Reverse(depth));
        Self {
            range: at..at,
            text,
            rank,
            is_first_member: false,
        }
    }

    /// The same, where a comma begins it and needs no blank.
    pub(super) fn without_blank_before_comma(self) -> Self {
        match self.text.strip_prefix(" ,") {
            Some(rest) => Self {
                text: format!(",{rest}"),
                ..self
            },
            None => self,
        }
    }

    /// A new first member of a flow collection.
    pub(super) fn first_member(at: usize, text: String) -> Self {
        Self {
            is_first_member: true,
            ..Self::inline(at..at, text)
        }
    }
}

/// The order of splices at one offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// The value of a key that has none.
    Value,
    /// Inside a line.
    Inline,
    /// Whole lines, of a collection nested this deep (counted from the root).
    Lines(std::cmp::Reverse<usize>),
}

/// The splices as replacements in the order of the text, with those that touch put together; they do not
/// overlap.
pub(super) fn replacements(mut splices: Vec<Splice>) -> Vec<(Range<usize>, String)> {
    splices.sort_by_key(|splice| (splice.range.start, splice.rank));
    let mut replacements: Vec<(Range<usize>, String)> = Vec::with_capacity(splices.len());
    let mut first_member = None;
    for splice in splices {
        let (start, is_first) = (splice.range.start, splice.is_first_member);
        let follows = is_first && first_member.replace(start) == Some(start);
        let comma = match splice.text.starts_with(' ') {
            _ if !follows => "",
            true => ",",
            false => ", ",
        };
        match replacements.last_mut() {
            Some((range, before)) if start <= range.end => {
                range.end = range.end.max(splice.range.end);
                before.push_str(comma);
                // A comma needs its blank after a colon only.
                let needs_blank = before.is_empty() || before.ends_with(':');
                let blank = usize::from(!needs_blank && splice.text.starts_with(" ,"));
                before.push_str(&splice.text[blank..]);
            }
            _ => replacements.push((splice.range, splice.text)),
        }
    }
    replacements
}

/// The text with all replacements done.
pub(super) fn apply(text: &str, replacements: &[(Range<usize>, String)]) -> String {
    let added: usize = replacements.iter().map(|(_, text)| text.len()).sum();
    let mut out = String::with_capacity(text.len() + added);
    let mut at = 0;
    for (range, new) in replacements {
        out.push_str(&text[at..range.start]);
        out.push_str(new);
        at = range.end;
    }
    out.push_str(&text[at..]);
    out
}
