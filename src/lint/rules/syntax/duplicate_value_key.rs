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
    "a key comes twice in one mapping, and the first is lost",
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
                map.duplicates
                    .iter()
                    .map(|(key, lost)| finding(values, map, key, lost)),
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

fn finding(values: &Values<'_>, map: &Map, key: &str, lost: &Value) -> Diagnostic {
    let message =
        format!("`{key}` comes again in the same mapping, and Helm keeps the last one alone");
    let winner = map.entries.get(key);
    let same = winner.filter(|winner| winner.set.value.source == lost.set.value.source);
    let finding = Diagnostic::new(&CODE, message)
        .at(
            span(lost),
            "this one is lost, with all that stands below it",
        )
        .help("put both into one");
    same.into_iter().fold(finding, |finding, winner| {
        let finding = finding.at(span(winner), "this one counts");
        let edits = fixes::merge(values, lost, winner);
        fixes::risky(finding, "put both into the last one", edits)
    })
}
