//! Quoted scalars that contain a document: JSON, or YAML with escaped line breaks.

use super::masked_at;

/// The number of documents around this one that were read from escapes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Depth(u8);

/// The deepest nesting that is read: JSON in YAML in JSON, and one more. What is deeper is hidden as far as its text
/// shows it.
const DEEPEST: Depth = Depth(4);

/// Returns whether a quoted scalar contains a document with something to hide. All of it is hidden then.
pub(super) fn holds_secret(scalar: &str, depth: Depth) -> bool {
    let Some(quote @ ('"' | '\'')) = scalar.chars().next() else {
        return false;
    };
    let is_escaped = quote == '"' && (scalar.contains("\\n") || scalar.contains("\\\""));
    let is_document = is_escaped || scalar[1..].trim_start().starts_with(['{', '[']);
    if !is_document || depth == DEEPEST {
        return false;
    }
    let inner = scalar[1..].strip_suffix(quote).unwrap_or(&scalar[1..]);
    let document = if quote == '"' {
        unescaped(inner)
    } else {
        inner.replace("''", "'")
    };
    !masked_at(&document, &[], Depth(depth.0 + 1)).is_empty()
}

/// Returns the text without escapes; irrelevant ones become blanks.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            plain.push(letter);
            continue;
        }
        match letters.next() {
            Some('n') => plain.push('\n'),
            Some('t') => plain.push('\t'),
            Some('u') => plain.push(unicode(&mut letters, 4)),
            Some('x') => plain.push(unicode(&mut letters, 2)),
            Some(letter @ ('"' | '\\' | '/' | '\'')) => plain.push(letter),
            _ => plain.push(' '),
        }
    }
    plain
}

fn unicode(letters: &mut std::str::Chars<'_>, length: usize) -> char {
    let digits: String = letters.take(length).collect();
    let code = u32::from_str_radix(&digits, 16).ok();
    code.and_then(char::from_u32).unwrap_or(' ')
}
