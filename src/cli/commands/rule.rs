//! `dunnage rule`: explains one code, or lists all of them.

use serde::Serialize;

use crate::cli::Exit;
use crate::cli::args::{Format, RuleOptions};
use crate::cli::codes::CODES;
use crate::cli::session::Session;
use crate::diag::Code;
use crate::project::Explained;

/// Prints the page of one code by its id or name, the pages of all codes, or one line for each. Formats for messages print
/// text here, so that a format set by the environment has no effect.
pub(in crate::cli) fn run(session: &Session<'_>, options: &RuleOptions) -> Exit {
    let explained = match &options.code {
        None => CODES.all(),
        Some(word) => match CODES.find(word) {
            Ok(found) => vec![found],
            Err(error) => return session.fail(&[error]),
        },
    };
    let is_listed = options.code.is_none() && !options.all;
    let text = match session.format() {
        Format::Json => json(&explained),
        Format::JsonLines => json_lines(&explained),
        _ if is_listed => lines(&explained),
        _ => pages(&explained),
    };
    session.write(&text)
}

fn pages(explained: &[Explained]) -> String {
    let pages: Vec<String> =
        explained.iter().map(|explained| explained.code.explanation()).collect();
    pages.join("\n")
}

fn lines(explained: &[Explained]) -> String {
    let names = explained.iter().map(|explained| explained.code.name.len());
    let width = names.max().unwrap_or_default();
    let line = |explained: &Explained| line(explained.code, width);
    explained.iter().map(line).collect()
}

fn line(code: &Code, width: usize) -> String {
    let level = code.level.name();
    let Code {
        id, name, summary, ..
    } = code;
    format!("{id}  {level:<7}  {name:<width$}  {summary}\n")
}

/// The JSON document, which has the same shape for one code and for all.
#[derive(Serialize)]
struct CodeList {
    version: u32,
    rules: Vec<CodeEntry>,
}

/// A code in JSON.
#[derive(Serialize)]
struct CodeEntry {
    code: &'static str,
    name: &'static str,
    /// The letters of the family, which select all of its rules.
    family: &'static str,
    /// Whether the linter can select, ignore and suppress it.
    selectable: bool,
    level: &'static str,
    summary: &'static str,
    /// `safe` for `--fix`, `unsafe` if it also needs `--unsafe-fixes`, otherwise `none`.
    fix: &'static str,
    page: String,
}

fn json(explained: &[Explained]) -> String {
    let rules = explained.iter().map(entry).collect();
    let document = CodeList { version: 1, rules };
    let text = serde_json::to_string_pretty(&document);
    text.expect("strings and numbers always serialize") + "\n"
}

fn json_lines(explained: &[Explained]) -> String {
    let line = |explained: &Explained| {
        let line = serde_json::to_string(&entry(explained));
        line.expect("strings always serialize") + "\n"
    };
    explained.iter().map(line).collect()
}

fn entry(explained: &Explained) -> CodeEntry {
    let code = explained.code;
    CodeEntry {
        code: code.id,
        name: code.name,
        family: &code.id[..2],
        selectable: explained.is_rule,
        level: code.level.name(),
        summary: code.summary,
        fix: code.fix.name(),
        page: code.explanation(),
    }
}
