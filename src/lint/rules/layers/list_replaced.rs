use crate::diag::{Code, Diagnostic, FixKind, Level};
use crate::hub::{span, whole};
use crate::lint::{Check, Context, Rule, fixes};
use crate::text::Span;
use crate::values::{Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::hint(
    "XL002",
    "list-override-drops-items",
    "a list replaces the list of a lower layer and drops its items",
)
.page(include_str!("list_replaced.md"))
.fix(FixKind::Unsafe);

/// The most dropped items that one finding shows.
const MAX_SHOWN: usize = 4;

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    find_lists(cx, hub.values, &mut Vec::new(), findings);
}

fn find_lists<'v>(
    cx: &Context<'v>,
    value: &'v Value,
    path: &mut Vec<&'v str>,
    findings: &mut Vec<Diagnostic>,
) {
    let Some(map) = value.as_map() else { return };
    for (key, below) in &map.entries {
        path.push(key);
        match &below.content {
            Content::List(items) => findings.extend(replaced(cx, path, below, items)),
            _ => find_lists(cx, below, path, findings),
        }
        path.pop();
    }
}

/// Returns the finding about items of the next lower list that a list drops. An empty list drops them on purpose.
fn replaced(cx: &Context<'_>, path: &[&str], list: &Value, items: &[Value]) -> Option<Diagnostic> {
    let hub = cx.hub;
    let lower = list.overridden.first()?;
    let Content::List(lower_items) = &lower.content else {
        return None;
    };
    let is_unknown = items.iter().chain(lower_items.iter()).any(is_encrypted);
    if items.is_empty() || is_unknown {
        return None;
    }
    let is_kept = |item: &&Value| items.iter().any(|other| is_same(item, other));
    let (kept, dropped): (Vec<&Value>, Vec<&Value>) = lower_items.iter().partition(is_kept);
    if dropped.is_empty() {
        return None;
    }
    let name = path.join(".");
    let count = match dropped.len() {
        1 => "1 item".to_owned(),
        count => format!("{count} items"),
    };
    let message = format!("`{name}` replaces the list of a lower layer and drops {count}");
    let finding = Diagnostic::new(&CODE, message)
        .at(span(list), "only this list is used")
        .at(span(lower), "replaced list")
        .help("repeat the items that are still needed: Helm does not merge lists");
    let shown = dropped.iter().take(MAX_SHOWN);
    let finding = shown.fold(finding, |finding, item| {
        finding.at(item_span(item), "dropped")
    });
    let is_unintended = !hub.is_own(lower) && is_probably_unintended(path, !kept.is_empty());
    let level = if is_unintended {
        Level::Warning
    } else {
        CODE.level
    };
    if level == Level::Hint && !cx.hints {
        return Some(Diagnostic { level, ..finding });
    }
    let repeated = dropped.iter().map(|item| item.to_json()).collect();
    let edits = fixes::append(cx, list, repeated);
    let finding = fixes::unsafe_fix(finding, "repeat the dropped items", edits);
    Some(Diagnostic { level, ..finding })
}

/// Whether a list probably drops items by mistake: its items are independent of each other. A hub often has its own
/// profiles; only if some were copied, others may have been forgotten.
fn is_probably_unintended(path: &[&str], is_some_kept: bool) -> bool {
    match path {
        ["singleuser", "profileList"] => is_some_kept,
        ["hub", "loadRoles", _, "scopes"] | ["prePuller", "extraImages"] => true,
        [.., last] => matches!(*last, "tolerations" | "extraTolerations" | "initContainers"),
        [] => false,
    }
}

/// Whether two items are equal, or versions of each other: they have the same name.
fn is_same(one: &Value, other: &Value) -> bool {
    const NAMES: [&str; 3] = ["name", "slug", "display_name"];
    let has_same_name = NAMES.iter().any(|key| {
        let name = |item: &Value| item.get(key).map(Value::to_json);
        name(one).is_some() && name(one) == name(other)
    });
    has_same_name || one.to_json() == other.to_json()
}

fn is_encrypted(value: &Value) -> bool {
    match &value.content {
        Content::Encrypted(..) => true,
        Content::List(items) => items.iter().any(is_encrypted),
        Content::Map(map) => map.entries.values().any(is_encrypted),
        _ => false,
    }
}

/// Returns the span of an item on one line: of a mapping, its first entry.
fn item_span(item: &Value) -> Span {
    let entries = item.as_map().map(|map| map.entries.values());
    let first = entries.into_iter().flatten();
    let first = first.min_by_key(|entry| entry.set.key.map(|key| key.start));
    first.map_or_else(|| whole(item.set), span)
}
