use std::ffi::OsString;

/// A command line as a user types it into a shell: `NAME=value dunnage lint - < values.yaml`.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct CommandLine {
    /// The variables set before the program, for this command alone.
    pub(crate) variables: Vec<(String, String)>,
    /// The program and its arguments.
    pub(crate) words: Vec<String>,
    /// The file that is piped into standard input.
    pub(crate) stdin: Option<String>,
}

impl CommandLine {
    /// Splits a line into words at blanks outside of quotes, and reads variables and `< FILE`.
    pub(crate) fn parse(line: &str) -> Self {
        let mut parsed = Self::default();
        let mut words = split(line).into_iter();
        while let Some(word) = words.next() {
            match word.text.split_once('=') {
                Some((name, value)) if parsed.words.is_empty() && is_variable(name) => {
                    parsed.variables.push((name.to_owned(), value.to_owned()));
                }
                _ if word.text == "<" && !word.is_quoted => {
                    let file = words.next().expect("a file follows `<`");
                    parsed.stdin = Some(file.text);
                }
                _ => parsed.words.push(word.text),
            }
        }
        parsed
    }

    /// Returns the program and its arguments as the system passes them.
    pub(crate) fn arguments(&self) -> Vec<OsString> {
        self.words.iter().map(OsString::from).collect()
    }
}

#[derive(Default)]
struct Word {
    text: String,
    is_quoted: bool,
}

fn is_variable(name: &str) -> bool {
    let is_name = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    !name.is_empty() && name.bytes().all(is_name)
}

/// Returns the words of a line; single quotes, double quotes and `\` mean what they mean to `sh`.
fn split(line: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut word: Option<Word> = None;
    let mut quote = None;
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        if quote.is_none() && character.is_whitespace() {
            words.extend(word.take());
            continue;
        }
        let current = word.get_or_insert_default();
        match (quote, character) {
            (None, '\'' | '"') => {
                quote = Some(character);
                current.is_quoted = true;
            }
            (Some(open), _) if open == character => quote = None,
            (None | Some('"'), '\\') => {
                let next = characters.next().expect("a character follows `\\`");
                current.text.push(next);
                current.is_quoted = true;
            }
            _ => current.text.push(character),
        }
    }
    assert!(quote.is_none(), "an open quote in {line}");
    words.extend(word);
    words
}
