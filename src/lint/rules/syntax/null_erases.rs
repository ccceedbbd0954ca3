use serde_json::{Map, Value as Json};

use crate::diag::{Code, Diagnostic, FixKind, Level};
use crate::hub::ChartValues;
use crate::hub::span;
use crate::lint::documents::Edits;
use crate::lint::{Check, Rule, Values, fixes};
use crate::values::{self, Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Values(check),
};

static CODE: Code = Code::warning(
    "SY002",
    "null-erases-subtree",
    "a key with nothing behind it erases what lower layers set below it",
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
        for (key, null) in deleted
            .iter()
            .filter(|(key, _)| !entries.contains_key(*key))
        {
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

    /// Whether the chart has no use for a null there; where it has, the null is meant.
    fn refuses_null(&self, path: &[&str]) -> bool {
        self.chart.basis.schema().allows_null(path) == Some(false)
    }

    fn erased(&self, null: &Value, lost: &[Value], path: &[&str]) -> Option<Diagnostic> {
        let lost = lost.iter().find(|lost| has_content(lost))?;
        if !self.is_set(null) || !self.refuses_null(path) {
            return None;
        }
        let mut finding = finding(null, lost, path)?;
        finding.level = Level::Error;
        let (message, edits) = self.without(null, lost);
        Some(fixes::safe(finding.help(HELP), message, edits))
    }

    /// A null between two layers, of which the upper one sets the key again.
    fn rescued(&self, value: &Value, path: &[&str]) -> Option<Diagnostic> {
        let at = value.overridden.iter().position(Value::is_null)?;
        let (null, lower) = (&value.overridden[at], &value.overridden[at + 1..]);
        let lost = lower
            .iter()
            .find(|lost| has_content(lost) && self.is_set(lost))?;
        if !self.refuses_null(path) {
            return None;
        }
        let source = self.values.sources.get(value.set.value.source);
        let help = format!(
            "{HELP}; that there is anything at this key is due to {} alone",
            source.name()
        );
        let finding = finding(null, lost, path)?.help(help);
        let (message, edits) = self.without(null, lost);
        Some(fixes::risky(finding, message, edits))
    }

    /// Without the key, where nothing is written behind it: who writes `null` may mean it. Comments that stand in
    /// the place of what was below keep the key, with a mapping that adds nothing.
    fn without(&self, null: &Value, lost: &Value) -> (&'static str, Edits) {
        let set = null.set.value;
        let behind = &self.values.sources.get(set.source).text()[set.end..];
        let mut below = behind.lines().skip(1).map(str::trim_start);
        let next = below.find(|line| !line.is_empty());
        let is_kept = lost.is_map() && next.is_some_and(|line| line.starts_with('#'));
        let (message, edits) = if is_kept {
            let nothing = Json::Object(Map::default());
            let edits = fixes::replace(self.values, null.set, nothing);
            ("write `{}`, which erases nothing", edits)
        } else {
            let edits = fixes::remove_here(self.values, null.set);
            ("take the key away", edits)
        };
        let is_bare = self.values.sources.slice(set).is_empty();
        (message, edits.filter(|_| is_bare))
    }

    fn is_set(&self, value: &Value) -> bool {
        !self.values.defaults.contains(&value.set.value.source)
    }
}

fn finding(null: &Value, lost: &Value, path: &[&str]) -> Option<Diagnostic> {
    let key = path.last()?;
    let message = format!("`{key}` with nothing behind it erases what was set below it");
    let finding = Diagnostic::new(&CODE, message).at(span(null), "means null here");
    Some(finding.at(span(lost), "what it erases"))
}

const HELP: &str = "take the key away, or write `key: {}`, which keeps what there is; if it is meant, say `null` and silence \
     this rule there";

fn has_content(value: &Value) -> bool {
    match &value.content {
        Content::Map(map) => !map.entries.is_empty(),
        Content::List(items) => !items.is_empty(),
        _ => false,
    }
}
