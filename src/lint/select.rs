//! Selects findings and sets their levels: rules by code, name or family.

use super::rule::{Check, Rule};
use crate::diag::{Code, Diagnostic, Level};
use crate::text::nearest;

/// Raised for every word that names no rule.
pub static NO_SUCH_RULE: Code = Code::error(
    "CL006",
    "no-such-rule",
    "an option, the policy or a comment names a rule that does not exist",
)
.page(include_str!("rules/suppressions/no_such_rule.md"));

/// Which findings are reported, and at which level.
#[derive(Debug, Clone)]
pub struct Selection {
    /// The rules that words can name.
    pub rules: &'static [Rule],
    /// Only these rules; all rules if empty.
    pub select: Vec<String>,
    /// Not these rules.
    pub ignore: Vec<String>,
    /// Levels by rule or family; an entry for a rule overrides one for its family.
    pub levels: Vec<(String, Level)>,
    /// Whether hints are reported.
    pub pedantic: bool,
}

impl Selection {
    /// Returns a selection of all findings of these rules except hints.
    pub fn of(rules: &'static [Rule]) -> Self {
        Self {
            rules,
            select: Vec::new(),
            ignore: Vec::new(),
            levels: Vec::new(),
            pedantic: false,
        }
    }

    /// Sets the level of each finding and removes those that are not selected.
    pub fn apply(&self, findings: &mut Vec<Diagnostic>) {
        for finding in findings.iter_mut() {
            if let Some(level) = self.level(finding) {
                finding.level = level;
            }
        }
        findings.retain(|finding| self.has(finding));
    }

    /// Returns whether a finding is reported.
    pub fn has(&self, finding: &Diagnostic) -> bool {
        let named = |words: &[String]| words.iter().any(|word| is_named(self.rules, finding, word));
        // A rule selected by its own code or name is reported even if it is a hint.
        let mut by_rule = self.select.iter().filter(|word| !is_family(word));
        let is_shown = finding.level < Level::Hint
            || self.pedantic
            || by_rule.any(|word| is_named(self.rules, finding, word));
        is_shown && (self.select.is_empty() || named(&self.select)) && !named(&self.ignore)
    }

    /// Returns whether findings of hint rules may be reported: with `--pedantic`, by name, or at another level.
    pub fn may_have_hints(&self) -> bool {
        self.pedantic || !self.levels.is_empty() || self.select.iter().any(|word| !is_family(word))
    }

    fn level(&self, finding: &Diagnostic) -> Option<Level> {
        let mut named = self.levels.iter().filter(|(word, _)| is_named(self.rules, finding, word));
        let of_rule = named.clone().find(|(word, _)| !is_family(word));
        of_rule.or_else(|| named.next()).map(|(_, level)| *level)
    }
}

/// Returns whether a rule or a family has this code or name.
pub fn is_rule(rules: &[Rule], word: &str) -> bool {
    rules.iter().any(|rule| is_word_for(rule, word))
}

/// Returns the error for a word for which [`is_rule`] is false.
pub fn no_such_rule(rules: &[Rule], word: &str) -> Diagnostic {
    let known = rules.iter().flat_map(|rule| [rule.code.id, rule.code.name]);
    let help = nearest(word, known).map_or_else(
        || "name a rule by its code (`PH001`), its name or its family (`PH`); `dunnage rule` lists them".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    Diagnostic::new(&NO_SUCH_RULE, format!("rule `{word}` does not exist")).help(help)
}

/// Returns whether the word names rules that only check upgrades.
pub(super) fn is_of_upgrade(rules: &[Rule], word: &str) -> bool {
    let mut rules = rules.iter().filter(|rule| is_word_for(rule, word));
    rules.any(|rule| matches!(rule.check, Check::Upgrade(_)))
}

fn is_family(word: &str) -> bool {
    word.len() == 2
}

/// Returns whether the word names the rule of a finding, or a property that the finding has.
pub(super) fn is_named(rules: &[Rule], finding: &Diagnostic, word: &str) -> bool {
    rules
        .iter()
        .filter(|rule| is_word_for(rule, word))
        .any(|rule| match rule.check {
            Check::Property(has) => has(finding),
            _ => rule.code == finding.code,
        })
}

fn is_word_for(rule: &Rule, word: &str) -> bool {
    let code = rule.code;
    let is_family = is_family(word) && code.id.starts_with(&word.to_ascii_uppercase());
    is_family || code.id.eq_ignore_ascii_case(word) || code.name == word
}
