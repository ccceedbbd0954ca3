//! Texts in double quotes that hold a document of their own, with its line breaks and quotes escaped.

use super::masked_at;

/// How many documents around this one were read from its escapes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Depth(u8);

/// JSON in YAML in JSON: no real one is deeper. What is deeper is hidden as far as its text gives it away.
const DEEPEST: Depth = Depth(4);

/// Whether a scalar in double quotes holds a document with something to hide. All of it is hidden then.
pub(super) fn holds_secret(scalar: &str, depth: Depth) -> bool {
    let is_document =
        scalar.starts_with('"') && (scalar.contains("\\n") || scalar.contains("\\\""));
    if !is_document || depth == DEEPEST {
        return false;
    }
    let inner = scalar[1..].strip_suffix('"').unwrap_or(&scalar[1..]);
    !masked_at(&unescaped(inner), &[], Depth(depth.0 + 1)).is_empty()
}

/// The text that escapes stand for; those that matter to nobody here become blanks.
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
