//! Every code that dunnage can print, with the page that explains it: rules of the linter and all others.

use super::commands::{
    install_plugin, lint as lint_command, render as render_command, values as values_command,
};
use super::{find_policy, for_helm, session, stack};
use crate::diag::{Code, Diagnostic};
use crate::lint::{self, RULES};
use crate::text::nearest;
use crate::{hub, policy, render, values};

/// Codes of the command line itself.
static OWN: &[&Code] = &[
    &find_policy::NO_POLICY,
    &find_policy::TWO_POLICIES,
    &find_policy::UNTRUSTED_POLICY,
    &for_helm::NO_MANIFESTS_FOR_HELM,
    &session::UNREADABLE,
    &session::UNWRITABLE,
    &super::USAGE,
    &lint_command::NOTHING,
    &render_command::SEVERAL_FILES,
    &lint_command::baseline::BROKEN_BASELINE,
    &install_plugin::HELM_3,
    &install_plugin::PLUGIN_IN_THE_WAY,
    &install_plugin::NO_PLUGINS_FOLDER,
    &stack::NOT_A_TABLE,
    &stack::LINK,
    &values_command::explain::NO_SUCH_VALUE,
];

/// A code with its page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Explained {
    pub(super) code: &'static Code,
    /// Whether it is a rule of the linter, which can be selected and suppressed.
    pub(super) is_rule: bool,
}

/// All of them, by their ids.
pub(super) fn all() -> Vec<Explained> {
    let mut all: Vec<Explained> = each().collect();
    all.sort_by_key(|explained| explained.code.id);
    all
}

/// The code of this id or name.
///
/// # Errors
/// Where there is none.
pub(super) fn find(word: &str) -> Result<Explained, Diagnostic> {
    let is_meant = |explained: &Explained| {
        let Code { id, name, .. } = explained.code;
        word.eq_ignore_ascii_case(id) || word.eq_ignore_ascii_case(name)
    };
    if let Some(found) = each().find(is_meant) {
        return Ok(found);
    }
    let known = each().flat_map(|explained| [explained.code.id, explained.code.name]);
    let help = match nearest(word, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`dunnage rule` lists all codes".to_owned(),
    };
    let message = format!("there is no rule or code `{word}`");
    Err(Diagnostic::new(&lint::NO_SUCH_RULE, message).help(help))
}

/// The page of a code.
pub(super) fn page(code: &Code) -> Option<String> {
    let mut all = each();
    let found = all.find(|explained| explained.code.id == code.id)?;
    Some(found.code.explanation())
}

/// The diagnostic for a word that is not a rule, where the linter expects one.
pub(super) fn no_such_rule(word: &str) -> Diagnostic {
    match find(word) {
        Ok(Explained { code, .. }) => {
            let message = format!("`{}` is not a rule of the linter", code.id);
            let help = "only rules can be selected, ignored and suppressed; `dunnage rule` lists all codes";
            Diagnostic::new(&lint::NO_SUCH_RULE, message).help(help)
        }
        Err(_) => lint::no_such_rule(RULES, word),
    }
}

fn each() -> impl Iterator<Item = Explained> {
    let others = [
        policy::codes::ALL,
        hub::CODES,
        render::CODES,
        values::CODES,
        lint::CODES,
        OWN,
    ];
    let others = others.into_iter().flatten().map(|code| Explained {
        code,
        is_rule: false,
    });
    let rules = RULES.iter().map(|rule| Explained {
        code: rule.code,
        is_rule: true,
    });
    rules.chain(others)
}
