use serde_json::Value as Json;

use crate::diag::{Code, Diagnostic, FixKind, Level};
use crate::hub::{span, whole};
use crate::lint::{Check, Context, Rule, fixes};
use crate::values::{Map, Setting, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::warning(
    "SY007",
    "empty-mapping-without-effect",
    "an empty mapping has no effect: inherited keys stay",
)
.page(include_str!("empty_map.md"))
.fix(FixKind::Unsafe);

/// The most inherited values that are shown.
const MOST: usize = 3;

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    look(cx, hub.values, &mut Vec::new(), findings);
}

fn look<'v>(
    cx: &Context<'v>,
    value: &'v Value,
    path: &mut Vec<&'v str>,
    findings: &mut Vec<Diagnostic>,
) {
    let Some(map) = value.as_map() else { return };
    for (key, below) in &map.entries {
        // Helm passes `global` to subcharts and creates mappings for it that nobody wrote.
        let Some(map) = below.as_map().filter(|_| key != "global") else {
            continue;
        };
        path.push(key);
        let emptied = map.emptied.iter();
        findings.extend(emptied.filter_map(|set| finding(cx, map, *set, path)));
        look(cx, below, path, findings);
        path.pop();
    }
}

fn finding(cx: &Context<'_>, map: &Map, set: Setting, path: &[&str]) -> Option<Diagnostic> {
    let hub = cx.hub;
    let is_inherited = |value: &Value| {
        let source = value.set.value.source;
        source != set.value.source && (hub.is_default(value) || source < set.value.source)
    };
    let mut stays = Vec::new();
    for below in map.entries.values() {
        collect(below, &is_inherited, &mut stays);
    }
    let (own, inherited): (Vec<&Value>, Vec<&Value>) =
        stays.into_iter().partition(|value| hub.is_own(value));
    let is_default_only = inherited.is_empty();
    let shown = if is_default_only { own } else { inherited };
    let name = path.join(".");
    let message = format!("`{{}}` has no effect: `{name}` keeps the keys that it inherits");
    let finding = Diagnostic::new(&CODE, message)
        .at(whole(set), "merged, adds nothing")
        .help("set each unwanted key to `null`; if all are wanted, remove the `{}`");
    let finding = shown.iter().take(MOST).fold(finding, |finding, value| {
        finding.at(span(value), "still set")
    });
    let level = if is_default_only || is_section(path) {
        Level::Hint
    } else {
        CODE.level
    };
    let finding = Diagnostic { level, ..finding };
    if is_section(path) {
        // Deleting all keys of a section would break the chart, so there is no fix.
        return (!shown.is_empty()).then_some(finding);
    }
    let edits = nulls(map, &is_inherited).and_then(|nulls| fixes::replace(cx, set, nulls));
    let message = "set each inherited key to `null`";
    (!shown.is_empty()).then(|| fixes::unsafe_fix(finding, message, edits))
}

/// Returns whether the path is a section of the chart: an empty one is often kept for later.
fn is_section(path: &[&str]) -> bool {
    matches!(path, [_] | ["hub", "config"] | [.., "image"])
}

fn collect<'v>(
    value: &'v Value,
    is_inherited: &dyn Fn(&Value) -> bool,
    found: &mut Vec<&'v Value>,
) {
    match value.as_map() {
        Some(map) => {
            for below in map.entries.values() {
                collect(below, is_inherited, found);
            }
        }
        None if is_inherited(value) => found.push(value),
        None => {}
    }
}

/// Returns a `null` for each key, which is how Helm deletes keys; `None` if a key is not inherited.
fn nulls(map: &Map, is_inherited: &dyn Fn(&Value) -> bool) -> Option<Json> {
    let is_whole = map.entries.values().all(is_inherited);
    let nulls = map.entries.keys().map(|key| (key.clone(), Json::Null));
    is_whole.then(|| nulls.collect())
}
