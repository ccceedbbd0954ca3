//! What dunnage says is plain English in the terms of the field: one term for one thing, short summaries, no full stop at
//! the end of one sentence. A text that breaks a rule is printed with the term to use instead.
//!
//! `cargo test --test wording -- --ignored --nocapture` prints every text: each code with its level, name and summary, and
//! below it the messages, labels and helps of its file.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test reads the source tree and prints a table"
)]

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::Value;

mod support;

use support::{World, explained_codes, source_code};

/// Phrases that dunnage does not use, and what to write instead. A phrase matches whole words in any case; `*` at its end
/// matches the rest of a word.
const PHRASES: &[(&str, &str)] = &[
    ("take away", "remove, delete"),
    ("takes away", "remove, delete"),
    ("taken away", "remove, delete"),
    ("took away", "removed, deleted"),
    ("take it away", "remove it"),
    ("take them away", "remove them"),
    ("let go", "evict, preempt, remove"),
    ("switch* on", "enable"),
    ("switch* off", "disable"),
    ("mend", "fix"),
    ("mends", "fixes"),
    ("mended", "fixed"),
    ("remedy", "fix"),
    ("silence*", "suppress"),
    ("speaks", "reports"),
    ("is said", "is reported"),
    ("are said", "are reported"),
    ("is told", "is reported"),
    ("to be told", "name who reports what"),
    ("goes past", "bypasses, is ignored"),
    ("laid over", "overrides"),
    ("beats", "overrides"),
    ("loses against", "is overridden by"),
    ("lose against", "is overridden by"),
    ("takes the place of", "overrides, replaces"),
    ("take the place of", "overrides, replaces"),
    ("does not take", "rejects, refuses"),
    ("do not take", "reject, refuse"),
    ("is not taken", "is rejected, is refused"),
    ("takes texts", "expects a string"),
    ("a text", "a string"),
    ("texts", "strings"),
    ("sub-chart*", "subchart"),
    ("stand-in*", "user placeholder"),
    ("keep room", "user placeholders"),
    ("keeps room", "user placeholders"),
    ("nodes of users", "user nodes"),
    ("pods of users", "user pods"),
    ("users' pods", "user pods"),
    ("servers of users", "user servers"),
    ("users' servers", "user servers"),
    ("nodes of the core", "core nodes"),
    ("core's nodes", "core nodes"),
    ("bring a node", "scale up"),
    ("brings a node", "scales up"),
    ("that there is not", "that does not exist"),
    ("there is not", "does not exist"),
    ("is not there", "does not exist, is missing"),
    ("is gone", "was removed"),
    ("are gone", "were removed"),
    ("stand", "be, name the place"),
    ("stands", "is, name the place"),
    ("beside", "next to"),
    ("whom", "say who does it"),
    ("whoever", "say who does it"),
    ("of its own accord", "by default"),
    ("a slip", "a misspelled name"),
    ("without a word", "without a warning"),
    ("says nothing", "prints no warning"),
    ("at hand", "available"),
    ("as it is said", "leave it out"),
    ("what users have", "user servers"),
    ("nothing to complain*", "no problems found"),
    ("put it into quotes", "quote the value"),
    ("put into quotes", "quote the value"),
    ("turn* on", "enable"),
    ("turn* off", "disable"),
    ("comes twice", "is set twice"),
    ("comes again", "is set twice"),
    ("no more since", "no longer .. since"),
    ("lies", "is"),
    ("working folder", "current directory"),
    ("way back", "downgrade"),
    ("kept for it", "guarantee, request"),
    ("is no class", "is not a class"),
    ("is no key", "is not a key"),
    ("is no list", "is not a list"),
    ("is no string", "is not a string"),
    ("needed are", "subject first: `.. are needed`"),
];

/// Texts that break a rule for a reason.
const ALLOWED: &[(&str, &str)] = &[];

/// The most characters of a summary: one line in a list of all codes.
const LONGEST_SUMMARY: usize = 90;

/// A text and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Text {
    place: String,
    text: String,
}

impl Text {
    fn new(place: String, text: &str) -> Self {
        let text = text.to_owned();
        Self { place, text }
    }
}

/// Returns the text in lower case without code, links and line breaks.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('`') {
        plain.push_str(before);
        rest = after.split_once('`').map_or("", |(_, after)| after);
        plain.push('`');
    }
    plain.push_str(rest);
    let words: Vec<&str> = plain.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

/// Returns whether a text has a phrase, by whole words.
fn has_phrase(text: &str, phrase: &str) -> bool {
    let words: Vec<&str> = words(text).collect();
    let wanted: Vec<&str> = phrase.split(' ').collect();
    words.windows(wanted.len()).any(|window| {
        let mut pairs = window.iter().zip(&wanted);
        pairs.all(|(word, wanted)| match wanted.strip_suffix('*') {
            Some(begin) => word.starts_with(begin),
            None => word == wanted,
        })
    })
}

/// Returns the words of a text; punctuation is a word too, so that no phrase goes on behind it.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let is_inner = |c: char| c.is_alphanumeric() || "-'_".contains(c);
    text.split(' ').flat_map(move |word| {
        let word = word.trim_start_matches(|c| !is_inner(c));
        let end = word.find(|c| !is_inner(c)).unwrap_or(word.len());
        let (word, rest) = word.split_at(end);
        [word, rest].into_iter().filter(|word| !word.is_empty())
    })
}

/// Returns what is wrong with a text, with the term to use.
fn flaws(text: &Text) -> Vec<String> {
    if ALLOWED.iter().any(|(allowed, _)| text.text == *allowed) {
        return Vec::new();
    }
    let Text { place, text } = text;
    let plain = plain(text);
    let phrases = PHRASES.iter().filter(|(phrase, _)| has_phrase(&plain, phrase));
    let mut flaws: Vec<String> = phrases
        .map(|(phrase, instead)| format!("{place}: \"{phrase}\" -> {instead}: {}", line(text)))
        .collect();
    if text.matches('`').count() % 2 == 1 {
        flaws.push(format!("{place}: unbalanced backticks: {}", line(text)));
    }
    flaws
}

/// Returns a text in one line.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns whether a text is one sentence in lower case with a full stop.
fn has_full_stop(text: &str) -> bool {
    let begins_small = text.starts_with(|c: char| c.is_ascii_lowercase());
    let ends = text.ends_with('.') && !text.ends_with("..");
    begins_small && ends && !text.trim_end_matches('.').contains(". ")
}

/// Returns the prose of a page: paragraphs without blocks of code.
fn prose(place: &str, page: &str) -> Vec<Text> {
    let mut is_code = false;
    let mut paragraphs = vec![String::new()];
    for line in page.lines() {
        if line.starts_with("```") {
            is_code = !is_code;
        }
        if line.is_empty() || line.starts_with("```") {
            paragraphs.push(String::new());
        } else if !is_code {
            let paragraph = paragraphs.last_mut().expect("one");
            writeln!(paragraph, "{line}").expect("a string");
        }
    }
    let texts = paragraphs.iter().filter(|text| !text.is_empty());
    texts.map(|text| Text::new(place.to_owned(), text)).collect()
}

/// Returns the help of a command and of all commands below it.
fn helps(command: &str, found: &mut Vec<Text>) {
    let printed = World::default().run(&format!("{command} --help")).exits(0).stdout;
    let (_, commands) = printed.split_once("\nCommands:\n").unwrap_or_default();
    for line in commands.lines().take_while(|line| !line.is_empty()) {
        let name = line.strip_prefix("  ").and_then(|line| line.split(' ').next());
        if let Some(name) = name.filter(|name| !["", "help"].contains(name)) {
            helps(&format!("{command} {name}"), found);
        }
    }
    found.extend(prose(command, &printed));
}

/// Returns the string literals of Rust code with the lines in which they begin.
fn literals(code: &str) -> Vec<(usize, String)> {
    let bytes = code.as_bytes();
    let line = |at: usize| 1 + code[..at].matches('\n').count();
    let mut found = Vec::new();
    let mut at = 0;
    while at < code.len() {
        let rest = &code[at..];
        if rest.starts_with("//") {
            at += rest.find('\n').unwrap_or(rest.len());
        } else if let Some(hashes) = raw_string(rest).filter(|_| !is_in_word(bytes, at)) {
            let begin = at + 2 + hashes;
            let close = format!("\"{}", "#".repeat(hashes));
            let length = code[begin..].find(&close).expect("a raw string ends");
            found.push((line(at), code[begin..begin + length].to_owned()));
            at = begin + length + close.len();
        } else if bytes[at] == b'"' {
            let (text, length) = string(&rest[1..]);
            found.push((line(at), text));
            at += 1 + length;
        } else if bytes[at] == b'\'' {
            at += character(rest);
        } else {
            at += 1 + code[at + 1..].find(|_| true).unwrap_or(0);
        }
    }
    found
}

fn is_in_word(bytes: &[u8], at: usize) -> bool {
    at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_')
}

/// Returns the number of `#` if a raw string begins here.
fn raw_string(code: &str) -> Option<usize> {
    let rest = code.strip_prefix('r')?;
    let hashes = rest.len() - rest.trim_start_matches('#').len();
    rest[hashes..].starts_with('"').then_some(hashes)
}

/// Returns the content of a string after its first quote, and its length with the last one.
fn string(code: &str) -> (String, usize) {
    let mut text = String::new();
    let mut characters = code.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        match c {
            '"' => return (text, at + 1),
            '\\' => match characters.next() {
                Some((_, '\n')) => {
                    while characters.next_if(|(_, c)| c.is_whitespace()).is_some() {}
                }
                Some((_, 'n')) => text.push('\n'),
                Some((_, c)) => text.push(c),
                None => {}
            },
            _ => text.push(c),
        }
    }
    panic!("a string ends")
}

/// Returns the length of a character literal, or 1 for the quote of a lifetime.
fn character(code: &str) -> usize {
    let mut characters = code.char_indices().skip(1);
    let (_, first) = characters.next().expect("a character or a lifetime");
    if first == '\\' {
        let end = code[3..].find('\'').expect("a character ends");
        return 3 + end + 1;
    }
    match characters.next() {
        Some((at, '\'')) => at + 1,
        _ => 1,
    }
}

/// Returns whether a literal is for people: two words or more.
fn is_sentence(text: &str) -> bool {
    let is_word = |word: &&str| word.len() > 1 && word.chars().all(|c| c.is_ascii_alphabetic());
    words(text).filter(is_word).count() > 1 && text.contains(' ')
}

/// Returns the sentences in the string literals of all source files.
fn sentences() -> Vec<Text> {
    let mut found = Vec::new();
    for (path, code) in source_code() {
        let literals = literals(&code).into_iter();
        let literals = literals.filter(|(_, text)| is_sentence(text));
        found.extend(literals.map(|(line, text)| Text::new(format!("{path}:{line}"), &text)));
    }
    found
}

/// A code as `dunnage rule` lists it.
struct Listed {
    id: String,
    level: String,
    name: String,
    summary: String,
    page: String,
}

fn listed() -> Vec<Listed> {
    let text = |code: &Value, key: &str| code[key].as_str().expect(key).to_owned();
    let listed = |code: &Value| Listed {
        id: text(code, "code"),
        level: text(code, "level"),
        name: text(code, "name"),
        summary: text(code, "summary"),
        page: text(code, "page"),
    };
    explained_codes().iter().map(listed).collect()
}

#[test]
fn texts_are_in_plain_english() {
    let mut texts = sentences();
    helps("dunnage", &mut texts);
    for code in listed() {
        let words = code.name.replace('-', " ");
        texts.push(Text::new(format!("{} name", code.id), &words));
        texts.extend(prose(&format!("{} page", code.id), &code.page));
    }
    let flaws: Vec<String> = texts.iter().flat_map(flaws).collect();
    assert!(
        flaws.is_empty(),
        "{} texts:\n{}",
        flaws.len(),
        flaws.join("\n")
    );
}

#[test]
fn summaries_are_short_and_have_no_full_stop() {
    let is_wrong = |code: &Listed| {
        let length = code.summary.chars().count();
        let is_long = length > LONGEST_SUMMARY;
        let flaw = is_long || code.summary.ends_with('.');
        flaw.then(|| format!("{} ({length} characters): {}", code.id, code.summary))
    };
    let wrong: Vec<String> = listed().iter().filter_map(is_wrong).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn messages_of_one_sentence_have_no_full_stop() {
    let texts = sentences();
    let wrong = texts.iter().filter(|text| has_full_stop(&text.text));
    let wrong: Vec<String> =
        wrong.map(|Text { place, text }| format!("{place}: {}", line(text))).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn phrases_match_whole_words() {
    for (text, phrase, expected) in [
        ("what stands here", "stands", true),
        ("it withstands", "stands", false),
        ("it is silenced here", "silence*", true),
        ("take it. away", "take it away", false),
        ("(a text)", "a text", true),
        ("a text-based format", "a text", false),
    ] {
        assert_eq!(has_phrase(&plain(text), phrase), expected, "{text}");
    }
    assert_eq!(plain("Use `a text`\n  of it"), "use ` of it");
}

#[test]
fn literals_are_read_as_rust_reads_them() {
    let code = "f('\"', \"a \\\"b\\\" \\\n    c\"); // \"no\"\nlet x: &'a str = r#\"d \"e\"\"#; '\\'' 'ä' \"f\"";
    let expected = [(1, "a \"b\" c"), (3, "d \"e\""), (3, "f")];
    let expected = expected.map(|(line, text)| (line, text.to_owned()));
    assert_eq!(literals(code), expected);
}

/// Prints all texts, for a reader who has not written them.
#[test]
#[ignore = "a table to read, not a test"]
fn table() {
    let codes = listed();
    let mut files = source_code();
    for code in &codes {
        let Listed {
            id,
            level,
            name,
            summary,
            ..
        } = code;
        println!("\n{id} {level} {name}\n    {summary}");
        let declares = format!("\"{id}\"");
        let is_rule = |(path, code): &&(String, String)| {
            path.starts_with("src/lint/rules/") && code.contains(&declares)
        };
        if let Some((path, code)) = files.iter().find(is_rule).cloned() {
            print_sentences(&code, &BTreeSet::from([summary.as_str()]));
            files.retain(|(other, _)| *other != path);
        }
    }
    let summaries: BTreeSet<&str> = codes.iter().map(|code| code.summary.as_str()).collect();
    for (path, code) in files {
        println!("\n{path}");
        print_sentences(&code, &summaries);
    }
}

fn print_sentences(code: &str, except: &BTreeSet<&str>) {
    for (number, text) in literals(code) {
        if is_sentence(&text) && !except.contains(text.as_str()) {
            println!("    {number:>4}  {}", line(&text));
        }
    }
}
