//! How injected strings are spelled: so that every reader of YAML, 1.1 or 1.2, sees the same string.

use std::borrow::Cow;

use super::scalar::{Scalar, resolve_plain};

/// A string as it is written in block style: plain where no reader can take it for anything else, in
/// single quotes where double ones would need escapes for what anybody can read, in double quotes
/// otherwise.
pub fn block_scalar_text(value: &str) -> Cow<'_, str> {
    if is_safe_plain(value) {
        return Cow::Borrowed(value);
    }
    if value.contains(['"', '\\']) && !value.chars().any(needs_escape) {
        return Cow::Owned(format!("'{}'", value.replace('\'', "''")));
    }
    Cow::Owned(json_text(value))
}

/// Whether a string may be without quotes: it begins with a letter, a slash or the dash of an
/// option, holds nothing that
/// YAML gives a meaning to, and is no word that any reader types (`yes` is a boolean to go-yaml v2 and
/// a string to v3). Image references keep their `:` and `@`, which only a blank behind makes special.
fn is_safe_plain(value: &str) -> bool {
    let option = value.strip_prefix('-').unwrap_or(value);
    let begins =
        option.starts_with(|first: char| first.is_ascii_alphabetic()) || value.starts_with('/');
    let is_name = value
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'/' | b'-'));
    let is_reference = value.contains('/')
        && value.ends_with(|last: char| last.is_ascii_alphanumeric())
        && value.bytes().all(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'/' | b'-' | b':' | b'@')
        });
    let is_any_word = || is_word(value) || option != value && is_word(option);
    begins && (is_name || is_reference) && !is_any_word()
}

/// Whether a string may be without quotes where a plain scalar stood: like [`block_scalar_text`]'s plain
/// ones, but it may begin with a digit, as `512M` does.
pub fn can_be_plain(value: &str) -> bool {
    let is_amount = value.starts_with(|first: char| first.is_ascii_digit())
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.');
    is_safe_plain(value) || is_amount && !is_word(value)
}

/// Whether a string may be in single quotes, which know no escapes.
pub fn can_be_single_quoted(value: &str) -> bool {
    !value.chars().any(needs_escape)
}

/// Words that some reader types as a boolean, a null or a number, in any casing.
fn is_word(value: &str) -> bool {
    const WORDS: [&str; 13] = [
        "y", "yes", "n", "no", "true", "false", "on", "off", "null", "nan", "inf", "infinity",
        "none",
    ];
    WORDS.iter().any(|word| word.eq_ignore_ascii_case(value))
        || !matches!(resolve_plain(value), Scalar::String(_))
}

/// A string in JSON's double quotes, in the part of that spelling that YAML shares: no `\/`, no
/// surrogate escapes, and escapes for what go-yaml takes as a line break or refuses.
pub fn json_text(value: &str) -> String {
    let mut text = String::with_capacity(value.len() + 2);
    text.push('"');
    for letter in value.chars() {
        match letter {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\t' => text.push_str("\\t"),
            '\r' => text.push_str("\\r"),
            letter if needs_escape(letter) => {
                let code = format!("\\u{:04x}", u32::from(letter));
                text.push_str(&code);
            }
            letter => text.push(letter),
        }
    }
    text.push('"');
    text
}

fn needs_escape(letter: char) -> bool {
    matches!(letter, '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// Whether a text of several lines can be written as a literal block that any reader reads back: it begins
/// with a letter or the like, and no line holds nothing but blanks.
pub fn can_be_literal(text: &str) -> bool {
    let is_plain = |c: char| {
        c == '\n'
            || c == '\t'
            || !(c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}'))
    };
    let begins = text.chars().next().is_some_and(|c| !c.is_whitespace());
    let mut lines = text.split('\n');
    text.contains('\n')
        && begins
        && text.chars().all(is_plain)
        && lines.all(|line| line.is_empty() || !line.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_of_any_reader_are_quoted() {
        for word in [
            "yes", "No", "y", "on", "TRUE", "null", "NaN", "", "0644", "1e3", "1_", "~", "-",
            "a b", "a: b", "a:", "é", "a#b", "<<", "=",
        ] {
            assert!(block_scalar_text(word).starts_with('"'), "{word}");
            assert!(
                block_scalar_text(&format!("-{word}")).starts_with('"'),
                "-{word}"
            );
        }
        for plain in [
            "hub.jupyter.org/dedicated",
            "NoSchedule",
            "/bin/sh",
            "core",
            "quay.io/a/b:v1",
            "r.io:5000/a/b@sha256:12ab",
        ] {
            assert_eq!(block_scalar_text(plain), plain);
        }
        assert_eq!(block_scalar_text("echo \"it's\""), "'echo \"it''s\"'");
    }

    proptest! {
        #[test]
        fn every_reader_reads_json_text_back(value in "\\PC*|[\\x00-\\u{2fff}]*") {
            let text = json_text(&value);
            prop_assert_eq!(&serde_json::from_str::<String>(&text).expect("JSON"), &value);
            prop_assert_eq!(&serde_yaml::from_str::<String>(&text).expect("YAML"), &value);
            let ours = crate::yaml::parse(&text).expect("YAML");
            prop_assert_eq!(ours.root().expect("a root").as_str(), Some(value.as_str()));
        }

        #[test]
        fn every_reader_reads_block_text_back(value in "[a-zA-Z0-9_./:@~ -]{0,12}|\\PC*") {
            let text = format!("k: {}\n", block_scalar_text(&value));
            let read: serde_yaml::Value = serde_yaml::from_str(&text).expect("YAML");
            prop_assert_eq!(read["k"].as_str(), Some(value.as_str()));
            let ours = crate::yaml::parse(&text).expect("YAML");
            let ours = ours.root().and_then(|root| root.get("k")?.as_str().map(str::to_owned));
            prop_assert_eq!(ours, Some(value));
        }
    }
}
