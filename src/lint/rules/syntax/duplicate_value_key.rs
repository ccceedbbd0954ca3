use crate::diag::{Code, Diagnostic, FixKind};
use crate::hub::span;
use crate::lint::fixes;
use crate::lint::{Check, Rule, Values};
use crate::values::{Content, Map, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Values(check),
};

static CODE: Code = Code::error(
    "SY001",
    "duplicate-value-key",
    "a key is set twice in one mapping: Helm ignores the first value",
)
.page(include_str!("duplicate_value_key.md"))
.fix(FixKind::Unsafe);

fn check(values: &Values<'_>, findings: &mut Vec<Diagnostic>) {
    look(values, values.root, findings);
}

fn look(values: &Values<'_>, value: &Value, findings: &mut Vec<Diagnostic>) {
    match &value.content {
        Content::Map(map) => {
            findings.extend(
                map.duplicates.iter().map(|(key, ignored)| finding(values, map, key, ignored)),
            );
            for below in map.entries.values() {
                look(values, below, findings);
            }
        }
        Content::List(items) => {
            for item in items.iter() {
                look(values, item, findings);
            }
        }
        _ => {}
    }
}

fn finding(values: &Values<'_>, map: &Map, key: &str, ignored: &Value) -> Diagnostic {
    let message = format!("`{key}` is set twice in one mapping: Helm ignores the first value");
    let used = map.entries.get(key);
    let same = used.filter(|used| used.set.value.source == ignored.set.value.source);
    let finding = Diagnostic::new(&CODE, message)
        .at(span(ignored), "ignored by Helm")
        .help("merge both into one");
    same.into_iter().fold(finding, |finding, used| {
        let finding = finding.at(span(used), "this value is used");
        let edits = fixes::merge(values, ignored, used);
        fixes::unsafe_fix(finding, "merge both into the last one", edits)
    })
}
