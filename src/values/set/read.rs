//! Parsing arguments: paths, and values of each option.

use serde_json::Value as Json;

use super::assign::{Leaf, SetStep};
use super::{SetKind, SetProblem};
use crate::text::{SourceId, Span};
use crate::values::{Content, Value};

/// Helm's `MaxNestedNameLevel`.
const DEEPEST: usize = 30;

/// The most keys and indexes in a path. Helm has no limit for indexes, and no real path comes near this one.
const LONGEST: usize = 256;

/// A parser of one argument.
pub(super) struct Argument<'a> {
    pub(super) text: &'a str,
    pub(super) source: SourceId,
    pub(super) kind: SetKind,
    /// The offset of the next character.
    pub(super) at: usize,
    pub(super) read_file: &'a mut dyn FnMut(&str) -> Result<String, String>,
}

/// The end of a path.
pub(super) enum End {
    /// `=`
    Value,
    /// The end of the argument.
    Input,
}

impl Argument<'_> {
    fn next(&mut self) -> Option<char> {
        let next = self.text[self.at..].chars().next()?;
        self.at += next.len_utf8();
        Some(next)
    }

    /// Reads up to one of the characters in `stops`, which is consumed and returned too. A backslash escapes the next
    /// character, except in literals.
    fn until(&mut self, stops: &[char]) -> (String, Option<char>) {
        let mut word = String::new();
        while let Some(next) = self.next() {
            if stops.contains(&next) {
                return (word, Some(next));
            }
            if next == '\\' && self.kind != SetKind::Literal {
                match self.next() {
                    Some(meant) => word.push(meant),
                    None => return (word, None),
                }
            } else {
                word.push(next);
            }
        }
        (word, None)
    }

    fn flaw<T>(&self, start: usize, message: impl Into<String>) -> Result<T, SetProblem> {
        let message = message.into();
        let at = start..self.at;
        Err(SetProblem { message, at })
    }

    /// Reads the keys and indexes before the value.
    pub(super) fn path(&mut self) -> Result<(Vec<SetStep>, End), SetProblem> {
        let mut path = Vec::new();
        let mut depth = 0;
        let stops: &[char] = match self.kind {
            SetKind::Literal => &['=', '[', '.'],
            _ => &['=', '[', '.', ','],
        };
        loop {
            let start = self.at;
            let (name, stop) = self.until(stops);
            let span = Span::new(self.source, start..self.at - stop.map_or(0, char::len_utf8));
            let is_named = !name.is_empty();
            path.push(SetStep::Key { name, span });
            match stop {
                None if is_named => return self.flaw(start, "missing value for this key"),
                None => return Ok((path, End::Input)),
                Some(',') => return self.flaw(start, "missing value before the comma"),
                Some('=') => return Ok((path, End::Value)),
                Some('.') => {}
                Some(_) => match self.indexes(&mut path)? {
                    None => return Ok((path, End::Input)),
                    Some('=') => return Ok((path, End::Value)),
                    Some(_) => continue,
                },
            }
            depth += 1;
            if depth > DEEPEST {
                return self.flaw(start, format!("nested more than {DEEPEST} keys deep"));
            }
        }
    }

    /// Reads indexes such as `0][1].`, and returns the character after them.
    fn indexes(&mut self, path: &mut Vec<SetStep>) -> Result<Option<char>, SetProblem> {
        loop {
            let start = self.at;
            let (index, stop) = self.until(&[']']);
            let index: Option<i64> = index.parse().ok().filter(|_| stop.is_some());
            match index {
                None => return self.flaw(start, "expected a number in brackets as index"),
                Some(index) if index < 0 => {
                    return self.flaw(start, "an index must not be negative");
                }
                Some(index) => {
                    path.push(SetStep::Index(usize::try_from(index).unwrap_or(usize::MAX)));
                }
            }
            if path.len() > LONGEST {
                return self.flaw(start, format!("more than {LONGEST} keys and indexes"));
            }
            let start = self.at;
            let (word, stop) = self.until(&['[', '.', '=']);
            if !word.is_empty() {
                return self.flaw(start, "expected `=`, `.` or another index after an index");
            }
            if stop != Some('[') {
                return Ok(stop);
            }
        }
    }

    /// Reads the value after `=`, and the comma after it.
    pub(super) fn leaf(&mut self, path: &[SetStep]) -> Result<Leaf, SetProblem> {
        let key = path.iter().rev().find_map(|step| match step {
            SetStep::Key { span, .. } => Some(*span),
            SetStep::Index(_) => None,
        });
        let start = self.at;
        let made = |this: &Self, content: Content| {
            let end = start + this.text[start..this.at].trim_end_matches(',').len();
            Value::new(content, key, Span::new(this.source, start..end))
        };
        match self.kind {
            SetKind::Json => {
                let content = self.json(key)?;
                Ok(Leaf::Value(made(self, content)))
            }
            SetKind::Literal => {
                let text = self.text[start..].to_owned();
                self.at = self.text.len();
                Ok(Leaf::Value(made(self, Content::String(text))))
            }
            _ if start == self.text.len() => {
                Ok(Leaf::EmptyAtEnd(made(self, Content::String(String::new()))))
            }
            _ if self.text[start..].starts_with('{') => {
                self.at += 1;
                let items = self.list(key)?;
                Ok(Leaf::Value(made(self, Content::list(items))))
            }
            _ => {
                let (word, _) = self.until(&[',']);
                let content = self.content(start, word)?;
                Ok(Leaf::Value(made(self, content)))
            }
        }
    }

    /// Reads the rest of a list, such as `a,b}`, and the comma after it.
    fn list(&mut self, key: Option<Span>) -> Result<Vec<Value>, SetProblem> {
        let mut items = Vec::new();
        loop {
            let start = self.at;
            let (word, stop) = self.until(&[',', '}']);
            let end = self.at - usize::from(stop.is_some());
            let Some(stop) = stop else {
                return self.flaw(start, "missing `}` at the end of the list");
            };
            let content = self.content(start, word)?;
            items.push(Value::new(content, key, Span::new(self.source, start..end)));
            if stop == '}' {
                if self.text[self.at..].starts_with(',') {
                    self.at += 1;
                }
                return Ok(items);
            }
        }
    }

    fn content(&mut self, start: usize, word: String) -> Result<Content, SetProblem> {
        match self.kind {
            SetKind::Typed => Ok(typed(word)),
            SetKind::File => match (self.read_file)(&word) {
                Ok(text) => Ok(Content::String(text)),
                Err(why) => self.flaw(start, why),
            },
            _ => Ok(Content::String(word)),
        }
    }

    /// Reads a JSON value, and the blanks and the comma after it. No value is null.
    fn json(&mut self, key: Option<Span>) -> Result<Content, SetProblem> {
        if self.ends_item() {
            return Ok(Content::Null);
        }
        let start = self.at;
        let rest = &self.text[start..];
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Json>();
        let Some(Ok(json)) = values.next() else {
            return self.flaw(start, "not a JSON value");
        };
        self.at += values.byte_offset();
        let place = Span::new(self.source, start..self.at);
        self.ends_item();
        Ok(content_of(json, key, place))
    }

    /// Skips blanks and a comma. Returns whether that ends the item.
    fn ends_item(&mut self) -> bool {
        loop {
            let before = self.at;
            match self.next() {
                None | Some(',') => return true,
                Some(next) if next.is_whitespace() => {}
                Some(_) => {
                    self.at = before;
                    return false;
                }
            }
        }
    }

    /// Reads the whole argument as a JSON object.
    pub(super) fn object(&mut self) -> Result<Value, SetProblem> {
        let all = 0..self.text.len();
        let json: Json = serde_json::from_str(self.text.trim()).map_err(|_| SetProblem {
            message: "not a JSON value".to_owned(),
            at: all.clone(),
        })?;
        let place = Span::new(self.source, all);
        Ok(Value::new(content_of(json, None, place), None, place))
    }
}

/// Returns the content for JSON whose values all have one place. Go reads every JSON number as a float.
fn content_of(json: Json, key: Option<Span>, place: Span) -> Content {
    let made = |json: Json| Value::new(content_of(json, key, place), key, place);
    match json {
        Json::Array(items) => Content::list(items.into_iter().map(made).collect()),
        Json::Object(entries) => {
            let mut map = super::Map::default();
            map.entries = entries.into_iter().map(|(name, json)| (name, made(json))).collect();
            Content::map(map)
        }
        Json::String(text) => Content::String(text),
        scalar => Value::held(scalar),
    }
}

/// Returns the content for a value of `--set`: booleans and null in any case, and integers without a leading zero.
/// Anything else is a string.
fn typed(word: String) -> Content {
    let is = |known: &str| word.eq_ignore_ascii_case(known);
    if is("true") || is("false") {
        return Content::Bool(is("true"));
    }
    if is("null") {
        return Content::Null;
    }
    let integer = word.parse::<i64>().ok();
    match integer.filter(|_| word == "0" || !word.starts_with('0')) {
        Some(integer) => Content::Number(integer.into()),
        None => Content::String(word),
    }
}
