//! `dunnage rule`: what a rule of the linter is about.

use crate::cli::Exit;
use crate::cli::session::Session;
use crate::diag::{Code, Diagnostic};
use crate::lint::{RULES, Rule};
use crate::text::nearest;

static NO_SUCH_RULE: Code = Code::error("CL008", "unknown-rule", "there is no rule of that name");

/// The page of one rule, by code or name, or one line for each.
pub(in crate::cli) fn run(session: &Session<'_>, name: Option<&str>) -> Exit {
    let Some(name) = name else {
        let width = RULES.iter().map(|rule| rule.code.name.len()).max();
        let line = |rule| line(rule, width.unwrap_or_default());
        return session.write(&RULES.iter().map(line).collect::<String>());
    };
    let is_meant = |rule: &&Rule| {
        name.eq_ignore_ascii_case(rule.code.id) || name.eq_ignore_ascii_case(rule.code.name)
    };
    if let Some(rule) = RULES.iter().find(is_meant) {
        return session.write(rule.page);
    }
    let known = RULES.iter().flat_map(|rule| [rule.code.id, rule.code.name]);
    let help = match nearest(name, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`dunnage rule` lists all of them".to_owned(),
    };
    let message = format!("there is no rule `{name}`");
    session.fail(&[Diagnostic::new(&NO_SUCH_RULE, message).help(help)])
}

fn line(rule: &Rule, width: usize) -> String {
    let level = rule.code.level.name();
    let Code {
        id, name, summary, ..
    } = rule.code;
    format!("{id}  {level:<7}  {name:<width$}  {summary}\n")
}
