//! All codes that dunnage can print, with their pages: rules of the linter and others.

use super::{
    chart_folder, gather, loose_layers, policy_discovery, reader, release_patterns,
    render as loaded,
};
use crate::diag::{Code, Diagnostic};
use crate::lint::{self, RULES};
use crate::text::nearest;
use crate::{hub, plan, policy, render, values};

/// Codes of this module.
static OWN: &[&Code] = &[
    &policy_discovery::NO_POLICY,
    &policy_discovery::TWO_POLICIES,
    &policy_discovery::UNTRUSTED_POLICY,
    &reader::UNREADABLE,
    &chart_folder::LINK,
    &gather::NO_SUCH_VALUE,
    &gather::NO_EFFECT,
    &loose_layers::UNREAD_VALUES,
    &loose_layers::LOOSE_LAYERS,
    &release_patterns::NO_MATCH,
    &loaded::BAD_RELEASE,
];

/// All codes of a program: those of a front end (the command line, the language server) and of all modules below it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Codes {
    of_front_end: &'static [&'static Code],
}

/// A code with its page.
#[derive(Debug, Clone, Copy)]
pub struct Explained {
    /// The code.
    pub code: &'static Code,
    /// Whether it is a rule of the linter, which can be selected and suppressed.
    pub is_rule: bool,
}

impl Codes {
    /// Returns the codes of a front end with those of all modules below it.
    pub const fn new(of_front_end: &'static [&'static Code]) -> Self {
        Self { of_front_end }
    }

    /// Returns all codes, sorted by id.
    pub fn all(self) -> Vec<Explained> {
        let mut all: Vec<Explained> = self.each().collect();
        all.sort_by_key(|explained| explained.code.id);
        all
    }

    /// Returns the code with this id or name.
    ///
    /// # Errors
    /// If there is none.
    pub fn find(self, word: &str) -> Result<Explained, Diagnostic> {
        let is_meant = |explained: &Explained| {
            let Code { id, name, .. } = explained.code;
            word.eq_ignore_ascii_case(id) || word.eq_ignore_ascii_case(name)
        };
        if let Some(found) = self.each().find(is_meant) {
            return Ok(found);
        }
        let known = self.each().flat_map(|explained| [explained.code.id, explained.code.name]);
        let help = match nearest(word, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`dunnage rule` lists all codes".to_owned(),
        };
        let message = format!("rule or code `{word}` does not exist");
        Err(Diagnostic::new(&lint::NO_SUCH_RULE, message).help(help))
    }

    /// Returns the page of a code.
    pub fn page(self, code: &Code) -> Option<String> {
        let mut all = self.each();
        let found = all.find(|explained| explained.code.id == code.id)?;
        Some(found.code.explanation())
    }

    /// Returns the error for a word that is not a lint rule.
    pub(super) fn no_such_rule(self, word: &str) -> Diagnostic {
        match self.find(word) {
            Ok(Explained { code, .. }) => {
                let message = format!("`{}` is not a lint rule", code.id);
                let help = "only rules can be selected, ignored and suppressed; `dunnage rule` lists all codes";
                Diagnostic::new(&lint::NO_SUCH_RULE, message).help(help)
            }
            Err(_) => lint::no_such_rule(RULES, word),
        }
    }

    fn each(self) -> impl Iterator<Item = Explained> {
        let others = [
            policy::codes::ALL,
            hub::CODES,
            render::CODES,
            values::CODES,
            lint::CODES,
            plan::CODES,
            OWN,
            self.of_front_end,
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
}
