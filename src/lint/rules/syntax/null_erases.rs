use serde_json::{Map, Value as Json};

use crate::diag::{Code, Diagnostic, FixKind, Level};
use crate::hub::ChartValues;
use crate::hub::span;
use crate::lint::documents::Edits;
use crate::lint::{Check, Rule, Values, fixes};
use crate::text::misspelled;
use crate::values::{self, Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Values(check),
};

static CODE: Code = Code::warning(
    "SY002",
    "null-erases-subtree",
    "an empty key is `null` and deletes what lower layers set",
)
.page(include_str!("null_erases.md"))
.fix(FixKind::Safe);

fn check(values: &Values<'_>, findings: &mut Vec<Diagnostic>) {
    for chart in &values.charts {
        let look = NullSearch { values, chart };
        look.at(chart.values, &mut Vec::new(), findings);
    }
}

struct NullSearch<'v, 's> {
    values: &'v Values<'s>,
    chart: &'v ChartValues<'s>,
}

impl<'v> NullSearch<'v, '_> {
    fn at(&self, value: &'v Value, path: &mut Vec<&'v str>, findings: &mut Vec<Diagnostic>) {
        let Some(values::Map {
            entries, deleted, ..
        }) = value.as_map()
        else {
            return;
        };
        for (key, null) in deleted.iter().filter(|(key, _)| !entries.contains_key(*key)) {
            path.push(key);
            findings.extend(self.erased(null, &null.overridden, path));
            path.pop();
        }
        for (key, below) in entries {
            path.push(key);
            if below.is_null() {
                findings.extend(self.erased(below, &below.overridden, path));
            } else {
                findings.extend(self.rescued(below, path));
            }
            self.at(below, path, findings);
            path.pop();
        }
    }

    /// Returns whether the chart's schema rejects `null` there; if it allows it, the null is intended.
    fn refuses_null(&self, path: &[&str]) -> bool {
        self.chart.basis.schema().allows_null(path) == Some(false)
    }

    fn erased(&self, null: &Value, erased: &[Value], path: &[&str]) -> Option<Diagnostic> {
        if !self.is_set(null) {
            return None;
        }
        if self.is_bare(null)
            && let Some(finding) = self.not_indented(null, path)
        {
            return Some(finding);
        }
        let erased = erased.iter().find(|erased| has_content(erased))?;
        if !self.refuses_null(path) || self.has_reason(null) {
            return None;
        }
        let mut finding = self.finding(null, erased, path)?;
        if !self.is_bare(null) {
            return Some(finding.help(HELP_NULL));
        }
        finding.level = Level::Error;
        let (message, edits) = self.without(null, erased);
        Some(fixes::safe_fix(finding.help(HELP), message, edits))
    }

    /// Returns the finding for an empty key whose children follow it without indentation: the schema has them only below it.
    fn not_indented(&self, null: &Value, path: &[&str]) -> Option<Diagnostic> {
        let (key, above) = path.split_last()?;
        let schema = self.chart.basis.schema();
        let (here, below) = (schema.keys(above), schema.keys(path));
        if here.is_empty() || !here.contains(key) {
            return None;
        }
        let is_free = below.is_empty() && schema.takes_any_key(path);
        let after = fixes::keys_after(self.values, null.set);
        let belongs = |name: &str| {
            let is_known_below =
                below.contains(name) || is_free && misspelled(name, here.iter().copied()).is_none();
            !here.contains(name) && is_known_below
        };
        let moved: Vec<_> = after.iter().take_while(|(name, _)| belongs(name)).collect();
        let names: Vec<String> = moved.iter().map(|(name, _)| format!("`{name}`")).collect();
        let (first, rest) = names.split_first()?;
        let names = match rest {
            [] => first.clone(),
            [second] => format!("{first} and {second}"),
            _ => format!("{first} and {} more keys", rest.len()),
        };
        let message = format!("`{key}` is empty: {names} must be indented below it");
        let finding = Diagnostic::new(&CODE, message).at(span(null), "empty");
        let finding = moved.iter().fold(finding, |finding, (_, span)| {
            finding.at(*span, "belongs below it")
        });
        let help = format!("indent what belongs below `{key}`");
        let edits = fixes::indent(self.values, null.set, moved.len());
        let finding = Diagnostic {
            level: Level::Error,
            ..finding
        }
        .help(help);
        Some(fixes::safe_fix(finding, format!("indent {names}"), edits))
    }

    /// Returns whether the key has no value at all.
    fn is_bare(&self, null: &Value) -> bool {
        self.values.sources.slice(null.set.value).trim().is_empty()
    }

    /// Returns whether an explicit `null` has a comment above or after it: then it is intended.
    fn has_reason(&self, null: &Value) -> bool {
        let Some(key) = null.set.key.filter(|_| !self.is_bare(null)) else {
            return false;
        };
        let text = self.values.sources.get(key.source).text();
        let line = text[..key.start].rfind('\n').unwrap_or(0);
        let above = text[..line].lines().next_back().unwrap_or_default();
        let behind = text[null.set.value.end..].lines().next().unwrap_or_default();
        [above, behind].iter().any(|line| line.trim_start().starts_with('#'))
    }

    /// Returns the finding for a null between two layers, if the upper one sets the key again.
    fn rescued(&self, value: &Value, path: &[&str]) -> Option<Diagnostic> {
        let at = value.overridden.iter().position(Value::is_null)?;
        let (null, lower) = (&value.overridden[at], &value.overridden[at + 1..]);
        let erased = lower.iter().find(|erased| has_content(erased) && self.is_set(erased))?;
        if !self.refuses_null(path) || self.has_reason(null) {
            return None;
        }
        let source = self.values.sources.get(value.set.value.source);
        let help = format!(
            "{HELP}; the key has a value now only because {} sets it again",
            source.name()
        );
        let finding = self.finding(null, erased, path)?.help(help);
        let (message, edits) = self.without(null, erased);
        Some(fixes::unsafe_fix(finding, message, edits))
    }

    /// Returns the fix of a key without a value: it is removed. If comments follow in place of its children, the key stays
    /// and gets `{}`. An explicit `null` has no fix, because it may be intended.
    fn without(&self, null: &Value, erased: &Value) -> (&'static str, Edits) {
        let set = null.set.value;
        let behind = &self.values.sources.get(set.source).text()[set.end..];
        let mut below = behind.lines().skip(1).map(str::trim_start);
        let next = below.find(|line| !line.is_empty());
        let is_kept = erased.is_map() && next.is_some_and(|line| line.starts_with('#'));
        let (message, edits) = if is_kept {
            let nothing = Json::Object(Map::default());
            let edits = fixes::replace(self.values, null.set, nothing);
            ("write `{}`, which deletes nothing", edits)
        } else {
            let edits = fixes::remove_here(self.values, null.set);
            ("remove the key", edits)
        };
        (message, edits.filter(|_| self.is_bare(null)))
    }

    fn finding(&self, null: &Value, erased: &Value, path: &[&str]) -> Option<Diagnostic> {
        let key = path.last()?;
        let message = if self.is_bare(null) {
            format!("an empty `{key}` is `null` and deletes what lower layers set")
        } else {
            format!("`{key}: null` deletes what lower layers set")
        };
        let finding = Diagnostic::new(&CODE, message).at(span(null), "null here");
        Some(finding.at(span(erased), "deleted"))
    }

    fn is_set(&self, value: &Value) -> bool {
        !self.values.defaults.contains(&value.set.value.source)
    }
}

const HELP: &str = "remove the key, or write `key: {}`, which keeps what lower layers set; if the null is meant, write `null` and \
     the reason in a comment";

const HELP_NULL: &str =
    "remove the key; if the null is meant, write the reason in a comment above it";

fn has_content(value: &Value) -> bool {
    match &value.content {
        Content::Map(map) => !map.entries.is_empty(),
        Content::List(items) => !items.is_empty(),
        _ => false,
    }
}
