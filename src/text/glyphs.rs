//! Characters that look like others, as word processors, chats and web pages produce them.

/// Returns whether a character is a typographic quote, which YAML does not read as a quote.
pub fn is_typographic_quote(c: char) -> bool {
    matches!(
        c,
        '“' | '”' | '„' | '‟' | '‘' | '’' | '‚' | '‛' | '«' | '»' | '‹' | '›'
    )
}

/// Returns the name of a blank or invisible character that YAML treats as content, with its code point.
pub fn invisible_name(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{a0}' => "no-break space (U+00A0)",
        '\u{202f}' => "narrow no-break space (U+202F)",
        '\u{2007}' => "figure space (U+2007)",
        '\u{2002}' => "en space (U+2002)",
        '\u{2003}' => "em space (U+2003)",
        '\u{2009}' => "thin space (U+2009)",
        '\u{3000}' => "ideographic space (U+3000)",
        '\u{200b}' => "zero-width space (U+200B)",
        '\u{200c}' => "zero-width non-joiner (U+200C)",
        '\u{2060}' => "word joiner (U+2060)",
        '\u{ad}' => "soft hyphen (U+00AD)",
        '\u{200e}' => "left-to-right mark (U+200E)",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_space_and_a_quote_are_what_they_look_like() {
        assert!(is_typographic_quote('“') && !is_typographic_quote('"'));
        assert_eq!(invisible_name('\u{a0}'), Some("no-break space (U+00A0)"));
        assert_eq!(invisible_name(' '), None);
    }
}
