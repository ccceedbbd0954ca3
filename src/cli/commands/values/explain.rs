//! Shows where a value is set, which settings it overrides, and the chart default.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::diag::Diagnostic;
use crate::project::NO_SUCH_VALUE;
use crate::report;
use crate::text::{Origin, SourceId, Sources, nearest};
use crate::values::{Content, Map, Value};

/// The most mappings around a hub's values that a key may omit.
const AROUND: usize = 3;

/// Returns one paragraph for each value below the key: its path, where it is set, and what it overrides, nearest first.
/// `defaults` are the sources of charts.
pub(super) fn explain(
    sources: &Sources,
    defaults: &BTreeSet<SourceId>,
    values: &Value,
    key: &str,
) -> Result<String, Diagnostic> {
    let mut found = Vec::new();
    find(values, key, "", AROUND, &mut found);
    if found.is_empty() {
        return Err(unknown(values, key));
    }
    let mut text = String::new();
    let explanation = Explanation { sources, defaults };
    for (path, value, is_deleted) in found {
        explanation.write(&mut text, &path, value, is_deleted);
    }
    Ok(text)
}

/// Collects the values of a key, at the root or otherwise below other mappings: the path, the value, and whether it is
/// deleted.
fn find<'v>(
    values: &'v Value,
    key: &str,
    path: &str,
    around: usize,
    found: &mut Vec<(String, &'v Value, bool)>,
) {
    follow(values, key, path, found);
    if !found.is_empty() || around == 0 {
        return;
    }
    let entries = values.as_map().into_iter().flat_map(|map| &map.entries);
    for (name, below) in entries.filter(|(_, below)| below.is_map()) {
        find(below, key, &join(path, name), around - 1, found);
    }
}

/// Follows a path into a value; a single key may contain dots.
fn follow<'v>(value: &'v Value, key: &str, path: &str, found: &mut Vec<(String, &'v Value, bool)>) {
    match &value.content {
        Content::Map(map) => {
            for (name, below, is_deleted) in all(map) {
                let path = join(path, name);
                match key.strip_prefix(name.as_str()) {
                    Some("") => found.push((path, below, is_deleted)),
                    Some(rest) if rest.starts_with('[') => follow(below, rest, &path, found),
                    Some(rest) if rest.starts_with('.') => {
                        follow(below, &rest[1..], &path, found);
                    }
                    _ => {}
                }
            }
        }
        Content::List(items) => {
            let index = key.strip_prefix('[').and_then(|rest| rest.split_once(']'));
            let Some((index, rest)) = index else { return };
            let item = index.parse().ok().and_then(|index: usize| items.get(index));
            let Some(item) = item else { return };
            let path = format!("{path}[{index}]");
            match rest.strip_prefix('.').unwrap_or(rest) {
                "" => found.push((path, item, false)),
                rest => follow(item, rest, &path, found),
            }
        }
        _ => {}
    }
}

/// Returns all entries, including deleted ones.
fn all(map: &Map) -> impl Iterator<Item = (&String, &Value, bool)> {
    let there = map.entries.iter().map(|(name, value)| (name, value, false));
    let deleted = map.deleted.iter();
    let deleted = deleted.filter(|(name, _)| !map.entries.contains_key(*name));
    there.chain(deleted.map(|(name, value)| (name, value, true)))
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

fn unknown(values: &Value, key: &str) -> Diagnostic {
    let mut known = Vec::new();
    paths(values, "", AROUND + 3, &mut known);
    let message = format!("no value is set for `{key}`");
    let diagnostic = Diagnostic::new(&NO_SUCH_VALUE, message);
    match nearest(key, known.iter().map(String::as_str)) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic.help(
            "separate keys with dots: `singleuser.memory.limit`; `dunnage values` prints all of them",
        ),
    }
}

fn paths(value: &Value, path: &str, depth: usize, known: &mut Vec<String>) {
    if depth == 0 {
        return;
    }
    for (name, below) in value.as_map().into_iter().flat_map(|map| &map.entries) {
        let path = join(path, name);
        // Users may omit the mappings around a hub's values.
        let without = path.match_indices('.').take(AROUND);
        known.extend(without.map(|(dot, _)| path[dot + 1..].to_owned()));
        known.push(path.clone());
        paths(below, &path, depth - 1, known);
    }
}

struct Explanation<'a> {
    sources: &'a Sources,
    defaults: &'a BTreeSet<SourceId>,
}

impl Explanation<'_> {
    fn write(&self, text: &mut String, path: &str, value: &Value, is_deleted: bool) {
        match &value.content {
            Content::Map(map) if !(map.entries.is_empty() && map.deleted.is_empty()) => {
                for (name, below, is_deleted) in all(map) {
                    self.write(text, &join(path, name), below, is_deleted);
                }
            }
            _ => self.write_leaf(text, path, value, is_deleted),
        }
    }

    fn write_leaf(&self, text: &mut String, path: &str, value: &Value, is_deleted: bool) {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(path);
        text.push('\n');
        let how = if is_deleted { "deleted by" } else { "set by" };
        let mut rows = vec![(how, value)];
        rows.extend(value.overridden.iter().map(|overridden| ("over", overridden)));
        // Each chart passes the same default to its subcharts.
        let mut places = BTreeSet::new();
        rows.retain(|(_, value)| places.insert((value.set.value, value.set.key)));
        let rows: Vec<(&str, String, String)> = rows
            .into_iter()
            .map(|(how, value)| {
                let is_default = self.defaults.contains(&value.set.value.source);
                let how = match how {
                    "deleted by" => how,
                    _ if is_default => "default",
                    how => how,
                };
                (how, self.place(value), self.line(value))
            })
            .collect();
        let width = rows.iter().map(|(_, place, _)| place.chars().count()).max();
        for (how, place, line) in &rows {
            let width = width.unwrap_or_default();
            writeln!(text, "  {how:<10}  {place:<width$}  {line}").expect("a String takes it all");
        }
    }

    /// Returns `prod.yaml:14`, or the option for an argument.
    fn place(&self, value: &Value) -> String {
        let span = value.set.key.unwrap_or(value.set.value);
        let source = self.sources.get(span.source);
        if let Origin::Argument(option) = source.origin() {
            return (*option).to_owned();
        }
        let line = source.line_column(span.start).line;
        format!("{}:{line}", source.name())
    }

    /// Returns the line of the key and its value with secrets masked, and a comment after it; further lines are omitted.
    fn line(&self, value: &Value) -> String {
        let span = value.set.key.unwrap_or(value.set.value);
        let source = self.sources.get(span.source);
        let start = span.start;
        let rest = &source.text()[start..];
        let line_end = start + rest.find(['\n', '\r']).unwrap_or(rest.len());
        let value_end = value.set.value.end.max(span.end);
        let behind = source.text().get(value_end..line_end).unwrap_or_default();
        // A null may end where its key does, before the colon.
        let is_own = behind.trim_start_matches(':').trim_start().starts_with('#');
        let end = match value_end {
            _ if value_end >= line_end || is_own || value.is_null() && behind.starts_with(':') => {
                line_end
            }
            value_end => value_end,
        };
        let shown = source.shown(start..end);
        let more = if value.set.value.end > line_end {
            " ..."
        } else {
            ""
        };
        let shown = report::one_line(shown.trim_end());
        format!("{shown}{more}")
    }
}
