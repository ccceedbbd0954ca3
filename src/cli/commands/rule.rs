//! `dunnage rule`: what a rule of the linter is about, or what all of them are about.

use serde::Serialize;

use crate::cli::Exit;
use crate::cli::args::{Format, RuleOptions};
use crate::cli::session::Session;
use crate::diag::{Code, Diagnostic};
use crate::lint::{RULES, Rule};
use crate::text::nearest;

static NO_SUCH_RULE: Code = Code::error("CL008", "unknown-rule", "there is no rule of that name");

/// The page of one rule, by code or name, the pages of all, or one line for each. What looks like a message
/// in other formats is text here, so that a format that the environment names does no harm.
pub(in crate::cli) fn run(session: &Session<'_>, options: &RuleOptions) -> Exit {
    let rules = match &options.code {
        None => sorted(),
        Some(name) => match find(name) {
            Ok(rule) => vec![rule],
            Err(error) => return session.fail(&[error]),
        },
    };
    let is_listed = options.code.is_none() && !options.all;
    let text = match session.format() {
        Format::Json => json(&rules),
        Format::JsonLines => json_lines(&rules),
        _ if is_listed => lines(&rules),
        _ => pages(&rules),
    };
    session.write(&text)
}

/// All rules, by their codes.
fn sorted() -> Vec<&'static Rule> {
    let mut rules: Vec<&Rule> = RULES.iter().collect();
    rules.sort_by_key(|rule| rule.code.id);
    rules
}

fn find(name: &str) -> Result<&'static Rule, Diagnostic> {
    let is_meant = |rule: &&Rule| {
        name.eq_ignore_ascii_case(rule.code.id) || name.eq_ignore_ascii_case(rule.code.name)
    };
    if let Some(rule) = RULES.iter().find(is_meant) {
        return Ok(rule);
    }
    let known = RULES.iter().flat_map(|rule| [rule.code.id, rule.code.name]);
    let help = match nearest(name, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`dunnage rule` lists all of them".to_owned(),
    };
    let message = format!("there is no rule `{name}`");
    Err(Diagnostic::new(&NO_SUCH_RULE, message).help(help))
}

fn pages(rules: &[&Rule]) -> String {
    let pages: Vec<&str> = rules.iter().map(|rule| rule.page).collect();
    pages.join("\n")
}

fn lines(rules: &[&Rule]) -> String {
    let width = rules.iter().map(|rule| rule.code.name.len()).max();
    let width = width.unwrap_or_default();
    rules.iter().map(|rule| line(rule, width)).collect()
}

fn line(rule: &Rule, width: usize) -> String {
    let level = rule.code.level.name();
    let Code {
        id, name, summary, ..
    } = rule.code;
    format!("{id}  {level:<7}  {name:<width$}  {summary}\n")
}

/// What programs read: the same shape for one rule and for all of them.
#[derive(Serialize)]
struct Document<'r> {
    version: u32,
    rules: Vec<Entry<'r>>,
}

/// A rule as programs read it.
#[derive(Serialize)]
struct Entry<'r> {
    code: &'r str,
    name: &'r str,
    /// The letters that select all rules of its sort.
    family: &'r str,
    level: &'r str,
    summary: &'r str,
    /// `safe` where `--fix` mends it, `unsafe` where `--unsafe-fixes` has to be said too, else `none`.
    fix: &'r str,
    page: &'r str,
}

fn json(rules: &[&Rule]) -> String {
    let rules = rules.iter().map(|rule| entry(rule)).collect();
    let document = Document { version: 1, rules };
    let text = serde_json::to_string_pretty(&document);
    text.expect("strings and numbers always serialize") + "\n"
}

fn json_lines(rules: &[&Rule]) -> String {
    let line = |rule: &&Rule| {
        let line = serde_json::to_string(&entry(rule));
        line.expect("strings always serialize") + "\n"
    };
    rules.iter().map(line).collect()
}

fn entry(rule: &Rule) -> Entry<'_> {
    Entry {
        code: rule.code.id,
        name: rule.code.name,
        family: &rule.code.id[..2],
        level: rule.code.level.name(),
        summary: rule.code.summary,
        fix: fix(rule.page),
        page: rule.page,
    }
}

/// Which fix a page promises, in the item that begins with `- Fix:` and may go on over several lines.
fn fix(page: &str) -> &'static str {
    let (_, item) = page.split_once("\n- Fix: ").unwrap_or_default();
    let ends = ["\n- ", "\n\n"].into_iter();
    let end = ends.filter_map(|end| item.find(end)).min();
    let item = &item[..end.unwrap_or(item.len())];
    if item.contains("(safe") {
        "safe"
    } else if item.contains("(unsafe") {
        "unsafe"
    } else {
        "none"
    }
}
