//! What the command line and the policy say to the linter.

use std::path::PathBuf;

use crate::cli::args::LintOptions;
use crate::cli::find_policy;
use crate::cli::session::Session;
use crate::diag::{Code, Diagnostic};
use crate::lint::{RULES, Selection, is_rule};
use crate::policy::{self, Policy, Spanned};
use crate::text::{SourceId, nearest};

static NO_SUCH_RULE: Code = Code::error(
    "CL006",
    "no-such-rule",
    "an option or the policy names a rule that there is not",
);

/// What the linter goes by.
pub(super) struct Settings {
    pub(super) selection: Selection,
    /// The policy, where there is one, and the folder at which its paths start.
    pub(super) policy: Option<(Policy, PathBuf)>,
}

/// Reads the policy, if there is one, and puts the options over it.
pub(super) fn read(
    session: &mut Session<'_>,
    options: &LintOptions,
) -> Result<Settings, Vec<Diagnostic>> {
    if let Some(error) = unknown_in_options(options) {
        return Err(vec![error]);
    }
    let found = find_policy::find_any(session, options.policy.as_deref());
    let policy = match found.map_err(|error| vec![error])? {
        Some((source, folder)) => Some((read_policy(session, source)?, folder)),
        None => None,
    };
    let names = |names: &[Spanned<String>]| -> Vec<String> {
        names.iter().map(|name| name.value.clone()).collect()
    };
    let mut selection = Selection {
        select: options.select.clone(),
        ignore: options.ignore.clone(),
        levels: Vec::new(),
        pedantic: options.pedantic,
    };
    if let Some((policy, _)) = &policy {
        let lint = &policy.lint;
        if selection.select.is_empty() {
            selection.select = names(&lint.select);
        }
        selection.ignore.extend(names(&lint.ignore));
        let levels = lint.levels.iter();
        selection.levels = levels
            .map(|(name, level)| (name.value.clone(), *level))
            .collect();
    }
    Ok(Settings { selection, policy })
}

fn read_policy(session: &Session<'_>, source: SourceId) -> Result<Policy, Vec<Diagnostic>> {
    let (policy, mut diagnostics) = policy::read(source, session.sources.get(source).text());
    if let Some(policy) = &policy {
        let lint = &policy.lint;
        let levels = lint.levels.iter().map(|(name, _)| name);
        let names = lint.select.iter().chain(&lint.ignore).chain(levels);
        let unknown = names.filter(|name| !is_rule(&name.value));
        diagnostics
            .extend(unknown.map(|name| no_such_rule(&name.value).at(name.span, "is not known")));
    }
    let is_broken = diagnostics.iter().any(Diagnostic::is_error);
    match policy.filter(|_| !is_broken) {
        Some(policy) => {
            session.show(&diagnostics);
            Ok(policy)
        }
        None => Err(diagnostics),
    }
}

fn unknown_in_options(options: &LintOptions) -> Option<Diagnostic> {
    let mut words = options.select.iter().chain(&options.ignore);
    let word = words.find(|word| !is_rule(word))?;
    Some(no_such_rule(word))
}

fn no_such_rule(word: &str) -> Diagnostic {
    let known = RULES.iter().flat_map(|rule| [rule.code.id, rule.code.name]);
    let help = nearest(word, known).map_or_else(
        || "a rule has a code (`PH001`), a name, and the letters of its family (`PH`)".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    Diagnostic::new(&NO_SUCH_RULE, format!("there is no rule `{word}`")).help(help)
}
