//! Suppressions of findings: comments in the files themselves, and `lint.suppress` of the policy for other files.

mod comment;
mod strings;

pub(super) use comment::is_day;
pub use comment::{Comment, JudgedComment, Scope, Word};

use super::rule::{Check, Rule};
use super::select;
use crate::diag::{Code, Diagnostic, FixKind};
use crate::policy::Suppression;
use crate::text::{SourceId, Sources};

/// Raised for comments and entries of `lint.suppress` that suppress nothing.
pub(super) static UNUSED_SUPPRESSION: Code = Code::warning(
    "SP001",
    "unused-suppression",
    "a comment or policy entry suppresses a rule that finds nothing there",
)
.page(include_str!("../rules/suppressions/unused.md"))
.fix(FixKind::Safe);

/// The suppressions of a run.
#[derive(Debug)]
pub struct Suppressions<'p> {
    /// The rules that words can name.
    pub rules: &'static [Rule],
    /// Entries of the policy.
    pub entries: &'p [Suppression],
    /// Sources whose comments are ignored: the policy.
    pub without: Vec<SourceId>,
    /// Today as `2027-01-31`; without it, nothing expires.
    pub today: Option<String>,
    /// Whether each comment needs a reason (`lint.requireReasons`).
    pub needs_reason: bool,
    /// Whether the run reports an upgrade only: then suppressions themselves are not reported, because most of them are
    /// for other rules.
    pub is_of_upgrade: bool,
}

impl Suppressions<'_> {
    /// Returns suppressions by comments only, for these rules.
    pub fn of(rules: &'static [Rule]) -> Self {
        Self {
            rules,
            entries: &[],
            without: Vec::new(),
            today: None,
            needs_reason: false,
            is_of_upgrade: false,
        }
    }

    /// Removes suppressed findings, and adds findings about the suppressions themselves.
    pub fn apply(&self, sources: &Sources, findings: &mut Vec<Diagnostic>) {
        let texts = sources.iter().filter(|(id, _)| !self.without.contains(id));
        let comments: Vec<Comment> = texts
            .flat_map(|(id, source)| {
                comment::comments(id, source, &|word| select::is_rule(self.rules, word))
            })
            .collect();
        let mut is_used = vec![false; comments.iter().map(|comment| comment.words.len()).sum()];
        let mut is_entry_used = vec![false; self.entries.len()];
        findings.retain(|finding| {
            let by_entry = self.use_entries(sources, finding, &mut is_entry_used);
            let by_comment = self.use_comments(sources, &comments, finding, &mut is_used);
            !(by_entry || by_comment)
        });
        if self.is_of_upgrade {
            return;
        }
        let mut is_used = is_used.into_iter();
        for comment in &comments {
            let words = comment.words.iter().zip(is_used.by_ref());
            let is_unused = |(word, is_used): &(&Word, bool)| {
                !is_used && self.is_known(word) && !select::is_of_upgrade(self.rules, &word.text)
            };
            let unknown = comment.words.iter().find(|word| !self.is_known(word));
            let judged = JudgedComment {
                comment,
                unused: words.filter(is_unused).map(|(word, _)| word).collect(),
                unknown: unknown.map(|word| (word, select::no_such_rule(self.rules, &word.text))),
                is_expired: !comment.is_malformed()
                    && self.is_over(comment.until.as_ref().map(|until| until.text.as_str())),
                lacks_reason: self.needs_reason
                    && comment.reason.is_empty()
                    && comment.rewritten.is_none(),
            };
            let rules = self.rules.iter().filter_map(|rule| match rule.check {
                Check::Comment(check) => check(&judged),
                _ => None,
            });
            findings.extend(rules);
        }
        let unused = self.entries.iter().zip(is_entry_used);
        let unused = unused.filter(|(_, is_used)| !is_used);
        let unused = unused.map(|(entry, _)| entry);
        let is_for_upgrades = |entry: &&Suppression| {
            entry.rules.iter().any(|rule| select::is_of_upgrade(self.rules, &rule.value))
        };
        findings.extend(unused.filter(|entry| !is_for_upgrades(entry)).map(unused_entry));
    }

    fn use_entries(&self, sources: &Sources, finding: &Diagnostic, is_used: &mut [bool]) -> bool {
        let name = finding.span().map(|span| sources.get(span.source).name());
        let mut is_suppressed = false;
        for (entry, is_used) in self.entries.iter().zip(is_used) {
            let names_rule = entry
                .rules
                .iter()
                .any(|rule| select::is_named(self.rules, finding, &rule.value));
            let counts = names_rule && name.is_some_and(|name| entry.covers(name));
            if counts {
                *is_used = true;
                is_suppressed |= !self.is_over(entry.until.as_deref());
            }
        }
        is_suppressed
    }

    fn use_comments(
        &self,
        sources: &Sources,
        comments: &[Comment],
        finding: &Diagnostic,
        is_used: &mut [bool],
    ) -> bool {
        let Some(span) = finding.span() else {
            return false;
        };
        let line = sources.get(span.source).line_column(span.start).line;
        let mut is_suppressed = false;
        let mut at = 0;
        for comment in comments {
            let counts = comment.span.source == span.source && comment.covers(line);
            for word in &comment.words {
                if counts && self.names(word, finding) {
                    is_used[at] = true;
                    let until = comment.until.as_ref().map(|until| until.text.as_str());
                    is_suppressed |= !(comment.is_malformed() || self.is_over(until));
                }
                at += 1;
            }
        }
        is_suppressed
    }

    /// Returns whether a word names a rule, or is empty, which means all rules.
    fn is_known(&self, word: &Word) -> bool {
        word.text.is_empty() || select::is_rule(self.rules, &word.text)
    }

    /// Returns whether a word names the rule of a finding.
    fn names(&self, word: &Word, finding: &Diagnostic) -> bool {
        word.text.is_empty() || select::is_named(self.rules, finding, &word.text)
    }

    fn is_over(&self, until: Option<&str>) -> bool {
        match (until, &self.today) {
            // Dates of this form sort as strings.
            (Some(until), Some(today)) => until < today.as_str(),
            _ => false,
        }
    }
}

fn unused_entry(entry: &Suppression) -> Diagnostic {
    let rules: Vec<&str> = entry.rules.iter().map(|rule| rule.value.as_str()).collect();
    let message = format!(
        "unused suppression of `{}`: no such finding in these files",
        rules.join("`, `")
    );
    let finding =
        Diagnostic::new(&UNUSED_SUPPRESSION, message).at(entry.span, "suppresses nothing");
    finding.help("remove the entry")
}
